//! The dialog: Cancel means nothing happened, what takes typing takes typing, and no double click or held key confirms.

use crate::harness::record::Record as _;
use crate::harness::table::true_places;
use crate::harness::{Name, Role, Within, bench, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{APOSTROPHE, MANY_SESSIONS, UMLAUT};
use thirtyfour::Key;

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

/// Puts the dialog's button where the button that opens the dialog is, as it may be on a small screen.
const UNDER_THE_POINTER: &str = "const at = arguments[0].getBoundingClientRect(); \
     const sheet = new CSSStyleSheet(); document.adoptedStyleSheets = [sheet]; \
     sheet.replaceSync('.dialog-foot .button--danger { position: fixed !important; margin: 0; ' + \
     `left: ${at.x}px; top: ${at.y}px; width: ${at.width}px; height: ${at.height}px }`); \
     return [Math.round(at.x + at.width / 2), Math.round(at.y + at.height / 2)]";

#[test]
fn the_second_half_of_a_double_click_confirms_nothing() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(APOSTROPHE).await;
            bench.click(Role::Checkbox, "Select all sessions").await;
            let opens = bench.find(Role::Button, "Log off…").await;
            let arranged = bench.driver.execute(UNDER_THE_POINTER, vec![opens.to_json().unwrap()]);
            let (x, y) = arranged.await.unwrap().convert::<(i64, i64)>().unwrap();
            // By its place, as a hand does it: what lies there between the two halves is the page's affair.
            let double = bench.driver.action_chain().move_to(x, y).double_click();
            double.perform().await.unwrap();
            let confirms = bench.find(Role::Button, "Log off").await;
            let there = "return document.elementFromPoint(arguments[1], arguments[2]) === arguments[0]";
            let there = bench
                .driver
                .execute(there, vec![confirms.to_json().unwrap(), x.into(), y.into()]);
            assert!(there.await.unwrap().convert::<bool>().unwrap(), "it was hit");
            bench.find(Role::Alertdialog, Name::Any).await;
            assert!(bench.azure().acts().is_empty());

            // A click of its own, elsewhere, does confirm.
            let back = "document.adoptedStyleSheets = []";
            bench.driver.execute(back, Vec::new()).await.unwrap();
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;
            assert_eq!(bench.azure().acts().len(), 1);
        },
    );
}

#[test]
fn a_held_enter_confirms_nothing() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(&format!("{APOSTROPHE}, {UMLAUT}")).await;
            let dialog = bench.select_all_and_open_dialog().await;
            let text_box = bench.find(Role::Textbox, "Type to confirm").await;
            text_box.send_keys("2").await.unwrap();
            let act = bench.find(Role::Button, "Log off").await;
            until_so("the button is enabled", async || act.is_enabled().await.unwrap()).await;
            let held = "arguments[0].dispatchEvent(new KeyboardEvent('keydown', \
                        { key: 'Enter', repeat: true, bubbles: true, cancelable: true }))";
            let text_box_json = vec![text_box.to_json().unwrap()];
            bench.driver.execute(held, text_box_json).await.unwrap();
            assert!(dialog.is_displayed().await.unwrap());
            assert!(bench.azure().acts().is_empty());

            text_box.send_keys("" + Key::Enter).await.unwrap();
            bench.wait_for_outcomes(&["gone"]).await;
            assert_eq!(bench.azure().acts().len(), 2);
        },
    );
}

#[test]
fn a_dialog_with_hundreds_of_sessions_scrolls_inside_and_keeps_number_and_buttons_in_sight() {
    bench(
        |setting| setting.screen = Some((1000, 600)),
        async |bench| {
            bench.open_signed_in().await;
            bench.click(Role::Button, "List all sessions").await;
            bench.wait_for_end_of_search().await;
            let dialog = bench.select_all_and_open_dialog().await;
            let title = Within::Element(&dialog)
                .find(Role::Heading, Name::Begins("Log off "))
                .await;
            let count: usize = {
                let text = title.text().await.unwrap();
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                digits.parse().unwrap()
            };
            assert!(count >= 200, "{count}");
            let scrolls = "return [...arguments[0].querySelectorAll('*')].some(one => one.scrollHeight > 3 * one.clientHeight \
                           && one.clientHeight > 60 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowY))";
            let scrolls = bench.driver.execute(scrolls, vec![dialog.to_json().unwrap()]).await;
            assert!(scrolls.unwrap().convert::<bool>().unwrap());
            let cancel = Within::Element(&dialog).find(Role::Button, "Cancel".into()).await;
            let act = Within::Element(&dialog).find(Role::Button, "Log off".into()).await;
            for element in [&title, &cancel, &act] {
                let in_sight =
                    "const at = arguments[0].getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight";
                let in_sight = bench.driver.execute(in_sight, vec![element.to_json().unwrap()]).await;
                assert!(
                    in_sight.unwrap().convert::<bool>().unwrap(),
                    "{:?}",
                    element.text().await
                );
            }
            bench.click(Role::Button, "Cancel").await;
            bench.wait_for_none(Role::Alertdialog, Name::Any).await;
            assert!(bench.azure().acts().is_empty());
        },
    );
}
