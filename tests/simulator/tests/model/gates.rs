//! ARM's gates: token, api-version, rights, second factor, throttle, lock, policy.

use crate::support::*;
use azure_simulator::scenario::{LIMITED_OPERATOR, MANY_SESSIONS, OPERATOR, READER, REFUSED_POOL, SUBSCRIPTIONS};
use azure_simulator::world::{Lock, LockLevel, Policy};
use azure_simulator::{TokenTraits, WithoutRight, World};
use serde_json::{Value, json};

const SUBS: &str = "/subscriptions?api-version=2022-12-01";

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["code"].as_str().unwrap_or_default())
}

/// A session of the user with many, and its address.
fn session(desk: &Desk) -> String {
    let world = &desk.sim.world;
    format!(
        "{}?api-version={AVD}",
        world.session_id(world.sessions_of(MANY_SESSIONS)[0].key)
    )
}

fn pool_list(desk: &Desk, name: &str) -> String {
    let pool = desk.sim.world.pool_named(name).unwrap().key;
    format!("{}/userSessions?api-version={AVD}", desk.sim.world.pool_id(pool))
}

fn delete(desk: &mut Desk, at: &str) -> (u16, Value) {
    let response = desk.raw("DELETE", at, &[], "");
    (response.status().as_u16(), json(&response))
}

#[test]
fn a_token_must_be_issued_and_not_expired() {
    let mut desk = company();
    let response = desk.raw("GET", SUBS, &[], "");
    assert_eq!(
        (
            response.status().as_u16(),
            header(&response, "www-authenticate").is_some()
        ),
        (401, true)
    );
    desk.token = "made-up".to_owned();
    assert_eq!(code(&desk.get(SUBS)), (401, "InvalidAuthenticationToken"));
    desk.become_person(
        OPERATOR,
        TokenTraits {
            seconds: 3600,
            ..TokenTraits::default()
        },
    );
    desk.wait(3599);
    assert_eq!(desk.get(SUBS).0, 200);
    desk.wait(1);
    assert_eq!(code(&desk.get(SUBS)), (401, "ExpiredAuthenticationToken"));
}

#[test]
fn a_revoked_token_is_challenged_only_if_the_client_can_handle_it() {
    let mut desk = company().signed_in(OPERATOR);
    let plain = desk.token.clone();
    desk.become_person(
        OPERATOR,
        TokenTraits {
            cp1: true,
            ..TokenTraits::default()
        },
    );
    desk.wait(1);
    desk.sim.revoke_sign_ins(desk.now, OPERATOR);
    let response = desk.raw("GET", SUBS, &[], "");
    assert_eq!(response.status(), 401);
    assert!(challenged(&response).unwrap()["access_token"]["nbf"]["value"].is_string());
    desk.token = plain;
    assert_eq!(desk.get(SUBS).0, 200);
}

#[test]
fn an_api_version_is_needed_and_must_be_known() {
    let mut desk = company().signed_in(OPERATOR);
    assert_eq!(code(&desk.get("/subscriptions")), (400, "MissingApiVersionParameter"));
    assert_eq!(
        code(&desk.get("/subscriptions?api-version=2024-04-03")),
        (400, "NoRegisteredProviderFound")
    );
    let at = session(&desk);
    for version in azure_simulator::DESKTOP_VERSIONS {
        assert_eq!(desk.get(&at.replace(AVD, version)).0, 200, "{version}");
    }
    assert_eq!(
        code(&desk.get(&at.replace(AVD, "2023-11-01-preview"))),
        (400, "NoRegisteredProviderFound")
    );
}

#[test]
fn a_missing_right_is_said_in_arms_words() {
    let mut desk = company().signed_in(OPERATOR);
    let at = pool_list(&desk, REFUSED_POOL);
    let (status, body) = desk.get(&at);
    assert_eq!(status, 403);
    let message = body["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with(&format!("The client '{OPERATOR}' with object id '")),
        "{message}"
    );
    assert!(message.contains(
        "perform action 'Microsoft.DesktopVirtualization/hostpools/usersessions/read' over scope '/subscriptions/"
    ));
    desk.sim.world.switches.list_by_pool_without_right = WithoutRight::Empty;
    assert_eq!(desk.get(&at), (200, json!({ "value": [] })));
}

#[test]
fn the_reader_may_look_and_not_act() {
    let mut desk = company().signed_in(READER);
    let at = session(&desk);
    assert_eq!(desk.get(&at).0, 200);
    assert_eq!(code(&delete(&mut desk, &at)), (403, "AuthorizationFailed"));
    assert_eq!(
        desk.sim.record.last().unwrap().error.as_deref(),
        Some("AuthorizationFailed")
    );
    assert!(!desk.sim.record.last().unwrap().effect);
    let disconnect = at.replace('?', "/disconnect?");
    assert_eq!(desk.raw("POST", &disconnect, &[], "").status(), 403);
}

#[test]
fn the_limited_operator_must_go_by_host() {
    let mut desk = company().signed_in(LIMITED_OPERATOR);
    let at = session(&desk);
    let by_pool = pool_list(&desk, "HP-Office");
    assert_eq!(desk.get(&by_pool).0, 403);
    let by_host = format!(
        "{}?api-version={AVD}",
        at.split("/usersessions/").next().unwrap().to_owned() + "/userSessions"
    );
    assert_eq!(desk.get(&by_host).0, 200);
    assert_eq!(delete(&mut desk, &at).0, 200);
}

#[test]
fn a_role_on_one_pool_shows_its_subscription_and_nothing_else() {
    let mut desk = company();
    let pool = desk.sim.world.pool_named("HP-Projects").unwrap().key;
    let scope = desk.sim.world.pool_id(pool);
    desk.sim.world.add_person("helper@contoso.example", "Helper");
    desk.sim.world.assign("helper@contoso.example", "Reader", &scope);
    let mut desk = desk.signed_in("helper@contoso.example");
    assert_eq!(desk.all(SUBS).len(), 1);
    let list =
        |id: &str| format!("/subscriptions/{id}/providers/Microsoft.DesktopVirtualization/hostPools?api-version={AVD}");
    assert_eq!(desk.all(&list(SUBSCRIPTIONS[2])).len(), 1);
    assert_eq!(code(&desk.get(&list(SUBSCRIPTIONS[0]))), (403, "AuthorizationFailed"));
    assert_eq!(
        code(&desk.get(&list("00000000-0000-0000-0000-000000000000"))),
        (404, "SubscriptionNotFound")
    );
}

#[test]
fn writes_may_need_a_second_factor_and_reads_never_do() {
    let mut desk = company();
    desk.sim.world.switches.writes_need_mfa = true;
    let at = session(&desk);
    desk.become_person(OPERATOR, TokenTraits::default());
    assert_eq!(desk.get(&at).0, 200);
    assert_eq!(code(&delete(&mut desk, &at)), (403, "RequestDisallowedByPolicy"));
    desk.become_person(
        OPERATOR,
        TokenTraits {
            cp1: true,
            ..TokenTraits::default()
        },
    );
    let response = desk.raw("DELETE", &at, &[], "");
    assert_eq!(response.status(), 401);
    assert_eq!(
        challenged(&response).unwrap()["access_token"]["acrs"]["values"],
        json!(["p1"])
    );
    desk.become_person(
        OPERATOR,
        TokenTraits {
            mfa: true,
            ..TokenTraits::default()
        },
    );
    assert_eq!(delete(&mut desk, &at).0, 200);
}

#[test]
fn locks_and_policies_stand_in_the_way_of_acts_only() {
    let mut desk = company().signed_in(OPERATOR);
    let at = session(&desk);
    let scope = format!("/subscriptions/{}", SUBSCRIPTIONS[0]);
    desk.sim.world.locks.push(Lock {
        scope: scope.clone(),
        level: LockLevel::CanNotDelete,
    });
    assert_eq!(code(&delete(&mut desk, &at)), (409, "ScopeLocked"));
    assert_eq!(
        desk.raw("POST", &at.replace('?', "/disconnect?"), &[], "").status(),
        200
    );
    desk.sim.world.locks[0].level = LockLevel::ReadOnly;
    assert_eq!(
        desk.raw("POST", &at.replace('?', "/disconnect?"), &[], "").status(),
        409
    );
    desk.sim.world.locks.clear();
    desk.sim.world.policies.push(Policy {
        scope,
        name: "No deletes".to_owned(),
    });
    assert_eq!(code(&delete(&mut desk, &at)), (403, "RequestDisallowedByPolicy"));
    assert_eq!(desk.get(&at).0, 200);
}

#[test]
fn subscriptions_can_be_disabled_or_without_the_provider() {
    let mut desk = company().signed_in(OPERATOR);
    let at = session(&desk);
    desk.sim.world.subscriptions[0].state = "Disabled".to_owned();
    assert_eq!(code(&delete(&mut desk, &at)), (409, "ReadOnlyDisabledSubscription"));
    desk.sim.world.subscriptions[0].registered = false;
    assert_eq!(code(&desk.get(&at)), (409, "MissingSubscriptionRegistration"));
}

#[test]
fn the_buckets_are_those_of_the_documentation() {
    let mut desk = Desk::of(World::company(&origins(), 7, START)).signed_in(OPERATOR);
    let at = session(&desk);
    let response = desk.raw("GET", &at, &[], "");
    assert_eq!(
        header(&response, "x-ms-ratelimit-remaining-subscription-reads"),
        Some("249")
    );
    for _ in 0..249 {
        assert_eq!(desk.get(&at).0, 200);
    }
    let response = desk.raw("GET", &at, &[], "");
    assert_eq!(response.status(), 429);
    assert_eq!(header(&response, "retry-after"), Some("1"));
    assert_eq!(desk.get(SUBS).0, 200, "another scope has its own bucket");
    desk.wait(1);
    assert_eq!(desk.get(&at).0, 200);
    desk.sim.world.switches.throttle.enabled = false;
    for _ in 0..300 {
        assert_eq!(desk.get(&at).0, 200);
    }
}

#[test]
fn every_answer_has_ids_and_the_callers_own_when_asked() {
    let mut desk = company().signed_in(OPERATOR);
    let given = [
        ("x-ms-client-request-id", "mine"),
        ("x-ms-return-client-request-id", "true"),
    ];
    let response = desk.raw("GET", SUBS, &given, "");
    for name in [
        "x-ms-request-id",
        "x-ms-correlation-request-id",
        "x-ms-routing-request-id",
    ] {
        assert!(header(&response, name).is_some(), "{name}");
    }
    assert_eq!(header(&response, "x-ms-client-request-id"), Some("mine"));
    assert_eq!(
        header(&desk.raw("GET", SUBS, &given[..1], ""), "x-ms-client-request-id"),
        None
    );
    assert_eq!(
        desk.sim.record.last().unwrap().client_request_id.as_deref(),
        Some("mine")
    );
}
