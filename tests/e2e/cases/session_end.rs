//! The session ends under a page that is in use: it says so, keeps everything, and goes on after a sign-in.

use crate::harness::challenges::{assert_each_was_done_after, by_window, effects};
use crate::harness::record::Record as _;
use crate::harness::{Role, bench, clock, until_so};
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};
use azure_simulator::{Fault, FaultAction, Operation};
use time::OffsetDateTime;

/// What Entra answers when the 24 hours of a page's refresh token are over.
fn refresh_token_is_over() -> Fault {
    let over = FaultAction::EntraError {
        error: "invalid_grant".to_owned(),
        number: 700_084,
        text:
            "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of \
               1.00:00:00, which can't be extended."
                .to_owned(),
        suberror: Some("bad_token".to_owned()),
        claims: None,
    };
    Fault::once(over).on(Operation::Token)
}

#[test]
fn revoked_while_sessions_leave_their_end_is_still_seen() {
    bench(
        |setting| {
            setting.config = by_window();
            setting.simulator.world.switches.lingers_ms = 600_000;
        },
        async |bench| {
            bench.open_signed_in_by_window().await;
            bench.search(MANY_SESSIONS).await;
            bench.log_off_all().await;
            let rows = bench.wait_for_outcomes(&["leaving"]).await;
            bench.azure().revoke_sign_ins(OffsetDateTime::now_utc(), OPERATOR);
            bench.find(Role::Button, "Continue sign-in").await;
            let alert = bench.alert().await;
            assert!(
                alert.contains("was revoked") && alert.contains("Nothing is lost"),
                "{alert}"
            );
            assert_eq!(bench.wait_for_outcomes(&["leaving"]).await, rows);

            let window = bench.sign_in_window("Continue sign-in").await;
            bench
                .there(&window, async || bench.sign_in_there_as(OPERATOR).await)
                .await;
            bench.wait_for_none(Role::Button, "Continue sign-in").await;
            {
                let mut azure = bench.azure();
                let keys: Vec<_> = azure
                    .world
                    .sessions_of(MANY_SESSIONS)
                    .iter()
                    .map(|one| one.key)
                    .collect();
                assert_eq!(keys.len(), rows.len());
                for key in keys {
                    azure.world.end_session(key, OffsetDateTime::now_utc());
                }
            }
            bench.wait_for_outcomes(&["gone"]).await;
            let azure = bench.azure();
            assert_eq!(effects(&azure).len(), rows.len());
            assert_eq!(
                azure.count(Operation::UserSessionsDelete),
                rows.len(),
                "something was sent again"
            );
        },
    );
}

#[test]
fn after_a_day_a_sign_in_by_redirect_takes_up_what_was_begun() {
    bench(
        |setting| setting.simulator.world.switches.access_token_seconds = Some(360),
        async |bench| {
            bench.open_signed_in().await;
            bench.search(MANY_SESSIONS).await;
            let rows = bench.rows().await;
            let (_, host, number) = rows[0].place();
            let chosen = format!("Select session {number} on {host}");
            bench.click(Role::Checkbox, &chosen).await;
            bench.open_dialog().await;
            // Less than the five minutes are left for which a token is good without a second thought.
            clock::jump(&bench.driver, 61).await;
            bench.azure().faults.push(refresh_token_is_over());
            bench.confirm().await;
            bench.wait_for_challenge().await;
            let alert = bench.alert().await;
            assert!(
                alert.contains("Your session has ended") && alert.contains("Nothing is lost"),
                "{alert}"
            );
            assert_eq!(bench.rows().await.len(), rows.len());
            bench.click(Role::Checkbox, "Select all sessions").await;
            assert!(effects(&bench.azure()).is_empty());

            let mark = bench.mark();
            bench.click(Role::Button, "Continue sign-in").await;
            bench.wait_for_words("what the sign-in interrupted goes on").await;
            until_so("the receipt says that it is gone", async || {
                bench.region("Receipt").await.contains("1 gone.")
            })
            .await;
            bench.wait_for_end_of_search().await;
            let selected = bench.rows().await.into_iter().filter(|row| row.selected);
            assert_eq!(selected.count(), rows.len() - 1);
            let azure = bench.azure();
            assert_each_was_done_after(&azure, mark, 1);
            assert_eq!(
                azure.count(Operation::SignInForm),
                1,
                "the authority still knew the person"
            );
        },
    );
}

#[test]
fn after_a_day_a_window_takes_up_what_was_begun() {
    bench(
        |setting| {
            setting.config = by_window();
            setting.simulator.world.switches.access_token_seconds = Some(360);
        },
        async |bench| {
            bench.open_signed_in_by_window().await;
            bench.search(MANY_SESSIONS).await;
            let count = bench.rows().await.len();
            bench.select_all_and_open_dialog().await;
            clock::jump(&bench.driver, 61).await;
            bench.azure().faults.push(refresh_token_is_over());
            bench.watch_for_offers().await;
            bench.confirm().await;
            bench.wait_for_challenge().await;
            assert!(bench.alert().await.contains("Your session has ended"));
            let mark = bench.mark();
            // The authority still knows the person: the window is gone before anybody can look at it.
            bench.click(Role::Button, "Continue sign-in").await;
            bench.wait_for_outcomes(&["gone"]).await;
            assert_eq!(bench.offers_seen().await, 1);
            let azure = bench.azure();
            assert_each_was_done_after(&azure, mark, count);
            assert_eq!(
                (azure.count(Operation::SignInForm), azure.count(Operation::Authorize)),
                (1, 2)
            );
        },
    );
}
