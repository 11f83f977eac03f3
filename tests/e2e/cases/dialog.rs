//! The dialog: Cancel means nothing happened, and what takes typing takes typing.

use crate::harness::record::Record as _;
use crate::harness::table::true_places;
use crate::harness::{Name, Role, bench, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{APOSTROPHE, MANY_SESSIONS, UMLAUT};

#[test]
fn cancel_sends_nothing_and_keeps_the_selection() {
    bench(
        |_| {},
        async |bench| {
            let truth = true_places(&bench.azure(), MANY_SESSIONS);
            bench.open_signed_in().await;
            bench.search(MANY_SESSIONS).await;
            let (_, host, number) = &truth[1];
            bench
                .click(Role::Checkbox, &format!("Select session {number} on {host}"))
                .await;
            let asked_before = bench.azure().record.len();
            bench.open_dialog().await;
            bench.click(Role::Button, "Cancel").await;
            bench.wait_for_none(Role::Alertdialog, Name::Any).await;
            bench.wait_for_focus(Role::Button, "Log off…").await;

            let rows = bench.rows().await;
            let selected: Vec<_> = rows.iter().filter(|row| row.selected).map(|row| row.place()).collect();
            assert_eq!(selected, [truth[1].clone()]);
            assert!(rows.iter().all(|row| row.outcome.is_none()));
            let azure = bench.azure();
            assert_eq!(
                azure.record.len(),
                asked_before,
                "Azure was asked something on the way to Cancel"
            );
            assert!(azure.acts().is_empty());
            assert_eq!(azure.world.sessions_of(MANY_SESSIONS).len(), truth.len());
        },
    );
}

#[test]
fn sessions_of_several_users_take_typing() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(&format!("{APOSTROPHE}, {UMLAUT}")).await;
            assert_eq!(bench.rows().await.len(), 2);
            bench.select_all_and_open_dialog().await;
            let act = bench.find(Role::Button, "Log off").await;
            assert!(!act.is_enabled().await.unwrap());
            let text_box = bench.find(Role::Textbox, "Type to confirm").await;
            text_box.send_keys("3").await.unwrap();
            assert!(!act.is_enabled().await.unwrap());
            text_box.clear().await.unwrap();
            text_box.send_keys(" 2 ").await.unwrap();
            until_so("the button is enabled", async || act.is_enabled().await.unwrap()).await;
            assert!(bench.azure().acts().is_empty());
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;

            let azure = bench.azure();
            azure.assert_each_delete_was_guarded();
            let deletes = azure.recorded(Operation::UserSessionsDelete);
            let mut users: Vec<_> = deletes
                .iter()
                .map(|entry| entry.session.as_ref().unwrap().upn.as_str())
                .collect();
            users.sort_unstable();
            assert_eq!(users, [APOSTROPHE, UMLAUT]);
        },
    );
}
