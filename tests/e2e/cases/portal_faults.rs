//! Portals that stand in the way of signing in, by the sandbox of their frame or by a policy: what the page says then, and
//! where it says it.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::portals::{Site, in_portal};
use crate::harness::record::Record as _;
use crate::harness::signing_in::Way;
use crate::harness::{Bench, Role, until_so};
use serde_json::Value;
use thirtyfour::WindowHandle;

/// The page has no hold on the window.
const WITHHELD: &str = "The browser gave the page no hold on the sign-in window.";

/// What the relay says that has no opener.
const ALONE: &str = "This window has lost the page that opened it";

/// What `window.open` gives where the sandbox allows no windows: nothing, or an exception of this name.
fn refusal() -> Option<String> {
    match ENGINE.name() {
        "Chromium" | "WebKitGTK" => None,
        "Firefox" => Some("InvalidAccessError".to_owned()),
        other => panic!("{other} has no place in this table"),
    }
}

#[test]
fn a_relay_with_the_opener_policy_same_origin_says_what_is_wrong() {
    in_portal(
        Site::Other,
        |_| {},
        async |bench| {
            let [path, name, value] = ["/relay.html", "cross-origin-opener-policy", "same-origin"].map(str::to_owned);
            bench.servers.page_settings().headers.push((path, name, value));
            let relay = bench.opened_by_frame(Role::Button, "Sign in").await;
            bench
                .within(&relay, async || {
                    bench.wait_to_read(ALONE).await;
                    bench
                        .wait_to_read("The web server of this page must not send that header with relay.html")
                        .await;
                    assert!(!bench.shows(Role::Button, "Continue").await);
                })
                .await;
            // To the frame a window that is cut off looks closed.
            bench
                .in_page(async || {
                    bench
                        .wait_to_read("The sign-in window was closed before the sign-in was done.")
                        .await;
                    bench.find(Role::Button, "Sign in").await;
                })
                .await;
            bench.close(&relay).await;
            bench.assert_nobody_was_asked();

            bench.servers.page_settings().headers.clear();
            assert_eq!(bench.sign_in_in_frame().await, Way::Relay);
            bench.assert_asked(1, 1);
        },
    );
}

#[test]
fn a_portal_of_another_site_with_the_opener_policy_same_origin_is_told_in_both_windows() {
    in_portal(
        Site::Other,
        |portal| portal.opener_policy = Some("same-origin".to_owned()),
        async |bench| {
            let relay = bench.opened_by_frame(Role::Button, "Sign in").await;
            bench
                .within(&relay, async || {
                    bench.wait_to_read(ALONE).await;
                    bench.wait_to_read("Cross-Origin-Opener-Policy: same-origin").await;
                    assert!(!bench.shows(Role::Button, "Continue").await);
                })
                .await;
            assert_withheld(bench).await;
            bench.close(&relay).await;
            cancel(bench).await;
            bench.assert_nobody_was_asked();
        },
    );
}

#[test]
fn a_portal_of_the_same_site_with_the_opener_policy_same_origin_works_all_the_same() {
    in_portal(
        Site::Same,
        |portal| portal.opener_policy = Some("same-origin".to_owned()),
        async |bench| {
            let first = bench.opened_by_frame(Role::Button, "Sign in").await;
            match bench.way_of(&first).await {
                Way::Direct => {
                    assert_ne!(ENGINE.name(), "WebKitGTK", "it sees the same site now");
                    assert_withheld(bench).await;
                    bench.sign_in_at(&first).await;
                    bench.in_page(async || bench.wait_until_signed_in().await).await;
                    bench.assert_asked(1, 1);
                }
                Way::Relay => {
                    assert_eq!(ENGINE.name(), "WebKitGTK");
                    bench.within(&first, async || bench.wait_to_read(ALONE).await).await;
                    assert_withheld(bench).await;
                    bench.close(&first).await;
                    bench.assert_nobody_was_asked();
                }
            }
        },
    );
}

/// Whether a classic script of the page runs in a frame without the page's origin.
fn runs_without_origin() -> bool {
    match ENGINE.name() {
        "Chromium" | "Firefox" => true,
        // There `'self'` in a Content-Security-Policy is nobody, so that not even static/framed.js is loaded.
        "WebKitGTK" => false,
        other => panic!("{other} has no place in this table"),
    }
}

#[test]
fn a_sandbox_without_the_origin_is_named() {
    for site in [Site::Same, Site::Other] {
        in_portal(
            site,
            |portal| portal.sandbox = Some("allow-scripts allow-forms allow-popups".to_owned()),
            async |bench| {
                bench
                    .in_page(async || {
                        let expected = match runs_without_origin() {
                            true => "add allow-same-origin to the sandbox attribute",
                            // Not even the style is loaded, which hides this sentence of the skeleton elsewhere.
                            false => "the sandbox attribute of its frame needs allow-same-origin",
                        };
                        bench.wait_to_read(expected).await;
                        let said = bench.readable().await;
                        assert!(said.contains("open the page in a tab of its own"), "{said}");
                        assert_ne!(said.contains("Loading…"), runs_without_origin());
                        assert!(!bench.shows(Role::Button, "Sign in").await);
                    })
                    .await;
                assert_eq!(bench.received().await, Vec::<Value>::new());
                bench.assert_nobody_was_asked();
            },
        );
    }
}

#[test]
fn a_sandbox_without_popups_is_named_beside_retry_and_cancel() {
    for site in [Site::Same, Site::Other] {
        in_portal(
            site,
            |portal| portal.sandbox = Some("allow-scripts allow-same-origin allow-forms".to_owned()),
            async |bench| {
                let here = bench.windows().await;
                bench
                    .in_page(async || {
                        bench.note_windows().await;
                        bench.click(Role::Button, "Sign in").await;
                    })
                    .await;
                assert_withheld(bench).await;
                bench
                    .in_page(async || {
                        let given: Vec<Option<String>> = bench.look("return window.given").await;
                        assert_eq!(given, [refusal()]);
                    })
                    .await;
                assert_eq!(bench.windows().await, here);
                cancel(bench).await;
                bench.assert_nobody_was_asked();
            },
        );
    }
}

#[test]
fn a_sandbox_that_windows_do_not_escape_is_named_by_the_relay() {
    in_portal(
        Site::Other,
        |portal| portal.sandbox = Some("allow-scripts allow-same-origin allow-forms allow-popups".to_owned()),
        async |bench| {
            let relay = bench.opened_by_frame(Role::Button, "Sign in").await;
            assert_sandboxed(bench, &relay).await;
            bench
                .in_page(async || drop(bench.find(Role::Button, "Cancel").await))
                .await;
            bench.close(&relay).await;
            bench
                .in_page(async || {
                    bench
                        .wait_to_read("The sign-in window was closed before the sign-in was done.")
                        .await;
                    bench.find(Role::Button, "Sign in").await;
                })
                .await;
            bench.assert_nobody_was_asked();
        },
    );
}

#[test]
fn a_sandbox_that_windows_do_not_escape_is_named_by_the_page_in_the_same_site() {
    in_portal(
        Site::Same,
        |portal| portal.sandbox = Some("allow-scripts allow-same-origin allow-forms allow-popups".to_owned()),
        async |bench| {
            let window = bench.opened_by_frame(Role::Button, "Sign in").await;
            if ENGINE.name() == "WebKitGTK" {
                return assert_sandboxed(bench, &window).await;
            }
            bench
                .in_page(async || {
                    bench.find(Role::Button, "Cancel").await;
                    bench
                        .wait_to_read("has to add allow-popups-to-escape-sandbox to the sandbox attribute")
                        .await;
                })
                .await;
            // The browser asks the authority and then shows an error of its own: a sandboxed window may not show a page
            // that wants to be cut off from its opener.
            until_so("the authority was asked", async || !bench.azure().is_untouched()).await;
            bench
                .within(&window, async || {
                    assert!(!bench.readable().await.contains("Pick an account"));
                    assert!(!bench.shows(Role::Button, "Sign in").await);
                })
                .await;
            bench.close(&window).await;
            bench.assert_asked(1, 0);
        },
    );
}

async fn assert_sandboxed(bench: &Bench, relay: &WindowHandle) {
    bench
        .within(relay, async || {
            bench.wait_to_read("the portal that holds the page sandboxes it").await;
            bench.wait_to_read("allow-popups-to-escape-sandbox").await;
            assert!(!bench.shows(Role::Button, "Continue").await);
        })
        .await;
}

/// The frame says that it has no hold on the window, and which attributes and header decide that.
async fn assert_withheld(bench: &Bench) {
    bench
        .in_page(async || {
            bench.find(Role::Button, "Retry").await;
            bench.find(Role::Button, "Cancel").await;
            bench.wait_to_read(WITHHELD).await;
            let said = bench.readable().await;
            for cause in [
                "allow-popups and allow-popups-to-escape-sandbox",
                "same-origin-allow-popups",
            ] {
                assert!(said.contains(cause), "{said}");
            }
        })
        .await;
}

async fn cancel(bench: &Bench) {
    bench
        .in_page(async || {
            bench.click(Role::Button, "Cancel").await;
            bench.find(Role::Button, "Sign in").await;
            bench.wait_for_none(Role::Button, "Retry").await;
        })
        .await;
}
