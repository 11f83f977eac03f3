//! Redirects that go wrong, or are meant to: two at once, answers that belong to somebody else, an authority that says no.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::record::Record as _;
use crate::harness::{Bench, Name, Role, bench, until_so};
use azure_simulator::scenario::{OPERATOR, PARTNER_TENANT_ID, READER};
use azure_simulator::{Fault, FaultAction, Operation};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A page of the authority that answers every request at once, whoever is there: somebody would have to sign in.
const NOBODY_HERE: &str = "<!doctype html><script>
    const asked = new URLSearchParams(location.search);
    const answer = new URLSearchParams({ error: 'login_required', state: asked.get('state'),
        error_description: 'AADSTS50058: A silent sign-in request was sent but no user is signed in.' });
    location.replace(asked.get('redirect_uri') + '#' + answer);
</script>";

async fn begin_sign_in(bench: &Bench) {
    bench.click(Role::Button, "Sign in").await;
    bench.wait_for_login_page().await;
    bench.find(Role::Radio, Name::Begins(OPERATOR)).await;
}

async fn assert_refused(bench: &Bench, words: &str) {
    bench.find(Role::Button, "Sign in").await;
    bench.wait_for_words(words).await;
    assert!(!bench.shows(Role::Button, "Account").await);
}

#[test]
fn two_tabs_sign_in_at_once_and_each_takes_its_own_answer() {
    bench(
        |setting| setting.simulator.world.switches.response_issuer = true,
        async |bench| {
            bench.open("").await;
            begin_sign_in(bench).await;
            let first = bench.driver.window().await.unwrap();
            let second = bench.driver.new_tab().await.unwrap();
            bench
                .within(&second, async || {
                    bench.open("").await;
                    begin_sign_in(bench).await;
                    bench.sign_in_there_as(READER).await;
                    bench.wait_until_signed_in().await;
                    assert!(bench.all_text().await.contains(READER));
                })
                .await;
            assert_eq!(bench.driver.window().await.unwrap(), first);
            bench.sign_in_there_as(OPERATOR).await;
            bench.wait_until_signed_in().await;
            assert!(bench.all_text().await.contains(OPERATOR));
            bench.close(&second).await;
            let azure = bench.azure();
            let tokens = azure.recorded(Operation::Token).into_iter();
            let actors: Vec<_> = tokens
                .map(|token| (token.status, token.actor.clone().unwrap_or_default()))
                .collect();
            assert_eq!(
                actors,
                [(Some(200), READER.to_owned()), (Some(200), OPERATOR.to_owned())]
            );
        },
    );
}

#[test]
fn a_second_sign_in_takes_the_place_of_the_first() {
    bench(
        |_| {},
        async |bench| {
            bench.open("").await;
            begin_sign_in(bench).await;
            let first = bench.driver.current_url().await.unwrap().to_string();
            bench.open("").await;
            bench.sign_in().await;
            // The answer to the first, from a tab's history say.
            bench.driver.goto(first).await.unwrap();
            assert_refused(bench, "did not ask for").await;
            assert_eq!(bench.azure().count(Operation::Token), 1);

            // And in the other order.
            bench.driver.delete_all_cookies().await.unwrap();
            begin_sign_in(bench).await;
            let first = bench.driver.current_url().await.unwrap().to_string();
            bench.open("").await;
            begin_sign_in(bench).await;
            bench.driver.goto(first).await.unwrap();
            bench.sign_in_there_as(OPERATOR).await;
            assert_refused(bench, "does not belong to this request").await;
            assert_eq!(bench.azure().count(Operation::Token), 1);
        },
    );
}

#[test]
fn the_answer_may_come_in_the_query_and_never_from_another_issuer() {
    bench(
        |setting| setting.simulator.world.switches.response_issuer = true,
        async |bench| {
            bench.open("").await;
            begin_sign_in(bench).await;
            let sign_in = async || bench.sign_in_there_as(OPERATOR).await;
            let answer = bench.answer_on_its_way(sign_in).await;
            assert!(answer.contains("&iss="), "{answer}");
            let (rest, issuer) = answer.rsplit_once("&iss=").unwrap();
            let other = issuer.replace("11111111", "99999999");
            assert_ne!(issuer, other);
            bench.open(&format!("redirect.html#{rest}&iss={other}")).await;
            assert_refused(bench, "does not belong to this request").await;
            assert_eq!(bench.azure().count(Operation::Token), 0);

            let silently = async || bench.click_away(Role::Button, "Sign in").await;
            let answer = bench.answer_on_its_way(silently).await;
            bench.open(&format!("redirect.html?{answer}")).await;
            bench.wait_until_signed_in().await;
            assert_eq!(bench.azure().count(Operation::Token), 1);
            let address = bench.driver.current_url().await.unwrap();
            assert_eq!((address.query(), address.fragment()), (None, None));
        },
    );
}

#[test]
fn an_id_token_of_somebody_else_signs_nobody_in() {
    bench(
        |_| {},
        async |bench| {
            bench.open("").await;
            let faults: [(Value, &str); 5] = [
                (
                    json!({ "tid": PARTNER_TENANT_ID }),
                    "another tenant or another sign-in service",
                ),
                (
                    json!({ "iss": "https://login.example/v2.0" }),
                    "another tenant or another sign-in service",
                ),
                (json!({ "aud": PARTNER_TENANT_ID }), "made for another application"),
                (json!({ "nonce": "of-another-request" }), "belongs to another sign-in"),
                (json!({ "nonce": null }), "belongs to another sign-in"),
            ];
            for (at, (claims, words)) in faults.into_iter().enumerate() {
                let fault = Fault::once(FaultAction::IdTokenClaims { claims }).on(Operation::Token);
                bench.azure().faults.push(fault);
                bench.click_away(Role::Button, "Sign in").await;
                if at == 0 {
                    bench.wait_for_login_page().await;
                    bench.sign_in_there_as(OPERATOR).await;
                }
                until_so("the code was redeemed", async || {
                    bench.azure().count(Operation::Token) == at + 1
                })
                .await;
                assert_refused(bench, words).await;
            }
            bench.sign_in_silently().await;
            let azure = bench.azure();
            assert!(
                azure.record.iter().all(|entry| !entry.bearer),
                "a token of theirs was used"
            );
        },
    );
}

#[test]
fn the_page_leaves_once_for_each_click_and_can_be_come_back_to() {
    bench(
        |setting| {
            let answer = FaultAction::Raw {
                status: 200,
                body: NOBODY_HERE.to_owned(),
                headers: BTreeMap::from([("content-type".to_owned(), "text/html".to_owned())]),
            };
            let fault = Fault::always(answer).on(Operation::Authorize).times(2);
            setting.simulator.faults.push(fault);
        },
        async |bench| {
            bench.open("").await;
            for clicks in 1..=2 {
                bench.click_away(Role::Button, "Sign in").await;
                assert_refused(bench, "Nobody is signed in at the sign-in service.").await;
                assert_eq!(bench.azure().count(Operation::Authorize), clicks);
                bench.reload().await;
                bench.wait_for_none(Role::Button, "Dismiss").await;
            }
            bench.find(Role::Button, "Sign in").await;
            assert_eq!(bench.azure().count(Operation::Authorize), 2, "it left by itself");

            // To the authority and back again, by the browser's own button: the page is as before, and works.
            begin_sign_in(bench).await;
            let asked = bench.driver.current_url().await.unwrap().to_string();
            bench.go_back().await;
            bench.find(Role::Button, "Sign in").await;
            ENGINE.arrived(&bench.driver).await;
            bench.go_forward(&asked).await;
            bench.sign_in_there_as(OPERATOR).await;
            assert_refused(bench, "did not ask for").await;
            assert_eq!(bench.azure().count(Operation::Token), 0);
            bench.sign_in_silently().await;
            assert_eq!(bench.azure().count(Operation::Token), 1);
        },
    );
}
