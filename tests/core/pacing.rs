//! Pacing: a search of a big estate provokes no 429, a smaller bucket than documented is lived with, acts go first and
//! without a wait behind the guard, and what is stopped leaves nothing behind.

mod acts;
mod buckets;
mod network;

use avd_logoff::desk::search::Query;
use avd_logoff::desk::typed::{Whose, understand};
use azure_simulator::scenario::CLIENT_ID;
use azure_simulator::world::{HostStatus, PoolKind, RedirectKind, SessionKey, SessionState};
use azure_simulator::{CorsSettings, FaultAction, World};
use time::{Duration, OffsetDateTime};

use crate::support::Bench;
use crate::support::bench::{OPERATOR, OTHER, SUBSCRIPTION, USER};
use avd_logoff_bench::BEGINNING;

const ROLE: &str = "AVD Session Sign-out Operator";
const WITHOUT_LIST_BY_POOL: &str = "Desktop Virtualization User Session Operator";

/// One subscription with so many pools and so many hosts in each; one session of `USER` in the last pool, and one of
/// somebody else on each first host, so that no pool is empty.
fn estate(pools: usize, hosts: usize, role: &str) -> (Bench, SessionKey) {
    let mut world = World::new(3);
    world.application(CLIENT_ID, &["http://localhost:4460/redirect.html"], RedirectKind::Spa);
    world.add_person(OPERATOR, "Operator").signs_in = true;
    world.add_subscription(SUBSCRIPTION, "Big");
    world.assign(OPERATOR, role, &format!("/subscriptions/{SUBSCRIPTION}"));
    world.switches.latency = true;
    let begun = BEGINNING - Duration::hours(1);
    let mut last = None;
    for pool in 0..pools {
        let key = world.add_host_pool(SUBSCRIPTION, "RG", &format!("HP-{pool}"), PoolKind::Pooled);
        for host in 0..hosts {
            let name = format!("VM-{pool}-{host}.Lab.example");
            let host = world.add_host(key, &name, HostStatus::Available);
            world.add_session(host, OTHER, SessionState::Active, begun);
            last = Some(host);
        }
    }
    let session = world.add_session(last.expect("there is a host"), USER, SessionState::Active, begun);
    (Bench::over(world), session)
}

/// How much was asked of Resource Manager and refused as too much.
fn refused(bench: &Bench) -> usize {
    let simulator = bench.simulator();
    let refused = simulator.record.iter().filter(|entry| entry.status == Some(429));
    refused.count()
}

fn expose_everything(bench: &Bench) {
    bench.simulator().cors = CorsSettings::exposing_everything_useful();
}

fn throttled(headers: &[(&str, &str)], status: u16) -> FaultAction {
    FaultAction::Status {
        status,
        code: "TooManyRequests".into(),
        message: String::new(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn query(upn: &str) -> Query {
    Query {
        whose: Whose::Users(understand(upn).wanted),
        subscriptions: Vec::new(),
        may_filter: false,
    }
}

/// When the page heard of the only refusal with this status.
fn heard_at(bench: &Bench, status: u16) -> OffsetDateTime {
    let simulator = bench.simulator();
    let entry = simulator.record.iter().find(|entry| entry.status == Some(status));
    let entry = entry.expect("one was refused");
    let sent = bench.azure.sent.borrow();
    let is_it = |at: OffsetDateTime, path: &str| at == entry.at && path == entry.path;
    let sent = sent.iter().find(|sent| is_it(sent.at, sent.url.path()));
    sent.and_then(|sent| sent.answered_at.get()).expect("it was answered")
}
