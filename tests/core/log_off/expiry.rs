//! A session of the operator that ends in the middle of a log off: it waits for another sign-in and goes on.

use std::rc::Rc;
use std::time::Duration;

use avd_logoff::auth::AuthError;
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::sign_in_needed;
use avd_logoff::desk::step_up::{Decision, SignInNeeded};
use avd_logoff::ports::Clock as _;

use super::stage::{SESSIONS, Stage};
use crate::support::bench::OPERATOR;

/// Logs off until the sessions of the operator end, as `end` says, after the fifth log off; signs in again.
fn resumed_after(exposed: bool, prepare: impl Fn(&Stage), end: impl Fn(&Stage)) -> SignInNeeded {
    let stage = Rc::new(Stage::new(exposed));
    stage.keep_checking_unsent();
    prepare(&stage);
    let mut needed = None;
    let (mut moment, mut left_over, mut requested) = (0, Vec::new(), 0);
    let account = stage.client.account();
    let person = async {
        needed = Some(stage.asked().await);
        assert_eq!(stage.client.account(), account, "who it was is still known");
        // Long enough for nothing to be under way, short enough for what was sent to be seen to its end.
        stage.lab.bench.time.sleep(Duration::from_secs(30)).await;
        left_over = stage.unsent();
        assert!(
            !left_over.is_empty() && left_over.len() <= SESSIONS - 5,
            "{left_over:?}"
        );
        assert!(left_over.iter().all(|&record| stage.outcome(record).is_none()));
        let claims = needed.as_ref().unwrap().claims();
        stage.lab.bench.sign_in_again(&stage.client, claims).await;
        moment = stage.so_far();
        stage.control.step_up.decide(Decision::SignedIn);
    };
    stage.log_off(
        |progress| {
            requested += usize::from(progress.outcome() == Some(Outcome::Requested));
            if requested == 5 && progress.outcome() == Some(Outcome::Requested) {
                end(&stage);
            }
            stage.check_unsent(None);
        },
        person,
    );
    assert_eq!(stage.outcomes(), vec![Some(Outcome::Gone); SESSIONS]);
    assert_eq!(stage.times_asked.get(), 1);
    stage.check_the_rest_was_done_after(moment, &left_over);
    needed.unwrap()
}

fn revoke(stage: &Stage) {
    let now = stage.lab.bench.time.now();
    stage.lab.bench.simulator().revoke_sign_ins(now, OPERATOR);
}

#[test]
fn a_revoked_session_is_asked_for_with_its_claims_where_they_can_be_read() {
    // Sign-ins count by the second.
    let wait = |stage: &Stage| stage.lab.bench.time.pass(Duration::from_secs(5));
    let needed = resumed_after(true, wait, revoke);
    let SignInNeeded::Claims(challenge) = needed else {
        panic!("{needed:?}")
    };
    let text = serde_json::to_value(&challenge).unwrap();
    assert!(text.as_str().unwrap().contains("nbf"), "{text}");
}

#[test]
fn a_revoked_session_is_asked_for_again_where_the_challenge_is_hidden() {
    let wait = |stage: &Stage| stage.lab.bench.time.pass(Duration::from_secs(5));
    let needed = resumed_after(false, wait, revoke);
    let SignInNeeded::Again(AuthError::InteractionRequired(server)) = needed else {
        panic!("{needed:?}")
    };
    assert_eq!(
        (server.number(), server.suberror.as_deref()),
        (Some(50_173), Some("bad_token"))
    );
}

#[test]
fn the_end_of_a_day_is_waited_over() {
    let nearly_a_day = |stage: &Stage| {
        let bench = &stage.lab.bench;
        // Tokens of one minute (renewed all the time, because five minutes before the end lie before the beginning).
        bench.simulator().world.switches.access_token_seconds = Some(60);
        stage.tokens_last.set(false);
        bench.simulator().world.switches.lingers_ms = 2000;
        let signed_in = bench.token_requests()[0].at;
        let left = signed_in + Duration::from_secs(24 * 3600 - 3) - bench.time.now();
        bench.time.pass(left.try_into().unwrap());
    };
    let needed = resumed_after(true, nearly_a_day, |_| ());
    let SignInNeeded::Again(AuthError::InteractionRequired(server)) = needed else {
        panic!("{needed:?}")
    };
    assert_eq!(server.number(), Some(700_084));
}

#[test]
fn whoever_does_not_sign_in_again_leaves_a_reason_that_asks_for_it() {
    let stage = Rc::new(Stage::new(false));
    let mut requested = 0;
    let mut moment = 0;
    let mut left_over = Vec::new();
    let person = async {
        stage.asked().await;
        stage.minutes(5).await;
        (moment, left_over) = (stage.so_far(), stage.unsent());
        stage.control.step_up.decide(Decision::Declined);
    };
    stage.lab.bench.time.pass(Duration::from_secs(5));
    stage.log_off(
        |progress| {
            requested += usize::from(progress.outcome() == Some(Outcome::Requested));
            if requested == 5 {
                revoke(&stage);
            }
        },
        person,
    );
    assert_eq!(stage.so_far(), moment);
    assert!(left_over.len() >= 5);
    let receipt = stage.receipt.borrow();
    for &record in &left_over {
        let record = &receipt.records[record];
        assert_eq!(record.outcome, Some(Outcome::Failed));
        assert!(matches!(&record.reason, Some(Reason::Arm(_))));
        let needed = sign_in_needed::in_records([record]);
        assert!(matches!(needed, Some(SignInNeeded::Again(_))), "{needed:?}");
    }
    drop(receipt);
    let sent = (0..SESSIONS)
        .map(|record| stage.effective_deletes(record))
        .sum::<usize>();
    assert_eq!(left_over.len() + sent, SESSIONS);
}

#[test]
fn whoever_watches_waits_for_the_sign_in_and_then_has_its_whole_time() {
    let stage = Rc::new(Stage::new(true));
    // Longer than the two minutes that are watched, but not longer than that after the sign-in.
    stage.lab.bench.simulator().world.switches.lingers_ms = 60 * 60 * 1000 + 90_000;
    let mut requested = 0;
    let person = async {
        stage.asked().await;
        stage.minutes(60).await;
        stage.lab.bench.sign_in_again(&stage.client, None).await;
        stage.control.step_up.decide(Decision::SignedIn);
    };
    stage.lab.bench.time.pass(Duration::from_secs(5));
    stage.log_off(
        |progress| {
            requested += usize::from(progress.outcome() == Some(Outcome::Requested));
            if requested == 8 && progress.outcome() == Some(Outcome::Requested) {
                revoke(&stage);
                stage.control.stop.stop();
            }
        },
        person,
    );
    let outcomes = stage.outcomes();
    let count = |outcome| outcomes.iter().filter(|found| **found == Some(outcome)).count();
    assert!((8..SESSIONS).contains(&requested), "{outcomes:?}");
    assert_eq!(count(Outcome::Gone), requested, "{outcomes:?}");
    assert_eq!(count(Outcome::Cancelled), SESSIONS - requested, "{outcomes:?}");
    assert_eq!(stage.times_asked.get(), 1);
}
