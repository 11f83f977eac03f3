//! The page as a thing: no complaints on the console, one voice for live text, room on a phone.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::record::Record as _;
use crate::harness::{Bench, Role, Within, bench};
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, NO_SESSION, OPERATOR, REFUSED_POOL};

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
