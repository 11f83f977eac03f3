//! Signing in by a window: what leaves, what stays, and which answers count.

use std::time::Duration;

use avd_logoff::auth::{Account, AuthError, AuthorizationRequest, IdTokenFault, PublicClient};
use avd_logoff::ports::{Post, WindowAnswer};
use azure_simulator::scenario::{OPERATOR, PARTNER_TENANT_ID, READER, TENANT_ID};
use azure_simulator::{Fault, FaultAction, Operation};
use futures::FutureExt as _;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::support::Bench;
use crate::support::sign_in::{asked, response_in, second_factor};

/// Whoever is signed in, and with which token; a sign-in that fails must not change either.
fn standing(bench: &Bench, client: &PublicClient) -> Option<(Account, String)> {
    let account = client.account()?;
    Some((account, bench.token(client).secret().clone()))
}

/// Opens a window, signs in as the reader in it, and answers with what `change` makes of the response. Once with
/// nobody signed in and once with the operator: neither may change. Gives back the error.
fn refused(prepare: impl Fn(&Bench), change: impl Fn(String) -> String, redeems: usize) -> AuthError {
    let mut errors = Vec::new();
    for signed_in_before in [false, true] {
        let bench = Bench::company();
        let client = if signed_in_before {
            bench.sign_in(OPERATOR)
        } else {
            bench.load()
        };
        let before = standing(&bench, &client);
        assert_eq!(before.is_some(), signed_in_before);
        let tokens = bench.count(Operation::Token);
        let popup = client.login_popup(&AuthorizationRequest::default()).unwrap();
        let window = bench.opened();
        prepare(&bench);
        let location = bench.at_the_login_page(window.url.as_str(), READER);
        window.answer(WindowAnswer::Response(change(response_in(&location))));
        errors.push(bench.time.run(popup.finish()).unwrap_err());
        assert!(window.closed.get());
        assert_eq!(bench.count(Operation::Token), tokens + redeems, "{errors:?}");
        assert_eq!(standing(&bench, &client), before);
    }
    assert_eq!(errors[0], errors[1]);
    errors.remove(0)
}

fn state_of(response: &str) -> String {
    let mut pairs = form_urlencoded::parse(response.as_bytes());
    pairs.find(|(name, _)| name == "state").unwrap().1.into_owned()
}

#[test]
fn a_window_stands_at_the_authority_before_the_click_is_over() {
    let bench = Bench::company();
    let client = bench.load();
    let request = AuthorizationRequest {
        login_hint: Some(OPERATOR.into()),
        domain_hint: Some("contoso.example".into()),
        claims: Some(second_factor()),
        ..AuthorizationRequest::default()
    };
    // Nothing has been polled and no time has passed: the browser still handles the click.
    let popup = client.login_popup(&request).unwrap();
    assert!(!popup.is_withheld());
    assert_eq!(bench.windows.0.borrow().len(), 1);
    let window = bench.opened();
    assert_eq!(window.post, Post::Broadcast);
    assert_eq!(window.url.origin().ascii_serialization(), "http://localhost:4461");
    assert_eq!(window.url.path(), format!("/{TENANT_ID}/oauth2/v2.0/authorize"));
    let sent = asked(&window.url);
    assert_eq!(sent["state"], window.id);
    assert!(
        sent["state"]
            .strip_prefix("popup.")
            .is_some_and(|rest| rest.len() == 43)
    );
    assert!(sent["nonce"].len() == 43 && !sent["state"].contains(&sent["nonce"]));
    assert_eq!(sent["code_challenge_method"], "S256");
    assert!(sent["code_challenge"].len() == 43);
    assert_eq!(
        (sent["response_type"].as_str(), sent["response_mode"].as_str()),
        ("code", "fragment")
    );
    assert_eq!(sent["redirect_uri"], "http://localhost:4460/redirect.html");
    assert_eq!(sent["login_hint"], OPERATOR);
    assert_eq!(sent["domain_hint"], "contoso.example");
    let claims: Value = serde_json::from_str(&sent["claims"]).unwrap();
    assert_eq!(claims["access_token"]["acrs"]["values"], json!(["p1"]));
    assert_eq!(claims["access_token"]["xms_cc"]["values"], json!(["cp1"]));
    assert!(!sent.contains_key("prompt"));
    // The page stayed where it is, and what the answer is checked with is in its memory alone.
    assert!(bench.navigator.0.borrow().is_empty());
    assert!(bench.storage.values.borrow().is_empty());
    drop(popup);
}

#[test]
fn two_windows_have_nothing_in_common() {
    let bench = Bench::company();
    let client = bench.load();
    let (_one, _two) = (
        client.login_popup(&AuthorizationRequest::default()).unwrap(),
        client.login_popup(&AuthorizationRequest::default()).unwrap(),
    );
    let windows = bench.windows.0.borrow();
    let (one, two) = (asked(&windows[0].url), asked(&windows[1].url));
    for secret in ["state", "nonce", "code_challenge"] {
        assert_ne!(one[secret], two[secret], "{secret}");
    }
}

#[test]
fn the_answer_signs_in_and_leaves_nothing_in_the_tab() {
    let bench = Bench::company();
    // Not even a storage is needed for it.
    bench.storage.refuses.set(true);
    let client = bench.load();
    let request = AuthorizationRequest {
        claims: Some(second_factor()),
        ..AuthorizationRequest::default()
    };
    let account = bench
        .time
        .run(bench.sign_in_by_window(&client, &request, OPERATOR))
        .unwrap();
    assert_eq!(account.username, OPERATOR);
    assert_eq!(client.account(), Some(account));
    assert!(bench.opened().closed.get());
    assert!(bench.storage.values.borrow().is_empty());
    let redeemed = bench.token_requests();
    assert_eq!(redeemed.len(), 1);
    assert_eq!(redeemed[0].form["grant_type"], "authorization_code");
    assert_eq!(redeemed[0].form["code_verifier"].len(), 43);
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
fn an_answer_to_another_request_signs_nobody_in() {
    let other = |response: String| response.replace(&state_of(&response), "popup.forged");
    assert_eq!(refused(|_| (), other, 0), AuthError::StateMismatch);
    let longer = |response: String| response.replace(&state_of(&response), &format!("{}x", state_of(&response)));
    assert_eq!(refused(|_| (), longer, 0), AuthError::StateMismatch);
}

#[test]
fn an_answer_of_another_issuer_signs_nobody_in() {
    let foreign = [
        "https://evil.example/x/v2.0".to_owned(),
        format!("http://localhost:4461/{PARTNER_TENANT_ID}/v2.0"),
        format!("http://localhost:4461.evil.example/{TENANT_ID}/v2.0"),
        format!("http://localhost:4461/{TENANT_ID}/v2.0/"),
        String::new(),
    ];
    for issuer in foreign {
        let named = |response: String| {
            let issuer = form_urlencoded::byte_serialize(issuer.as_bytes()).collect::<String>();
            format!("{response}&iss={issuer}")
        };
        assert_eq!(refused(|_| (), named, 0), AuthError::IssuerMismatch, "{issuer}");
    }
}

#[test]
fn an_error_or_nonsense_instead_of_a_code_signs_nobody_in() {
    let denied = |response: String| format!("error=access_denied&state={}", state_of(&response));
    let error = refused(|_| (), denied, 0);
    assert!(
        matches!(&error, AuthError::Server(server) if server.error == "access_denied"),
        "{error:?}"
    );
    let login = |response: String| format!("error=login_required&state={}", state_of(&response));
    assert!(matches!(refused(|_| (), login, 0), AuthError::InteractionRequired(_)));
    for nonsense in ["", "#", "hello", "code=x", "%00=%00"] {
        assert_eq!(
            refused(|_| (), |_| nonsense.into(), 0),
            AuthError::MalformedResponse,
            "{nonsense}"
        );
    }
    let twice = |response: String| format!("{response}&{response}");
    assert_eq!(refused(|_| (), twice, 0), AuthError::MalformedResponse);
}

#[test]
fn an_answer_is_good_for_an_hour_and_not_longer() {
    let late = |bench: &Bench| bench.time.pass(Duration::from_secs(3601));
    assert_eq!(refused(late, |response| response, 0), AuthError::RequestExpired);
    // A request of which the clock says that it is still to come is no better.
    let early = |bench: &Bench| bench.time.turn_back(Duration::from_secs(301));
    let bench = Bench::company();
    let client = bench.load();
    let popup = client.login_popup(&AuthorizationRequest::default()).unwrap();
    early(&bench);
    let location = bench.at_the_login_page(bench.opened().url.as_str(), OPERATOR);
    bench.opened().answer(WindowAnswer::Response(response_in(&location)));
    assert_eq!(bench.time.run(popup.finish()), Err(AuthError::RequestExpired));

    let bench = Bench::company();
    let client = bench.load();
    let popup = client.login_popup(&AuthorizationRequest::default()).unwrap();
    bench.time.pass(Duration::from_secs(3600));
    let location = bench.at_the_login_page(bench.opened().url.as_str(), OPERATOR);
    bench.opened().answer(WindowAnswer::Response(response_in(&location)));
    assert!(bench.time.run(popup.finish()).is_ok());
}

#[test]
fn an_id_token_that_was_not_issued_for_this_sign_in_signs_nobody_in() {
    let partner = format!("http://localhost:4461/{PARTNER_TENANT_ID}/v2.0");
    let cases = [
        (
            json!({ "aud": "33333333-3333-4333-8333-333333333333" }),
            IdTokenFault::Audience,
        ),
        (json!({ "aud": null }), IdTokenFault::Malformed),
        (json!({ "nonce": "another" }), IdTokenFault::Nonce),
        (json!({ "nonce": null }), IdTokenFault::Nonce),
        (
            json!({ "tid": PARTNER_TENANT_ID, "iss": partner }),
            IdTokenFault::Issuer,
        ),
        (json!({ "tid": PARTNER_TENANT_ID }), IdTokenFault::Issuer),
        (json!({ "iss": partner }), IdTokenFault::Issuer),
        (json!({ "iss": "https://evil.example/v2.0" }), IdTokenFault::Issuer),
        (json!({ "oid": null }), IdTokenFault::Malformed),
        (json!({ "exp": 1 }), IdTokenFault::Lifetime),
    ];
    for (claims, fault) in cases {
        let spoil = |bench: &Bench| {
            let action = FaultAction::IdTokenClaims { claims: claims.clone() };
            bench.fault(Fault::always(action).on(Operation::Token));
        };
        assert_eq!(
            refused(spoil, |response| response, 1),
            AuthError::IdToken(fault),
            "{claims}"
        );
    }
}

#[test]
fn a_closed_window_is_told_as_such() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let before = standing(&bench, &client);
    let popup = client.login_popup(&AuthorizationRequest::default()).unwrap();
    bench.opened().answer(WindowAnswer::Closed);
    assert_eq!(bench.time.run(popup.finish()), Err(AuthError::WindowClosed));
    assert_eq!(standing(&bench, &client), before);
    assert_eq!(bench.count(Operation::Token), 1);
}

#[test]
fn giving_up_closes_the_window_and_a_late_answer_does_nothing() {
    for waits in [false, true] {
        let bench = Bench::company();
        let client = bench.load();
        let popup = client.login_popup(&AuthorizationRequest::default()).unwrap();
        let window = bench.opened();
        assert!(!window.closed.get());
        if waits {
            let mut finish = Box::pin(popup.finish());
            assert!(finish.as_mut().now_or_never().is_none());
            assert!(!window.closed.get());
            drop(finish);
        } else {
            drop(popup);
        }
        assert!(window.closed.get());
        let location = bench.at_the_login_page(window.url.as_str(), OPERATOR);
        window.answer(WindowAnswer::Response(response_in(&location)));
        // Neither does it come in by the other way.
        bench.come_back(&location);
        assert_eq!(
            bench.time.run(client.handle_redirect()),
            Err(AuthError::NoPendingRequest)
        );
        assert_eq!(client.account(), None);
        assert_eq!(bench.count(Operation::Token), 0);
    }
}

#[test]
fn of_two_windows_each_takes_its_own_answer_only() {
    let bench = Bench::company();
    let client = bench.load();
    let first = client.login_popup(&AuthorizationRequest::default()).unwrap();
    let one = bench.opened();
    let second = client.login_popup(&AuthorizationRequest::default()).unwrap();
    let two = bench.opened();
    assert!(!one.closed.get() && !two.closed.get());
    let answer_of_one = response_in(&bench.at_the_login_page(one.url.as_str(), OPERATOR));
    let answer_of_two = response_in(&bench.at_the_login_page(two.url.as_str(), OPERATOR));
    one.answer(WindowAnswer::Response(answer_of_two));
    assert_eq!(bench.time.run(first.finish()), Err(AuthError::StateMismatch));
    assert_eq!(client.account(), None);
    assert!(one.closed.get() && !two.closed.get());
    two.answer(WindowAnswer::Response(answer_of_one));
    assert_eq!(bench.time.run(second.finish()), Err(AuthError::StateMismatch));
    assert_eq!((client.account(), bench.count(Operation::Token)), (None, 0));

    let third = client.login_popup(&AuthorizationRequest::default()).unwrap();
    let _fourth = client.login_popup(&AuthorizationRequest::default()).unwrap();
    let window = bench.windows.0.borrow()[2].clone();
    let answer = response_in(&bench.at_the_login_page(window.url.as_str(), OPERATOR));
    window.answer(WindowAnswer::Response(answer));
    assert!(bench.time.run(third.finish()).is_ok());
}

#[test]
fn through_the_relay_the_request_travels_in_the_fragment() {
    let relay = Url::parse("http://localhost:4460/relay.html").unwrap();
    // Where the settings say so, and where a person tries again that way.
    for by_settings in [true, false] {
        let bench = Bench::company();
        let client = bench.load_with(|settings| settings.relay = by_settings.then(|| relay.clone()));
        let request = AuthorizationRequest::default();
        let popup = if by_settings {
            client.login_popup(&request)
        } else {
            client.login_popup_by_relay(&request, &relay)
        };
        let popup = popup.unwrap();
        let window = bench.opened();
        assert_eq!(window.post, Post::Relay);
        assert_eq!(
            (window.url.origin(), window.url.path()),
            (relay.origin(), "/relay.html")
        );
        assert_eq!(window.url.query(), None);
        let fragment = window.url.fragment().unwrap();
        let handed: Vec<(String, String)> = form_urlencoded::parse(fragment.as_bytes()).into_owned().collect();
        assert_eq!(handed.len(), 2);
        assert_eq!(handed[0], ("id".to_owned(), window.id.clone()));
        assert_eq!(handed[1].0, "request");
        let request = Url::parse(&handed[1].1).unwrap();
        assert_eq!(request.origin().ascii_serialization(), "http://localhost:4461");
        assert_eq!(asked(&request)["state"], window.id);
        let location = bench.at_the_login_page(request.as_str(), OPERATOR);
        window.answer(WindowAnswer::Response(response_in(&location)));
        assert!(bench.time.run(popup.finish()).is_ok());
    }
}
