//! Refusals and stops: one session's end says nothing about another's.

use avd_logoff::arm::ArmErrorKind;
use avd_logoff::desk::carry_out::Control;
use avd_logoff::desk::outcome::{Outcome, Reason};
use azure_simulator::world::{Lock, LockLevel, SessionState};
use azure_simulator::{Fault, Operation};

use super::{refusal, words};
use crate::support::Lab;
use crate::support::bench::{OPERATOR, SUBSCRIPTION, USER};

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
fn a_lock_is_a_refusal() {
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
}

#[test]
fn one_that_fails_stops_no_other() {
    let lab = Lab::new();
    lab.session(USER);
    lab.session_on(1, USER, SessionState::Disconnected);
    let (_, receipt) = lab.find_and_log_off(false, |lab| {
        let status = refusal(403, "AuthorizationFailed");
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
fn stop_keeps_back_what_was_not_sent() {
    let lab = Lab::new();
    for host in [0, 1] {
        for _ in 0..10 {
            lab.session_on(host, USER, SessionState::Active);
        }
    }
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    assert_eq!(findings.rows().len(), 20);
    let control = Control::default();
    let (_, receipt) = lab
        .bench
        .log_off_until(&arm, findings.rows(), false, &control, |_| control.stop.stop());
    let totals = receipt.totals();
    let of = |outcome| totals.iter().find(|(o, _)| *o == Some(outcome)).map_or(0, |(_, n)| *n);
    assert_eq!(of(Outcome::Gone) + of(Outcome::Cancelled), 20);
    assert!(of(Outcome::Cancelled) > 0);
    assert_eq!(lab.deletes(), of(Outcome::Gone));
}

#[test]
fn a_subscription_that_is_not_seen_any_more_is_never_taken_for_the_end_of_a_session() {
    let not_found = || refusal(404, "SubscriptionNotFound");
    let is_not_visible = |reason: &Option<Reason>| matches!(reason, Some(Reason::Arm(error)) if error.kind == ArmErrorKind::SubscriptionNotVisible);
    // For the guard: nothing is sent, and nothing is said to be gone.
    let lab = Lab::new();
    lab.session(USER);
    let (steps, receipt) = lab.find_and_log_off(false, |lab| {
        lab.bench
            .fault(Fault::always(not_found()).on(Operation::UserSessionsGet));
    });
    assert_eq!(words(&steps), ["failed"]);
    assert!(is_not_visible(&receipt.records[0].reason));
    assert_eq!(lab.deletes(), 0);

    // For the DELETE: it had no effect, and there is nothing to watch.
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, receipt) = lab.find_and_log_off(false, |lab| {
        lab.bench
            .fault(Fault::always(not_found()).on(Operation::UserSessionsDelete));
    });
    assert_eq!(words(&steps), ["failed"]);
    assert!(is_not_visible(&receipt.records[0].reason));
    assert!(lab.bench.world().life(session).unwrap().ended.is_none());

    // For the watch: the end was not seen, even where it has come.
    let lab = Lab::new();
    lab.session(USER);
    let (steps, receipt) = lab.find_and_log_off(false, |lab| {
        lab.bench
            .fault(Fault::always(not_found()).on(Operation::UserSessionsGet).after(1));
    });
    assert_eq!(words(&steps), ["requested", "unknown"]);
    assert!(is_not_visible(&receipt.records[0].reason));
}
