//! The page as a thing: no complaints on the console, one voice for live text, room on a phone, and what it does where the
//! browser does not let it copy.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::record::Record as _;
use crate::harness::{Bench, Role, Within, bench};
use azure_simulator::Operation;
use azure_simulator::scenario::{APOSTROPHE, MANY_SESSIONS, NO_SESSION, OPERATOR, REFUSED_POOL};

#[test]
fn the_main_path_raises_no_complaint_and_has_one_voice() {
    bench(
        |setting| {
            // Some browsers write every 403 on the console, so there is none here.
            let world = &mut setting.simulator.world;
            let scope = world.pool_id(world.pool_named(REFUSED_POOL).unwrap().key);
            world.assign(OPERATOR, "Desktop Virtualization Reader", &scope);
        },
        async |bench| {
            bench.open("").await;
            bench.find(Role::Button, "Sign in").await;
            assert!(
                bench.all_text().await.contains("Azure is simulated on this computer"),
                "nobody may take this for the real thing"
            );
            bench.assert_one_voice().await;
            assert_no_complaints(bench).await;
            bench.sign_in().await;
            bench.assert_one_voice().await;
            bench.search(NO_SESSION).await;
            bench.search(MANY_SESSIONS).await;
            bench.assert_one_voice().await;
            bench.select_all_and_open_dialog().await;
            bench.assert_one_voice().await;
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;
            bench.assert_one_voice().await;
            let rows = bench.rows().await.len();
            assert_eq!(bench.azure().acts().len(), rows);
            assert_no_complaints(bench).await;
        },
    );
}

#[test]
fn a_screen_of_320_pixels_is_wide_enough() {
    bench(
        |setting| setting.screen = Some((320, 640)),
        async |bench| {
            bench.open("").await;
            bench.find(Role::Button, "Sign in").await;
            assert_fits(bench).await;
            bench.sign_in().await;
            assert_fits(bench).await;
            bench.search(MANY_SESSIONS).await;
            assert_fits(bench).await;
            let rows = bench.rows().await;
            assert_eq!(rows.len(), 4, "{rows:?}");

            let dialog = bench.select_all_and_open_dialog().await;
            assert_fits(bench).await;
            for name in ["Cancel", "Log off"] {
                let button = Within::Element(&dialog).find(Role::Button, name.into()).await;
                let at = button.rect().await.unwrap();
                assert!(at.x >= 0.0 && at.x + at.width <= 320.0, "{name}: {at:?}");
            }
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;
            assert_fits(bench).await;
            assert_eq!(bench.azure().acts().len(), rows.len());
        },
    );
}

#[test]
fn after_a_log_off_the_focus_goes_on_and_a_receipt_that_cannot_be_copied_is_there_to_be_selected() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(APOSTROPHE).await;
            bench.select_all_and_open_dialog().await;
            bench.confirm().await;
            bench.wait_for_focus(Role::Heading, "Sessions").await;
            bench.wait_for_outcomes(&["gone"]).await;

            let refuse =
                "navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))";
            bench.driver.execute(refuse, Vec::new()).await.unwrap();
            bench.click(Role::Button, "Copy").await;
            bench.wait_for_focus(Role::Textbox, "Text to copy").await;
            let selected: String = bench
                .look(
                    "const box = document.activeElement; return box.value.slice(box.selectionStart, box.selectionEnd)",
                )
                .await;
            assert!(selected.contains(APOSTROPHE) && selected.contains("gone"), "{selected}");
            assert_eq!(bench.azure().acts().len(), 1);
        },
    );
}

async fn assert_no_complaints(bench: &Bench) {
    // The login server's pages are not ours. The proof that a session is gone is a 404, and some browsers write each down.
    let login = &bench.origins().login;
    let mut complaints = ENGINE.complaints(&bench.driver).await;
    complaints.retain(|line| !line.contains(login.as_str()));
    let proofs = complaints.extract_if(.., |line| {
        line.contains("/usersessions/") && ENGINE.is_about_a_404(line)
    });
    let proofs = proofs.count();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let azure = bench.azure();
    let looks = azure.recorded(Operation::UserSessionsGet);
    let gone = looks.iter().filter(|entry| entry.status == Some(404)).count();
    assert!(proofs == gone || proofs == 0, "{proofs} of {gone}");
}

/// Nothing is wider than the place it has: neither the page nor anything in it can be scrolled sideways.
async fn assert_fits(bench: &Bench) {
    let scrolling = "const root = document.documentElement; \
                     const can = one => one === root || ['auto', 'scroll'].includes(getComputedStyle(one).overflowX); \
                     return [root, ...root.querySelectorAll('*')].filter(can) \
                     .map(one => [one.className || one.localName, one.scrollWidth, one.clientWidth])";
    let scrolling: Vec<(String, u32, u32)> = bench.look(scrolling).await;
    assert_eq!(bench.look::<u32>("return innerWidth").await, 320);
    assert!(
        scrolling.iter().all(|(_, content, room)| content <= room),
        "{scrolling:?}"
    );
}
