//! Signing in by redirect: one request at a time, `iss` where it comes, hints, and the one person who will do.

use avd_logoff::auth::{Account, AuthError, AuthorizationRequest, PENDING_REQUEST_KEY};
use avd_logoff::ports::Clock as _;
use azure_simulator::scenario::{GUEST, OPERATOR, PARTNER_TENANT_ID, READER, TENANT_ID};
use azure_simulator::{Fault, FaultAction, Operation};
use serde_json::{Value, json};

use crate::support::Bench;
use crate::support::sign_in::asked;

fn leave(bench: &Bench) -> String {
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    bench.went_to().to_string()
}

fn handled(bench: &Bench) -> Result<Option<Account>, AuthError> {
    let client = bench.load();
    let result = bench.time.run(client.handle_redirect());
    assert_eq!(client.account(), result.clone().unwrap_or_default());
    result
}

#[test]
fn the_state_says_that_the_answer_belongs_into_this_tab() {
    let bench = Bench::company();
    leave(&bench);
    let state = asked(&bench.went_to())["state"].clone();
    assert!(
        state.strip_prefix("redirect.").is_some_and(|rest| rest.len() == 43),
        "{state}"
    );
    assert!(bench.windows.0.borrow().is_empty());
}

#[test]
fn a_second_redirect_takes_the_place_of_the_first() {
    let bench = Bench::company();
    let (first, second) = (leave(&bench), leave(&bench));
    let location = bench.at_the_login_page(&first, OPERATOR);
    bench.come_back(&location);
    assert_eq!(handled(&bench), Err(AuthError::StateMismatch));
    // The look at the first answer has used the second request up: whoever forged an answer gets one try.
    let location = bench.at_the_login_page(&second, OPERATOR);
    bench.come_back(&location);
    assert_eq!(handled(&bench), Err(AuthError::NoPendingRequest));
    assert_eq!(bench.count(Operation::Token), 0);

    let bench = Bench::company();
    let _ = leave(&bench);
    let second = leave(&bench);
    let location = bench.at_the_login_page(&second, OPERATOR);
    bench.come_back(&location);
    assert_eq!(handled(&bench).unwrap().unwrap().username, OPERATOR);
}

#[test]
fn a_forgotten_redirect_cannot_be_answered() {
    let bench = Bench::company();
    let url = leave(&bench);
    assert!(bench.load().forget_redirect());
    assert!(!bench.storage.values.borrow().contains_key(PENDING_REQUEST_KEY));
    assert!(!bench.load().forget_redirect(), "there is nothing left to forget");
    let location = bench.at_the_login_page(&url, OPERATOR);
    bench.come_back(&location);
    assert_eq!(handled(&bench), Err(AuthError::NoPendingRequest));
    assert_eq!(bench.count(Operation::Token), 0);
}

#[test]
fn an_issuer_in_the_answer_has_to_be_the_one_that_was_asked() {
    let ours = format!("http%3A%2F%2Flocalhost%3A4461%2F{TENANT_ID}%2Fv2.0");
    let foreign = [
        format!("http%3A%2F%2Flocalhost%3A4461%2F{PARTNER_TENANT_ID}%2Fv2.0"),
        format!("https%3A%2F%2Flogin.evil.example%2F{TENANT_ID}%2Fv2.0"),
        String::new(),
    ];
    for cancelled in [false, true] {
        let come_back_as = |issuer: &str| {
            let bench = Bench::company();
            bench.simulator().world.switches.response_issuer = true;
            let url = leave(&bench);
            let location = if cancelled {
                let now = bench.time.now();
                let cancelled = bench.simulator().sign_in_cancelled(now, &url);
                cancelled.unwrap()
            } else {
                bench.at_the_login_page(&url, OPERATOR)
            };
            assert!(location.contains(&format!("iss={ours}")), "{location}");
            bench.come_back(&location.replace(&ours, issuer));
            let result = handled(&bench);
            (result, bench.count(Operation::Token))
        };
        let (right, redeemed) = come_back_as(&ours);
        if cancelled {
            let error = right.unwrap_err();
            assert_eq!(error.server().unwrap().error, "access_denied");
            assert_eq!(redeemed, 0);
        } else {
            assert_eq!((right.unwrap().unwrap().username.as_str(), redeemed), (OPERATOR, 1));
        }
        for issuer in &foreign {
            assert_eq!(come_back_as(issuer), (Err(AuthError::IssuerMismatch), 0), "{issuer}");
        }
    }
}

#[test]
fn what_was_asked_for_survives_the_way_there_and_back() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let account = client.account().unwrap();
    let claims = crate::support::sign_in::second_factor();
    let request = AuthorizationRequest::again(&account, Some(claims));
    client.login_redirect(&request).unwrap();
    let url = bench.went_to();
    assert_eq!(asked(&url)["login_hint"], OPERATOR);
    // Somebody else comes back.
    let location = bench.at_the_login_page(url.as_str(), READER);
    bench.come_back(&location);
    assert_eq!(handled(&bench), Err(AuthError::OtherAccount));

    client.login_redirect(&request).unwrap();
    let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
    bench.come_back(&location);
    assert_eq!(handled(&bench), Ok(Some(account)));
    assert_eq!(
        bench.claims_asked_last()["access_token"]["acrs"]["values"],
        json!(["p1"])
    );
    assert_eq!(
        bench.claims_asked_last()["access_token"]["xms_cc"]["values"],
        json!(["cp1"])
    );
}

#[test]
fn somebody_else_in_the_window_leaves_the_person_signed_in_with_the_old_tokens() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let (account, token) = (client.account().unwrap(), bench.token(&client));
    let request = AuthorizationRequest::again(&account, None);
    let answer = bench.time.run(bench.sign_in_by_window(&client, &request, READER));
    assert_eq!(answer, Err(AuthError::OtherAccount));
    assert_eq!(client.account(), Some(account.clone()));
    assert_eq!(bench.token(&client).secret(), token.secret());
    // The refresh token is the operator's, too.
    let renewed = bench
        .time
        .run(client.acquire_token_silent(avd_logoff::auth::Freshness::Renewed));
    assert_ne!(renewed.unwrap().secret(), token.secret());
    let last = bench.recorded(Operation::Token).pop().unwrap();
    assert_eq!(last.actor.as_deref(), Some(OPERATOR));

    // Where anybody will do, the other one is signed in.
    let anybody = AuthorizationRequest::default();
    let answer = bench.time.run(bench.sign_in_by_window(&client, &anybody, READER));
    assert_eq!(answer.unwrap().username, READER);
    assert_ne!(client.account(), Some(account));
}

#[test]
fn choosing_an_account_goes_without_hints_and_shows_all_who_are_signed_in() {
    let bench = Bench::company();
    bench.sign_in(OPERATOR);
    let request = AuthorizationRequest {
        login_hint: Some(OPERATOR.into()),
        domain_hint: Some("contoso.example".into()),
        select_account: true,
        ..AuthorizationRequest::default()
    };
    bench.load().login_redirect(&request).unwrap();
    let sent = asked(&bench.went_to());
    assert_eq!(sent["prompt"], "select_account");
    assert!(!sent.contains_key("login_hint") && !sent.contains_key("domain_hint"));
    let (now, url) = (bench.time.now(), bench.went_to());
    let location = bench.simulator().sign_in_also(now, url.as_str(), READER).unwrap();
    assert_eq!(bench.count(Operation::AccountPickerForm), 1);
    bench.come_back(&location);
    assert_eq!(handled(&bench).unwrap().unwrap().username, READER);
}

#[test]
fn the_domain_is_given_only_where_the_authority_has_given_no_hint_of_its_own() {
    let hints = |claims: Value| {
        let bench = Bench::company();
        let action = FaultAction::IdTokenClaims { claims };
        bench.fault(Fault::always(action).on(Operation::Token));
        let account = bench.sign_in(OPERATOR).account().unwrap();
        let client = bench.load();
        client.login_redirect(&AuthorizationRequest::hinted(&account)).unwrap();
        let sent = asked(&bench.went_to());
        (sent.get("login_hint").cloned(), sent.get("domain_hint").cloned())
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(hints(json!({ "login_hint": "opaque" })), (some("opaque"), None));
    assert_eq!(
        hints(json!({ "login_hint": null })),
        (some(OPERATOR), some("contoso.example"))
    );
    let guest = json!({ "login_hint": null, "preferred_username": GUEST });
    assert_eq!(hints(guest), (some(GUEST), None));
}

#[test]
fn signing_out_by_a_window_forgets_everything_before_it_opens() {
    let mut bench = Bench::company();
    bench.tokens_survive_reload = true;
    let client = bench.sign_in(OPERATOR);
    client.logout_popup().unwrap();
    assert_eq!(client.account(), None);
    assert!(bench.storage.values.borrow().is_empty());
    let url = bench.went_to();
    assert_eq!(url.path(), format!("/{TENANT_ID}/oauth2/v2.0/logout"));
    let sent = asked(&url);
    assert!(sent["state"].starts_with("popup."), "{}", sent["state"]);
    assert_eq!(sent["post_logout_redirect_uri"], "http://localhost:4460/redirect.html");
    assert_eq!(sent["logout_hint"], OPERATOR);
    let now = bench.time.now();
    let back = bench.simulator().sign_out_as(now, url.as_str(), OPERATOR).unwrap();
    assert!(back.starts_with("http://localhost:4460/redirect.html"), "{back}");
    assert!(back.contains(&sent["state"]), "the state comes back: {back}");
}
