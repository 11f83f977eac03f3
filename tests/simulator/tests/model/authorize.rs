//! The authorize endpoint: what ends on a page, what goes back to the redirect URI, and what a session spares.

use crate::support::*;
use azure_simulator::LoginPageError;
use azure_simulator::scenario::{OPERATOR, READER, TENANT_ID};
use azure_simulator::world::{Consent, RedirectKind};

fn page_error(changes: &[(&str, &str)]) -> u32 {
    let mut desk = company();
    match desk.sim.sign_in_as(START, &authorize_url(changes), OPERATOR) {
        Err(LoginPageError::Error { number, .. }) => number,
        other => panic!("{changes:?}: {other:?}"),
    }
}

fn redirect_error(changes: &[(&str, &str)]) -> (String, String) {
    let mut desk = company();
    let sent = desk.sim.sign_in_as(START, &authorize_url(changes), OPERATOR).unwrap();
    assert!(sent.starts_with(&redirect_uri()), "{sent}");
    let given = parameters(&sent);
    assert_eq!(given.get("state").map(String::as_str), Some("a-state"));
    let number = given["error_description"].split(':').next().unwrap().to_owned();
    (given["error"].clone(), number)
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_registered_to_the_letter() {
    let page = origins().page;
    for wrong in [
        format!("{page}/Redirect.html"),
        format!("{page}/redirect.html/"),
        format!("{page}/redirect.html?x=1"),
        "http://localhost:9/redirect.html".to_owned(),
        "https://elsewhere.example/".to_owned(),
    ] {
        assert_eq!(page_error(&[("redirect_uri", &wrong)]), 50_011, "{wrong}");
    }
    assert_eq!(page_error(&[("redirect_uri", "")]), 900_144);
}

#[test]
fn unknown_client_or_tenant_ends_on_a_page() {
    assert_eq!(
        page_error(&[("client_id", "33333333-3333-4333-8333-333333333333")]),
        700_016
    );
    let mut desk = company();
    let elsewhere = authorize_url(&[]).replace(TENANT_ID, "fabrikam.example");
    let wrong = desk.sim.visit(START, &elsewhere);
    assert!(
        matches!(wrong, Err(LoginPageError::Error { number: 90_002, .. })),
        "{wrong:?}"
    );
    let shared = authorize_url(&[]).replace(TENANT_ID, "organizations");
    let single = desk.sim.visit(START, &shared);
    assert!(
        matches!(single, Err(LoginPageError::Error { number: 50_194, .. })),
        "{single:?}"
    );
    desk.sim.world.applications[0].multi_tenant = true;
    assert!(desk.sim.sign_in_as(START, &shared, OPERATOR).is_ok());
}

#[test]
fn bad_requests_go_back_with_entras_error_and_the_state() {
    let arm = origins().arm;
    let graph = format!("openid {arm}/user_impersonation https://graph.example/User.Read");
    let only_other = "openid https://graph.example/User.Read".to_owned();
    let (no_openid, unknown) = (format!("{arm}/user_impersonation"), format!("openid {arm}/everything"));
    let mixed = format!("openid {arm}/.default {arm}/user_impersonation");
    for (changes, error, number) in [
        (("response_type", "token"), "unsupported_response_type", "AADSTS700054"),
        (
            ("response_type", "code id_token"),
            "unsupported_response_type",
            "AADSTS700054",
        ),
        (
            ("response_mode", "form_post"),
            "unsupported_response_mode",
            "AADSTS70007",
        ),
        (("scope", "openid profile"), "invalid_scope", "AADSTS70011"),
        (("scope", no_openid.as_str()), "invalid_scope", "AADSTS70011"),
        (("scope", graph.as_str()), "invalid_request", "AADSTS28000"),
        (("scope", only_other.as_str()), "invalid_resource", "AADSTS500011"),
        (("scope", unknown.as_str()), "invalid_client", "AADSTS650053"),
        (("scope", mixed.as_str()), "invalid_scope", "AADSTS70011"),
        (("code_challenge", ""), "invalid_request", "AADSTS9002325"),
        (("code_challenge", "short"), "invalid_request", "AADSTS501491"),
        (("code_challenge_method", "plain"), "invalid_request", "AADSTS9002313"),
        (("code_challenge_method", ""), "invalid_request", "AADSTS9002313"),
        (("prompt", "maybe"), "invalid_request", "AADSTS90023"),
        (("claims", "eyJ9"), "invalid_request", "AADSTS50146"),
    ] {
        let (given, description) = redirect_error(&[changes]);
        assert_eq!((given.as_str(), description.as_str()), (error, number), "{changes:?}");
    }
}

#[test]
fn the_answer_goes_into_the_fragment_or_the_query_as_asked() {
    let mut desk = company();
    let sent = desk.sim.sign_in_as(START, &authorize_url(&[]), OPERATOR).unwrap();
    assert!(sent.starts_with(&format!("{}#code=", redirect_uri())), "{sent}");
    assert_eq!(parameters(&sent)["state"], "a-state");
    let sent = desk
        .sim
        .sign_in_as(START, &authorize_url(&[("response_mode", "query")]), OPERATOR)
        .unwrap();
    assert!(sent.starts_with(&format!("{}?code=", redirect_uri())), "{sent}");
}

#[test]
fn a_state_with_any_characters_comes_back_as_it_was() {
    let state = "{\"id\":\"1\"}|a+b & c=d#ü'<x>";
    let mut desk = company();
    let sent = desk
        .sim
        .sign_in_as(START, &authorize_url(&[("state", state)]), OPERATOR)
        .unwrap();
    assert_eq!(parameters(&sent)["state"], state);
}

#[test]
fn prompt_none_needs_a_session_and_gets_a_code_with_one() {
    let mut desk = company();
    let silent = authorize_url(&[("prompt", "none")]);
    let sent = desk.sim.visit(START, &silent).unwrap();
    assert_eq!(parameters(&sent)["error"], "login_required");
    assert!(parameters(&sent)["error_description"].starts_with("AADSTS50058"));
    desk.code(OPERATOR, &[]);
    assert!(parameters(&desk.sim.visit(START, &silent).unwrap()).contains_key("code"));
    let other = authorize_url(&[("prompt", "none"), ("login_hint", READER)]);
    assert_eq!(
        parameters(&desk.sim.visit(START, &other).unwrap())["error"],
        "login_required"
    );
    desk.sim.forget_browser();
    assert_eq!(
        parameters(&desk.sim.visit(START, &silent).unwrap())["error"],
        "login_required"
    );
}

#[test]
fn prompt_none_says_when_a_second_factor_or_consent_is_needed() {
    let mut desk = company();
    desk.code(OPERATOR, &[]);
    let claims = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;
    let sent = desk
        .sim
        .visit(START, &authorize_url(&[("prompt", "none"), ("claims", claims)]))
        .unwrap();
    assert_eq!(parameters(&sent)["error"], "interaction_required");
    desk.sim.world.applications[0].consent = Consent::AskUser;
    let sent = desk.sim.visit(START, &authorize_url(&[("prompt", "none")])).unwrap();
    assert_eq!(parameters(&sent)["suberror"], "consent_required");
}

#[test]
fn a_session_spares_the_page_unless_the_prompt_asks_for_it() {
    let mut desk = company();
    desk.code(OPERATOR, &[]);
    assert!(desk.sim.visit(START, &authorize_url(&[])).is_ok());
    for (prompt, title) in [("login", "Sign in"), ("select_account", "Pick an account")] {
        let shown = desk.sim.visit(START, &authorize_url(&[("prompt", prompt)]));
        assert_eq!(
            shown,
            Err(LoginPageError::Waiting {
                title: title.to_owned()
            }),
            "{prompt}"
        );
    }
    let shown = desk.sim.visit(START, &authorize_url(&[("prompt", "consent")]));
    assert_eq!(
        shown,
        Err(LoginPageError::Waiting {
            title: "Permissions requested".to_owned()
        })
    );
}

#[test]
fn revoking_ends_the_browsers_session() {
    let mut desk = company();
    desk.code(OPERATOR, &[]);
    desk.wait(1);
    desk.sim.revoke_sign_ins(desk.now, OPERATOR);
    let sent = desk.sim.visit(desk.now, &authorize_url(&[("prompt", "none")])).unwrap();
    assert_eq!(parameters(&sent)["error"], "login_required");
}

#[test]
fn cancel_comes_back_as_access_denied() {
    let mut desk = company();
    let given = parameters(&desk.sim.sign_in_cancelled(START, &authorize_url(&[])).unwrap());
    assert_eq!(
        (given["error"].as_str(), given["error_subcode"].as_str()),
        ("access_denied", "cancel")
    );
    assert_eq!(given["state"], "a-state");
}

#[test]
fn consent_for_administrators_only_is_refused() {
    let mut desk = company();
    desk.sim.world.applications[0].consent = Consent::AdminOnly;
    let given = parameters(&desk.sim.sign_in_as(START, &authorize_url(&[]), OPERATOR).unwrap());
    assert!(given["error_description"].starts_with("AADSTS90094"));
}

#[test]
fn signing_out_forgets_the_session_and_goes_on_only_to_a_registered_address() {
    let mut desk = company();
    desk.code(OPERATOR, &[]);
    let login = origins().login;
    let logout = |to: &str| format!("{login}/{TENANT_ID}/oauth2/v2.0/logout?post_logout_redirect_uri={to}&state=s");
    let elsewhere = desk.sim.visit(START, &logout("https://elsewhere.example/"));
    assert!(
        matches!(elsewhere, Err(LoginPageError::Waiting { .. })),
        "{elsewhere:?}"
    );
    let sent = desk.sim.visit(START, &logout(&redirect_uri())).unwrap();
    assert_eq!(sent, format!("{}?state=s", redirect_uri()));
    let silent = desk.sim.visit(START, &authorize_url(&[("prompt", "none")])).unwrap();
    assert_eq!(parameters(&silent)["error"], "login_required");
}

#[test]
fn pkce_is_not_asked_of_other_kinds_of_application() {
    let mut desk = company();
    desk.sim.world.applications[0].redirect_uris[0].kind = RedirectKind::Web;
    let sent = desk
        .sim
        .sign_in_as(START, &authorize_url(&[("code_challenge", "")]), OPERATOR)
        .unwrap();
    assert!(parameters(&sent).contains_key("code"));
}
