//! Disconnect and Send message: the same guard, the same outcomes and the same receipt as for a log off.

use avd_logoff::desk::act::{Act, Message};
use avd_logoff::desk::carry_out::{Control, Progress, keep_watching};
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::desk::receipt::Receipt;
use avd_logoff::desk::receipt_files::csv;
use avd_logoff::desk::receipt_json::json;
use avd_logoff::text::receipt_text;
use azure_simulator::world::SessionState;
use azure_simulator::{Fault, FaultAction, Operation};
use futures::StreamExt as _;

use crate::support::Lab;
use crate::support::bench::{OPERATOR, OTHER, USER};

fn message() -> Message {
    Message {
        title: "Title".into(),
        text: "First line\nZweite Zeile – 二".into(),
    }
}

impl Lab {
    /// Signs in, finds the user's sessions, prepares what goes wrong, and does it to all of them.
    fn find_and_do(&self, act: Act, prepare: impl FnOnce(&Self)) -> (Vec<Progress>, Receipt) {
        let arm = self.bench.arm(OPERATOR);
        let findings = self.bench.find(&arm, USER);
        prepare(self);
        self.bench
            .do_until(&arm, findings.rows(), act, &Control::default(), |_| ())
    }

    fn sent(&self) -> [usize; 3] {
        use Operation::{UserSessionsDelete, UserSessionsDisconnect, UserSessionsSendMessage};
        [UserSessionsDelete, UserSessionsDisconnect, UserSessionsSendMessage].map(|one| self.bench.count(one))
    }
}

fn words(steps: &[Progress]) -> Vec<&'static str> {
    steps.iter().filter_map(Progress::outcome).map(Outcome::word).collect()
}

#[test]
fn a_disconnection_is_requested_and_then_seen() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, receipt) = lab.find_and_do(Act::Disconnect, |_| ());
    assert_eq!(words(&steps), ["requested", "requested"]);
    assert_eq!(receipt.records[0].reason, Some(Reason::SeenDisconnected));
    assert!(!receipt.is_under_way() && !receipt.records[0].can_be_watched());
    assert_eq!(lab.sent(), [0, 1, 0]);
    assert_eq!(
        lab.bench.world().session(session).unwrap().state,
        SessionState::Disconnected
    );
    let disconnect = lab.bench.recorded(Operation::UserSessionsDisconnect).remove(0);
    assert!(disconnect.path.contains("/VM-1.Lab.example/"), "{}", disconnect.path);
}

#[test]
fn a_disconnection_that_azure_took_on_and_nobody_saw_is_still_there() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, receipt) = lab.find_and_do(Act::Disconnect, |lab| {
        // Azure says yes and does nothing.
        let yes = FaultAction::Raw {
            status: 200,
            body: String::new(),
            headers: Default::default(),
        };
        lab.bench.fault(Fault::once(yes).on(Operation::UserSessionsDisconnect));
    });
    assert_eq!(words(&steps), ["requested", "leaving", "still-there"]);
    assert!(receipt.records[0].can_be_watched());
    let arm = lab.bench.arm(OPERATOR);
    lab.bench.simulator().world.session_mut(session).unwrap().state = SessionState::Disconnected;
    let mut receipt = receipt;
    lab.bench
        .time
        .run(keep_watching(&arm, receipt.watchable()).for_each(|step| {
            receipt.apply(step);
            async {}
        }));
    assert_eq!(receipt.records[0].reason, Some(Reason::SeenDisconnected));
    assert_eq!(lab.sent(), [0, 1, 0], "watching sends nothing");
}

#[test]
fn whoever_is_disconnected_by_the_time_of_the_guard_is_not_disconnected_again() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (_, receipt) = lab.find_and_do(Act::Disconnect, |lab| {
        lab.bench.simulator().world.session_mut(session).unwrap().state = SessionState::Disconnected;
    });
    assert_eq!(receipt.records[0].reason, Some(Reason::SeenDisconnected));
    assert_eq!(lab.sent(), [0, 0, 0]);
}

#[test]
fn a_lost_answer_to_a_disconnection_is_looked_up_and_never_repeated() {
    for (action, ended) in [
        (FaultAction::LoseAfter, Outcome::Requested),
        (FaultAction::LoseBefore, Outcome::StillThere),
    ] {
        let lab = Lab::new();
        lab.session(USER);
        let (steps, receipt) = lab.find_and_do(Act::Disconnect, |lab| {
            lab.bench
                .fault(Fault::once(action).on(Operation::UserSessionsDisconnect));
        });
        assert_eq!(words(&steps)[0], "unknown");
        assert_eq!(receipt.records[0].outcome, Some(ended));
        assert_eq!(lab.sent(), [0, 1, 0]);
    }
}

#[test]
fn a_message_arrives_as_it_was_written_and_is_only_said_to_be_accepted() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, receipt) = lab.find_and_do(Act::SendMessage(message()), |_| ());
    assert_eq!(words(&steps), ["requested"]);
    assert!(!receipt.is_under_way() && !receipt.records[0].can_be_watched());
    let world = lab.bench.world();
    let shown = &world.session(session).unwrap().messages;
    assert_eq!(shown.len(), 1);
    assert_eq!((&shown[0].title, &shown[0].body), (&message().title, &message().text));
    assert_eq!(shown[0].by, OPERATOR);
    drop(world);
    assert_eq!(lab.sent(), [0, 0, 1]);
}

#[test]
fn a_message_goes_only_to_whoever_still_works_there() {
    let lab = Lab::new();
    let session = lab.session(USER);
    lab.session_on(1, USER, SessionState::Disconnected);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let plan = Plan::freeze(findings.rows(), Act::SendMessage(message()), &Circumstances::default());
    assert_eq!((plan.sessions().len(), plan.left_out().len()), (1, 1));
    let (steps, receipt) = lab.find_and_do(Act::SendMessage(message()), |lab| {
        lab.bench.simulator().world.session_mut(session).unwrap().state = SessionState::Disconnected;
    });
    assert_eq!(words(&steps), ["failed"]);
    assert_eq!(receipt.records[0].reason, Some(Reason::NotActive));
    assert_eq!(lab.sent(), [0, 0, 0]);
}

#[test]
fn a_message_whose_answer_was_lost_is_not_sent_twice() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, receipt) = lab.find_and_do(Act::SendMessage(message()), |lab| {
        let lost = FaultAction::LoseAfter;
        lab.bench
            .fault(Fault::once(lost).on(Operation::UserSessionsSendMessage));
    });
    assert_eq!(words(&steps), ["unknown"]);
    assert!(receipt.watchable().is_empty(), "nobody can look whether it was shown");
    assert_eq!(lab.bench.world().session(session).unwrap().messages.len(), 1);
    assert_eq!(lab.sent(), [0, 0, 1]);
}

#[test]
fn neither_touches_somebody_else_under_the_id() {
    for act in [Act::Disconnect, Act::SendMessage(message())] {
        let lab = Lab::new();
        lab.session(USER);
        let (steps, _) = lab.find_and_do(act, |lab| {
            let replace = FaultAction::ReplaceSession {
                user: Some(OTHER.into()),
                same_user: false,
            };
            lab.bench.fault(Fault::once(replace).on(Operation::UserSessionsGet));
        });
        assert_eq!(words(&steps), ["wrong-person"]);
        assert_eq!(lab.sent(), [0, 0, 0]);
    }
}

#[test]
fn a_missing_right_is_told_with_its_action() {
    for (act, action) in [
        (Act::Disconnect, "disconnect/action"),
        (Act::SendMessage(message()), "sendMessage/action"),
    ] {
        let lab = Lab::new();
        lab.session(USER);
        {
            let mut simulator = lab.bench.simulator();
            simulator.world.assignments.clear();
            let scope = format!("/subscriptions/{}", crate::support::bench::SUBSCRIPTION);
            simulator
                .world
                .assign(OPERATOR, "Desktop Virtualization Reader", &scope);
        }
        let (steps, receipt) = lab.find_and_do(act, |_| ());
        assert_eq!(words(&steps), ["refused"]);
        let Some(Reason::Arm(error)) = &receipt.records[0].reason else {
            panic!("no reason");
        };
        assert!(error.needs.action.ends_with(action), "{}", error.needs.action);
    }
}

#[test]
fn the_receipt_names_act_and_message_in_every_form() {
    let lab = Lab::new();
    lab.session(USER);
    let (_, receipt) = lab.find_and_do(Act::SendMessage(message()), |_| ());
    for (text, act) in [
        (receipt_text(&receipt), "Send message"),
        (csv(&receipt), "send-message"),
        (json(&receipt), "send-message"),
    ] {
        assert!(text.contains(act) && text.contains("Zweite Zeile – 二"), "{text}");
    }
}
