//! Addresses that lead to one session or one user: they fill in and read, and act on nothing.

use crate::harness::record::Record as _;
use crate::harness::table::true_places;
use crate::harness::{Bench, Role, bench, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, UMLAUT};
use azure_simulator::server::PageConfig;
use serde_json::json;
use thirtyfour::{By, Key};

const FIELDS: [&str; 5] = [
    "Subscription",
    "Resource group",
    "Host pool",
    "Session host",
    "Session ID",
];

/// The link to the first session of the user, as the page itself writes it.
fn link_of(bench: &Bench, upn: &str) -> String {
    let azure = bench.azure();
    let session = azure.world.sessions_of(upn)[0].key;
    let id = azure.world.session_id(session);
    format!("#/session?id={}", id.replace('/', "%2F").replace(' ', "%20"))
}

async fn go(bench: &Bench, fragment: &str) {
    let script = "location.hash = arguments[0]";
    bench.driver.execute(script, vec![fragment.into()]).await.unwrap();
}

async fn assert_one_session_was_read(bench: &Bench) {
    let coverage = bench.region("Coverage").await;
    assert!(coverage.contains("No host pool was searched"), "{coverage}");
    assert_eq!(bench.rows().await.len(), 1);
    let azure = bench.azure();
    assert_eq!(azure.count(Operation::UserSessionsGet), 1);
    for searched in [
        Operation::SubscriptionsList,
        Operation::HostPoolsList,
        Operation::UserSessionsListByHostPool,
        Operation::ResourceGraph,
    ] {
        assert_eq!(azure.count(searched), 0, "{searched:?}");
    }
    assert!(azure.acts().is_empty());
}

#[test]
fn a_link_survives_the_sign_in_and_its_session_is_logged_off_like_any_other() {
    bench(
        |setting| {
            setting.config = PageConfig::With(json!({ "allowSkippingConfirmation": true }));
        },
        async |bench| {
            let link = link_of(bench, MANY_SESSIONS);
            bench.open(&link).await;
            bench.wait_to_read("You have followed a link").await;
            assert!(bench.azure().is_untouched());
            bench.sign_in().await;
            bench.wait_for_end_of_search().await;
            assert_one_session_was_read(bench).await;

            bench.select_all_and_open_dialog().await;
            bench.click(Role::Checkbox, "Do not ask again in this tab").await;
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;
            bench.azure().assert_each_delete_was_guarded();
            assert_eq!(bench.azure().count(Operation::UserSessionsDelete), 1);

            // Another link in the same tab: the page asks no more, and still does nothing by itself.
            let next = link_of(bench, MANY_SESSIONS);
            go(bench, &next).await;
            until_so("the other session is shown", async || {
                let rows = bench.rows().await;
                rows.len() == 1 && rows[0].outcome.is_none()
            })
            .await;
            assert_eq!(bench.azure().acts().len(), 1);
            bench.click(Role::Checkbox, "Select all sessions").await;
            bench.click(Role::Button, "Log off…").await;
            bench.wait_for_outcomes(&["gone"]).await;
            let azure = bench.azure();
            azure.assert_each_delete_was_guarded();
            assert_eq!(azure.count(Operation::UserSessionsDelete), 2);
        },
    );
}

#[test]
fn a_link_to_a_user_searches_and_waits_while_the_dialog_is_open() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            go(bench, &format!("#/user/{MANY_SESSIONS}")).await;
            bench.wait_for_end_of_search().await;
            assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));
            assert_eq!(
                bench.rows().await.len(),
                true_places(&bench.azure(), MANY_SESSIONS).len()
            );
            bench.select_all_and_open_dialog().await;
            // Nothing below an open dialog can be found as a person finds it.
            let below =
                "return [document.querySelector('tbody').textContent, document.querySelector('textarea').value]";
            let before: (String, String) = bench.look(below).await;
            let asked = bench.azure().record.len();
            go(bench, "#/user/%C3%BCber.user%40contoso.example").await;
            until_so("the link was understood", async || {
                bench.look::<(String, String)>(below).await.1 == UMLAUT
            })
            .await;
            assert_eq!(bench.look::<(String, String)>(below).await.0, before.0);
            assert_eq!(bench.azure().record.len(), asked);
            bench.click(Role::Button, "Cancel").await;
            until_so("the other user is shown", async || {
                let rows = bench.rows().await;
                !rows.is_empty() && rows.iter().all(|row| row.cells["User"] == UMLAUT)
            })
            .await;
            assert!(bench.azure().acts().is_empty());
        },
    );
}

#[test]
fn a_link_that_leads_nowhere_is_told_and_asks_nobody() {
    bench(
        |_| {},
        async |bench| {
            bench.open("#/session?id=%2Fsubscriptions%2Fx").await;
            bench.wait_to_read("This address does not name a session.").await;
            assert!(bench.azure().is_untouched());
            go(bench, "#/user/half").await;
            bench.wait_to_read("This address does not name a user.").await;
            assert!(bench.azure().is_untouched());
        },
    );
}

#[test]
fn the_five_pieces_of_an_address_are_checked_each_and_open_the_session() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench
                .driver
                .find(By::Css("details.direct summary"))
                .await
                .unwrap()
                .click()
                .await
                .unwrap();
            // The others stay empty.
            for (name, text) in [(FIELDS[0], "not-a-guid"), (FIELDS[2], "x"), (FIELDS[3], "a/b")] {
                bench.find(Role::Textbox, name).await.send_keys(text).await.unwrap();
            }
            let asked = bench.azure().record.len();
            bench.click(Role::Button, "Open session").await;
            until_so("each field says what is wrong", async || {
                bench
                    .look::<usize>("return document.querySelectorAll('.direct .fault').length")
                    .await
                    == FIELDS.len()
            })
            .await;
            bench.wait_for_focus(Role::Textbox, "Subscription").await;
            assert_eq!(bench.azure().record.len(), asked);

            let id = {
                let azure = bench.azure();
                azure.world.session_id(azure.world.sessions_of(MANY_SESSIONS)[0].key)
            };
            let pieces: Vec<&str> = id.split('/').collect();
            for (name, at) in FIELDS.into_iter().zip([2, 4, 8, 10, 12]) {
                let field = bench.find(Role::Textbox, name).await;
                field.clear().await.unwrap();
                field.send_keys(pieces[at]).await.unwrap();
            }
            bench.click(Role::Button, "Open session").await;
            bench.wait_for_end_of_search().await;
            assert_one_session_was_read(bench).await;
            assert_eq!(bench.rows().await[0].cells["User"], MANY_SESSIONS);

            // The link to it can be handed on.
            bench.click(Role::Checkbox, "Select all sessions").await;
            bench.click(Role::Button, "Copy link").await;
            let text_box = bench.search_box().await;
            let link = format!("{}/{}", bench.origins().page, link_of(bench, MANY_SESSIONS));
            until_so("the link is on the clipboard", async || {
                text_box.clear().await.unwrap();
                text_box.send_keys(Key::Control + "v").await.unwrap();
                let pasted = bench.search_box_text().await.unwrap_or_default();
                pasted.eq_ignore_ascii_case(&link)
            })
            .await;
        },
    );
}
