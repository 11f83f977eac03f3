//! The main job by keyboard alone: no mouse, no click, on the authority's page too.

use crate::harness::record::Record as _;
use crate::harness::table::true_places;
use crate::harness::{Name, Role, bench, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, READER};
use thirtyfour::Key;

#[test]
fn the_whole_job_can_be_done_by_keyboard_alone() {
    bench(
        |setting| {
            // Another person than the one whom the login page offers first, so that the choice is made by keyboard too.
            let scopes: Vec<_> = setting
                .simulator
                .world
                .subscriptions
                .iter()
                .map(|one| format!("/subscriptions/{}", one.id))
                .collect();
            for scope in scopes {
                setting
                    .simulator
                    .world
                    .assign(READER, "Desktop Virtualization Contributor", &scope);
            }
        },
        async |bench| {
            let truth = true_places(&bench.azure(), MANY_SESSIONS);
            bench.open("").await;
            bench.find(Role::Button, "Sign in").await;
            bench.tab_to(Role::Button, "Sign in").await;
            // Not Enter: on a slow machine its end was seen to arrive at the authority's page, where it chooses the account
            // that has the focus there.
            bench.press(Key::Space).await;
            bench.wait_for_login_page().await;
            bench.find(Role::Radio, Name::Begins(READER)).await;
            bench.tab_to(Role::Radio, Name::Any).await;
            while !bench.is_focused(Role::Radio, Name::Begins(READER)).await {
                bench.press(Key::Down).await;
            }
            bench.tab_to(Role::Button, "Sign in").await;
            bench.press(Key::Space).await;
            bench.wait_until_signed_in().await;
            let who = bench.azure().recorded(Operation::Token)[0].actor.clone();
            assert_eq!(who.as_deref(), Some(READER));

            bench.find(Role::Textbox, "User principal name").await;
            bench.tab_to(Role::Textbox, "User principal name").await;
            bench.type_text(MANY_SESSIONS).await;
            bench.press(Key::Enter).await;
            bench.wait_for_end_of_search().await;
            assert_eq!(bench.rows().await.len(), truth.len());

            bench.tab_to(Role::Checkbox, "Select all sessions").await;
            bench.press(Key::Space).await;
            until_so("all rows are selected", async || {
                bench.rows().await.iter().all(|row| row.selected)
            })
            .await;
            // One row out and in again, by its own checkbox.
            let (_, host, number) = &truth[0];
            let one = format!("Select session {number} on {host}");
            bench.tab_to(Role::Checkbox, &one).await;
            bench.press(Key::Space).await;
            assert_eq!(
                bench.rows().await.iter().filter(|row| row.selected).count(),
                truth.len() - 1
            );
            bench.press(Key::Space).await;
            assert!(bench.rows().await.iter().all(|row| row.selected));

            bench.tab_back_to(Role::Button, "Log off…").await;
            bench.press(Key::Enter).await;
            bench.find(Role::Alertdialog, Name::Begins("Log off")).await;
            bench.wait_for_focus(Role::Button, "Cancel").await;
            bench.press(Key::Escape).await;
            bench.wait_for_none(Role::Alertdialog, Name::Any).await;
            bench.wait_for_focus(Role::Button, "Log off…").await;
            assert!(bench.azure().acts().is_empty());

            bench.press(Key::Space).await;
            bench.wait_for_focus(Role::Button, "Cancel").await;
            assert_focus_stays_in_the_dialog(bench).await;
            bench.come_back_to_the_page().await;
            bench.tab_to(Role::Button, "Log off").await;
            bench.press(Key::Enter).await;
            bench.wait_for_none(Role::Alertdialog, Name::Any).await;
            bench.wait_for_outcomes(&["gone"]).await;

            let azure = bench.azure();
            azure.assert_each_delete_was_guarded();
            assert_eq!(azure.forces(), vec![false; truth.len()]);
            assert!(azure.world.sessions_of(MANY_SESSIONS).is_empty());
        },
    );
}

/// Once round with Tab and once back: whatever in the page gets the focus is in the dialog.
async fn assert_focus_stays_in_the_dialog(bench: &crate::harness::Bench) {
    let outside = "const at = document.activeElement; return at !== document.body && !at.closest('[role=alertdialog]')";
    for _ in 0..12 {
        bench.press(Key::Tab).await;
        assert!(!bench.look::<bool>(outside).await);
    }
    for _ in 0..12 {
        bench.press_with_shift(Key::Tab).await;
        assert!(!bench.look::<bool>(outside).await);
    }
}
