//! Signing in: only the answer to this tab's own request signs anybody in, and it stays nowhere.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::record::Record as _;
use crate::harness::{Bench, Name, Role, bench, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};
use azure_simulator::server::PageConfig;

#[test]
fn cancelling_at_the_login_page_gives_a_sentence_and_an_intact_page() {
    bench(
        |_| {},
        async |bench| {
            bench.open("").await;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_for_login_page().await;
            bench.click(Role::Button, "Cancel").await;
            bench.find(Role::Button, "Sign in").await;
            until_so("the page says what happened", async || {
                let said = bench.all_text().await;
                said.contains("declined the consent") || said.contains("cancelled")
            })
            .await;
            assert_signed_out(bench).await;
            assert_eq!(bench.azure().count(Operation::Token), 0);
            assert_no_response_left(bench).await;

            // The page is as good as before: the next try works.
            bench.sign_in().await;
            assert_eq!(bench.azure().count(Operation::Token), 1);
        },
    );
}

#[test]
fn an_answer_that_nobody_asked_for_signs_nobody_in() {
    bench(
        |_| {},
        async |bench| {
            bench.open("redirect.html#code=1.forged&state=forged").await;
            bench.find(Role::Button, "Sign in").await;
            until_so("the page says what happened", async || {
                bench.all_text().await.contains("did not ask for")
            })
            .await;
            assert_signed_out(bench).await;
            assert_no_response_left(bench).await;
            assert!(bench.azure().is_untouched());
        },
    );
}

#[test]
fn an_answer_to_another_request_signs_nobody_in() {
    bench(
        |_| {},
        async |bench| {
            // A request is waiting in this tab; the answer that comes is to another one.
            bench.open("").await;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_for_login_page().await;
            bench.open("redirect.html#code=1.forged&state=forged").await;
            bench.find(Role::Button, "Sign in").await;
            until_so("the page says what happened", async || {
                bench.all_text().await.contains("does not belong to this request")
            })
            .await;
            assert_signed_out(bench).await;
            assert_eq!(bench.azure().count(Operation::Token), 0);
            assert_no_response_left(bench).await;
        },
    );
}

#[test]
fn an_answer_works_once_and_stays_nowhere() {
    bench(
        |_| {},
        async |bench| {
            bench.open("").await;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_for_login_page().await;
            // Without its configuration the page cannot take the answer, so that it can be looked at on its way.
            let config = std::mem::replace(&mut bench.servers.page_settings().config, PageConfig::Missing);
            bench.click(Role::Radio, Name::Begins(OPERATOR)).await;
            bench.click(Role::Button, "Sign in").await;
            bench.find(Role::Textbox, "Application (client) ID").await;
            assert_no_response_left(bench).await;
            let answer: String = bench.look("return sessionStorage.getItem('avd-logoff.response')").await;
            bench.servers.page_settings().config = config;
            bench.open("").await;
            bench.wait_until_signed_in().await;
            assert_no_response_left(bench).await;

            let kept: Vec<String> = bench
                .look("return [...Object.entries(sessionStorage), ...Object.entries(localStorage)].flat()")
                .await;
            let code = answer.split('&').find_map(|part| part.strip_prefix("code=")).unwrap();
            let secret = |text: &String| text.contains(code) || text.contains("eyJ") || text.contains("oken");
            assert!(!kept.is_empty() && !kept.iter().any(secret), "{kept:?}");
            assert_eq!(bench.azure().count(Operation::Token), 1);

            // The same answer again, from the history of somebody's browser, say.
            bench.open(&format!("redirect.html#{answer}")).await;
            bench.find(Role::Button, "Sign in").await;
            until_so("the page says what happened", async || {
                bench.all_text().await.contains("did not ask for")
            })
            .await;
            assert_signed_out(bench).await;
            assert_eq!(bench.azure().count(Operation::Token), 1);
            assert_no_response_left(bench).await;
        },
    );
}

#[test]
fn what_was_typed_survives_a_new_sign_in() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(MANY_SESSIONS).await;
            bench.reload().await;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_until_signed_in().await;
            assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));
            let azure = bench.azure();
            assert_eq!(azure.count(Operation::SignInForm), 1, "the authority knew the person");
            let asked = azure.recorded(Operation::Authorize);
            assert!(asked[1].query.contains("login_hint"), "{}", asked[1].query);
            assert_eq!(azure.recorded(Operation::Token)[1].actor.as_deref(), Some(OPERATOR));
        },
    );
}

async fn assert_signed_out(bench: &Bench) {
    assert!(!bench.shows(Role::Button, Name::Begins("Account")).await);
}

/// No code and no state in the address bar, nor, where it can be seen, in any entry of the tab's history.
async fn assert_no_response_left(bench: &Bench) {
    let mut addresses = ENGINE.history(&bench.driver).await.unwrap_or_default();
    addresses.push(bench.driver.current_url().await.unwrap().to_string());
    let page = &bench.origins().page;
    assert!(
        addresses.iter().any(|address| address.starts_with(page)),
        "{addresses:?}"
    );
    for address in addresses.iter().filter(|address| address.starts_with(page)) {
        assert!(
            !address.contains("code=") && !address.contains("state=") && !address.contains("error="),
            "{address}"
        );
    }
}
