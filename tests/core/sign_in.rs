//! Sign-in against the simulated authority: the whole way, and every answer that must not sign anybody in.

use avd_logoff::auth::{AuthError, AuthorizationRequest, Freshness, IdTokenFault, PENDING_REQUEST_KEY, RESPONSE_KEY};
use avd_logoff::ports::Clock as _;
use azure_simulator::scenario::OPERATOR;
use azure_simulator::{Fault, FaultAction, Operation};
use futures::future::join_all;
use std::time::Duration;

use crate::support::Bench;

#[test]
fn a_person_signs_in_with_pkce_state_and_nonce() {
    let bench = Bench::company();
    let (client, account) = bench.try_sign_in(OPERATOR).unwrap();
    assert_eq!(account.username, OPERATOR);
    assert_eq!(client.account(), Some(account));
    let url = bench.went_to();
    let asked: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["response_mode"], "fragment");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["claims"], r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#);
    assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43 && asked["state"] != asked["nonce"]);
    assert!(
        asked["scope"].ends_with("/user_impersonation") && asked["scope"].starts_with("openid profile offline_access ")
    );
    let redeemed = bench.recorded(Operation::Token);
    assert_eq!((redeemed.len(), redeemed[0].status), (1, Some(200)));
}

#[test]
fn request_and_response_are_used_up_by_one_look() {
    let bench = Bench::company();
    bench.sign_in(OPERATOR);
    let values = bench.storage.values.borrow();
    assert!(!values.contains_key(PENDING_REQUEST_KEY) && !values.contains_key(RESPONSE_KEY));
    // With tokens in memory only, nothing secret stays in the storage.
    assert!(values.keys().all(|key| key != "avd-logoff.tokens"), "{values:?}");
}

/// Goes to the login page and comes back with an answer that `change` has had its hands on.
fn come_back_with(change: impl FnOnce(&str) -> String) -> (Bench, AuthError) {
    let bench = Bench::company();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
    bench.come_back(&change(&location));
    let client = bench.load();
    let error = bench.time.run(client.handle_redirect()).unwrap_err();
    assert_eq!(client.account(), None);
    (bench, error)
}

#[test]
fn a_forged_or_foreign_answer_signs_nobody_in_and_redeems_nothing() {
    let state = |location: &str| {
        location
            .split("state=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap()
            .to_owned()
    };
    type Change = fn(&str, &str) -> String;
    let cases: [(&str, Change, AuthError); 4] = [
        (
            "other state",
            |location, state| location.replace(state, "forged"),
            AuthError::StateMismatch,
        ),
        (
            "two codes",
            |location, _| format!("{location}&code=second"),
            AuthError::MalformedResponse,
        ),
        (
            "other issuer",
            |location, _| format!("{location}&iss=https%3A%2F%2Fevil.example%2Fx%2Fv2.0"),
            AuthError::IssuerMismatch,
        ),
        (
            "no state",
            |location, state| location.replace(&format!("state={state}"), "s=1"),
            AuthError::MalformedResponse,
        ),
    ];
    for (name, change, expected) in cases {
        let (bench, error) = come_back_with(|location| change(location, &state(location)));
        assert_eq!(error, expected, "{name}");
        assert_eq!(
            bench.count(Operation::Token),
            0,
            "{name}: the code must not be redeemed"
        );
    }
}

#[test]
fn an_answer_that_this_tab_did_not_ask_for_is_thrown_away() {
    let bench = Bench::company();
    bench.come_back("http://localhost:4460/redirect.html#code=x&state=y");
    let client = bench.load();
    assert_eq!(
        bench.time.run(client.handle_redirect()),
        Err(AuthError::NoPendingRequest)
    );
    assert_eq!(bench.count(Operation::Token), 0);
    // It was used up: the next load of the page knows nothing of it.
    assert_eq!(bench.time.run(bench.load().handle_redirect()), Ok(None));
}

#[test]
fn an_answer_cannot_be_replayed() {
    let bench = Bench::company();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
    bench.come_back(&location);
    bench.time.run(bench.load().handle_redirect()).unwrap().unwrap();
    bench.come_back(&location);
    assert_eq!(
        bench.time.run(bench.load().handle_redirect()),
        Err(AuthError::NoPendingRequest)
    );
    assert_eq!(bench.count(Operation::Token), 1);
}

#[test]
fn an_answer_after_an_hour_is_too_late() {
    let bench = Bench::company();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    bench.time.pass(Duration::from_secs(3601));
    let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
    bench.come_back(&location);
    assert_eq!(
        bench.time.run(bench.load().handle_redirect()),
        Err(AuthError::RequestExpired)
    );
}

#[test]
fn only_the_newest_of_two_sign_ins_is_answered() {
    let bench = Bench::company();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    let first = bench.went_to();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    let location = bench.at_the_login_page(first.as_str(), OPERATOR);
    bench.come_back(&location);
    assert_eq!(
        bench.time.run(bench.load().handle_redirect()),
        Err(AuthError::StateMismatch)
    );
}

#[test]
fn cancelling_at_the_authority_is_told_as_such() {
    let bench = Bench::company();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    let location = bench
        .simulator()
        .sign_in_cancelled(bench.time.now(), bench.went_to().as_str())
        .unwrap();
    bench.come_back(&location);
    let error = bench.time.run(bench.load().handle_redirect()).unwrap_err();
    assert_eq!(
        error.server().map(|server| server.error.as_str()),
        Some("access_denied")
    );
}

#[test]
fn without_storage_no_sign_in_is_begun() {
    let bench = Bench::company();
    bench.storage.refuses.set(true);
    assert_eq!(
        bench.load().login_redirect(&AuthorizationRequest::default()),
        Err(AuthError::StorageRefused)
    );
    assert!(bench.navigator.0.borrow().is_empty());
}

#[test]
fn an_id_token_for_another_application_is_refused() {
    let bench = Bench::company();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    // The nonce of the request is exchanged on its way out, so the id token answers another one.
    let nonce = bench
        .went_to()
        .query_pairs()
        .find(|(k, _)| k == "nonce")
        .unwrap()
        .1
        .into_owned();
    let url = bench.went_to().as_str().replace(&nonce, "another");
    let location = bench.at_the_login_page(&url, OPERATOR);
    bench.come_back(&location);
    let client = bench.load();
    assert_eq!(
        bench.time.run(client.handle_redirect()),
        Err(AuthError::IdToken(IdTokenFault::Nonce))
    );
    assert_eq!(client.account(), None);
}

#[test]
fn a_code_is_worth_nothing_without_its_verifier() {
    let bench = Bench::company();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
    bench.come_back(&location);
    let pending = bench.storage.values.borrow()[PENDING_REQUEST_KEY].clone();
    let verifier = serde_json::from_str::<serde_json::Value>(&pending).unwrap()["verifier"]
        .as_str()
        .unwrap()
        .to_owned();
    let stolen = pending.replace(&verifier, &"A".repeat(43));
    bench
        .storage
        .values
        .borrow_mut()
        .insert(PENDING_REQUEST_KEY.into(), stolen);
    let error = bench.time.run(bench.load().handle_redirect()).unwrap_err();
    assert_eq!(
        error.server().map(|server| server.error.as_str()),
        Some("invalid_grant")
    );
}

#[test]
fn tokens_are_renewed_before_they_end_and_once_for_all_who_wait() {
    let bench = Bench::company();
    bench.simulator().world.switches.access_token_seconds = Some(3600);
    let client = bench.sign_in(OPERATOR);
    let first = bench.time.run(client.acquire_token_silent(Freshness::Cached)).unwrap();
    bench.time.pass(Duration::from_secs(3600 - 301));
    let same = bench.time.run(client.acquire_token_silent(Freshness::Cached)).unwrap();
    assert_eq!((first.secret(), bench.count(Operation::Token)), (same.secret(), 1));
    bench.time.pass(Duration::from_secs(2));
    let many = (0..5).map(|_| client.acquire_token_silent(Freshness::Cached));
    let tokens = bench.time.run(join_all(many));
    assert_eq!(bench.count(Operation::Token), 2, "one renewal for all");
    for token in tokens {
        assert_ne!(token.unwrap().secret(), first.secret());
    }
}

#[test]
fn a_clock_that_was_turned_back_leads_to_a_renewal() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let before = bench.count(Operation::Token);
    bench.time.turn_back(Duration::from_secs(7200));
    // The authority's own clock has not moved, but the simulator shares this one; what counts is that it is asked.
    let _ = bench.time.run(client.acquire_token_silent(Freshness::Cached));
    assert_eq!(bench.count(Operation::Token), before + 1);
}

#[test]
fn without_a_network_the_old_token_serves_as_long_as_it_lasts() {
    let bench = Bench::company();
    bench.simulator().world.switches.access_token_seconds = Some(3600);
    let client = bench.sign_in(OPERATOR);
    bench.time.pass(Duration::from_secs(3500));
    bench.fault(Fault::always(FaultAction::LoseBefore).on(Operation::Token));
    assert!(bench.time.run(client.acquire_token_silent(Freshness::Cached)).is_ok());
    bench.time.pass(Duration::from_secs(101));
    let error = bench
        .time
        .run(client.acquire_token_silent(Freshness::Cached))
        .unwrap_err();
    assert!(matches!(error, AuthError::NoAnswer(_)), "{error:?}");
}

#[test]
fn after_a_day_a_person_has_to_sign_in_again() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    bench.time.pass(Duration::from_secs(24 * 3600 + 60));
    let error = bench
        .time
        .run(client.acquire_token_silent(Freshness::Cached))
        .unwrap_err();
    assert!(
        matches!(&error, AuthError::InteractionRequired(server) if server.number() == Some(700_084)),
        "{error:?}"
    );
}

#[test]
fn tokens_survive_a_reload_only_where_the_deployment_says_so() {
    let mut bench = Bench::company();
    bench.sign_in(OPERATOR);
    assert_eq!(bench.load().account(), None);
    bench.tokens_survive_reload = true;
    bench.sign_in(OPERATOR);
    assert_eq!(
        bench.load().account().map(|account| account.username).as_deref(),
        Some(OPERATOR)
    );
}

#[test]
fn signing_out_forgets_everything_and_ends_the_session_at_the_authority() {
    let mut bench = Bench::company();
    bench.tokens_survive_reload = true;
    let client = bench.sign_in(OPERATOR);
    client.logout_redirect().unwrap();
    let url = bench.went_to();
    assert!(url.path().ends_with("/oauth2/v2.0/logout"));
    let sent: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(sent["post_logout_redirect_uri"], "http://localhost:4460/redirect.html");
    assert!(!sent["logout_hint"].is_empty());
    assert!(bench.storage.values.borrow().is_empty());
    let error = bench
        .time
        .run(client.acquire_token_silent(Freshness::Cached))
        .unwrap_err();
    assert_eq!(error, AuthError::SignedOut);
}

#[test]
fn a_renewal_that_comes_in_after_signing_out_signs_nobody_in() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    bench.fault(Fault::always(FaultAction::Delay { ms: 5000 }).on(Operation::Token));
    let renewal = client.acquire_token_silent(Freshness::Renewed);
    let sign_out = async {
        bench.time.sleep(Duration::from_secs(1)).await;
        client.logout_redirect().unwrap();
    };
    let (renewed, ()) = bench.time.run(futures::future::join(renewal, sign_out));
    assert_eq!(renewed.err(), Some(AuthError::SignedOut));
    assert_eq!(client.account(), None);
}

#[test]
fn nothing_secret_shows_itself_in_debug_output() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let token = bench.time.run(client.acquire_token_silent(Freshness::Cached)).unwrap();
    assert!(!format!("{token:?}").contains(token.secret()));
}

#[test]
fn an_error_of_the_token_endpoint_is_sorted_by_its_words() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let entra = |error: &str, number, suberror: Option<&str>| FaultAction::EntraError {
        error: error.into(),
        number,
        text: "made up".into(),
        suberror: suberror.map(str::to_owned),
        claims: None,
    };
    for (action, interaction) in [
        (entra("interaction_required", 50_076, None), true),
        (entra("invalid_grant", 50_173, Some("bad_token")), true),
        (entra("temporarily_unavailable", 90_033, None), false),
        (entra("unauthorized_client", 700_016, None), false),
    ] {
        bench.fault(Fault::once(action).on(Operation::Token));
        let error = bench
            .time
            .run(client.acquire_token_silent(Freshness::Renewed))
            .unwrap_err();
        assert_eq!(
            matches!(error, AuthError::InteractionRequired(_)),
            interaction,
            "{error:?}"
        );
        assert!(error.server().is_some());
    }
}
