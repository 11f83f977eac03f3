//! The company is as large and as odd as it says, and the same seed makes the same company.

use crate::support::*;
use azure_simulator::World;
use azure_simulator::scenario::*;
use azure_simulator::world::{HostStatus, PoolKind, ReportedUpn};
use std::collections::BTreeSet;

#[test]
fn it_is_large_enough() {
    let world = company().sim.world;
    assert_eq!(world.subscriptions.len(), 3);
    assert!(world.host_pools().len() >= 14, "{}", world.host_pools().len());
    assert!(world.hosts().len() >= 120, "{}", world.hosts().len());
    assert!(world.sessions().len() >= 900, "{}", world.sessions().len());
    assert_eq!(world.people.iter().filter(|person| person.signs_in).count(), 3);
    for kind in [PoolKind::Pooled, PoolKind::Personal, PoolKind::BYODesktop] {
        assert!(world.host_pools().iter().any(|pool| pool.kind == kind), "{kind:?}");
    }
}

#[test]
fn the_stories_are_true() {
    let world = company().sim.world;
    let pool = |upn: &str| {
        let sessions = world.sessions_of(upn);
        sessions
            .iter()
            .filter_map(|one| world.host(one.host).and_then(|host| world.pool(host.pool)))
            .collect::<Vec<_>>()
    };
    assert!(
        pool(MANY_SESSIONS)
            .iter()
            .map(|pool| &pool.name)
            .collect::<BTreeSet<_>>()
            .len()
            >= 3
    );
    assert!(
        pool(MANY_SESSIONS)
            .iter()
            .map(|pool| &pool.subscription)
            .collect::<BTreeSet<_>>()
            .len()
            == 3
    );
    assert!(world.sessions_of(NO_SESSION).is_empty());
    let ghost = world.sessions_of(GHOST)[0].host;
    assert_eq!(world.host(ghost).unwrap().status, HostStatus::Shutdown);
    for upn in [APOSTROPHE, UMLAUT, GUEST, COMES_BACK, SLOW, STUCK] {
        assert_eq!(world.sessions_of(upn).len(), 1, "{upn}");
    }
    assert!(pool(HALF_HIDDEN).iter().any(|pool| pool.name == REFUSED_POOL));
    for reported in [ReportedUpn::Null, ReportedUpn::Empty, ReportedUpn::Missing] {
        assert!(
            world.sessions().iter().any(|session| session.reported == reported),
            "{reported:?}"
        );
    }
}

#[test]
fn the_same_seed_makes_the_same_company() {
    let ids = |seed| {
        let world = World::company(&origins(), seed, START);
        world
            .sessions()
            .iter()
            .map(|one| (world.session_id(one.key), one.create_time()))
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(3), ids(3));
    assert_ne!(ids(3), ids(4));
}
