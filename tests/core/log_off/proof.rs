//! The proof: what was seen, what was not, and what is never repeated.

use std::time::Duration;

use avd_logoff::desk::carry_out::{Control, keep_watching};
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::ports::Clock as _;
use azure_simulator::world::{Behaviour, EndReason, HostStatus, SessionState};
use azure_simulator::{Fault, FaultAction, Operation};
use futures::StreamExt as _;

use super::{last, words};
use crate::support::Lab;
use crate::support::bench::{OPERATOR, USER};

#[test]
fn a_session_is_read_again_logged_off_and_seen_to_be_gone() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, receipt) = lab.find_and_log_off(false, |_| ());
    assert_eq!(words(&steps), ["requested", "leaving", "gone"]);
    let world = lab.bench.world();
    let ended = world.life(session).unwrap().ended.as_ref().unwrap();
    assert_eq!(ended.why, EndReason::LoggedOff);
    assert!(
        receipt.records[0].outcome_at.unwrap() >= ended.at,
        "never “gone” before it was"
    );
    drop(world);
    let deletes = lab.bench.recorded(Operation::UserSessionsDelete);
    assert_eq!(deletes.len(), 1);
    assert!(!deletes[0].query.contains("force"));
    let gets = lab.bench.recorded(Operation::UserSessionsGet);
    assert!(
        gets.iter()
            .any(|get| get.at <= deletes[0].at && get.path == deletes[0].path),
        "the guard has looked"
    );
    assert!(
        gets.iter().any(|get| get.at > deletes[0].at && get.status == Some(404)),
        "the end was seen"
    );
    assert_eq!(receipt.records[0].request_id, deletes[0].client_request_id);
}

#[test]
fn an_answer_lost_after_the_effect_is_looked_up_and_nothing_is_repeated() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        lab.bench
            .fault(Fault::once(FaultAction::LoseAfter).on(Operation::UserSessionsDelete));
    });
    assert_eq!(words(&steps), ["unknown", "gone"]);
    assert_eq!(lab.deletes(), 1);
}

#[test]
fn an_answer_lost_before_the_effect_is_looked_up_and_nothing_is_repeated() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        lab.bench
            .fault(Fault::once(FaultAction::LoseBefore).on(Operation::UserSessionsDelete));
    });
    assert_eq!(words(&steps), ["unknown", "still-there"]);
    assert_eq!(lab.deletes(), 1);
    assert!(lab.bench.world().life(session).unwrap().ended.is_none());
    let waited = steps[1].at - steps[0].at;
    assert!(waited >= time::Duration::minutes(2), "{waited}");
}

#[test]
fn a_gateway_error_after_sending_is_unknown_and_looked_up() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let html = FaultAction::Raw {
            status: 504,
            body: "<html>".into(),
            headers: Default::default(),
        };
        lab.bench.fault(Fault::once(html).on(Operation::UserSessionsDelete));
    });
    assert_eq!(words(&steps), ["unknown", "still-there"]);
    assert_eq!(lab.deletes(), 1);
}

#[test]
fn gone_is_said_only_after_lingering_has_ended() {
    let lab = Lab::new();
    let session = lab.session(USER);
    lab.bench.simulator().world.session_mut(session).unwrap().lingers = Some(Duration::from_secs(70));
    let (steps, receipt) = lab.find_and_log_off(false, |_| ());
    assert_eq!(words(&steps), ["requested", "leaving", "gone"]);
    let seen = receipt.records[0].outcome_at.unwrap() - receipt.records[0].intended_at;
    assert!(seen >= time::Duration::seconds(70), "{seen}");
    let gets = lab.bench.count(Operation::UserSessionsGet);
    assert!(gets < 15, "looks grow rarer: {gets}");
}

#[test]
fn a_session_that_stays_is_still_there_and_force_is_a_second_step() {
    let lab = Lab::new();
    let session = lab.session(USER);
    lab.bench.simulator().world.host_mut(lab.hosts[0]).unwrap().status = HostStatus::Shutdown;
    let (steps, _) = lab.find_and_log_off(false, |_| ());
    assert_eq!(words(&steps), ["requested", "leaving", "still-there"]);
    assert!(lab.bench.world().life(session).unwrap().ended.is_none());

    let (steps, receipt) = lab.find_and_log_off(true, |_| ());
    assert_eq!(words(&steps), ["requested", "gone"]);
    assert!(receipt.records[0].force);
    let deletes = lab.bench.recorded(Operation::UserSessionsDelete);
    let forced: Vec<bool> = deletes
        .iter()
        .map(|delete| delete.query.contains("force=true"))
        .collect();
    assert_eq!(forced, [false, true]);
}

#[test]
fn keeping_watch_sends_nothing_and_may_still_see_the_end() {
    let lab = Lab::new();
    let session = lab.session(USER);
    lab.bench.simulator().world.session_mut(session).unwrap().lingers = Some(Duration::from_secs(200));
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let (_, mut receipt) = lab.bench.log_off(&arm, findings.rows(), false);
    assert_eq!(last(&receipt), Outcome::StillThere);
    let watchable = receipt.watchable();
    assert_eq!(watchable.len(), 1);
    lab.bench.time.run(keep_watching(&arm, watchable).for_each(|progress| {
        receipt.apply(progress);
        async {}
    }));
    assert_eq!(last(&receipt), Outcome::Gone);
    assert_eq!(lab.deletes(), 1);
}

#[test]
fn a_session_that_even_force_does_not_end_stays_still_there() {
    let lab = Lab::new();
    let session = lab.session(USER);
    lab.bench.simulator().world.session_mut(session).unwrap().behaviour = Behaviour::Immortal;
    let (steps, _) = lab.find_and_log_off(true, |_| ());
    assert_eq!(words(&steps).last(), Some(&"still-there"));
}

#[test]
fn the_users_next_session_under_the_same_id_is_told_as_coming_back() {
    let lab = Lab::new();
    let session = lab.session(USER);
    {
        let mut simulator = lab.bench.simulator();
        let session = simulator.world.session_mut(session).unwrap();
        session.lingers = Some(Duration::from_millis(1500));
        session.comes_back = Some((Duration::ZERO, Some(lab.hosts[0])));
    }
    let (steps, _) = lab.find_and_log_off(false, |_| ());
    assert_eq!(words(&steps), ["requested", "leaving", "gone"]);
    assert!(
        matches!(steps.last().unwrap().reason(), Some(Reason::CameBack(_))),
        "{:?}",
        steps.last()
    );
    assert_eq!(lab.deletes(), 1);
}

#[test]
fn looks_that_fail_prove_nothing() {
    // The guard's look works, every later one is lost: the end was not seen.
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        lab.bench.fault(
            Fault::always(FaultAction::LoseBefore)
                .on(Operation::UserSessionsGet)
                .after(1),
        );
    });
    assert_eq!(words(&steps), ["requested", "unknown"]);

    // Only the first three are lost: the fourth sees the end.
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let lost = Fault::once(FaultAction::LoseBefore)
            .on(Operation::UserSessionsGet)
            .after(1)
            .times(3);
        lab.bench.fault(lost);
    });
    assert_eq!(words(&steps), ["requested", "gone"]);
    assert_eq!(lab.deletes(), 1);
}

#[test]
fn an_answer_that_never_comes_is_given_up_and_looked_up() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let ten_minutes = FaultAction::Delay { ms: 600_000 };
        lab.bench
            .fault(Fault::once(ten_minutes).on(Operation::UserSessionsDelete));
    });
    assert_eq!(words(&steps), ["unknown", "gone"]);
    assert_eq!(lab.deletes(), 1);
    let waited = steps[0].at - lab.bench.recorded(Operation::UserSessionsDelete)[0].at;
    assert!(waited < time::Duration::minutes(2), "{waited}");
}

#[test]
fn hundreds_leave_together_and_are_sent_a_few_at_a_time() {
    let lab = Lab::new();
    for at in 0..300 {
        lab.session_on(at % 2, USER, SessionState::Active);
    }
    {
        let mut simulator = lab.bench.simulator();
        simulator.world.switches.latency = true;
        simulator.world.switches.lingers_ms = 60_000;
    }
    let arm = lab.bench.arm(OPERATOR);
    let rows = lab.bench.find(&arm, USER).rows().to_vec();
    assert_eq!(rows.len(), 300);
    lab.bench.time.pass(Duration::from_secs(60));
    let begun = lab.bench.time.now();
    let most = std::cell::Cell::new(0);
    let (_, receipt) = lab.bench.log_off_until(&arm, &rows, false, &Control::default(), |_| {
        let sent = lab.bench.azure.sent.borrow();
        let under_way = sent
            .iter()
            .filter(|one| one.method == "DELETE" && one.answered_at.get().is_none());
        most.set(most.get().max(under_way.count()));
    });
    let took = lab.bench.time.now() - begun;
    assert!(
        receipt
            .records
            .iter()
            .all(|record| record.outcome == Some(Outcome::Gone))
    );
    assert_eq!(lab.deletes(), 300);
    // 190 go at once and 10 each second; 300 guards and every look are reads, of which 25 go each second.
    assert!(took < time::Duration::minutes(3), "{took}");
    assert!((1..=8).contains(&most.get()), "{}", most.get());
    let throttled = lab
        .bench
        .simulator()
        .record
        .iter()
        .filter(|entry| entry.status == Some(429))
        .count();
    assert_eq!(throttled, 0);
}
