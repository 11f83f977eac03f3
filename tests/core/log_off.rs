//! The log off with its guard and its proof, one question at a time, against what Azure was asked to do.

use std::time::Duration;

use avd_logoff::arm::ArmErrorKind;
use avd_logoff::desk::log_off::{Progress, Stop, keep_watching};
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::receipt::Receipt;
use azure_simulator::world::{Behaviour, EndReason, HostStatus, Lock, LockLevel, SessionState};
use azure_simulator::{Fault, FaultAction, Operation};
use futures::StreamExt as _;

use crate::support::Lab;
use crate::support::bench::{OTHER, SUBSCRIPTION, USER};

impl Lab {
    /// Signs in, finds the user's sessions, prepares what goes wrong, and logs them all off.
    fn find_and_log_off(&self, force: bool, prepare: impl FnOnce(&Self)) -> (Vec<Progress>, Receipt) {
        let arm = self.bench.arm(crate::support::bench::OPERATOR);
        let findings = self.bench.find(&arm, USER);
        assert!(!findings.rows().is_empty());
        prepare(self);
        self.bench.log_off(&arm, findings.rows(), force)
    }

    fn deletes(&self) -> usize {
        self.bench.count(Operation::UserSessionsDelete)
    }
}

fn words(steps: &[Progress]) -> Vec<&'static str> {
    steps.iter().map(|step| step.outcome.word()).collect()
}

fn last(receipt: &Receipt) -> Outcome {
    receipt.records.last().unwrap().outcome.unwrap()
}

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
        simulator.world.session_mut(session).unwrap().reported = azure_simulator::world::ReportedUpn::Empty;
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
    assert_eq!(words(&steps), ["requested", "leaving", "gone"]);
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
    let arm = lab.bench.arm(crate::support::bench::OPERATOR);
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
fn a_session_that_is_leaving_by_itself_is_only_watched() {
    let lab = Lab::new();
    let session = lab.session_on(0, USER, SessionState::LogOff);
    let soon = lab.bench.ports.clock.now() + time::Duration::seconds(9);
    lab.bench
        .simulator()
        .world
        .schedule(soon, azure_simulator::world::Event::EndSession(session));
    let (steps, _) = lab.find_and_log_off(false, |_| ());
    assert_eq!(words(&steps), ["leaving", "gone"]);
    assert_eq!(lab.deletes(), 0);
}

#[test]
fn a_missing_right_is_a_refusal_with_its_action() {
    let lab = Lab::new();
    lab.session(USER);
    lab.bench
        .simulator()
        .world
        .add_person("reader@contoso.example", "Reader")
        .signs_in = true;
    let scope = format!("/subscriptions/{SUBSCRIPTION}");
    lab.bench
        .simulator()
        .world
        .assign("reader@contoso.example", "Reader", &scope);
    let arm = lab.bench.arm("reader@contoso.example");
    let findings = lab.bench.find(&arm, USER);
    let (steps, receipt) = lab.bench.log_off(&arm, findings.rows(), false);
    assert_eq!(words(&steps), ["refused"]);
    let Some(Reason::Arm(error)) = &receipt.records[0].reason else {
        panic!("no reason")
    };
    assert_eq!(
        error.needs.action,
        "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/delete"
    );
}

#[test]
fn locks_policies_and_challenges_are_refusals() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, receipt) = lab.find_and_log_off(false, |lab| {
        let pool_id = lab.bench.world().pool_id(lab.pool);
        lab.bench.simulator().world.locks.push(Lock {
            scope: pool_id,
            level: LockLevel::CanNotDelete,
        });
    });
    assert_eq!(words(&steps), ["refused"]);
    assert!(matches!(&receipt.records[0].reason, Some(Reason::Arm(error)) if error.kind == ArmErrorKind::Locked));

    for exposed in [vec![], vec!["WWW-Authenticate".to_owned()]] {
        let lab = Lab::new();
        let session = lab.session(USER);
        lab.bench.simulator().cors.exposed = exposed;
        let (steps, _) = lab.find_and_log_off(false, |lab| {
            let claims = serde_json::json!({"access_token": {"acrs": {"essential": true, "values": ["p1"]}}});
            lab.bench
                .fault(Fault::always(FaultAction::ClaimsChallenge { claims }).on(Operation::UserSessionsDelete));
        });
        assert_eq!(words(&steps), ["refused"]);
        assert!(lab.bench.world().life(session).unwrap().ended.is_none());
        assert!(lab.deletes() <= 2);
    }
}

#[test]
fn throttling_waits_and_the_guard_looks_again_before_the_next_try() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let status = FaultAction::Status {
            status: 429,
            code: "TooManyRequests".into(),
            message: String::new(),
            headers: Default::default(),
        };
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
        let status = FaultAction::Status {
            status: 429,
            code: "TooManyRequests".into(),
            message: String::new(),
            headers: Default::default(),
        };
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
fn one_that_fails_stops_no_other() {
    let lab = Lab::new();
    lab.session(USER);
    lab.session_on(1, USER, SessionState::Disconnected);
    let (_, receipt) = lab.find_and_log_off(false, |lab| {
        let status = FaultAction::Status {
            status: 403,
            code: "AuthorizationFailed".into(),
            message: String::new(),
            headers: Default::default(),
        };
        lab.bench.fault(
            Fault::always(status)
                .on(Operation::UserSessionsDelete)
                .containing("VM-1"),
        );
    });
    let mut outcomes: Vec<&str> = receipt
        .records
        .iter()
        .map(|record| record.outcome.unwrap().word())
        .collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["gone", "refused"]);
}

#[test]
fn a_token_that_azure_no_longer_takes_is_renewed_and_the_guard_looks_again() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = lab.find_and_log_off(false, |lab| {
        let status = FaultAction::Status {
            status: 401,
            code: "ExpiredAuthenticationToken".into(),
            message: String::new(),
            headers: Default::default(),
        };
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
fn stop_keeps_back_what_was_not_sent() {
    let lab = Lab::new();
    for host in [0, 1] {
        for _ in 0..10 {
            lab.session_on(host, USER, SessionState::Active);
        }
    }
    let arm = lab.bench.arm(crate::support::bench::OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    assert_eq!(findings.rows().len(), 20);
    let stop = Stop::default();
    let (_, receipt) = lab
        .bench
        .log_off_until(&arm, findings.rows(), false, &stop, |_| stop.stop());
    let totals = receipt.totals();
    let of = |outcome| totals.iter().find(|(o, _)| *o == Some(outcome)).map_or(0, |(_, n)| *n);
    assert_eq!(of(Outcome::Gone) + of(Outcome::Cancelled), 20);
    assert!(of(Outcome::Cancelled) > 0);
    assert_eq!(lab.deletes(), of(Outcome::Gone));
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
        matches!(steps.last().unwrap().reason, Some(Reason::CameBack(_))),
        "{:?}",
        steps.last()
    );
    assert_eq!(lab.deletes(), 1);
}
