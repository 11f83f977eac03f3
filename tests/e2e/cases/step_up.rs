//! Azure wants a stronger sign-in in the middle of a log off, and a window brings it: work waits, nothing is lost, and each
//! session is looked at again before anything is sent.

use crate::harness::challenges::{asked_since, assert_each_was_done_after, by_window, effects, parameter};
use crate::harness::record::Record as _;
use crate::harness::{Bench, Role, bench, until_so};
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR, READER};
use azure_simulator::world::SessionKey;
use azure_simulator::{CorsSettings, Face, Fault, FaultAction, Operation};
use serde_json::json;
use time::OffsetDateTime;

const SOMEBODY: &str = "somebody.else@contoso.example";

/// Changes need a token that was asked for with the claims of the challenge. Whether the page may read them is Azure's
/// decision, and not known.
#[derive(Clone, Copy)]
struct Challenge {
    status: u16,
    readable: bool,
}

fn bench_with(challenge: Challenge, test: impl AsyncFnOnce(&Bench)) {
    bench(
        |setting| {
            setting.config = by_window();
            if challenge.readable {
                setting.simulator.cors = CorsSettings::exposing_everything_useful();
            }
            let switches = &mut setting.simulator.world.switches;
            switches.writes_need_mfa = true;
            switches.challenge_needs_acrs = true;
            switches.challenge_status = challenge.status;
        },
        test,
    );
}

/// Finds the sessions of one user and logs them off, up to the challenge.
async fn meet_the_challenge(bench: &Bench) -> usize {
    bench.open_signed_in_by_window().await;
    bench.search(MANY_SESSIONS).await;
    bench.watch_for_offers().await;
    bench.log_off_all().await;
    bench.wait_for_challenge().await;
    let azure = bench.azure();
    assert!(effects(&azure).is_empty());
    assert!(azure.count(Operation::UserSessionsDelete) > 0, "nothing was tried");
    azure.world.sessions_of(MANY_SESSIONS).len()
}

/// The sign-in asked for what the challenge wants, and for the same person.
fn assert_asked_for_the_claims(bench: &Bench) {
    let azure = bench.azure();
    let asked = *azure.recorded(Operation::Authorize).last().unwrap();
    let claims = parameter(asked, "claims").unwrap_or_default();
    assert!(
        claims.contains("acrs") && claims.contains("p1") && claims.contains("cp1"),
        "{claims}"
    );
    let hint = parameter(asked, "login_hint").unwrap_or_default();
    assert!(hint.starts_with("operator"), "{hint}");
}

#[test]
fn a_log_off_waits_for_a_second_factor_and_goes_on() {
    let unreadable = Challenge {
        status: 401,
        readable: false,
    };
    bench_with(unreadable, async |bench| {
        let count = meet_the_challenge(bench).await;
        assert!(
            bench.alert().await.contains("stronger sign-in"),
            "{}",
            bench.alert().await
        );
        let mark = bench.mark();
        let window = bench.sign_in_window("Continue sign-in").await;
        bench.there(&window, async || bench.approve_there().await).await;
        bench.wait_for_outcomes(&["gone"]).await;

        assert_eq!(bench.offers_seen().await, 1, "each session asked for itself");
        assert!(!bench.shows(Role::Button, "Continue sign-in").await);
        assert_asked_for_the_claims(bench);
        let azure = bench.azure();
        assert_each_was_done_after(&azure, mark, count);
        assert_eq!(effects(&azure).len(), count);
        assert_eq!(
            (
                azure.count(Operation::SignInForm),
                azure.count(Operation::SecondFactorForm)
            ),
            (1, 1)
        );
    });
}

#[test]
fn another_person_in_the_window_is_thrown_away_and_work_goes_on_waiting() {
    let readable = Challenge {
        status: 401,
        readable: true,
    };
    bench_with(readable, async |bench| {
        let count = meet_the_challenge(bench).await;
        let window = bench.sign_in_window("Continue sign-in").await;
        bench
            .there(&window, async || {
                // The authority has forgotten who was signed in, and asks everything.
                bench.find(Role::Button, "Approve").await;
                bench.driver.delete_all_cookies().await.unwrap();
                bench.driver.refresh().await.unwrap();
                bench.sign_in_there_as(READER).await;
                bench.approve_there().await;
            })
            .await;
        bench.wait_for_words("Somebody else signed in").await;
        bench.wait_for_challenge().await;
        assert!(bench.all_text().await.contains(OPERATOR));

        let mark = bench.mark();
        let window = bench.sign_in_window("Continue sign-in").await;
        bench
            .there(&window, async || {
                bench.sign_in_there_as(OPERATOR).await;
                bench.approve_there().await;
            })
            .await;
        bench.wait_for_outcomes(&["gone"]).await;
        let azure = bench.azure();
        assert_each_was_done_after(&azure, mark, count);
        let tokens = azure.recorded(Operation::Token).into_iter();
        assert_eq!(tokens.filter(|token| token.actor.as_deref() == Some(READER)).count(), 1);
        let mut of_arm = azure
            .record
            .iter()
            .filter(|entry| entry.face == Face::Arm && entry.bearer);
        assert!(
            of_arm.all(|entry| entry.actor.as_deref() == Some(OPERATOR)),
            "work went on as somebody else"
        );
    });
}

#[test]
fn what_has_changed_while_work_waited_is_left_alone() {
    let readable = Challenge {
        status: 403,
        readable: true,
    };
    bench_with(readable, async |bench| {
        let count = meet_the_challenge(bench).await;
        let window = bench.sign_in_window("Continue sign-in").await;
        let (theirs, newer) = {
            let mut azure = bench.azure();
            let now = OffsetDateTime::now_utc();
            let keys: Vec<SessionKey> = azure
                .world
                .sessions_of(MANY_SESSIONS)
                .iter()
                .map(|one| one.key)
                .collect();
            azure.world.end_session(keys[2], now);
            (
                azure.world.replace_session(keys[0], Some(SOMEBODY), now).unwrap(),
                azure.world.replace_session(keys[1], None, now).unwrap(),
            )
        };
        let mark = bench.mark();
        bench.there(&window, async || bench.approve_there().await).await;
        let ends = ["gone", "already-gone", "wrong-person", "replaced"];
        let rows = bench.wait_for_outcomes(&ends).await;
        let mut words: Vec<_> = rows.into_iter().filter_map(|row| row.outcome).collect();
        words.sort();
        assert_eq!(words, ["already-gone", "gone", "replaced", "wrong-person"]);

        let azure = bench.azure();
        assert_eq!(effects(&azure).len(), 1);
        assert_eq!(
            asked_since(&azure, mark).len(),
            count,
            "not every session was looked at again"
        );
        let deletes = azure.record[mark..]
            .iter()
            .filter(|entry| entry.operation == Operation::UserSessionsDelete);
        assert_eq!(deletes.count(), 1, "another session was meant to go");
        for key in [theirs, newer] {
            let life = azure.world.life(key).unwrap();
            assert!(life.delete_requests.is_empty() && life.ended.is_none(), "{life:?}");
        }
    });
}

#[test]
fn without_the_sign_in_nothing_is_sent() {
    let unreadable = Challenge {
        status: 401,
        readable: false,
    };
    bench_with(unreadable, async |bench| {
        let count = meet_the_challenge(bench).await;
        bench.click(Role::Button, "Cancel").await;
        assert_eq!(bench.wait_for_outcomes(&["refused"]).await.len(), count);
        bench.wait_for_none(Role::Button, "Continue sign-in").await;

        bench.log_off_all().await;
        bench.find(Role::Button, "Continue sign-in").await;
        bench.click(Role::Button, "Stop logging off").await;
        assert_eq!(bench.wait_for_outcomes(&["cancelled"]).await.len(), count);
        bench.wait_for_none(Role::Button, "Continue sign-in").await;
        let azure = bench.azure();
        assert!(effects(&azure).is_empty());
        assert_eq!(azure.count(Operation::Authorize), 1, "nobody has asked for a window");
        assert_eq!(azure.world.sessions_of(MANY_SESSIONS).len(), count);
    });
}

#[test]
fn what_was_finished_before_the_challenge_is_not_touched_again() {
    bench(
        |setting| {
            setting.config = by_window();
            setting.simulator.cors = CorsSettings::exposing_everything_useful();
            setting.simulator.world.switches.challenge_needs_acrs = true;
            // Two are taken on, and then the tenant changes its mind.
            let claims = json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } });
            let challenge = Fault::always(FaultAction::ClaimsChallenge { claims }).on(Operation::UserSessionsDelete);
            setting.simulator.faults.push(challenge.after(2));
        },
        async |bench| {
            bench.open_signed_in_by_window().await;
            bench.search(MANY_SESSIONS).await;
            bench.log_off_all().await;
            bench.find(Role::Button, "Continue sign-in").await;
            until_so("two are gone while the others wait", async || {
                let rows = bench.rows().await;
                let gone = rows.iter().filter(|row| row.outcome.as_deref() == Some("gone")).count();
                let waiting = rows.iter().filter(|row| row.outcome.is_none()).count();
                (gone, waiting) == (2, rows.len() - 2)
            })
            .await;
            let (mark, finished) = {
                let mut azure = bench.azure();
                azure.faults.clear();
                azure.world.switches.writes_need_mfa = true;
                let finished: Vec<String> = effects(&azure).iter().map(|done| done.path.to_lowercase()).collect();
                (azure.record.len(), finished)
            };
            assert_eq!(finished.len(), 2);
            let window = bench.sign_in_window("Continue sign-in").await;
            bench.there(&window, async || bench.approve_there().await).await;
            let rows = bench.wait_for_outcomes(&["gone"]).await;
            let azure = bench.azure();
            let asked = asked_since(&azure, mark);
            assert_eq!(asked.len(), rows.len() - 2);
            assert!(finished.iter().all(|session| !asked.contains_key(session)), "{asked:?}");
            assert_eq!(effects(&azure).len(), rows.len());
            azure.assert_each_delete_was_guarded();
        },
    );
}
