//! Several accounts in one browser: which of them a request means, who is asked, and who is signed out.

use crate::support::*;
use azure_simulator::scenario::{CLIENT_ID, OPERATOR, READER, TENANT_ID};
use azure_simulator::{LoginPageError, Operation};

fn waits(title: &str) -> Result<String, LoginPageError> {
    Err(LoginPageError::Waiting {
        title: title.to_owned(),
    })
}

/// Operator and reader are signed in.
fn two() -> Desk {
    let mut desk = company();
    desk.code(OPERATOR, &[]);
    let url = authorize_url(&[("prompt", "select_account")]);
    desk.sim.sign_in_also(START, &url, READER).unwrap();
    desk
}

fn who(desk: &mut Desk, sent: &str) -> String {
    let code = parameters(sent)["code"].clone();
    let (status, body) = desk.redeem(&code, &[]);
    assert_eq!(status, 200, "{body}");
    id_claims(&body)["preferred_username"].as_str().unwrap().to_owned()
}

#[test]
fn a_second_person_signs_in_beside_the_first_through_the_picker() {
    let mut desk = two();
    assert_eq!(desk.sim.recorded(Operation::AccountPickerForm).len(), 1);
    assert_eq!(desk.sim.recorded(Operation::SignInForm).len(), 2);
    for upn in [OPERATOR, READER] {
        let hinted = authorize_url(&[("login_hint", &upn.to_uppercase())]);
        let sent = desk.sim.visit(START, &hinted).unwrap();
        assert_eq!(who(&mut desk, &sent), upn);
    }
}

#[test]
fn without_a_hint_a_person_has_to_say_which_account() {
    let mut desk = two();
    assert_eq!(desk.sim.visit(START, &authorize_url(&[])), waits("Pick an account"));
    let silent = desk.sim.visit(START, &authorize_url(&[("prompt", "none")])).unwrap();
    let given = parameters(&silent);
    assert_eq!(given["error"], "interaction_required");
    assert!(given["error_description"].starts_with("AADSTS16000"));
    let before = desk.sim.recorded(Operation::SignInForm).len();
    let sent = desk.sim.sign_in_also(START, &authorize_url(&[]), OPERATOR).unwrap();
    assert_eq!(who(&mut desk, &sent), OPERATOR);
    let after = desk.sim.recorded(Operation::SignInForm).len();
    assert_eq!(before, after, "who is signed in only has to be picked");
}

#[test]
fn the_picker_has_a_button_for_each_account_and_one_for_another() {
    let mut desk = two();
    let cookie = cookie_of(&mut desk);
    let page = desk.raw("GET", &authorize_url(&[]), &[("cookie", &cookie)], "");
    let page = String::from_utf8(page.into_body()).unwrap();
    for name in [OPERATOR, READER, "Use another account", "Cancel"] {
        assert!(page.contains(&format!(">{name}</button>")), "{name}: {page}");
    }
}

/// The browser's cookie, as the login server set it last.
fn cookie_of(desk: &mut Desk) -> String {
    let page = desk.raw("GET", &authorize_url(&[]), &[], "");
    let page = String::from_utf8(page.into_body()).unwrap();
    let context = page
        .split("name=\"ctx\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let at = format!("{}/{TENANT_ID}/sign-in", origins().login);
    let first = desk.raw(
        "POST",
        &at,
        &[],
        &format!("ctx={context}&act=continue&person={OPERATOR}"),
    );
    let cookie = header(&first, "set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let page = desk.raw(
        "GET",
        &authorize_url(&[("prompt", "login")]),
        &[("cookie", &cookie)],
        "",
    );
    let page = String::from_utf8(page.into_body()).unwrap();
    let context = page
        .split("name=\"ctx\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let body = format!("ctx={context}&act=continue&person={READER}");
    let second = desk.raw("POST", &at, &[("cookie", &cookie)], &body);
    assert_eq!(
        header(&second, "set-cookie").unwrap().split(';').next().unwrap(),
        cookie
    );
    cookie
}

#[test]
fn prompts_ask_even_when_the_hint_would_do() {
    let mut desk = two();
    let login = authorize_url(&[("prompt", "login"), ("login_hint", READER)]);
    assert_eq!(desk.sim.visit(START, &login), waits("Sign in"));
    let pick = authorize_url(&[("prompt", "select_account"), ("login_hint", READER)]);
    let given = parameters(&desk.sim.visit(START, &pick).unwrap());
    assert_eq!(
        (given["error"].as_str(), given["state"].as_str()),
        ("invalid_request", "a-state")
    );
    let mut nobody = company();
    let pick = authorize_url(&[("prompt", "select_account")]);
    assert_eq!(nobody.sim.visit(START, &pick), waits("Sign in"));
}

#[test]
fn a_hint_for_somebody_who_is_not_signed_in_opens_the_sign_in_page_with_it() {
    let mut desk = company();
    desk.code(OPERATOR, &[]);
    let hinted = authorize_url(&[("login_hint", READER)]);
    assert_eq!(desk.sim.visit(START, &hinted), waits("Sign in"));
    let page = desk.raw("GET", &hinted, &[], "");
    let page = String::from_utf8(page.into_body()).unwrap();
    assert!(page.contains(&format!("value=\"{READER}\" checked")), "{page}");
}

#[test]
fn a_domain_hint_is_only_shown_and_only_without_another_hint() {
    let mut desk = company();
    let domain = ("domain_hint", "contoso.example");
    let mut shown = |changes: &[(&str, &str)]| {
        let page = desk.raw("GET", &authorize_url(changes), &[], "");
        String::from_utf8(page.into_body())
            .unwrap()
            .contains("an account of contoso.example")
    };
    assert!(shown(&[domain]));
    assert!(!shown(&[domain, ("login_hint", READER)]));
    let query = &desk.sim.recorded(Operation::Authorize)[0].query;
    assert!(query.contains("domain_hint=contoso.example"));
}

#[test]
fn picking_an_account_is_picking_a_sign_in_with_its_second_factor() {
    let mut desk = two();
    let p1 = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;
    let asked = authorize_url(&[("claims", p1)]);
    for (upn, approvals) in [(READER, 1), (READER, 1), (OPERATOR, 2)] {
        desk.sim.sign_in_also(START, &asked, upn).unwrap();
        let forms = desk.sim.recorded(Operation::SecondFactorForm).len();
        assert_eq!(forms, approvals, "{upn}");
    }
}

fn logout(more: &str) -> String {
    format!(
        "{}/{TENANT_ID}/oauth2/v2.0/logout?client_id={CLIENT_ID}&post_logout_redirect_uri={}{more}",
        origins().login,
        redirect_uri()
    )
}

fn signed_in(desk: &mut Desk, upn: &str) -> bool {
    let silent = authorize_url(&[("prompt", "none"), ("login_hint", upn)]);
    let sent = desk.sim.visit(START, &silent).unwrap();
    parameters(&sent).contains_key("code")
}

#[test]
fn a_logout_hint_signs_out_that_account_only() {
    let mut desk = two();
    let hinted = logout(&format!("&logout_hint={READER}"));
    assert_eq!(desk.sim.visit(START, &hinted), Ok(redirect_uri()));
    assert_eq!(desk.sim.record.last().unwrap().actor.as_deref(), Some(READER));
    assert!(signed_in(&mut desk, OPERATOR) && !signed_in(&mut desk, READER));
    // One account is left, so nobody needs to be asked.
    assert_eq!(desk.sim.visit(START, &logout("")), Ok(redirect_uri()));
    assert!(!signed_in(&mut desk, OPERATOR));
}

#[test]
fn without_a_hint_that_fits_a_person_picks_who_leaves() {
    for more in ["", "&logout_hint=somebody.else@contoso.example"] {
        let mut desk = two();
        let page = waits("Pick an account to sign out");
        assert_eq!(desk.sim.visit(START, &logout(more)), page);
        assert!(
            signed_in(&mut desk, OPERATOR) && signed_in(&mut desk, READER),
            "nobody yet"
        );
        let sent = desk.sim.sign_out_as(START, &logout(more), OPERATOR).unwrap();
        assert_eq!(sent, redirect_uri());
        assert_eq!(desk.sim.recorded(Operation::SignOutForm).len(), 1);
        assert!(!signed_in(&mut desk, OPERATOR) && signed_in(&mut desk, READER));
    }
}

#[test]
fn signing_in_as_somebody_else_alone_forgets_the_others() {
    let mut desk = two();
    desk.code(OPERATOR, &[]);
    assert!(signed_in(&mut desk, OPERATOR) && !signed_in(&mut desk, READER));
}

#[test]
fn revoking_one_account_leaves_the_other() {
    let mut desk = two();
    desk.wait(1);
    desk.sim.revoke_sign_ins(desk.now, READER);
    assert!(signed_in(&mut desk, OPERATOR) && !signed_in(&mut desk, READER));
}

#[test]
fn claims_that_ask_for_a_younger_sign_in_ask_the_same_person_again() {
    let mut desk = two();
    desk.wait(60);
    let since = desk.now.unix_timestamp();
    let claims = format!(r#"{{"access_token":{{"nbf":{{"essential":true,"value":"{since}"}}}}}}"#);
    let hinted = authorize_url(&[("claims", &claims), ("login_hint", READER)]);
    assert_eq!(desk.sim.visit(desk.now, &hinted), waits("Sign in"));
    // Picking the old sign-in is not enough either.
    let before = desk.sim.recorded(Operation::SignInForm).len();
    let picked = authorize_url(&[("claims", &claims)]);
    desk.sim.sign_in_also(desk.now, &picked, READER).unwrap();
    assert_eq!(desk.sim.recorded(Operation::SignInForm).len(), before + 1);
    assert!(desk.sim.visit(desk.now, &hinted).is_ok(), "now it is young enough");
}
