//! The token endpoint: who may call it, what a code and a refresh token are worth, and what the answer holds.

use crate::support::*;
use azure_simulator::scenario::{CLIENT_ID, OPERATOR, TENANT_ID};
use azure_simulator::world::RedirectKind;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use serde_json::{Value, json};

const P1: &str = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;

fn failed(answer: &(u16, Value)) -> (u16, String, u64) {
    let (status, body) = answer;
    assert!(
        body["error_description"].as_str().unwrap().contains("Trace ID: "),
        "{body}"
    );
    assert!(body["timestamp"].is_string() && body["correlation_id"].is_string() && body["trace_id"].is_string());
    (
        *status,
        body["error"].as_str().unwrap().to_owned(),
        body["error_codes"][0].as_u64().unwrap(),
    )
}

#[test]
fn the_answer_holds_what_a_page_needs() {
    let mut desk = company();
    let code = desk.code(OPERATOR, &[("nonce", "n-1")]);
    let (status, body) = desk.redeem(&code, &[("client_info", "1")]);
    assert_eq!(status, 200);
    let seconds = body["expires_in"].as_i64().unwrap();
    assert!((3600..=5399).contains(&seconds));
    assert_eq!(body["refresh_token_expires_in"], 86_400);
    assert_eq!(body["token_type"], "Bearer");
    assert!(body["client_info"].is_string());
    let claims = body["id_token"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["iss"], json!(format!("{}/{TENANT_ID}/v2.0", origins().login)));
    assert_eq!(claims["aud"], CLIENT_ID);
    assert_eq!(claims["nonce"], "n-1");
    assert_eq!(claims["tid"], TENANT_ID);
    assert_eq!(claims["preferred_username"], OPERATOR);
    assert_eq!(claims["ver"], "2.0");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        seconds
    );
    assert_eq!(
        claims["oid"].as_str(),
        Some(desk.sim.world.person(OPERATOR).unwrap().object_id.as_str())
    );
}

#[test]
fn no_refresh_token_without_offline_access() {
    let mut desk = company();
    let scope = format!("openid {}/.default", origins().arm);
    let code = desk.code(OPERATOR, &[("scope", &scope)]);
    let (status, body) = desk.redeem(&code, &[]);
    assert_eq!((status, body.get("refresh_token")), (200, None));
}

#[test]
fn only_a_page_of_the_redirect_uris_origin_may_redeem_and_read() {
    let mut desk = company();
    let redirect = redirect_uri();
    let code = desk.code(OPERATOR, &[]);
    let fields = [
        ("client_id", CLIENT_ID),
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", redirect.as_str()),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(failed(&desk.token_request(&fields, None)).2, 9_002_327);
    let foreign = desk.token_response(&fields, Some("http://localhost:9"));
    assert_eq!(failed(&(400, json(&foreign))).2, 9_002_326);
    assert_eq!(header(&foreign, "access-control-allow-origin"), None);
    let own = desk.token_response(&fields, Some(&origins().page));
    assert_eq!(own.status(), 200);
    assert_eq!(
        header(&own, "access-control-allow-origin"),
        Some(origins().page.as_str())
    );
    assert_eq!(header(&own, "cache-control"), Some("no-store, no-cache"));
}

#[test]
fn a_redirect_uri_of_another_type_is_not_for_pages() {
    let mut desk = company();
    desk.sim.world.applications[0].redirect_uris[0].kind = RedirectKind::Web;
    let code = desk.code(OPERATOR, &[]);
    assert_eq!(failed(&desk.redeem(&code, &[])).2, 9_002_326);
}

#[test]
fn a_code_is_good_once_and_for_ten_minutes() {
    let mut desk = company();
    let code = desk.code(OPERATOR, &[]);
    assert_eq!(desk.redeem(&code, &[]).0, 200);
    assert_eq!(
        failed(&desk.redeem(&code, &[])),
        (400, "invalid_grant".to_owned(), 54_005)
    );
    let late = desk.code(OPERATOR, &[]);
    desk.wait(600);
    assert_eq!(failed(&desk.redeem(&late, &[])).2, 70_008);
    assert_eq!(failed(&desk.redeem("made-up", &[])).1, "invalid_grant");
}

#[test]
fn verifier_redirect_uri_client_and_tenant_must_be_those_of_the_request() {
    for (change, number) in [
        (
            ("code_verifier", "another-verifier-that-is-long-enough-0123456789-01"),
            501_481,
        ),
        (("code_verifier", "short"), 501_471),
        (("code_verifier", ""), 900_144),
        (("redirect_uri", "http://localhost:4460/other.html"), 500_112),
        (("client_id", "33333333-3333-4333-8333-333333333333"), 700_016),
        (("client_secret", "x"), 90_023),
        (("grant_type", "password"), 70_003),
        (("grant_type", ""), 900_144),
    ] {
        let mut desk = company();
        let code = desk.code(OPERATOR, &[]);
        assert_eq!(failed(&desk.redeem(&code, &[change])).2, number, "{change:?}");
    }
    let mut desk = company();
    let code = desk.code(OPERATOR, &[]);
    // The same tenant by another name is another authority.
    let body = format!(
        "client_id={CLIENT_ID}&grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}",
        redirect_uri()
    );
    let request = Request::post(format!("{}/contoso.onmicrosoft.com/oauth2/v2.0/token", origins().login))
        .header("origin", origins().page)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.into_bytes())
        .unwrap();
    let response = desk.sim.handle(START, request).result.unwrap();
    assert_eq!(failed(&(400, json(&response))).2, 700_005);
}

#[test]
fn a_failed_attempt_uses_the_code_up() {
    let mut desk = company();
    let code = desk.code(OPERATOR, &[]);
    desk.redeem(
        &code,
        &[("code_verifier", "another-verifier-that-is-long-enough-0123456789-01")],
    );
    assert_eq!(failed(&desk.redeem(&code, &[])).2, 54_005);
}

#[test]
fn the_body_must_be_a_form_and_the_method_post() {
    let mut desk = company();
    let at = format!("{}/{TENANT_ID}/oauth2/v2.0/token", origins().login);
    let as_json = Request::post(&at)
        .header("content-type", "application/json")
        .body(b"{}".to_vec())
        .unwrap();
    assert_eq!(desk.sim.handle(START, as_json).result.unwrap().status(), 400);
    let get = Request::get(&at).body(Vec::new()).unwrap();
    assert_eq!(
        failed(&(400, json(&desk.sim.handle(START, get).result.unwrap()))).2,
        900_561
    );
}

#[test]
fn a_refresh_token_has_a_fixed_life_and_is_not_spent() {
    let mut desk = company();
    let code = desk.code(OPERATOR, &[]);
    let first = desk.redeem(&code, &[]).1["refresh_token"].as_str().unwrap().to_owned();
    desk.wait(20 * 3600);
    let (status, second) = desk.refresh(&first, &[]);
    assert_eq!(status, 200);
    assert_eq!(second["refresh_token_expires_in"], 4 * 3600);
    assert_eq!(desk.refresh(&first, &[]).0, 200);
    desk.wait(4 * 3600);
    for token in [first.as_str(), second["refresh_token"].as_str().unwrap()] {
        let answer = desk.refresh(token, &[]);
        assert_eq!(failed(&answer), (400, "invalid_grant".to_owned(), 700_084));
        assert_eq!(answer.1["suberror"], "bad_token");
        assert!(answer.1["error_uri"].as_str().unwrap().ends_with("code=700084"));
    }
}

#[test]
fn a_revoked_sign_in_cannot_be_refreshed() {
    let mut desk = company();
    let code = desk.code(OPERATOR, &[]);
    let token = desk.redeem(&code, &[]).1["refresh_token"].as_str().unwrap().to_owned();
    desk.wait(1);
    desk.sim.revoke_sign_ins(desk.now, OPERATOR);
    assert_eq!(failed(&desk.refresh(&token, &[])).2, 50_173);
}

#[test]
fn claims_that_need_a_second_factor_are_handed_back_until_somebody_has_acted() {
    let mut desk = company();
    let code = desk.code(OPERATOR, &[]);
    let token = desk.redeem(&code, &[]).1["refresh_token"].as_str().unwrap().to_owned();
    let answer = desk.refresh(&token, &[("claims", P1)]);
    assert_eq!(failed(&answer), (400, "interaction_required".to_owned(), 50_076));
    assert_eq!(answer.1["claims"], P1);
    let code = desk.code(OPERATOR, &[("claims", P1)]);
    let token = desk.redeem(&code, &[("claims", P1)]).1["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(desk.refresh(&token, &[("claims", P1)]).0, 200);
}

#[test]
fn everybody_may_be_asked_for_a_second_factor() {
    let mut desk = company();
    desk.sim.world.switches.sign_in_needs_mfa = true;
    desk.code(OPERATOR, &[]);
    assert_eq!(desk.sim.recorded(azure_simulator::Operation::SecondFactorForm).len(), 1);
}

#[test]
fn metadata_has_a_placeholder_for_shared_authorities() {
    let mut desk = company();
    for (tenant, named) in [(TENANT_ID, TENANT_ID), ("organizations", "{tenantid}")] {
        let at = format!("{}/{tenant}/v2.0/.well-known/openid-configuration", origins().login);
        let body = json(&desk.raw("GET", &at, &[], ""));
        assert_eq!(body["issuer"], json!(format!("{}/{named}/v2.0", origins().login)));
    }
}
