//! A second factor that is asked for in the middle of a log off: it waits, nothing is lost, nothing is done twice.

use std::rc::Rc;

use avd_logoff::arm::ArmErrorKind;
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::step_up::{Decision, SignInNeeded};
use azure_simulator::{Fault, FaultAction, Operation};
use serde_json::json;

use super::stage::{SESSIONS, Stage};
use crate::support::bench::OTHER;
use crate::support::sign_in::second_factor;

/// The ways in which a page can meet the challenge: header readable or not, 401 or 403.
const WAYS: [(bool, u16); 3] = [(true, 401), (true, 403), (false, 401)];

fn stage(exposed: bool, status: u16) -> Rc<Stage> {
    let stage = Rc::new(Stage::new(exposed));
    stage.lab.bench.simulator().world.switches.challenge_status = status;
    stage.keep_checking_unsent();
    stage
}

fn count(stage: &Stage, outcome: Outcome) -> usize {
    stage.outcomes().iter().filter(|found| **found == Some(outcome)).count()
}

#[test]
fn it_waits_without_end_and_after_the_sign_in_each_that_is_left_is_looked_at_and_logged_off() {
    for (exposed, status) in WAYS {
        let stage = stage(exposed, status);
        let mut switch = stage.second_factor_after_five();
        let mut left_over = Vec::new();
        let mut moment = 0;
        let person = async {
            assert_eq!(stage.asked().await, SignInNeeded::Claims(second_factor()));
            assert_eq!(
                stage.control.step_up.asked(),
                Some(SignInNeeded::Claims(second_factor()))
            );
            // What was sent is seen to its end meanwhile; then there is silence.
            stage.minutes(5).await;
            let quiet = stage.so_far();
            left_over = stage.unsent();
            stage.minutes(240).await;
            assert_eq!(
                stage.so_far(),
                quiet,
                "nothing is asked of Azure while a person is waited for"
            );
            assert_eq!(stage.unsent(), left_over);
            assert!(left_over.len() >= 5 && left_over.len() <= SESSIONS - 5, "{left_over:?}");
            for record in 0..SESSIONS {
                let waits = left_over.contains(&record);
                assert_eq!(stage.outcome(record), (!waits).then_some(Outcome::Gone));
                assert_eq!(stage.effective_deletes(record), usize::from(!waits));
            }
            let claims = stage.control.step_up.asked().unwrap().claims();
            stage.lab.bench.sign_in_again(&stage.client, claims).await;
            moment = stage.so_far();
            stage.control.step_up.decide(Decision::SignedIn);
            assert_eq!(stage.control.step_up.asked(), None);
        };
        stage.log_off(
            |progress| {
                switch(progress);
                stage.check_unsent(None);
            },
            person,
        );
        assert_eq!(
            stage.outcomes(),
            vec![Some(Outcome::Gone); SESSIONS],
            "{exposed} {status}"
        );
        assert_eq!(stage.times_asked.get(), 1);
        stage.check_the_rest_was_done_after(moment, &left_over);
        assert!(stage.unsent().is_empty());
    }
}

#[test]
fn with_a_second_factor_used_before_nobody_is_asked() {
    for exposed in [true, false] {
        let stage = stage(exposed, 401);
        stage.lab.bench.simulator().world.switches.sign_in_needs_mfa = true;
        // A browser without a session: the person has to use the second factor.
        stage.lab.bench.simulator().forget_browser();
        stage
            .lab
            .bench
            .time
            .run(stage.lab.bench.sign_in_again(&stage.client, None));
        stage.lab.bench.simulator().world.switches.challenge_needs_acrs = true;
        let mut switch = stage.second_factor_after_five();
        stage.log_off(
            |progress| {
                switch(progress);
                stage.check_unsent(None);
            },
            async {},
        );
        assert_eq!(stage.outcomes(), vec![Some(Outcome::Gone); SESSIONS]);
        assert_eq!(stage.times_asked.get(), 0);
        assert!((0..SESSIONS).all(|record| stage.effective_deletes(record) == 1));
        let claims = stage.lab.bench.claims_asked_last();
        assert_eq!(claims["access_token"]["acrs"]["values"], json!(["p1"]));
        assert_eq!(claims["access_token"]["xms_cc"]["values"], json!(["cp1"]));
    }
}

#[test]
fn whoever_does_not_sign_in_ends_it_and_nothing_is_sent_any_more() {
    for (exposed, status) in WAYS {
        let stage = stage(exposed, status);
        let mut moment = 0;
        let mut left_over = Vec::new();
        let person = async {
            stage.asked().await;
            stage.minutes(5).await;
            (moment, left_over) = (stage.so_far(), stage.unsent());
            stage.control.step_up.decide(Decision::Declined);
        };
        stage.log_off(stage.second_factor_after_five(), person);
        assert_eq!(stage.times_asked.get(), 1, "once declined, it is not asked again");
        assert!(left_over.len() >= 5);
        let after = stage.lab.bench.simulator().record.split_off(moment);
        assert_eq!(after.iter().map(|entry| entry.operation).collect::<Vec<_>>(), []);
        for record in 0..SESSIONS {
            let declined = left_over.contains(&record);
            let expected = if declined { Outcome::Refused } else { Outcome::Gone };
            assert_eq!(stage.outcome(record), Some(expected), "{exposed} {status}");
            if declined {
                let receipt = stage.receipt.borrow();
                let Some(Reason::Arm(error)) = &receipt.records[record].reason else {
                    panic!("no reason")
                };
                assert_eq!(error.kind, ArmErrorKind::ClaimsChallenge(second_factor()));
                let own = error.needs.scope.to_lowercase();
                assert_eq!(own, stage.path(record), "the reason is about this session");
                assert_eq!(receipt.records[record].request_id.as_ref(), Some(&error.request_id));
            }
        }
        assert!(stage.unsent().is_empty());
        // A word that comes too late changes nothing.
        stage.control.step_up.decide(Decision::SignedIn);
        assert_eq!(stage.control.step_up.asked(), None);
    }
}

#[test]
fn stop_while_it_waits_cancels_what_was_not_sent() {
    for decision in [Decision::Declined, Decision::SignedIn] {
        let stage = stage(true, 401);
        let mut moment = 0;
        let mut left_over = Vec::new();
        let person = async {
            stage.asked().await;
            stage.minutes(5).await;
            stage.control.stop.stop();
            stage.minutes(5).await;
            left_over = stage.unsent();
            if decision == Decision::SignedIn {
                stage
                    .lab
                    .bench
                    .sign_in_again(&stage.client, Some(second_factor()))
                    .await;
            }
            moment = stage.so_far();
            stage.control.step_up.decide(decision);
        };
        stage.log_off(stage.second_factor_after_five(), person);
        assert_eq!(stage.so_far(), moment, "nothing is sent after it");
        assert_eq!(count(&stage, Outcome::Cancelled), left_over.len());
        assert!(
            left_over
                .iter()
                .all(|&record| stage.outcome(record) == Some(Outcome::Cancelled))
        );
        assert_eq!(count(&stage, Outcome::Gone), SESSIONS - left_over.len());
    }
}

#[test]
fn a_session_that_became_another_while_it_waited_is_not_touched() {
    let stage = Rc::new(Stage::new(true));
    let mut new = Vec::new();
    let mut changed = Vec::new();
    let person = async {
        let needed = stage.asked().await;
        stage.minutes(5).await;
        let left_over = stage.unsent();
        let bench = &stage.lab.bench;
        for (place, user) in [Some(OTHER), None].into_iter().enumerate() {
            let record = left_over[place];
            let now = avd_logoff::ports::Clock::now(&*bench.time);
            let mut simulator = bench.simulator();
            let key = simulator.world.session_at(&stage.path(record)).unwrap().key;
            new.extend(simulator.world.replace_session(key, user, now));
            changed.push(record);
        }
        {
            let now = avd_logoff::ports::Clock::now(&*bench.time);
            let mut simulator = bench.simulator();
            let key = simulator.world.session_at(&stage.path(left_over[2])).unwrap().key;
            simulator.world.end_session(key, now);
            changed.push(left_over[2]);
        }
        bench.sign_in_again(&stage.client, needed.claims()).await;
        stage.control.step_up.decide(Decision::SignedIn);
    };
    stage.log_off(stage.second_factor_after_five(), person);
    let expected = [Outcome::WrongPerson, Outcome::Replaced, Outcome::AlreadyGone];
    for (record, expected) in changed.iter().zip(expected) {
        assert_eq!(stage.outcome(*record), Some(expected));
        assert_eq!(stage.effective_deletes(*record), 0);
    }
    assert_eq!(count(&stage, Outcome::Gone), SESSIONS - 3);
    assert_eq!(new.len(), 2);
    let world = stage.lab.bench.world();
    for key in new {
        let life = world.life(key).unwrap();
        assert!(life.delete_requests.is_empty() && life.ended.is_none(), "{life:?}");
    }
}

#[test]
fn a_challenge_that_the_sign_in_does_not_end_is_a_refusal_and_not_asked_for_again_and_again() {
    for silent_works in [true, false] {
        let stage = stage(true, 401);
        let claims = json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } });
        let endless = FaultAction::ClaimsChallenge { claims };
        let delete = Operation::UserSessionsDelete;
        stage.lab.bench.fault(Fault::always(endless).on(delete).after(5));
        let person = async {
            let needed = stage.asked().await;
            stage.lab.bench.sign_in_again(&stage.client, needed.claims()).await;
            if !silent_works {
                let interaction = FaultAction::EntraError {
                    error: "interaction_required".into(),
                    number: 50_079,
                    text: String::new(),
                    suberror: None,
                    claims: None,
                };
                stage.lab.bench.fault(Fault::always(interaction).on(Operation::Token));
            }
            stage.control.step_up.decide(Decision::SignedIn);
        };
        stage.log_off(|_| stage.check_unsent(None), person);
        assert_eq!(count(&stage, Outcome::Gone), 5);
        assert_eq!(count(&stage, Outcome::Refused), SESSIONS - 5);
        assert_eq!(stage.times_asked.get(), 1);
        assert_eq!(
            (0..SESSIONS)
                .map(|record| stage.effective_deletes(record))
                .sum::<usize>(),
            5
        );
        for record in 0..SESSIONS {
            let asked = stage.asked_of(record);
            let deletes = asked.iter().filter(|(_, entry)| entry.operation == delete).count();
            assert!(deletes <= 3, "{deletes}");
        }
    }
}

#[test]
fn a_challenge_on_the_guards_own_look_waits_as_well() {
    for exposed in [true, false] {
        let stage = stage(exposed, 401);
        let mut left_over = Vec::new();
        let mut moment = 0;
        let mut requested = 0;
        let person = async {
            assert_eq!(stage.asked().await, SignInNeeded::Claims(second_factor()));
            stage.minutes(1).await;
            left_over = stage.unsent();
            stage
                .lab
                .bench
                .sign_in_again(&stage.client, Some(second_factor()))
                .await;
            moment = stage.so_far();
            stage.control.step_up.decide(Decision::SignedIn);
        };
        stage.log_off(
            |progress| {
                requested += usize::from(progress.outcome() == Some(Outcome::Requested));
                if requested == 8 {
                    stage.lab.bench.simulator().world.switches.reads_need_mfa = true;
                }
                stage.check_unsent(None);
            },
            person,
        );
        // What was on its way when the challenge came was not asked for it.
        assert!((1..=SESSIONS - 8).contains(&left_over.len()), "{}", left_over.len());
        assert_eq!(stage.times_asked.get(), 1);
        // Whoever watches waits, too, and sees the end.
        let (mut watched, mut waited) = (Vec::new(), Vec::new());
        for record in 0..SESSIONS {
            let of = if left_over.contains(&record) {
                &mut waited
            } else {
                &mut watched
            };
            of.push(stage.outcome(record).unwrap());
        }
        assert_eq!(waited, vec![Outcome::Gone; left_over.len()], "{exposed}");
        assert_eq!(watched, vec![Outcome::Gone; SESSIONS - left_over.len()], "{exposed}");
        stage.check_the_rest_was_done_after(moment, &left_over);
    }
}

#[test]
fn a_403_that_hides_its_challenge_is_a_policys_refusal() {
    let stage = stage(false, 403);
    stage.log_off(stage.second_factor_after_five(), async {});
    assert_eq!(stage.times_asked.get(), 0);
    let (gone, refused) = (count(&stage, Outcome::Gone), count(&stage, Outcome::Refused));
    assert!(
        gone >= 5 && refused >= 5 && gone + refused == SESSIONS,
        "{gone} {refused}"
    );
    let receipt = stage.receipt.borrow();
    for record in &receipt.records {
        let Some(Reason::Arm(error)) = &record.reason else {
            continue;
        };
        assert_eq!(error.kind, ArmErrorKind::Policy);
    }
}

#[test]
fn what_one_session_needs_beside_what_another_was_asked_for_is_asked_for_next() {
    let stage = stage(true, 401);
    let wanted = |context: &str| json!({ "access_token": { "acrs": { "essential": true, "values": [context] } } });
    for (host, context) in [("VM-1", "c1"), ("VM-2", "c2")] {
        let action = FaultAction::ClaimsChallenge {
            claims: wanted(context),
        };
        let fault = Fault::always(action).on(Operation::UserSessionsDelete);
        stage.lab.bench.fault(fault.containing(host));
    }
    let person = async {
        for _ in 0..2 {
            let claims = stage.asked().await.claims();
            stage.minutes(1).await;
            stage.lab.bench.sign_in_again(&stage.client, claims).await;
            // Azure is content with those that the token has now.
            let has = stage.lab.bench.claims_asked_last()["access_token"]["acrs"]["values"][0].clone();
            let host = if has == "c1" { "VM-1" } else { "VM-2" };
            let mut simulator = stage.lab.bench.simulator();
            simulator
                .faults
                .retain(|fault| fault.path_contains.as_deref() != Some(host));
            drop(simulator);
            stage.control.step_up.decide(Decision::SignedIn);
        }
    };
    stage.log_off(|_| stage.check_unsent(None), person);
    assert_eq!(stage.outcomes(), vec![Some(Outcome::Gone); SESSIONS]);
    assert_eq!(stage.times_asked.get(), 2);
    assert!((0..SESSIONS).all(|record| stage.effective_deletes(record) == 1));
}
