//! The guard: what is never touched, and that it looks again before every try.

use avd_logoff::desk::outcome::Outcome;
use azure_simulator::world::{Event, ReportedUpn, SessionState};
use azure_simulator::{Fault, FaultAction, Operation, Recorded};

use super::{refusal, words};
use crate::support::Lab;
use crate::support::bench::{OPERATOR, OTHER, USER};

#[test]
fn the_host_segment_goes_back_in_its_own_letter_case() {
    let lab = Lab::new();
    lab.session(USER);
    lab.find_and_log_off(false, |_| ());
    let delete = lab.bench.recorded(Operation::UserSessionsDelete).remove(0);
    assert!(delete.path.contains("/VM-1.Lab.example/"), "{}", delete.path);
}

#[test]
fn somebody_else_under_the_id_is_never_touched() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let replace = FaultAction::ReplaceSession {
            user: Some(OTHER.into()),
            same_user: false,
        };
        lab.bench.fault(Fault::once(replace).on(Operation::UserSessionsGet));
    });
    assert_eq!(words(&steps), ["wrong-person"]);
    assert_eq!(lab.deletes(), 0);
}

#[test]
fn a_session_that_names_nobody_any_more_is_never_touched() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let mut simulator = lab.bench.simulator();
        simulator.world.session_mut(session).unwrap().reported = ReportedUpn::Empty;
    });
    assert_eq!(words(&steps), ["wrong-person"]);
    assert_eq!(lab.deletes(), 0);
}

#[test]
fn a_new_session_of_the_same_user_is_never_touched() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let replace = FaultAction::ReplaceSession {
            user: None,
            same_user: true,
        };
        lab.bench.fault(Fault::once(replace).on(Operation::UserSessionsGet));
    });
    assert_eq!(words(&steps), ["replaced"]);
    assert_eq!(lab.deletes(), 0);
}

#[test]
fn a_creation_time_that_differs_in_the_last_digit_is_another_session() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let mut simulator = lab.bench.simulator();
        let session = simulator.world.session_mut(session).unwrap();
        session.created = session
            .created
            .map(|created| created + time::Duration::nanoseconds(100));
        session.created_digits = 7;
    });
    assert_eq!(words(&steps), ["replaced"]);
    assert_eq!(lab.deletes(), 0);
}

#[test]
fn a_session_that_ended_by_itself_is_already_gone() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        lab.bench
            .fault(Fault::once(FaultAction::EndSession).on(Operation::UserSessionsGet));
    });
    assert_eq!(words(&steps), ["already-gone"]);
    assert_eq!(lab.deletes(), 0);
}

#[test]
fn a_session_that_is_leaving_by_itself_is_only_watched() {
    let lab = Lab::new();
    let session = lab.session_on(0, USER, SessionState::LogOff);
    let soon = lab.bench.ports.clock.now() + time::Duration::seconds(9);
    lab.bench.simulator().world.schedule(soon, Event::EndSession(session));
    let (steps, _) = lab.find_and_log_off(false, |_| ());
    assert_eq!(words(&steps), ["leaving", "gone"]);
    assert_eq!(lab.deletes(), 0);
}

#[test]
fn throttling_waits_and_the_guard_looks_again_before_the_next_try() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let status = refusal(429, "TooManyRequests");
        lab.bench
            .fault(Fault::once(status).on(Operation::UserSessionsDelete).times(2));
    });
    assert_eq!(words(&steps), ["requested", "leaving", "gone"]);
    let acts: Vec<Operation> = lab
        .bench
        .simulator()
        .record
        .iter()
        .map(|entry| entry.operation)
        .filter(|operation| matches!(operation, Operation::UserSessionsGet | Operation::UserSessionsDelete))
        .collect();
    use Operation::{UserSessionsDelete as Delete, UserSessionsGet as Get};
    assert_eq!(acts[..6], [Get, Delete, Get, Delete, Get, Delete]);
}

#[test]
fn someone_else_may_take_the_id_while_the_page_waits_for_its_turn() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let status = refusal(429, "TooManyRequests");
        lab.bench.fault(Fault::once(status).on(Operation::UserSessionsDelete));
        let replace = FaultAction::ReplaceSession {
            user: Some(OTHER.into()),
            same_user: false,
        };
        lab.bench
            .fault(Fault::once(replace).on(Operation::UserSessionsGet).after(1));
    });
    assert_eq!(words(&steps), ["wrong-person"]);
    assert!(
        lab.bench
            .recorded(Operation::UserSessionsDelete)
            .iter()
            .all(|delete| !delete.effect)
    );
}

#[test]
fn a_guard_that_cannot_look_sends_nothing() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        lab.bench
            .fault(Fault::always(FaultAction::LoseBefore).on(Operation::UserSessionsGet));
    });
    assert_eq!(words(&steps), ["failed"]);
    assert_eq!(lab.deletes(), 0);
}

#[test]
fn a_token_that_azure_no_longer_takes_is_renewed_and_the_guard_looks_again() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let status = refusal(401, "ExpiredAuthenticationToken");
        lab.bench.fault(Fault::once(status).on(Operation::UserSessionsDelete));
    });
    assert_eq!(words(&steps), ["requested", "leaving", "gone"]);
    assert_eq!(lab.bench.count(Operation::Token), 2);
    let effects = lab
        .bench
        .recorded(Operation::UserSessionsDelete)
        .iter()
        .filter(|delete| delete.effect)
        .count();
    assert_eq!(effects, 1);
}

#[test]
fn the_delete_follows_the_guards_answer_at_once_though_the_token_is_due_for_renewal() {
    let lab = Lab::new();
    // Renewed five minutes before its end: while the guard waits for its answer, that time comes.
    lab.bench.simulator().world.switches.access_token_seconds = Some(305);
    let arm = lab.bench.arm(OPERATOR);
    lab.session(USER);
    let rows = lab.bench.find(&arm, USER).rows().to_vec();
    let late = |ms, operation| lab.bench.fault(Fault::once(FaultAction::Delay { ms }).on(operation));
    late(10_000, Operation::UserSessionsGet);
    late(30_000, Operation::Token);
    let (_, receipt) = lab.bench.log_off(&arm, &rows, false);
    assert_eq!(receipt.records[0].outcome, Some(Outcome::Gone));
    let looked = lab.bench.recorded(Operation::UserSessionsGet)[0].at;
    let deletes = lab.bench.recorded(Operation::UserSessionsDelete);
    assert_eq!(deletes.len(), 1);
    assert_eq!(deletes[0].at - looked, time::Duration::seconds(10));
}

#[test]
fn an_answer_that_was_long_on_its_way_is_not_acted_on() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let slow = FaultAction::Delay { ms: 11_000 };
        lab.bench.fault(Fault::once(slow).on(Operation::UserSessionsGet));
    });
    assert_eq!(words(&steps).last(), Some(&"gone"));
    let simulator = lab.bench.simulator();
    let preflights = |entry: &&Recorded| entry.operation != Operation::Preflight;
    let record = simulator
        .record
        .iter()
        .filter(|entry| entry.session.is_some())
        .filter(preflights);
    let asked: Vec<Operation> = record.map(|entry| entry.operation).take(3).collect();
    let get = Operation::UserSessionsGet;
    assert_eq!(
        asked,
        [get, get, Operation::UserSessionsDelete],
        "the guard has looked again"
    );
}

#[test]
fn where_answers_are_always_too_old_nothing_is_sent() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let slow = FaultAction::Delay { ms: 11_000 };
        lab.bench.fault(Fault::always(slow).on(Operation::UserSessionsGet));
    });
    assert_eq!(words(&steps), ["failed"]);
    assert_eq!(lab.deletes(), 0);
    assert_eq!(lab.bench.count(Operation::UserSessionsGet), 5);
}
