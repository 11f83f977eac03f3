//! Two tenants: who may sign in where, what a token is good for, and what a guest is called.

use crate::support::*;
use azure_simulator::scenario::*;
use azure_simulator::{Fault, FaultAction, LoginPageError, Operation, Simulator, TokenTraits, World};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use serde_json::{Value, json};

const SUBS: &str = "/subscriptions?api-version=2022-12-01";
const TENANTS: &str = "/tenants?api-version=2022-12-01";

fn both() -> Desk {
    let mut world = World::company_and_partner(&origins(), 7, START);
    world.switches.throttle.enabled = false;
    Desk::of(world)
}

fn url_at(tenant: &str, changes: &[(&str, &str)]) -> String {
    authorize_url(changes).replace(TENANT_ID, tenant)
}

fn redeem_at(desk: &mut Desk, tenant: &str, code: &str) -> (u16, Value) {
    let redirect = redirect_uri();
    let fields = [
        ("client_id", CLIENT_ID),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect.as_str()),
        ("code_verifier", VERIFIER),
        ("client_info", "1"),
    ];
    let response = desk.token_response_at(tenant, &fields, Some(&origins().page));
    (response.status().as_u16(), json(&response))
}

fn refresh_at(desk: &mut Desk, tenant: &str, token: &Value) -> (u16, Value) {
    let fields = [
        ("client_id", CLIENT_ID),
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str().unwrap()),
    ];
    let response = desk.token_response_at(tenant, &fields, Some(&origins().page));
    (response.status().as_u16(), json(&response))
}

fn sign_in_at(desk: &mut Desk, tenant: &str, upn: &str) -> Value {
    let sent = desk.sim.sign_in_as(START, &url_at(tenant, &[]), upn).unwrap();
    let (status, body) = redeem_at(desk, tenant, &parameters(&sent)["code"]);
    assert_eq!(status, 200, "{body}");
    desk.token = body["access_token"].as_str().unwrap().to_owned();
    body
}

fn ids(rows: &[Value], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

fn failure(answer: &(u16, Value)) -> (u16, &str, u64) {
    let (status, body) = answer;
    let number = body["error_codes"][0].as_u64().unwrap_or_default();
    (*status, body["error"].as_str().unwrap_or_default(), number)
}

#[test]
fn a_guest_is_somebody_else_there_under_the_name_from_home() {
    let mut desk = both();
    let home = id_claims(&sign_in_at(&mut desk, TENANT_ID, OPERATOR));
    for tenant in [PARTNER_TENANT_ID, PARTNER_DOMAIN] {
        let body = sign_in_at(&mut desk, tenant, OPERATOR);
        let claims = id_claims(&body);
        assert_eq!(claims["tid"], PARTNER_TENANT_ID);
        assert_eq!(
            claims["iss"],
            format!("{}/{PARTNER_TENANT_ID}/v2.0", origins().login).as_str()
        );
        assert_eq!(claims["preferred_username"], OPERATOR);
        assert_ne!(claims["oid"], home["oid"]);
        let info = URL_SAFE_NO_PAD.decode(body["client_info"].as_str().unwrap()).unwrap();
        let info: Value = serde_json::from_slice(&info).unwrap();
        assert_eq!((&info["uid"], &info["utid"]), (&home["oid"], &json!(TENANT_ID)));
        assert_eq!(claims["idp"], format!("https://sts.windows.net/{TENANT_ID}/").as_str());
        assert!(home["idp"].is_null());
    }
}

#[test]
fn nobody_signs_in_where_they_are_neither_member_nor_guest() {
    for (upn, tenant) in [
        (LIMITED_OPERATOR, PARTNER_TENANT_ID),
        (READER, PARTNER_DOMAIN),
        (PARTNER_OPERATOR, TENANT_ID),
    ] {
        let mut desk = both();
        let shown = desk.sim.sign_in_as(START, &url_at(tenant, &[]), upn);
        assert!(
            matches!(shown, Err(LoginPageError::Error { number: 50_020, .. })),
            "{upn} at {tenant}: {shown:?}"
        );
        // Signed in at home, the session does not help.
        let home = if tenant == TENANT_ID {
            PARTNER_TENANT_ID
        } else {
            TENANT_ID
        };
        sign_in_at(&mut desk, home, upn);
        let shown = desk.sim.visit(START, &url_at(tenant, &[]));
        assert!(
            matches!(shown, Err(LoginPageError::Error { number: 50_020, .. })),
            "{shown:?}"
        );
        let silent = desk.sim.visit(START, &url_at(tenant, &[("prompt", "none")])).unwrap();
        let given = parameters(&silent);
        assert_eq!(given["error"], "interaction_required");
        assert!(given["error_description"].starts_with("AADSTS16000"));
    }
}

#[test]
fn a_shared_authority_leads_to_the_tenant_of_the_account() {
    for (upn, tenant) in [(OPERATOR, TENANT_ID), (PARTNER_OPERATOR, PARTNER_TENANT_ID)] {
        let mut desk = both();
        let claims = id_claims(&sign_in_at(&mut desk, "organizations", upn));
        assert_eq!(claims["tid"], tenant, "{upn}");
    }
}

#[test]
fn an_application_of_one_tenant_is_unknown_in_the_other() {
    let mut desk = both();
    desk.sim.world.applications[0].multi_tenant = false;
    let shown = desk.sim.visit(START, &url_at(PARTNER_TENANT_ID, &[]));
    match shown {
        Err(LoginPageError::Error { number, description }) => {
            assert_eq!(number, 700_016);
            assert!(description.contains("Fabrikam"), "{description}");
        }
        other => panic!("{other:?}"),
    }
    let answer = redeem_at(&mut desk, PARTNER_TENANT_ID, "any");
    assert_eq!(failure(&answer), (400, "unauthorized_client", 700_016));
}

#[test]
fn a_code_is_for_one_tenant_and_a_refresh_token_for_all_that_know_the_person() {
    let mut desk = both();
    let sent = desk.sim.sign_in_as(START, &url_at(TENANT_ID, &[]), OPERATOR).unwrap();
    let answer = redeem_at(&mut desk, PARTNER_TENANT_ID, &parameters(&sent)["code"]);
    assert_eq!(failure(&answer), (400, "invalid_grant", 700_005));

    let home = sign_in_at(&mut desk, TENANT_ID, OPERATOR);
    desk.wait(3600);
    let (status, there) = refresh_at(&mut desk, PARTNER_TENANT_ID, &home["refresh_token"]);
    assert_eq!((status, &id_claims(&there)["tid"]), (200, &json!(PARTNER_TENANT_ID)));
    assert_eq!(
        there["refresh_token_expires_in"],
        23 * 3600,
        "its life is that of the first"
    );
    desk.token = there["access_token"].as_str().unwrap().to_owned();
    assert_eq!(ids(&desk.all(SUBS), "subscriptionId"), [PARTNER_SUBSCRIPTION]);
    let (_, back) = refresh_at(&mut desk, TENANT_ID, &there["refresh_token"]);
    assert_eq!(id_claims(&back)["tid"], TENANT_ID);

    let mut desk = both();
    let home = sign_in_at(&mut desk, TENANT_ID, READER);
    let answer = refresh_at(&mut desk, PARTNER_TENANT_ID, &home["refresh_token"]);
    assert_eq!(failure(&answer), (400, "invalid_grant", 50_020));
}

#[test]
fn a_token_shows_its_own_tenants_subscriptions_only() {
    let mut desk = both();
    let home = desk.sim.issue_token(START, OPERATOR, TokenTraits::default());
    let there = desk
        .sim
        .issue_token_at(START, PARTNER_TENANT_ID, OPERATOR, TokenTraits::default());
    desk.token = home;
    assert_eq!(ids(&desk.all(SUBS), "subscriptionId"), SUBSCRIPTIONS);
    let pools = format!(
        "/subscriptions/{PARTNER_SUBSCRIPTION}/providers/Microsoft.DesktopVirtualization/hostPools?api-version={AVD}"
    );
    let response = desk.raw("GET", &pools, &[], "");
    assert_eq!(response.status(), 401);
    assert_eq!(json(&response)["error"]["code"], "InvalidAuthenticationTokenTenant");
    let named = format!("authorization_uri=\"{}/{PARTNER_TENANT_ID}\"", origins().login);
    assert!(header(&response, "www-authenticate").unwrap().contains(&named));

    desk.token = there;
    let rows = desk.all(SUBS);
    assert_eq!(ids(&rows, "subscriptionId"), [PARTNER_SUBSCRIPTION]);
    assert_eq!(rows[0]["tenantId"], PARTNER_TENANT_ID);
    assert_eq!(ids(&desk.all(&pools), "name"), PARTNER_POOLS);
    let elsewhere = pools.replace(PARTNER_SUBSCRIPTION, SUBSCRIPTIONS[0]);
    assert_eq!(desk.get(&elsewhere).0, 401);
}

#[test]
fn without_a_token_the_challenge_names_the_subscriptions_tenant() {
    let mut desk = both();
    for (subscription, tenant) in [(SUBSCRIPTIONS[0], TENANT_ID), (PARTNER_SUBSCRIPTION, PARTNER_TENANT_ID)] {
        let at = format!("/subscriptions/{subscription}?api-version=2022-12-01");
        let response = desk.raw("GET", &at, &[], "");
        assert!(header(&response, "www-authenticate").unwrap().contains(tenant));
    }
}

#[test]
fn a_guest_may_log_off_there() {
    let mut desk = both();
    sign_in_at(&mut desk, PARTNER_TENANT_ID, OPERATOR);
    let keys: Vec<_> = desk
        .sim
        .world
        .sessions_of(PARTNER_USER)
        .iter()
        .map(|one| one.key)
        .collect();
    assert_eq!(keys.len(), 2);
    for key in keys {
        let at = format!("{}?api-version={AVD}", desk.sim.world.session_id(key));
        assert_eq!(desk.raw("DELETE", &at, &[], "").status(), 200);
    }
    desk.wait(5);
    desk.get(SUBS);
    assert!(desk.sim.world.sessions_of(PARTNER_USER).is_empty());
}

#[test]
fn resource_graph_stays_in_the_tokens_tenant() {
    let mut desk = both();
    let mut pools = |tenant: &str| {
        let traits = TokenTraits::default();
        desk.token = desk.sim.issue_token_at(START, tenant, OPERATOR, traits);
        let query = "resources | where type =~ 'microsoft.desktopvirtualization/hostpools'";
        let at = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";
        let kind = [("content-type", "application/json")];
        let body = json(&desk.raw("POST", at, &kind, &json!({ "query": query }).to_string()));
        let rows = body["data"].as_array().unwrap().clone();
        assert!(rows.iter().all(|row| row["tenantId"] == tenant));
        rows.len()
    };
    assert_eq!((pools(TENANT_ID), pools(PARTNER_TENANT_ID)), (16, 2));
}

#[test]
fn the_tenants_are_those_that_know_the_caller_and_need_no_role() {
    let mut desk = both();
    desk.sim.world.assignments.clear();
    desk.sim.world.switches.page_size = 1;
    for (upn, expected) in [
        (OPERATOR, vec![TENANT_ID, PARTNER_TENANT_ID]),
        (READER, vec![TENANT_ID]),
        (PARTNER_OPERATOR, vec![PARTNER_TENANT_ID]),
    ] {
        desk.become_person(upn, TokenTraits::default());
        let rows = desk.all(TENANTS);
        assert_eq!(ids(&rows, "tenantId"), expected, "{upn}");
        assert_eq!(
            ids(&rows, "id"),
            expected.iter().map(|id| format!("/tenants/{id}")).collect::<Vec<_>>()
        );
        for row in &rows {
            assert!(row["displayName"].is_string() && row["defaultDomain"].is_string());
            assert_eq!(
                (&row["tenantCategory"], row["domains"].as_array().map(Vec::len)),
                (&json!("Home"), Some(1))
            );
        }
    }
    assert!(desk.sim.recorded(Operation::TenantsList).len() >= 4, "page by page");
    desk.sim
        .faults
        .push(Fault::once(FaultAction::LoseBefore).on(Operation::TenantsList));
    assert!(desk.reply("GET", TENANTS, &[], "").result.is_err());
}

#[test]
fn each_tenant_has_its_metadata() {
    let mut desk = both();
    let at = format!(
        "{}/{PARTNER_DOMAIN}/v2.0/.well-known/openid-configuration",
        origins().login
    );
    let request = Request::get(at).body(Vec::new()).unwrap();
    let body = json(&desk.sim.handle(START, request).result.unwrap());
    assert_eq!(
        body["issuer"],
        format!("{}/{PARTNER_TENANT_ID}/v2.0", origins().login).as_str()
    );
}

#[test]
fn the_company_alone_is_as_it_was() {
    let (alone, both) = (company().sim, both().sim);
    let rows = |sim: &Simulator| {
        let sessions = sim.world.sessions().iter().take(900);
        sessions.map(|one| sim.world.session_id(one.key)).collect::<Vec<_>>()
    };
    assert_eq!(rows(&alone), rows(&both));
    assert_eq!(alone.world.tenants().count(), 1);
    assert_eq!(both.world.host_pools().len(), alone.world.host_pools().len() + 2);
}

#[test]
fn each_tenant_has_its_own_bucket() {
    let mut desk = both();
    desk.sim.world.switches.throttle.enabled = true;
    let mut left = |tenant: &str| {
        desk.token = desk.sim.issue_token_at(START, tenant, OPERATOR, TokenTraits::default());
        let response = desk.raw("GET", TENANTS, &[], "");
        header(&response, "x-ms-ratelimit-remaining-tenant-reads").map(str::to_owned)
    };
    let counts = [TENANT_ID, TENANT_ID, PARTNER_TENANT_ID].map(|tenant| left(tenant).unwrap());
    assert_eq!(counts, ["249", "248", "249"]);
}

#[test]
fn a_scenario_file_can_ask_for_both() {
    let text = include_str!("../../scenarios/two-tenants.json");
    let sim = Scenario::parse(text).unwrap().simulator(origins(), 7, START);
    assert_eq!(sim.world.tenants().count(), 2);
}
