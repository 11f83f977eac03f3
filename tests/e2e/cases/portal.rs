//! Signing in inside a portal: of the same site, of another one, with the sandbox and the policies that it takes, and the
//! whole job there.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::portals::{Site, in_portal};
use crate::harness::record::Record as _;
use crate::harness::signing_in::Way;
use crate::harness::{Name, Role, clock, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};
use azure_simulator::server::PortalSettings;

/// Everything that a sandboxed frame needs.
const SANDBOX: &str = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";

/// The names of everything that is kept.
const KEPT: &str = "return [...Object.keys(sessionStorage), ...Object.keys(localStorage)]";

/// Which way leads to the authority out of a frame in a portal of the same site.
fn same_site_way() -> Way {
    match ENGINE.name() {
        "Chromium" | "Firefox" => Way::Direct,
        // Each whole name below `localhost` is a site of its own to it, see cases/partitions.rs: the relay is right there,
        // and costs one click.
        "WebKitGTK" => Way::Relay,
        other => panic!("{other} has no place in this table"),
    }
}

fn way_into(site: Site) -> Way {
    match site {
        Site::Same => same_site_way(),
        Site::Other => Way::Relay,
    }
}

#[test]
fn in_a_portal_of_the_same_site_it_works() {
    signs_in(Site::Same, |_| {});
}

#[test]
fn in_a_portal_of_another_site_it_works_by_the_relay() {
    signs_in(Site::Other, |_| {});
}

#[test]
fn in_a_sandbox_with_everything_that_it_takes_it_works_in_the_same_site() {
    signs_in(Site::Same, |portal| portal.sandbox = Some(SANDBOX.to_owned()));
}

#[test]
fn in_a_sandbox_with_everything_that_it_takes_it_works_in_another_site() {
    signs_in(Site::Other, |portal| portal.sandbox = Some(SANDBOX.to_owned()));
}

#[test]
fn a_portal_of_another_site_may_have_the_opener_policy_same_origin_allow_popups() {
    signs_in(Site::Other, |portal| {
        portal.opener_policy = Some("same-origin-allow-popups".to_owned());
    });
}

#[test]
fn a_portal_of_the_same_site_may_have_the_opener_policy_same_origin_allow_popups() {
    signs_in(Site::Same, |portal| {
        portal.opener_policy = Some("same-origin-allow-popups".to_owned());
    });
}

fn signs_in(site: Site, shape: impl FnOnce(&mut PortalSettings)) {
    in_portal(site, shape, async |bench| {
        assert_eq!(bench.sign_in_in_frame().await, way_into(site));
        bench.assert_asked(1, 1);
        bench
            .in_page(async || {
                let kept = bench.kept_in_tab().await;
                for secret in ["state", "nonce", "code_challenge"].map(|name| bench.asked_last(name)) {
                    assert!(!format!("{kept:?}").contains(&secret), "{kept:?}");
                }
                assert!(!bench.shows(Role::Button, "Retry").await);
                bench.assert_one_voice().await;
            })
            .await;
    });
}

#[test]
fn the_relay_asks_for_one_click_and_nothing_else() {
    in_portal(
        Site::Other,
        |_| {},
        async |bench| {
            let here = bench.windows().await;
            let relay = bench.opened_by_frame(Role::Button, "Sign in").await;
            assert_eq!(bench.way_of(&relay).await, Way::Relay);
            bench
                .in_page(async || bench.wait_to_read("Choose “Continue” there first").await)
                .await;
            let (first, second) = bench
                .within(&relay, async || {
                    bench.find(Role::Button, "Continue").await;
                    let all = "return document.querySelectorAll('a, button, input, select, textarea, iframe').length";
                    assert_eq!(bench.look::<usize>(all).await, 1);
                    let login = bench.origins().login.trim_start_matches("http://").to_owned();
                    bench.wait_to_read(&format!("To sign in at {login}")).await;
                    // Out of the address bar and the history, and nowhere else in the tab.
                    let address = format!("{}/relay.html", bench.origins().page);
                    for at in bench.addresses().await {
                        assert!(at == address || at.starts_with("about:"), "{at}");
                    }
                    assert!(bench.azure().is_untouched());

                    let first = bench.opened_by(Role::Button, "Continue").await;
                    bench.within(&first, async || bench.wait_for_login_page().await).await;
                    bench.wait_to_read("One more window has opened: sign in there.").await;
                    let second = bench.opened_by(Role::Button, "Continue").await;
                    (first, second)
                })
                .await;
            bench.sign_in_at(&second).await;
            bench.in_page(async || bench.wait_until_signed_in().await).await;
            bench.wait_until_closed(&relay).await;
            assert_eq!(bench.azure().count(Operation::Token), 1);

            // The first window's answer comes too late for anybody.
            bench.choose_operator(&first).await;
            bench
                .within(&first, async || {
                    bench
                        .wait_to_read("The page that opened this window does not answer.")
                        .await;
                    assert!(bench.look::<bool>("return window.opener === null").await);
                    assert_eq!(bench.kept_in_tab().await, []);
                })
                .await;
            bench.close(&first).await;
            assert_eq!(bench.windows().await, here);
            let azure = bench.azure();
            let states: Vec<_> = azure.recorded(Operation::Authorize);
            assert_eq!(states.len(), 2);
            assert_eq!(
                states[0].query, states[1].query,
                "one request, whichever window it is in"
            );
            assert_eq!(azure.count(Operation::Token), 1);
        },
    );
}

#[test]
fn a_relay_that_is_closed_by_hand_gives_a_sentence_and_the_next_try_works() {
    in_portal(
        Site::Other,
        |_| {},
        async |bench| {
            let relay = bench.opened_by_frame(Role::Button, "Sign in").await;
            assert_eq!(bench.way_of(&relay).await, Way::Relay);
            bench.close(&relay).await;
            bench
                .in_page(async || {
                    bench
                        .wait_to_read("The sign-in window was closed before the sign-in was done.")
                        .await;
                    assert!(!bench.shows(Role::Button, "Account").await);
                    bench.assert_one_voice().await;
                })
                .await;
            bench.assert_asked(0, 0);
            assert_eq!(bench.sign_in_in_frame().await, Way::Relay);
            bench.assert_asked(1, 1);
        },
    );
}

#[test]
fn retry_in_a_portal_of_the_same_site_goes_by_the_relay() {
    in_portal(
        Site::Same,
        |_| {},
        async |bench| {
            let here = bench.windows().await;
            let first = bench.opened_by_frame(Role::Button, "Sign in").await;
            assert_eq!(bench.way_of(&first).await, same_site_way());
            // Not the second half of a double click, but somebody who has waited.
            bench.in_page(async || clock::jump(&bench.driver, 2).await).await;
            let relay = bench.opened_by_frame(Role::Button, "Retry").await;
            assert_eq!(bench.way_of(&relay).await, Way::Relay);
            let authority = bench.continue_at(&relay).await;
            bench.sign_in_at(&authority).await;
            bench.wait_until_closed(&relay).await;
            bench
                .in_page(async || drop(bench.find(Role::Button, "Account").await))
                .await;
            if bench.windows().await.contains(&first) {
                bench.close(&first).await;
            }
            assert_eq!(bench.windows().await, here);
            let azure = bench.azure();
            assert_eq!(azure.count(Operation::Token), 1);
        },
    );
}

#[test]
fn cancel_in_the_frame_closes_the_relay() {
    in_portal(
        Site::Other,
        |_| {},
        async |bench| {
            let here = bench.windows().await;
            let relay = bench.opened_by_frame(Role::Button, "Sign in").await;
            let authority = bench.continue_at(&relay).await;
            bench
                .within(&authority, async || bench.wait_for_login_page().await)
                .await;
            bench.in_page(async || bench.click(Role::Button, "Cancel").await).await;
            bench.wait_until_closed(&relay).await;
            bench.choose_operator(&authority).await;
            bench
                .within(&authority, async || {
                    bench
                        .wait_to_read("The page that opened this window does not answer.")
                        .await;
                })
                .await;
            bench.close(&authority).await;
            assert_eq!(bench.windows().await, here);
            bench
                .in_page(async || {
                    bench.find(Role::Button, "Sign in").await;
                    assert!(!bench.shows(Role::Button, "Account").await);
                })
                .await;
            bench.assert_asked(1, 0);
        },
    );
}

#[test]
fn the_whole_job_is_done_in_a_portal_of_another_site() {
    in_portal(
        Site::Other,
        |_| {},
        async |bench| {
            let there = bench.azure().world.sessions_of(MANY_SESSIONS).len();
            assert!(there > 1);
            assert_eq!(bench.sign_in_in_frame().await, Way::Relay);
            bench
                .in_page(async || {
                    bench.search(MANY_SESSIONS).await;
                    assert_eq!(bench.rows().await.len(), there);
                    bench.select_all_and_open_dialog().await;
                    bench.confirm().await;
                    bench.wait_for_outcomes(&["gone"]).await;
                    let receipt = bench.region("Receipt").await;
                    assert!(
                        receipt.contains(MANY_SESSIONS) && receipt.contains(OPERATOR),
                        "{receipt}"
                    );
                })
                .await;
            bench.assert_asked(1, 1);
            let azure = bench.azure();
            azure.assert_each_delete_was_guarded();
            assert_eq!(azure.forces(), vec![false; there]);
            assert!(azure.world.sessions_of(MANY_SESSIONS).is_empty());
        },
    );
}

#[test]
fn signing_out_in_a_portal_of_the_same_site_goes_by_a_window_that_closes_itself() {
    signs_out(Site::Same);
}

#[test]
fn signing_out_in_a_portal_of_another_site_goes_by_a_window_that_closes_itself() {
    signs_out(Site::Other);
}

fn signs_out(site: Site) {
    in_portal(
        site,
        |_| {},
        async |bench| {
            let here = bench.windows().await;
            bench.sign_in_in_frame().await;
            bench
                .in_page(async || {
                    bench.note_windows().await;
                    bench.click(Role::Button, "Account").await;
                    bench.find(Role::Menu, Name::Any).await;
                    bench.click(Role::Menuitem, "Sign out").await;
                })
                .await;
            until_so("the authority was asked to sign out", async || {
                bench.azure().count(Operation::Logout) == 1
            })
            .await;
            bench.wait_for_windows(&here).await;
            bench
                .in_page(async || {
                    bench.find(Role::Button, "Sign in").await;
                    let asked: Vec<String> = bench.look("return window.asked").await;
                    assert!(
                        asked.len() == 1 && asked[0].starts_with(&bench.origins().login),
                        "{asked:?}"
                    );
                    assert_eq!(bench.look::<Vec<String>>(KEPT).await, Vec::<String>::new());
                    assert!(!bench.all_text().await.contains(OPERATOR));
                })
                .await;
            {
                let azure = bench.azure();
                let logout = azure.recorded(Operation::Logout)[0];
                assert_eq!(logout.actor.as_deref(), Some(OPERATOR));
                for name in [
                    "logout_hint=",
                    "client_id=",
                    "post_logout_redirect_uri=",
                    "state=popup.",
                ] {
                    assert!(logout.query.contains(name), "{}", logout.query);
                }
            }
            // The authority has forgotten the person as well: it asks again.
            bench.sign_in_in_frame().await;
            bench.assert_asked(2, 2);
            assert_eq!(bench.azure().count(Operation::SignInForm), 2);
        },
    );
}
