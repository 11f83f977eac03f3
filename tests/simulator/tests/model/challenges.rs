//! Challenges for a second factor: for writes, for reads, in both shapes, and what satisfies them.

use crate::support::*;
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};
use azure_simulator::{CorsSettings, TokenTraits};
use http::Response;
use serde_json::{Value, json};

const SUBS: &str = "/subscriptions?api-version=2022-12-01";
const TENANTS: &str = "/tenants?api-version=2022-12-01";
const CP1: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
const CP1_AND_P1: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]},"acrs":{"essential":true,"values":["p1"]}}}"#;

fn session(desk: &Desk) -> String {
    let world = &desk.sim.world;
    let id = world.session_id(world.sessions_of(MANY_SESSIONS)[0].key);
    format!("{id}?api-version={AVD}")
}

fn p1() -> Value {
    json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } })
}

/// Signs in, takes the tokens and gives the refresh token.
fn signed_in(desk: &mut Desk, claims: &str) -> String {
    let code = desk.code(OPERATOR, &[("claims", claims)]);
    let answer = desk.redeem(&code, &[("claims", claims)]);
    use_tokens(desk, &answer)
}

fn use_tokens(desk: &mut Desk, (status, body): &(u16, Value)) -> String {
    assert_eq!(*status, 200, "{body}");
    desk.token = body["access_token"].as_str().unwrap().to_owned();
    body["refresh_token"].as_str().unwrap().to_owned()
}

fn delete(desk: &mut Desk) -> Response<Vec<u8>> {
    let at = session(desk);
    desk.raw("DELETE", &at, &[], "")
}

#[test]
fn reads_may_need_a_second_factor_and_writes_then_go_their_own_way() {
    let mut desk = company();
    desk.sim.world.switches.reads_need_mfa = true;
    desk.become_person(OPERATOR, TokenTraits::default());
    let at = session(&desk);
    for path in [SUBS, TENANTS, at.as_str()] {
        let (status, body) = desk.get(path);
        assert_eq!(
            (status, &body["error"]["code"]),
            (403, &json!("RequestDisallowedByPolicy")),
            "{path}"
        );
    }
    assert_eq!(delete(&mut desk).status(), 200);
    let cp1 = TokenTraits {
        cp1: true,
        ..TokenTraits::default()
    };
    desk.become_person(OPERATOR, cp1);
    let response = desk.raw("GET", SUBS, &[], "");
    assert_eq!((response.status().as_u16(), challenged(&response)), (401, Some(p1())));
    assert_eq!(json(&response)["error"]["code"], "RequestDisallowedByPolicy");
    let mfa = TokenTraits {
        mfa: true,
        ..TokenTraits::default()
    };
    desk.become_person(OPERATOR, mfa);
    assert_eq!(desk.get(SUBS).0, 200);
}

#[test]
fn the_challenge_can_be_a_403() {
    let mut desk = company();
    let switches = &mut desk.sim.world.switches;
    switches.reads_need_mfa = true;
    switches.writes_need_mfa = true;
    switches.challenge_status = 403;
    signed_in(&mut desk, CP1);
    for response in [desk.raw("GET", SUBS, &[], ""), delete(&mut desk)] {
        assert_eq!((response.status().as_u16(), challenged(&response)), (403, Some(p1())));
    }
}

#[test]
fn a_person_has_to_act_and_the_token_for_the_claims_satisfies_both() {
    let mut desk = company();
    desk.sim.world.switches.reads_need_mfa = true;
    desk.sim.world.switches.writes_need_mfa = true;
    let refresh = signed_in(&mut desk, CP1);
    assert_eq!(desk.raw("GET", SUBS, &[], "").status(), 401);
    assert_eq!(delete(&mut desk).status(), 401);
    let (status, body) = desk.refresh(&refresh, &[("claims", CP1_AND_P1)]);
    assert_eq!((status, &body["error"]), (400, &json!("interaction_required")));
    assert_eq!(body["claims"], CP1_AND_P1);
    let refresh = signed_in(&mut desk, CP1_AND_P1);
    assert_eq!(desk.get(SUBS).0, 200);
    assert_eq!(delete(&mut desk).status(), 200);
    // From then on the refresh token is good for it.
    let answer = desk.refresh(&refresh, &[("claims", CP1_AND_P1)]);
    use_tokens(&mut desk, &answer);
    assert_eq!(desk.get(SUBS).0, 200);
}

#[test]
fn a_refresh_token_of_a_sign_in_with_a_second_factor_satisfies_it_silently() {
    let mut desk = company();
    let switches = &mut desk.sim.world.switches;
    switches.sign_in_needs_mfa = true;
    switches.writes_need_mfa = true;
    let refresh = signed_in(&mut desk, CP1);
    desk.sim.world.switches.challenge_needs_acrs = true;
    let response = delete(&mut desk);
    assert_eq!((response.status().as_u16(), challenged(&response)), (401, Some(p1())));
    let answer = desk.refresh(&refresh, &[("claims", CP1)]);
    use_tokens(&mut desk, &answer);
    assert_eq!(delete(&mut desk).status(), 401, "the claims were not asked for");
    let answer = desk.refresh(&refresh, &[("claims", CP1_AND_P1)]);
    use_tokens(&mut desk, &answer);
    assert_eq!(delete(&mut desk).status(), 200);
}

#[test]
fn contexts_asked_for_at_the_login_page_are_in_the_first_token() {
    let mut desk = company();
    let switches = &mut desk.sim.world.switches;
    switches.reads_need_mfa = true;
    switches.challenge_needs_acrs = true;
    let code = desk.code(OPERATOR, &[("claims", CP1_AND_P1)]);
    let answer = desk.redeem(&code, &[]);
    use_tokens(&mut desk, &answer);
    assert_eq!(desk.get(SUBS).0, 200);
}

#[test]
fn a_page_sees_the_challenge_only_where_the_header_is_exposed() {
    let mut desk = company();
    desk.sim.world.switches.writes_need_mfa = true;
    signed_in(&mut desk, CP1);
    let at = session(&desk);
    let hidden = desk.fetch("DELETE", &at).unwrap();
    assert_eq!((hidden.status().as_u16(), challenged(&hidden)), (401, None));
    desk.sim.cors = CorsSettings::exposing_everything_useful();
    let shown = desk.fetch("DELETE", &at).unwrap();
    assert_eq!((shown.status().as_u16(), challenged(&shown)), (401, Some(p1())));
}
