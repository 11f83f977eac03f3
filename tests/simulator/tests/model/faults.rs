//! Bad days: each fault does what it says, and the record tells the truth about it.

use crate::support::*;
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};
use azure_simulator::{Fault, FaultAction, Operation};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

fn first(desk: &Desk) -> String {
    let world = &desk.sim.world;
    format!(
        "{}?api-version={AVD}",
        world.session_id(world.sessions_of(MANY_SESSIONS)[0].key)
    )
}

fn with(fault: Fault) -> (Desk, String) {
    let mut desk = company().signed_in(OPERATOR);
    desk.sim.faults.push(fault);
    let at = first(&desk);
    (desk, at)
}

#[test]
fn an_answer_can_be_lost_before_or_after_the_effect() {
    for (action, effect) in [(FaultAction::LoseBefore, false), (FaultAction::LoseAfter, true)] {
        let (mut desk, at) = with(Fault::once(action).on(Operation::UserSessionsDelete));
        assert!(desk.sim.expects_loss());
        assert!(desk.reply("DELETE", &at, &[], "").result.is_err());
        let entry = desk.sim.record.last().unwrap();
        assert_eq!((entry.status, entry.effect), (None, effect));
        assert_eq!(entry.actor.as_deref(), Some(OPERATOR));
        assert!(!desk.sim.expects_loss());
        let state = desk.get(&at).1["properties"]["sessionState"] == json!("LogOff");
        assert_eq!(state, effect);
    }
}

#[test]
fn a_status_or_a_raw_body_can_stand_for_the_answer() {
    let headers = BTreeMap::from([("Retry-After".to_owned(), "7".to_owned())]);
    let action = FaultAction::Status {
        status: 429,
        code: "TooManyRequests".into(),
        message: "slow".into(),
        headers,
    };
    let (mut desk, at) = with(Fault::once(action));
    let response = desk.raw("GET", &at, &[], "");
    assert_eq!(
        (response.status().as_u16(), header(&response, "retry-after")),
        (429, Some("7"))
    );
    assert_eq!(json(&response)["error"]["code"], "TooManyRequests");
    assert!(header(&response, "access-control-allow-origin").is_some());
    let raw = FaultAction::Raw {
        status: 502,
        body: "<html>gateway".into(),
        headers: BTreeMap::new(),
    };
    desk.sim.faults.push(Fault::once(raw));
    assert_eq!(desk.raw("GET", &at, &[], "").body(), b"<html>gateway");
    assert_eq!(desk.get(&at).0, 200);
}

#[test]
fn delays_add_up() {
    let (mut desk, at) = with(Fault::always(FaultAction::Delay { ms: 250 }));
    desk.sim.faults.push(Fault::always(FaultAction::Delay { ms: 50 }));
    assert_eq!(desk.reply("GET", &at, &[], "").delay, Duration::from_millis(300));
}

#[test]
fn a_hidden_answer_has_its_effect() {
    let (mut desk, at) = with(Fault::once(FaultAction::HideFromPage).on(Operation::UserSessionsDelete));
    assert!(desk.fetch("DELETE", &at).is_err());
    assert!(desk.sim.record.last().unwrap().effect);
}

#[test]
fn the_first_page_can_be_empty() {
    let (mut desk, _) = with(Fault::always(FaultAction::EmptyPageFirst).on(Operation::SubscriptionsList));
    let at = "/subscriptions?api-version=2022-12-01";
    let (_, page) = desk.get(at);
    assert_eq!(page["value"], json!([]));
    assert_eq!(desk.all(at).len(), 3);
}

#[test]
fn links_can_lead_elsewhere_or_nowhere() {
    let at = "/subscriptions?api-version=2022-12-01";
    let (mut desk, _) = with(Fault::once(FaultAction::NextLinkTo {
        origin: "https://elsewhere.example".into(),
    }));
    let link = desk.get(at).1["nextLink"].as_str().unwrap().to_owned();
    assert!(link.starts_with("https://elsewhere.example/subscriptions?"), "{link}");
    desk.sim.faults.push(Fault::once(FaultAction::NextLinkLoop));
    assert_eq!(desk.get(at).1["nextLink"], json!(format!("{}{at}", origins().arm)));
}

#[test]
fn a_session_can_be_replaced_just_before_it_is_looked_at() {
    let replace = |user: Option<&str>, same_user| FaultAction::ReplaceSession {
        user: user.map(str::to_owned),
        same_user,
    };
    let (mut desk, at) = with(Fault::once(replace(None, true)).on(Operation::UserSessionsGet).after(1));
    let before = desk.get(&at).1;
    desk.wait(1);
    let after = desk.get(&at).1;
    assert_eq!(before["id"], after["id"]);
    assert_eq!(
        before["properties"]["userPrincipalName"],
        after["properties"]["userPrincipalName"]
    );
    assert_ne!(before["properties"]["createTime"], after["properties"]["createTime"]);
    desk.sim
        .faults
        .push(Fault::once(replace(Some("user0009@contoso.example"), false)));
    assert_eq!(
        desk.get(&at).1["properties"]["userPrincipalName"],
        "user0009@contoso.example"
    );
    assert_eq!(
        desk.sim.record.last().unwrap().session.as_ref().unwrap().upn,
        "user0009@contoso.example"
    );
    desk.sim.faults.push(Fault::once(FaultAction::EndSession));
    assert_eq!(desk.get(&at).0, 404);
}

#[test]
fn an_id_token_can_be_for_another_tenant_client_or_request() {
    let changes = [
        json!({ "tid": "99999999-9999-4999-8999-999999999999", "iss": "https://elsewhere.example/v2.0" }),
        json!({ "aud": "99999999-9999-4999-8999-999999999999" }),
        json!({ "nonce": "of another request" }),
        json!({ "nonce": null }),
    ];
    for claims in changes {
        let mut desk = company();
        let fault = Fault::once(FaultAction::IdTokenClaims { claims: claims.clone() });
        desk.sim.faults.push(fault.on(Operation::Token));
        let code = desk.code(OPERATOR, &[]);
        let (status, body) = desk.redeem(&code, &[]);
        assert_eq!(status, 200, "{body}");
        let token = id_claims(&body);
        for (name, value) in claims.as_object().unwrap() {
            assert_eq!(token[name], *value, "{name}");
        }
        assert_eq!(token["preferred_username"], OPERATOR, "the rest is as it was");
        desk.token = body["access_token"].as_str().unwrap().to_owned();
        assert_eq!(desk.get("/subscriptions?api-version=2022-12-01").0, 200);
    }
}

#[test]
fn claims_can_be_asked_for_and_token_errors_made() {
    let claims = json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } });
    let (mut desk, at) = with(Fault::once(FaultAction::ClaimsChallenge { claims }));
    let response = desk.raw("DELETE", &at, &[], "");
    assert_eq!(response.status(), 401);
    assert!(header(&response, "www-authenticate").unwrap().contains("claims=\""));
    let error = FaultAction::EntraError {
        error: "invalid_grant".into(),
        number: 70_043,
        text: "The refresh token has expired.".into(),
        suberror: Some("bad_token".into()),
        claims: None,
    };
    desk.sim.faults.push(Fault::once(error).on(Operation::Token));
    let (status, body) = desk.redeem("any", &[]);
    assert_eq!(
        (status, &body["error_codes"], &body["suberror"]),
        (400, &json!([70_043]), &json!("bad_token"))
    );
}
