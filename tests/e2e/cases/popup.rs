//! Signing in by a window, with the page alone in its tab: the answer of the window that is waited for signs in, and nothing
//! of a sign-in stays anywhere.

use crate::harness::record::Record as _;
use crate::harness::signing_in::alone;
use crate::harness::{Bench, Name, Role, clock, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};

/// What the page can tell of the window that it has opened. One that is cut off looks closed, whatever it shows; of any
/// other it could be asked where it is.
const HANDLE: &str = "
    const handle = window.given.at(-1);
    if (handle === null) return 'none';
    if (handle.closed) return 'looks closed';
    try { return handle.location.href; } catch { return 'another origin'; }
";

/// Time stands still for the page, so that nothing is later than anything else.
const STAND_STILL: &str = "const at = Date.now(); window.Date.now = () => at";

#[test]
fn a_window_signs_in_and_the_page_stays_as_it_is() {
    alone(async |bench| {
        bench.open("").await;
        bench.note_windows().await;
        let here = bench.windows().await;
        let window = bench.opened_by(Role::Button, "Sign in").await;
        bench.find(Role::Button, "Retry").await;
        bench.find(Role::Button, "Cancel").await;
        bench
            .within(&window, async || {
                bench.wait_for_login_page().await;
                assert!(bench.look::<bool>("return window.opener === null").await);
                assert_eq!(bench.look::<String>("return window.name").await, "");
            })
            .await;
        assert_eq!(bench.look::<String>(HANDLE).await, "looks closed");
        let kept = bench.kept_in_tab().await;
        for secret in ["state", "nonce", "code_challenge"].map(|name| bench.asked_last(name)) {
            assert!(!format!("{kept:?}").contains(&secret), "{kept:?}");
        }
        assert!(
            !kept
                .iter()
                .any(|(name, _)| name == "avd-logoff.request" || name == "avd-logoff.window")
        );

        bench.sign_in_at(&window).await;
        bench.wait_until_signed_in().await;
        assert_eq!(bench.windows().await, here);
        bench.assert_asked(1, 1);

        // Once more in the middle of work: nothing of it is lost.
        bench.search(MANY_SESSIONS).await;
        let rows = bench.rows().await;
        assert!(rows.len() > 1);
        bench.click(Role::Button, "Account").await;
        let window = bench.opened_by(Role::Menuitem, "Use another account").await;
        bench
            .within(&window, async || bench.click_and_leave(Role::Button, OPERATOR).await)
            .await;
        bench.wait_until_closed(&window).await;
        until_so("the page says who is signed in", async || {
            bench.readable().await.contains(&format!("Signed in as {OPERATOR}."))
        })
        .await;
        assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));
        assert_eq!(bench.rows().await, rows);
        bench.assert_asked(2, 2);

        // After a reload the authority still knows the person: a window comes and goes by itself.
        bench.reload().await;
        bench.find(Role::Button, "Sign in").await;
        assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));
        bench.click(Role::Button, "Sign in").await;
        bench.wait_until_signed_in().await;
        bench.wait_for_windows(&here).await;
        assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));
        bench.assert_asked(3, 3);
        assert_eq!(bench.azure().count(Operation::SignInForm), 1);
        let kept = bench.kept_in_tab().await;
        assert!(
            !kept
                .iter()
                .any(|(_, value)| value.contains("eyJ") || value.contains("oken")),
            "{kept:?}"
        );
    });
}

#[test]
fn cancel_gives_the_window_up_and_its_late_answer_signs_nobody_in() {
    alone(async |bench| {
        bench.open("").await;
        bench.note_windows().await;
        let window = bench.opened_by(Role::Button, "Sign in").await;
        bench.within(&window, async || bench.wait_for_login_page().await).await;
        bench.click(Role::Button, "Cancel").await;
        bench.wait_for_none(Role::Button, "Retry").await;
        bench.find(Role::Button, "Sign in").await;
        bench
            .wait_to_read("The sign-in was left. Everything is as it was before.")
            .await;

        unheard_answer(bench, &window).await;
        // Back at the page's own origin it is as far away as before.
        assert_eq!(bench.look::<String>(HANDLE).await, "looks closed");
        assert!(bench.shows(Role::Button, "Sign in").await);
        assert!(!bench.shows(Role::Button, "Account").await);
        bench.assert_asked(1, 0);
        bench.close(&window).await;

        // The page is as good as before. The authority knows the person now.
        let here = bench.windows().await;
        bench.click(Role::Button, "Sign in").await;
        bench.wait_until_signed_in().await;
        bench.wait_for_windows(&here).await;
        bench.assert_asked(2, 1);
    });
}

#[test]
fn after_retry_only_the_answer_of_the_second_window_counts() {
    alone(async |bench| {
        bench.open("").await;
        let here = bench.windows().await;
        let first = bench.opened_by(Role::Button, "Sign in").await;
        bench.within(&first, async || bench.wait_for_login_page().await).await;
        // The second half of a double click is not meant for "Retry"; this is another click, later.
        clock::jump(&bench.driver, 2).await;
        let second = bench.opened_by(Role::Button, "Retry").await;
        bench.within(&second, async || bench.wait_for_login_page().await).await;
        assert_eq!(bench.azure().count(Operation::Authorize), 2);

        unheard_answer(bench, &first).await;
        assert!(
            bench.shows(Role::Button, "Retry").await,
            "the page does not wait any more"
        );
        bench.assert_asked(2, 0);
        bench.close(&first).await;

        bench.sign_in_at(&second).await;
        bench.wait_until_signed_in().await;
        assert!(!bench.shows(Role::Button, "Retry").await);
        assert_eq!(bench.windows().await, here);
        bench.assert_asked(2, 1);
    });
}

#[test]
fn a_window_that_is_closed_by_hand_leaves_retry_and_cancel() {
    alone(async |bench| {
        bench.open("").await;
        let here = bench.windows().await;
        let first = bench.opened_by(Role::Button, "Sign in").await;
        bench.within(&first, async || bench.wait_for_login_page().await).await;
        bench.close(&first).await;
        bench.find(Role::Button, "Cancel").await;
        clock::jump(&bench.driver, 2).await;
        let second = bench.opened_by(Role::Button, "Retry").await;
        bench.sign_in_at(&second).await;
        bench.wait_until_signed_in().await;
        assert_eq!(bench.windows().await, here);
        bench.assert_asked(2, 1);
    });
}

#[test]
fn the_second_half_of_a_double_click_does_not_open_a_second_window() {
    alone(async |bench| {
        bench.open("").await;
        bench.note_windows().await;
        bench.driver.execute(STAND_STILL, Vec::new()).await.unwrap();
        let window = bench.opened_by(Role::Button, "Sign in").await;
        bench.click(Role::Button, "Retry").await;
        bench.click(Role::Button, "Retry").await;
        assert_eq!(bench.look::<usize>("return window.asked.length").await, 1);
        bench.sign_in_at(&window).await;
        bench.wait_until_signed_in().await;
        bench.assert_asked(1, 1);
    });
}

#[test]
fn declining_in_the_window_gives_a_sentence() {
    alone(async |bench| {
        bench.open("").await;
        let here = bench.windows().await;
        let window = bench.opened_by(Role::Button, "Sign in").await;
        bench
            .within(&window, async || {
                bench.wait_for_login_page().await;
                bench.click_and_leave(Role::Button, "Cancel").await;
            })
            .await;
        bench.wait_until_closed(&window).await;
        bench.find(Role::Button, "Sign in").await;
        until_so("the page says what happened", async || {
            let said = bench.readable().await;
            said.contains("declined the consent") || said.contains("cancelled")
        })
        .await;
        assert!(!bench.shows(Role::Button, "Account").await);
        bench.assert_one_voice().await;
        bench.assert_asked(1, 0);

        let window = bench.opened_by(Role::Button, "Sign in").await;
        bench.sign_in_at(&window).await;
        bench.wait_until_signed_in().await;
        assert_eq!(bench.windows().await, here);
        bench.assert_asked(2, 1);
    });
}

/// Signs in in a window that nobody waits for any more: it says so, and stays.
async fn unheard_answer(bench: &Bench, window: &thirtyfour::WindowHandle) {
    bench.choose_operator(window).await;
    bench
        .within(window, async || {
            bench
                .wait_to_read("The page that opened this window does not answer.")
                .await;
            let redirect = format!("{}/redirect.html", bench.origins().page);
            assert_eq!(bench.driver.current_url().await.unwrap().as_str(), redirect);
            assert!(bench.look::<bool>("return window.opener === null").await);
            assert!(!bench.shows(Role::Button, Name::Any).await);
        })
        .await;
}
