//! The edge between "nothing was sent" and "something may have been": while it waits, and where an answer is lost.

use std::rc::Rc;

use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::step_up::Decision;
use avd_logoff::ports::Clock as _;
use azure_simulator::{Fault, FaultAction, Operation};

use super::stage::{SESSIONS, Stage};
use crate::support::bench::OTHER;

#[test]
fn a_session_that_the_guard_has_seen_meanwhile_is_looked_at_again_after_the_wait() {
    let stage = Rc::new(Stage::new(true));
    stage.keep_checking_unsent();
    // On one host the guard gets its answer when somebody has been asked for already.
    let slow = Fault::always(FaultAction::Delay { ms: 8_000 }).on(Operation::UserSessionsGet);
    stage.lab.bench.fault(slow.containing("VM-2"));
    stage.lab.bench.simulator().world.switches.writes_need_mfa = true;
    let mut new = None;
    let mut replaced = 0;
    let person = async {
        let needed = stage.asked().await;
        stage.minutes(5).await;
        assert_eq!(stage.unsent().len(), SESSIONS);
        replaced = (0..SESSIONS)
            .find(|&at| stage.path(at).contains("vm-2") && !stage.asked_of(at).is_empty())
            .unwrap();
        let now = stage.lab.bench.time.now();
        let key = stage.lab.bench.world().session_at(&stage.path(replaced)).unwrap().key;
        new = stage.lab.bench.simulator().world.replace_session(key, Some(OTHER), now);
        stage.lab.bench.sign_in_again(&stage.client, needed.claims()).await;
        // The session that is another's now ends without a DELETE, which is not what is checked there.
        *stage.lab.bench.azure.lookout.borrow_mut() = None;
        stage.control.step_up.decide(Decision::SignedIn);
    };
    stage.log_off(|_| (), person);
    assert_eq!(stage.outcome(replaced), Some(Outcome::WrongPerson));
    let world = stage.lab.bench.world();
    assert!(world.life(new.unwrap()).unwrap().delete_requests.is_empty());
    drop(world);
    assert_eq!(
        (0..SESSIONS).map(|at| stage.effective_deletes(at)).sum::<usize>(),
        SESSIONS - 1
    );
}

#[test]
fn what_was_sent_without_an_answer_is_not_unsent() {
    for action in [
        FaultAction::LoseAfter,
        FaultAction::LoseBefore,
        FaultAction::HideFromPage,
    ] {
        let stage = Rc::new(Stage::new(true));
        stage.keep_checking_unsent();
        stage
            .lab
            .bench
            .fault(Fault::always(action).on(Operation::UserSessionsDelete));
        let mut unknown = 0;
        stage.log_off(
            |progress| {
                unknown += usize::from(progress.outcome() == Some(Outcome::Unknown));
                assert!(!stage.unsent().contains(&progress.record));
            },
            async {},
        );
        assert_eq!(unknown, SESSIONS);
        assert!(stage.unsent().is_empty());
        let deletes = stage.lab.bench.count(Operation::UserSessionsDelete);
        assert_eq!(deletes, SESSIONS, "nothing is sent twice");
    }
}

#[test]
fn stop_while_the_guard_looks_keeps_back_what_it_was_looking_for() {
    let stage = Rc::new(Stage::new(true));
    stage.keep_checking_unsent();
    let slow = Fault::always(FaultAction::Delay { ms: 20_000 }).on(Operation::UserSessionsGet);
    stage.lab.bench.fault(slow);
    let person = async {
        stage.lab.bench.time.sleep(std::time::Duration::from_secs(5)).await;
        assert_eq!(stage.lab.bench.count(Operation::UserSessionsGet), 8);
        stage.control.stop.stop();
    };
    stage.log_off(|_| (), person);
    assert_eq!(stage.outcomes(), vec![Some(Outcome::Cancelled); SESSIONS]);
    assert_eq!(stage.lab.bench.count(Operation::UserSessionsDelete), 0);
    assert_eq!(stage.lab.bench.count(Operation::UserSessionsGet), 8);
}

#[test]
fn what_was_stopped_does_not_go_on_after_a_sign_in() {
    let stage = Rc::new(Stage::new(true));
    stage.lab.bench.simulator().world.switches.writes_need_mfa = true;
    let person = async {
        stage.asked().await;
        stage.minutes(1).await;
        assert_eq!(stage.control.unsent().len(), SESSIONS);
        stage.control.stop.stop();
        assert!(
            stage.control.unsent().is_empty(),
            "nothing is kept for after the sign-in"
        );
        stage.control.step_up.decide(Decision::Declined);
    };
    stage.log_off(|_| (), person);
    assert_eq!(stage.outcomes(), vec![Some(Outcome::Cancelled); SESSIONS]);
}
