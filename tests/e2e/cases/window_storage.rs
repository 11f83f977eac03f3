//! What a sign-in window inherits of the page's storage, and headers that cut windows off from each other.

use crate::harness::signing_in::alone;
use crate::harness::{Role, bench};
use std::collections::BTreeMap;

/// Says what belongs to the page, in its own tab.
const MARK: &str = "sessionStorage.setItem('of the page', 'a secret')";

#[test]
fn the_windows_copy_of_the_storage_is_cleared_and_the_pages_own_is_not() {
    alone(async |bench| {
        bench.open("").await;
        bench.driver.execute(MARK, Vec::new()).await.unwrap();
        let window = bench.opened_by(Role::Button, "Sign in").await;
        let page = &bench.origins().page;
        bench
            .within(&window, async || {
                bench.wait_for_login_page().await;
                bench.driver.goto(format!("{page}/small.css")).await.unwrap();
                let copy: BTreeMap<_, _> = bench.kept_in_tab().await.into_iter().collect();
                let state = bench.asked_last("state");
                // Every engine makes a copy, and keeps it although the window was cut off from its opener meanwhile.
                assert_eq!(
                    copy.get("of the page").map(String::as_str),
                    Some("a secret"),
                    "{copy:?}"
                );
                assert_eq!(copy.get("avd-logoff.window"), Some(&state), "{copy:?}");

                bench
                    .driver
                    .goto(format!("{page}/redirect.html#state=popup.x&error=y"))
                    .await
                    .unwrap();
                bench
                    .wait_to_read("The page that opened this window does not answer.")
                    .await;
                assert_eq!(bench.kept_in_tab().await, []);
                let addresses = bench.addresses().await;
                assert!(!addresses.iter().any(|at| at.contains("error=y")), "{addresses:?}");
            })
            .await;
        let own: BTreeMap<_, _> = bench.kept_in_tab().await.into_iter().collect();
        assert_eq!(own.get("of the page").map(String::as_str), Some("a secret"));
        assert!(!own.contains_key("avd-logoff.window"), "{own:?}");
        // The page still waits for the answer to its own request.
        bench.find(Role::Button, "Retry").await;
        bench.assert_asked(1, 0);
    });
}

#[test]
fn a_forged_answer_in_the_pages_own_tab_clears_nothing_and_signs_nobody_in() {
    bench(
        |_| {},
        async |bench| {
            bench.open("").await;
            bench.driver.execute(MARK, Vec::new()).await.unwrap();
            let before = bench.kept_in_tab().await;
            let state = format!("popup.{}", "x".repeat(43));
            bench.open(&format!("redirect.html#code=1.forged&state={state}")).await;
            bench
                .wait_to_read("The page that opened this window does not answer.")
                .await;
            assert_eq!(bench.kept_in_tab().await, before);
            let redirect = format!("{}/redirect.html", bench.origins().page);
            assert_eq!(bench.driver.current_url().await.unwrap().as_str(), redirect);

            bench.open("").await;
            bench.find(Role::Button, "Sign in").await;
            assert!(!bench.shows(Role::Button, "Account").await);
            assert_eq!(bench.kept_in_tab().await, before);
            bench.assert_nobody_was_asked();
        },
    );
}

#[test]
fn a_page_with_the_opener_policy_same_origin_signs_in_by_a_window() {
    signs_in_where("/index.html", "same-origin");
}

#[test]
fn a_page_with_the_opener_policy_same_origin_allow_popups_signs_in_by_a_window() {
    signs_in_where("/index.html", "same-origin-allow-popups");
}

#[test]
fn a_redirect_page_with_the_opener_policy_same_origin_passes_the_answer_on() {
    signs_in_where("/redirect.html", "same-origin");
}

/// Signs in where this file is served with this `Cross-Origin-Opener-Policy`.
fn signs_in_where(path: &str, policy: &str) {
    alone(async |bench| {
        let header = (
            path.to_owned(),
            "cross-origin-opener-policy".to_owned(),
            policy.to_owned(),
        );
        bench.servers.page_settings().headers.push(header);
        bench.open("").await;
        let here = bench.windows().await;
        let window = bench.opened_by(Role::Button, "Sign in").await;
        bench.sign_in_at(&window).await;
        bench.wait_until_signed_in().await;
        assert_eq!(bench.windows().await, here);
        bench.assert_asked(1, 1);
    });
}
