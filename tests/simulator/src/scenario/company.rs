//! A world that looks like a company: three subscriptions, sixteen host pools, about 130 hosts, more than 900 sessions.

use super::people::{self, ORDINARY, ordinary};
use super::plan::{Naming, POOLS};
use super::{
    APOSTROPHE, CLIENT_ID, COMES_BACK, GHOST, GUEST, HALF_HIDDEN, MANY_SESSIONS, REFUSED_POOL, SLOW, STUCK,
    SUBSCRIPTIONS, UMLAUT,
};
use crate::simulator::Origins;
use crate::world::{
    ApplicationType, Behaviour, HostKey, HostStatus, PoolKey, PoolKind, RedirectKind, ReportedUpn, SessionKey,
    SessionState, World,
};
use std::time::Duration;
use time::OffsetDateTime;

const NAMES: [&str; 3] = [
    "Contoso AVD Production",
    "Contoso AVD Branches",
    "Contoso AVD Projects and Test",
];

impl World {
    /// The company, with one application registered for `redirect.html` at the page's origin.
    pub fn company(origins: &Origins, seed: u64, now: OffsetDateTime) -> Self {
        let mut world = Self::new(seed);
        world.advance(now);
        let redirect = format!("{}/redirect.html", origins.page);
        world.application(CLIENT_ID, &[&redirect], RedirectKind::Spa);
        for (id, name) in SUBSCRIPTIONS.into_iter().zip(NAMES) {
            world.add_subscription(id, name);
        }
        people::settle(&mut world);
        build_pools(&mut world);
        people_in_stories(&mut world, now);
        fill(&mut world, now);
        oddities(&mut world, now);
        world
    }

    /// Users with a story and what it is, for those who want to try things.
    pub fn stories(&self) -> Vec<(String, String, usize)> {
        let told = self
            .people
            .iter()
            .filter(|person| !person.note.is_empty() && !person.signs_in);
        told.map(|person| {
            (
                person.upn.clone(),
                person.note.clone(),
                self.sessions_of(&person.upn).len(),
            )
        })
        .collect()
    }
}

fn build_pools(world: &mut World) {
    for planned in &POOLS {
        let subscription = SUBSCRIPTIONS[planned.subscription];
        let key = world.add_host_pool(subscription, planned.group, planned.name, PoolKind::from(planned.kind));
        if let Some(pool) = world.pool_mut(key) {
            pool.friendly_name = Some(planned.friendly.to_owned());
        }
        for number in 1..=planned.hosts {
            let name = match planned.naming {
                Naming::Fqdn => format!("{}{number:03}.corp.contoso.example", planned.prefix),
                Naming::Bare => format!("{}{number:03}", planned.prefix),
            };
            let host = world.add_host(key, &name, HostStatus::Available);
            if planned.kind == "Personal"
                && let Some(host) = world.host_mut(host)
            {
                host.assigned_user = Some(ordinary(600 + number as u64));
            }
        }
    }
}

fn pool(world: &World, name: &str) -> PoolKey {
    world.pool_named(name).map_or(PoolKey(0), |pool| pool.key)
}

fn host(world: &World, pool_name: &str, number: usize) -> HostKey {
    let pool = pool(world, pool_name);
    world.hosts_of(pool).nth(number).map_or(HostKey(0), |host| host.key)
}

/// A creation time some hours ago, to 100 nanoseconds, as the service keeps it.
fn earlier(world: &mut World, now: OffsetDateTime, hours: u64) -> OffsetDateTime {
    let seconds = world.seed.between(300, hours * 3600);
    let ticks = world.seed.between(1, 9_999_999);
    now - Duration::from_secs(seconds) - Duration::from_nanos(ticks * 100)
}

fn session(world: &mut World, at: (&str, usize), upn: &str, state: SessionState, now: OffsetDateTime) -> SessionKey {
    let created = earlier(world, now, 9);
    let host = host(world, at.0, at.1);
    world.add_session(host, upn, state, created)
}

fn people_in_stories(world: &mut World, now: OffsetDateTime) {
    use SessionState::{Active, Disconnected};
    session(world, ("HP-Office", 4), MANY_SESSIONS, Active, now);
    session(world, ("HP-Branch.North", 2), MANY_SESSIONS, Disconnected, now);
    session(world, ("HP-Projects", 1), MANY_SESSIONS, Disconnected, now);
    let app = session(world, ("hp-remoteapps", 3), MANY_SESSIONS, Active, now);
    let ghost = session(world, ("HP-CallCenter", 9), GHOST, Disconnected, now);
    let back = session(world, ("HP-Office", 7), COMES_BACK, Active, now);
    let slow = session(world, ("HP-Engineering", 1), SLOW, Active, now);
    let stuck = session(world, ("HP-Engineering", 2), STUCK, Disconnected, now);
    session(world, ("HP-Office", 8), HALF_HIDDEN, Active, now);
    session(world, (REFUSED_POOL, 0), HALF_HIDDEN, Active, now);
    session(world, ("HP-Warehouse", 0), APOSTROPHE, Active, now);
    session(world, ("HP-Office", 2), UMLAUT, Active, now);
    session(world, ("HP-Contractors", 0), GUEST, Active, now);

    let elsewhere = host(world, "HP-Office", 11);
    if let Some(session) = world.session_mut(app) {
        session.application = ApplicationType::RemoteApp;
    }
    if let Some(session) = world.session_mut(back) {
        session.comes_back = Some((Duration::from_secs(8), Some(elsewhere)));
    }
    if let Some(session) = world.session_mut(slow) {
        session.lingers = Some(Duration::from_secs(30));
    }
    if let Some(session) = world.session_mut(stuck) {
        session.behaviour = Behaviour::Stuck;
    }
    if let Some(key) = world.session(ghost).map(|session| session.host)
        && let Some(host) = world.host_mut(key)
    {
        host.status = HostStatus::Shutdown;
        host.allow_new_session = false;
    }
}

/// Everybody else, one session each, and some people with two.
fn fill(world: &mut World, now: OffsetDateTime) {
    let told: Vec<String> = people::STORIES.iter().map(|(upn, _)| (*upn).to_owned()).collect();
    let mut next = 0;
    for planned in &POOLS {
        let key = pool(world, planned.name);
        let hosts: Vec<HostKey> = world
            .hosts_of(key)
            .filter(|host| host.status.reachable())
            .map(|host| host.key)
            .collect();
        for place in 0..planned.sessions {
            let mut upn = ordinary(next % ORDINARY + 1);
            while told.contains(&upn) {
                next += 1;
                upn = ordinary(next % ORDINARY + 1);
            }
            next += 1;
            let state = match world.seed.below(100) {
                0..70 => SessionState::Active,
                70..98 => SessionState::Disconnected,
                98 => SessionState::Pending,
                _ => SessionState::UserProfileDiskMounted,
            };
            let created = earlier(world, now, 11);
            let added = world.add_session(hosts[place % hosts.len()], &upn, state, created);
            if planned.name == "hp-remoteapps"
                && let Some(session) = world.session_mut(added)
            {
                session.application = ApplicationType::RemoteApp;
            }
        }
    }
}

/// What real data also holds: missing names, times with fewer digits, hosts that are not well.
fn oddities(world: &mut World, now: OffsetDateTime) {
    let odd = [
        (ReportedUpn::Null, 7),
        (ReportedUpn::Empty, 7),
        (ReportedUpn::Missing, 7),
        (ReportedUpn::AsIs, 2),
        (ReportedUpn::AsIs, 6),
        (ReportedUpn::AsIs, 0),
    ];
    for (place, (reported, digits)) in odd.into_iter().enumerate() {
        let upn = ordinary(701 + place as u64);
        let key = session(world, ("HP-Training", place % 3), &upn, SessionState::Disconnected, now);
        if let Some(session) = world.session_mut(key) {
            session.reported = reported;
            session.created_digits = digits;
        }
    }
    for (at, status) in [
        (("HP-Test", 3), HostStatus::Shutdown),
        (("HP-Office", 17), HostStatus::NeedsAssistance),
        (("HP-Branch.East", 5), HostStatus::Upgrading),
    ] {
        let key = host(world, at.0, at.1);
        if let Some(host) = world.host_mut(key) {
            host.status = status;
        }
    }
}
