//! Acts go first, wait only before the guard's look, and what is stopped leaves nothing in their way.

use std::cell::RefCell;

use avd_logoff::arm::guard::{self, Identity};
use avd_logoff::arm::{ArmClient, Class, SessionId};
use avd_logoff::desk::carry_out::Control;
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::search::search;
use avd_logoff::desk::typed::understand;
use avd_logoff::ports::Clock as _;
use azure_simulator::world::SessionState;
use azure_simulator::{Fault, FaultAction, Operation};
use futures::StreamExt as _;
use futures::future::{Either, join, select};
use time::{Duration, OffsetDateTime};

use super::{ROLE, estate, expose_everything, heard_at, query, refused, throttled};
use crate::support::bench::{OPERATOR, OTHER, USER};
use crate::support::{Bench, Lab};
use avd_logoff_bench::BEGINNING;

/// The longest that anything waited between the guard's answer and the DELETE, over all sessions.
fn longest_window(bench: &Bench) -> Duration {
    let sent = bench.azure.sent.borrow();
    let deletes = sent.iter().filter(|sent| sent.method == "DELETE");
    deletes
        .map(|delete| {
            let looks = sent
                .iter()
                .filter(|look| look.method == "GET" && look.url.path() == delete.url.path());
            let answers = looks.filter_map(|look| look.answered_at.get());
            delete.at - answers.filter(|at| *at <= delete.at).max().expect("there was a guard")
        })
        .max()
        .expect("there was a DELETE")
}

/// Runs a search and, from the moment when it is in full swing, something else beside it; gives back what both came to.
fn beside_a_search<T>(
    bench: &Bench,
    arm: &ArmClient,
    work: impl AsyncFnOnce() -> T,
) -> (Findings, T, Option<OffsetDateTime>) {
    let wanted = understand(OTHER).wanted;
    let mut findings = Findings::new(wanted);
    let mut searched = None;
    let worked = bench.time.run(async {
        let searching = search(arm, query(OTHER)).for_each(|event| {
            findings.apply(event);
            async {}
        });
        let searching = async {
            searching.await;
            searched = Some(bench.time.now());
        };
        let working = async {
            bench.time.sleep(std::time::Duration::from_secs(6)).await;
            work().await
        };
        join(searching, working).await.1
    });
    (findings, worked, searched)
}

#[test]
fn a_log_off_during_a_big_search_is_sent_at_once_and_the_search_goes_on() {
    let (bench, session) = estate(600, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    let rows = bench.find(&arm, USER).rows().to_vec();
    bench.time.pass(std::time::Duration::from_secs(60));
    let begun = RefCell::new(None);
    let (findings, (), searched) = beside_a_search(&bench, &arm, async || {
        *begun.borrow_mut() = Some(bench.time.now());
        let mut steps = bench.log_off_stream(&arm, &rows, false, &Control::default());
        let mut outcomes = Vec::new();
        while let Some(step) = steps.next().await {
            outcomes.extend(step.outcome());
        }
        assert_eq!(outcomes, [Outcome::Requested, Outcome::Leaving, Outcome::Gone]);
    });
    let begun = begun.borrow().unwrap();
    let deleted = bench.recorded(Operation::UserSessionsDelete);
    assert_eq!(deleted.len(), 1);
    assert!(
        deleted[0].at - begun < Duration::milliseconds(500),
        "{}",
        deleted[0].at - begun
    );
    assert!(bench.world().life(session).unwrap().ended.is_some());
    assert!(
        searched.unwrap() > deleted[0].at + Duration::seconds(5),
        "the search was under way"
    );
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert_eq!(longest_window(&bench), Duration::ZERO);
    assert_eq!(refused(&bench), 0);
}

#[test]
fn whatever_an_act_waits_for_lies_before_the_guards_look() {
    let lab = Lab::new();
    for at in 0..20 {
        lab.session_on(at % 2, USER, SessionState::Active);
    }
    {
        let mut simulator = lab.bench.simulator();
        simulator.world.switches.latency = true;
        simulator.world.switches.throttle.deletes = 3;
        simulator.world.switches.throttle.deletes_per_second = 1;
    }
    for exposed in [false, true] {
        if exposed {
            expose_everything(&lab.bench);
        }
        let arm = lab.bench.arm(OPERATOR);
        let findings = lab.bench.find(&arm, USER);
        if findings.rows().is_empty() {
            panic!("nothing to log off");
        }
        let rows: Vec<_> = findings.rows().iter().take(10).cloned().collect();
        let (_, receipt) = lab.bench.log_off(&arm, &rows, false);
        assert!(refused(&lab.bench) > 0, "the buckets were too small");
        assert!(
            receipt
                .records
                .iter()
                .all(|record| record.outcome == Some(Outcome::Gone))
        );
        assert_eq!(longest_window(&lab.bench), Duration::ZERO);
    }
}

#[test]
fn an_act_is_not_sent_where_its_bucket_has_closed_behind_the_guard() {
    let lab = Lab::new();
    lab.session(USER);
    lab.session_on(1, USER, SessionState::Active);
    expose_everything(&lab.bench);
    let slow = FaultAction::Delay { ms: 5_000 };
    let bench = &lab.bench;
    let arm = bench.arm(OPERATOR);
    let findings = bench.find(&arm, USER);
    // One guard is slow; meanwhile the other session's DELETE learns that nothing goes out for half a minute.
    bench.fault(Fault::once(slow).on(Operation::UserSessionsGet).containing("VM-1"));
    bench.fault(
        Fault::once(throttled(&[("retry-after", "30")], 429))
            .on(Operation::UserSessionsDelete)
            .containing("VM-2"),
    );
    let (_, receipt) = bench.log_off(&arm, findings.rows(), false);
    assert!(
        receipt
            .records
            .iter()
            .all(|record| record.outcome == Some(Outcome::Gone))
    );
    let heard = heard_at(bench, 429);
    let deletes = bench.recorded(Operation::UserSessionsDelete);
    assert_eq!(deletes.len(), 3);
    assert!(
        deletes[1..]
            .iter()
            .all(|delete| delete.at >= heard + Duration::seconds(30)),
        "{deletes:?}"
    );
    assert_eq!(longest_window(bench), Duration::ZERO);
}

#[test]
fn the_guard_looks_at_once_even_where_no_read_is_to_be_had() {
    let (bench, session) = estate(600, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    let id = SessionId::parse(&bench.world().session_id(session)).unwrap();
    let read = bench.find(&arm, USER).rows()[0].session.clone();
    let identity = Identity::of(&read).unwrap();
    let (_, (), searched) = beside_a_search(&bench, &arm, async || {
        for _ in 0..10 {
            let turn = arm.for_acting().turn_to_act(&id, Class::Deletes).await.unwrap();
            let taken = bench.time.now();
            guard::check(turn.client(), &identity).await.unwrap();
            let looked = bench.recorded(Operation::UserSessionsGet).last().unwrap().at;
            assert_eq!(looked, taken);
        }
    });
    assert!(
        searched.unwrap() > bench.recorded(Operation::UserSessionsGet)[9].at,
        "the search was under way"
    );
}

#[test]
fn a_turn_that_is_not_used_gives_everything_back() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let id = SessionId::parse(&lab.bench.world().session_id(session)).unwrap();
    let arm = lab.bench.arm(OPERATOR);
    lab.bench.time.run(async {
        for _ in 0..1000 {
            drop(arm.turn_to_act(&id, Class::Deletes).await.unwrap());
            drop(arm.turn_to_act(&id, Class::Writes).await.unwrap());
        }
    });
    assert_eq!(lab.bench.time.now(), BEGINNING, "a thousand turns, and never a wait");
}

#[test]
fn a_search_that_is_stopped_leaves_nothing_in_the_way() {
    let (bench, _) = estate(600, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    let rows = bench.find(&arm, USER).rows().to_vec();
    bench.time.pass(std::time::Duration::from_secs(60));
    bench.time.run(async {
        let searching = std::pin::pin!(search(&arm, query(OTHER)).for_each(|_| async {}));
        let stopped = bench.time.sleep(std::time::Duration::from_secs(4));
        assert!(
            matches!(select(searching, stopped).await, Either::Right(_)),
            "it was still going on"
        );
    });
    assert_eq!(bench.azure.requests.in_flight.get(), 0);
    assert!(bench.azure.requests.aborted.get() > 0);
    let before = bench.simulator().record.len();
    let stopped_at = bench.time.now();
    let (steps, _) = bench.log_off(&arm, &rows, false);
    assert_eq!(steps.last().unwrap().outcome(), Some(Outcome::Gone));
    let deleted = bench.recorded(Operation::UserSessionsDelete)[0].at;
    assert!(
        deleted - stopped_at < Duration::milliseconds(400),
        "{}",
        deleted - stopped_at
    );
    let simulator = bench.simulator();
    let after: Vec<_> = simulator.record[before..].iter().map(|entry| entry.operation).collect();
    assert!(
        !after.contains(&Operation::UserSessionsListByHostPool),
        "nothing of the search was sent any more"
    );
    drop(simulator);
    // All places and tokens are there again.
    bench.time.pass(std::time::Duration::from_secs(60));
    let begun = bench.time.now();
    assert_eq!(bench.find(&arm, OTHER).coverage().verdict(), Verdict::Complete);
    let took = bench.time.now() - begun;
    assert!(
        took < Duration::seconds(75),
        "1800 reads, because none is said on a filter's word alone: 225 at once, 25 each second: {took}"
    );
    assert_eq!(refused(&bench), 0);
}

#[test]
fn a_search_that_nobody_looks_at_any_more_holds_no_act_up() {
    let (bench, _) = estate(600, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    let rows = bench.find(&arm, USER).rows().to_vec();
    let mut held = Box::pin(search(&arm, query(OTHER)));
    bench.time.run(async {
        for _ in 0..20 {
            held.next().await;
        }
    });
    let begun = bench.time.now();
    let (steps, _) = bench.log_off(&arm, &rows, false);
    assert_eq!(steps.last().unwrap().outcome(), Some(Outcome::Gone));
    let deleted = bench.recorded(Operation::UserSessionsDelete)[0].at;
    assert!(deleted - begun < Duration::seconds(1), "{}", deleted - begun);
    drop(held);
}

#[test]
fn a_renewal_that_falls_due_behind_the_guard_is_not_waited_for() {
    let lab = Lab::new();
    lab.session(USER);
    {
        let mut simulator = lab.bench.simulator();
        simulator.world.switches.latency = true;
        simulator.world.switches.access_token_seconds = Some(3600);
    }
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    // Tokens are renewed five minutes before their end, and this guard's read takes the page over that line.
    let to_the_line = BEGINNING + Duration::seconds(3298) - lab.bench.time.now();
    lab.bench.time.pass(to_the_line.unsigned_abs());
    let slow = FaultAction::Delay { ms: 10_000 };
    lab.bench.fault(Fault::once(slow).on(Operation::UserSessionsGet));
    let renewals = lab.bench.token_requests().len();
    let (_, receipt) = lab.bench.log_off(&arm, findings.rows(), false);
    assert_eq!(receipt.records[0].outcome, Some(Outcome::Gone));
    assert_eq!(longest_window(&lab.bench), Duration::ZERO);
    assert_eq!(lab.bench.token_requests().len(), renewals + 1, "it did fall due");
}
