//! Other tenants: which there are, signing in to one of them, and that nothing of one serves for another.

use std::time::Duration;

use avd_logoff::arm::{ArmClient, Tenant};
use avd_logoff::auth::{Account, AccountKey, AuthError, AuthorizationRequest, Freshness, IdTokenFault, PublicClient};
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::findings::Nothing;
use avd_logoff::desk::tenants;
use azure_simulator::scenario::{
    MANY_SESSIONS, OPERATOR, PARTNER_DOMAIN, PARTNER_OPERATOR, PARTNER_POOLS, PARTNER_SUBSCRIPTION, PARTNER_TENANT_ID,
    PARTNER_USER, READER, TENANT_ID,
};
use azure_simulator::{Fault, FaultAction, Operation};
use serde_json::json;

use crate::support::Bench;
use crate::support::sign_in::asked;

fn to_the_partner(account: &Account) -> AuthorizationRequest {
    AuthorizationRequest {
        tenant: Some(PARTNER_TENANT_ID.into()),
        ..AuthorizationRequest::hinted(account)
    }
}

/// Those to which the person can switch.
fn others_of(bench: &Bench, arm: &ArmClient, signed_in_to: &str) -> Vec<Tenant> {
    let all = bench.time.run(tenants::list(arm)).unwrap();
    assert!(all.iter().any(|tenant| tenant.id.eq_ignore_ascii_case(signed_in_to)));
    tenants::others(&all, signed_in_to).cloned().collect()
}

fn switched(bench: &Bench) -> (PublicClient, Account, Account) {
    let client = bench.sign_in(OPERATOR);
    let home = client.account().unwrap();
    let request = to_the_partner(&home);
    let guest = bench
        .time
        .run(bench.sign_in_by_window(&client, &request, OPERATOR))
        .unwrap();
    (client, home, guest)
}

#[test]
fn the_other_tenants_of_a_guest_are_listed_by_name() {
    let bench = Bench::company_and_partner();
    let client = bench.sign_in(OPERATOR);
    let arm = bench.arm_with(&client, "http://localhost:4462");
    let here = client.account().unwrap().tenant_id;
    // Letter case does not count in ids.
    let others = others_of(&bench, &arm, &here.to_uppercase());
    assert_eq!(others.len(), 1);
    assert_eq!(
        (others[0].id.as_str(), others[0].name.as_str()),
        (PARTNER_TENANT_ID, "Fabrikam")
    );
    assert_eq!(others[0].domain.as_deref(), Some(PARTNER_DOMAIN));
    let arm = bench.arm(READER);
    assert_eq!(others_of(&bench, &arm, TENANT_ID), Vec::new());
    // Seen from there, the company is the other one.
    let (client, _, guest) = switched(&bench);
    let arm = bench.arm_with(&client, "http://localhost:4462");
    let others = others_of(&bench, &arm, &guest.tenant_id);
    assert_eq!(
        others.iter().map(|tenant| tenant.id.as_str()).collect::<Vec<_>>(),
        [TENANT_ID]
    );
    bench.fault(Fault::always(FaultAction::LoseBefore).on(Operation::TenantsList));
    assert!(bench.time.run(tenants::list(&arm)).is_err());
}

#[test]
fn a_switch_goes_to_that_authority_and_stays_there() {
    let bench = Bench::company_and_partner();
    let (client, home, guest) = switched(&bench);
    let url = &bench.opened().url;
    assert_eq!(url.path(), format!("/{PARTNER_TENANT_ID}/oauth2/v2.0/authorize"));
    assert_eq!(asked(url)["login_hint"], OPERATOR);
    assert_eq!(guest.switched_to.as_deref(), Some(PARTNER_TENANT_ID));
    assert_eq!(guest.tenant_id, PARTNER_TENANT_ID);
    assert_ne!(guest.object_id, home.object_id);
    assert_eq!(
        (home.tenant_id.as_str(), home.switched_to.as_deref()),
        (TENANT_ID, None)
    );
    let token_endpoint = format!("/{PARTNER_TENANT_ID}/oauth2/v2.0/token");
    assert_eq!(
        bench.token_requests()[0].url.path(),
        format!("/{TENANT_ID}/oauth2/v2.0/token")
    );
    assert_eq!(bench.token_requests()[1].url.path(), token_endpoint);

    bench.time.pass(Duration::from_secs(2 * 3600));
    assert!(bench.time.run(client.acquire_token_silent(Freshness::Cached)).is_ok());
    let renewal = bench.token_requests().pop().unwrap();
    assert_eq!(
        (renewal.url.path(), renewal.form["grant_type"].as_str()),
        (token_endpoint.as_str(), "refresh_token")
    );
    assert_eq!(client.account(), Some(guest.clone()));

    // Signing in again goes there, too, and signing out ends the session there.
    client
        .login_redirect(&AuthorizationRequest::again(&guest, None))
        .unwrap();
    assert!(bench.went_to().path().starts_with(&format!("/{PARTNER_TENANT_ID}/")));
    let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
    bench.come_back(&location);
    assert_eq!(bench.time.run(client.handle_redirect()), Ok(Some(guest)));
    client.logout_redirect().unwrap();
    assert_eq!(
        bench.went_to().path(),
        format!("/{PARTNER_TENANT_ID}/oauth2/v2.0/logout")
    );
}

#[test]
fn there_only_the_sessions_of_that_tenant_are_found_and_logged_off() {
    let bench = Bench::company_and_partner();
    let arm_at_home = bench.arm(OPERATOR);
    assert!(bench.find(&arm_at_home, PARTNER_USER).rows().is_empty());
    let (client, ..) = switched(&bench);
    let arm = bench.arm_with(&client, "http://localhost:4462");
    let findings = bench.find(&arm, MANY_SESSIONS);
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert_eq!(findings.nothing(), Some(Nothing::NoSessions));
    assert_eq!(findings.coverage().known(), PARTNER_POOLS.len());
    let findings = bench.find(&arm, PARTNER_USER);
    assert_eq!(findings.rows().len(), 2);
    assert!(
        findings
            .rows()
            .iter()
            .all(|row| row.session.id.subscription() == PARTNER_SUBSCRIPTION)
    );
    let (_, receipt) = bench.log_off(&arm, findings.rows(), false);
    assert!(
        receipt
            .records
            .iter()
            .all(|record| record.outcome.unwrap().word() == "gone")
    );
    let deletes = bench.recorded(Operation::UserSessionsDelete);
    assert_eq!(deletes.len(), 2);
    assert!(
        deletes
            .iter()
            .all(|delete| delete.effect && delete.actor.as_deref() == Some(OPERATOR))
    );
}

#[test]
fn an_id_token_of_the_configured_tenant_does_not_answer_a_switch() {
    let bench = Bench::company_and_partner();
    let client = bench.sign_in(OPERATOR);
    let home = client.account().unwrap();
    let company = format!("http://localhost:4461/{TENANT_ID}/v2.0");
    let claims = json!({ "iss": company, "tid": TENANT_ID, "oid": home.object_id });
    bench.fault(Fault::always(FaultAction::IdTokenClaims { claims }).on(Operation::Token));
    let answer = bench
        .time
        .run(bench.sign_in_by_window(&client, &to_the_partner(&home), OPERATOR));
    assert_eq!(answer, Err(AuthError::IdToken(IdTokenFault::Issuer)));
    assert_eq!(client.account(), Some(home));
    bench.simulator().faults.clear();
    // And not the other way round: a renewal that suddenly brings the other tenant.
    let (client, _, guest) = switched(&bench);
    let claims = json!({ "iss": company, "tid": TENANT_ID });
    bench.fault(Fault::once(FaultAction::IdTokenClaims { claims }).on(Operation::Token));
    let renewed = bench.time.run(client.acquire_token_silent(Freshness::Renewed));
    assert_eq!(renewed.err(), Some(AuthError::IdToken(IdTokenFault::Issuer)));
    assert_eq!(client.account(), Some(guest));
}

#[test]
fn an_issuer_named_in_the_answer_has_to_be_that_tenant() {
    for (tenant, good) in [(PARTNER_TENANT_ID, true), (TENANT_ID, false)] {
        let bench = Bench::company_and_partner();
        bench.simulator().world.switches.response_issuer = true;
        let client = bench.sign_in(OPERATOR);
        let home = client.account().unwrap();
        client.login_redirect(&to_the_partner(&home)).unwrap();
        let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
        let issuer = |tenant: &str| format!("iss=http%3A%2F%2Flocalhost%3A4461%2F{tenant}%2Fv2.0");
        assert!(location.contains(&issuer(PARTNER_TENANT_ID)), "{location}");
        bench.come_back(&location.replace(&issuer(PARTNER_TENANT_ID), &issuer(tenant)));
        let answer = bench.time.run(client.handle_redirect());
        assert_eq!(answer.is_ok(), good, "{answer:?}");
        if !good {
            assert_eq!(answer, Err(AuthError::IssuerMismatch));
            assert_eq!(client.account(), Some(home));
        }
    }
}

#[test]
fn the_same_name_in_another_tenant_is_another_account() {
    let bench = Bench::company_and_partner();
    let (client, home, guest) = switched(&bench);
    // Work of the account at home does not go on as the guest.
    let request = AuthorizationRequest {
        tenant: Some(PARTNER_TENANT_ID.into()),
        ..AuthorizationRequest::again(&home, None)
    };
    let answer = bench.time.run(bench.sign_in_by_window(&client, &request, OPERATOR));
    assert_eq!(answer, Err(AuthError::OtherAccount));
    assert_eq!(client.account(), Some(guest));
}

#[test]
fn accounts_are_told_apart_by_both_ids_and_by_no_name() {
    let home = Bench::company().sign_in(OPERATOR).account().unwrap();
    let key = AccountKey::of(&home);
    let in_another_tenant = Account {
        tenant_id: PARTNER_TENANT_ID.into(),
        ..home.clone()
    };
    let another_person = Account {
        object_id: "99999999-9999-4999-8999-999999999999".into(),
        ..home.clone()
    };
    let renamed = Account {
        username: "new.name@contoso.example".into(),
        name: None,
        login_hint: None,
        ..home
    };
    assert_ne!(AccountKey::of(&in_another_tenant), key);
    assert_ne!(AccountKey::of(&another_person), key);
    assert_eq!(AccountKey::of(&renamed), key);
}

#[test]
fn who_is_unknown_to_the_configured_tenant_is_not_let_in() {
    let bench = Bench::company_and_partner();
    bench.load().login_redirect(&AuthorizationRequest::default()).unwrap();
    let (now, url) = (avd_logoff::ports::Clock::now(&*bench.time), bench.went_to());
    let refused = bench.simulator().sign_in_as(now, url.as_str(), PARTNER_OPERATOR);
    assert!(refused.is_err(), "{refused:?}");
}
