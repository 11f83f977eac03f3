//! Loop detection, and `iss` in answers to the redirect URI.

use crate::support::*;
use azure_simulator::LoginPageError;
use azure_simulator::scenario::{OPERATOR, READER, TENANT_ID};

fn refused(desk: &mut Desk) -> bool {
    let answer = desk.sim.visit(desk.now, &authorize_url(&[("prompt", "none")]));
    match answer {
        Ok(_) => false,
        Err(LoginPageError::Error { number: 50_196, .. }) => true,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_seventh_answer_in_ten_seconds_without_a_person_is_refused() {
    for signed_in in [false, true] {
        let mut desk = company();
        if signed_in {
            desk.code(OPERATOR, &[]);
        }
        for time in 1..=6 {
            assert!(!refused(&mut desk), "time {time}, signed in: {signed_in}");
            desk.wait(1);
        }
        assert!(refused(&mut desk));
        desk.wait(10);
        assert!(!refused(&mut desk), "the loop has ended");
    }
}

#[test]
fn seldom_is_no_loop_and_a_person_ends_one() {
    let mut desk = company();
    for _ in 0..20 {
        assert!(!refused(&mut desk));
        desk.wait(2);
    }
    for _ in 0..4 {
        desk.code(OPERATOR, &[("prompt", "login")]);
        assert!(!refused(&mut desk) && !refused(&mut desk));
    }
}

#[test]
fn a_loop_is_one_of_one_browser() {
    let mut desk = company();
    desk.code(OPERATOR, &[]);
    for _ in 0..6 {
        assert!(!refused(&mut desk));
    }
    desk.sim.forget_browser();
    desk.code(READER, &[]);
    assert!(!refused(&mut desk));
}

#[test]
fn loop_detection_can_be_off() {
    let mut desk = company();
    desk.sim.world.switches.loop_detection = false;
    assert!((0..30).all(|_| !refused(&mut desk)));
}

#[test]
fn answers_name_their_issuer_only_when_switched_on() {
    let mut desk = company();
    let silent = authorize_url(&[("prompt", "none")]);
    let issuer = format!("{}/{TENANT_ID}/v2.0", origins().login);
    let metadata = format!("{}/{TENANT_ID}/v2.0/.well-known/openid-configuration", origins().login);
    let promised = "authorization_response_iss_parameter_supported";
    let failed = parameters(&desk.sim.visit(START, &silent).unwrap());
    assert_eq!((failed.get("iss"), failed.contains_key("error")), (None, true));
    assert!(json(&desk.raw("GET", &metadata, &[], ""))[promised].is_null());

    desk.sim.world.switches.response_issuer = true;
    let failed = parameters(&desk.sim.visit(START, &silent).unwrap());
    assert_eq!((failed.get("iss"), failed.contains_key("error")), (Some(&issuer), true));
    let sent = desk.sim.sign_in_as(START, &authorize_url(&[]), OPERATOR).unwrap();
    let good = parameters(&sent);
    assert_eq!((good.get("iss"), good.contains_key("code")), (Some(&issuer), true));
    let (_, body) = desk.redeem(&good["code"], &[]);
    assert_eq!(id_claims(&body)["iss"], issuer.as_str(), "one issuer in both places");
    assert_eq!(json(&desk.raw("GET", &metadata, &[], ""))[promised], true);
}
