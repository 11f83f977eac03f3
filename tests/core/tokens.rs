//! Tokens: when they are renewed, for whom, how often, and where they never go.

use std::rc::Rc;
use std::time::Duration;

use avd_logoff::arm::{ArmError, ArmErrorKind};
use avd_logoff::auth::{AuthError, Authority, AuthorizationRequest, ClaimsChallenge, Freshness, PublicClientSettings};
use avd_logoff::desk::coverage::GapReason;
use avd_logoff::desk::sign_in_needed;
use avd_logoff::desk::step_up::SignInNeeded;
use avd_logoff::origin::Origin;
use avd_logoff::ports::Clock as _;
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR, PARTNER_TENANT_ID, READER};
use azure_simulator::{Fault, FaultAction, Operation};
use futures::future::{join, join_all};

use crate::support::Bench;
use crate::support::ports::Sent;
use crate::support::sign_in::second_factor;

const TOKENS: &str = "avd-logoff.tokens";

fn with_an_hour_of_life() -> Bench {
    let bench = Bench::company();
    bench.simulator().world.switches.access_token_seconds = Some(3600);
    bench
}

#[test]
fn a_token_is_good_until_five_minutes_before_its_end() {
    let bench = with_an_hour_of_life();
    let client = bench.sign_in(OPERATOR);
    let first = bench.token(&client);
    bench.time.pass(Duration::from_secs(3299));
    assert_eq!(bench.token(&client).secret(), first.secret());
    assert_eq!(bench.count(Operation::Token), 1);
    bench.time.pass(Duration::from_secs(1));
    assert_ne!(bench.token(&client).secret(), first.secret());
    let renewal = bench.token_requests().pop().unwrap();
    assert_eq!(renewal.form["grant_type"], "refresh_token");
    assert_eq!(
        renewal.form["claims"],
        r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#
    );
    assert_eq!(bench.count(Operation::Token), 2);
}

#[test]
fn a_token_is_renewed_when_entra_says_so_if_that_is_earlier() {
    let bench = with_an_hour_of_life();
    bench.simulator().world.switches.refresh_in = true;
    let client = bench.sign_in(OPERATOR);
    let first = bench.token(&client);
    bench.time.pass(Duration::from_secs(1799));
    assert_eq!(bench.token(&client).secret(), first.secret());
    bench.time.pass(Duration::from_secs(1));
    assert_ne!(bench.token(&client).secret(), first.secret());
    // Half of a short life lies after the five minutes before its end: those count then.
    bench.simulator().world.switches.access_token_seconds = Some(400);
    let client = bench.sign_in(OPERATOR);
    let first = bench.token(&client);
    bench.time.pass(Duration::from_secs(100));
    assert_ne!(bench.token(&client).secret(), first.secret());
}

/// Do two requests for tokens overlap?
fn overlap(requests: &[Rc<Sent>]) -> bool {
    requests
        .windows(2)
        .any(|two| two[0].answered_at.get().is_none_or(|answered| answered > two[1].at))
}

#[test]
fn one_renewal_serves_all_who_wait_and_those_for_claims_come_after_it_one_by_one() {
    let bench = Bench::company();
    // A person who has used a second factor, so that claims can be had silently.
    bench.simulator().world.switches.sign_in_needs_mfa = true;
    let client = bench.sign_in(OPERATOR);
    bench.fault(Fault::always(FaultAction::Delay { ms: 3000 }).on(Operation::Token));
    let other = ClaimsChallenge::of_json(r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]},"x":null}}"#);
    let asked = [
        Freshness::Renewed,
        Freshness::Claims(second_factor()),
        Freshness::Claims(second_factor()),
        Freshness::Claims(other.unwrap()),
    ];
    let many = (0..5).flat_map(|_| asked.clone());
    let tokens = bench
        .time
        .run(join_all(many.map(|freshness| client.acquire_token_silent(freshness))));
    let requests = &bench.token_requests()[1..];
    assert!(!overlap(requests), "one at a time");
    // Whoever asks for what is under way joins it; in the order above no more than the next can be joined.
    let claims: Vec<bool> = requests
        .iter()
        .map(|sent| sent.form["claims"].contains("acrs"))
        .collect();
    assert_eq!(claims[..3], [false, true, true]);
    assert!(requests.len() <= 15, "{}", requests.len());
    assert_eq!(requests[1].form["claims"].matches("\"x\"").count(), 0);
    assert_eq!(requests[2].form["claims"].matches("\"x\"").count(), 1);
    let tokens: Vec<_> = tokens.into_iter().map(|token| token.unwrap()).collect();
    // The first two that wanted the same claims have the same token; whoever wanted others has another.
    assert_eq!(tokens[1].secret(), tokens[2].secret());
    assert_ne!(tokens[0].secret(), tokens[1].secret());
    assert_ne!(tokens[1].secret(), tokens[3].secret());
}

#[test]
fn fifty_who_want_the_same_claims_cost_one_renewal() {
    let bench = Bench::company();
    bench.simulator().world.switches.sign_in_needs_mfa = true;
    let client = bench.sign_in(OPERATOR);
    bench.fault(Fault::always(FaultAction::Delay { ms: 3000 }).on(Operation::Token));
    let many = (0..50).map(|_| client.acquire_token_silent(Freshness::Claims(second_factor())));
    let tokens = bench.time.run(join_all(many));
    assert!(tokens.iter().all(|token| token.is_ok()));
    assert_eq!(bench.count(Operation::Token), 2);
    // The slot is free again afterwards.
    assert!(
        bench
            .time
            .run(client.acquire_token_silent(Freshness::Claims(second_factor())))
            .is_ok()
    );
    assert_eq!(bench.count(Operation::Token), 3);
}

#[test]
fn a_renewal_that_nobody_waits_for_any_more_blocks_nobody() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    bench.fault(Fault::once(FaultAction::Delay { ms: 3000 }).on(Operation::Token));
    let mut given_up = Box::pin(client.acquire_token_silent(Freshness::Renewed));
    assert!(futures::FutureExt::now_or_never(given_up.as_mut()).is_none());
    drop(given_up);
    assert!(bench.time.run(client.acquire_token_silent(Freshness::Renewed)).is_ok());
    assert!(
        bench
            .time
            .run(client.acquire_token_silent(Freshness::Claims(second_factor())))
            .is_err()
    );
    assert!(bench.time.run(client.acquire_token_silent(Freshness::Cached)).is_ok());
}

#[test]
fn a_sign_in_is_not_undone_by_a_renewal_that_was_under_way() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let account = client.account().unwrap();
    let old = bench.token_requests().len();
    bench.fault(Fault::once(FaultAction::Delay { ms: 5000 }).on(Operation::Token));
    let renewal = client.acquire_token_silent(Freshness::Renewed);
    let sign_in = async {
        bench.time.sleep(Duration::from_secs(1)).await;
        let request = AuthorizationRequest::again(&account, Some(second_factor()));
        bench.sign_in_by_window(&client, &request, OPERATOR).await.unwrap();
        client.acquire_token_silent(Freshness::Cached).await.unwrap()
    };
    let (renewed, signed_in) = bench.time.run(join(renewal, sign_in));
    assert_eq!(bench.token_requests().len(), old + 2);
    // The tokens of the sign-in hold the second factor; those of the renewal, begun before it, do not.
    assert_eq!(bench.token(&client).secret(), signed_in.secret());
    assert_eq!(renewed.unwrap().secret(), signed_in.secret());
    let silently = bench
        .time
        .run(client.acquire_token_silent(Freshness::Claims(second_factor())));
    assert!(
        silently.is_ok(),
        "the refresh token is the newer one, too: {silently:?}"
    );
}

#[test]
fn after_a_day_the_page_knows_who_has_to_sign_in_again() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let account = client.account();
    let arm = bench.arm_with(&client, "http://localhost:4462");
    bench.time.pass(Duration::from_secs(24 * 3600 + 1));
    let before = bench.azure.sent.borrow().len();
    let findings = bench.find(&arm, MANY_SESSIONS);
    let GapReason::Failed(error) = &findings.coverage().gaps()[0].reason else {
        panic!("{:?}", findings.coverage().gaps());
    };
    let ArmErrorKind::Auth(AuthError::InteractionRequired(server)) = &error.kind else {
        panic!("{error:?}")
    };
    assert_eq!(server.number(), Some(700_084));
    let needed = sign_in_needed::in_coverage(findings.coverage()).unwrap();
    assert_eq!(
        needed,
        SignInNeeded::Again(AuthError::InteractionRequired(server.clone()))
    );
    assert_eq!(needed.claims(), None);
    assert!(account.is_some());
    assert_eq!(client.account(), account, "who it was is still known");
    // No request went out with a token that has ended.
    assert!(
        bench.azure.sent.borrow()[before..]
            .iter()
            .all(|sent| sent.bearer.is_none())
    );
    // And a person who signs in goes on.
    bench.time.run(bench.sign_in_again(&client, needed.claims()));
    assert!(!bench.find(&arm, MANY_SESSIONS).rows().is_empty());
}

#[test]
fn what_entra_wants_to_see_when_it_refuses_a_renewal_is_asked_of_the_person() {
    let claims = second_factor();
    let error = avd_logoff::auth::ServerError {
        error: "interaction_required".into(),
        claims: Some(crate::support::sign_in::SECOND_FACTOR.into()),
        ..Default::default()
    };
    let arm_error = |kind| {
        let needs = avd_logoff::arm::request::Needs::new("a/read", "/");
        ArmError::unanswered(kind, needs, "id")
    };
    let again = arm_error(ArmErrorKind::Auth(AuthError::InteractionRequired(Box::new(error))));
    assert_eq!(SignInNeeded::of(&again).unwrap().claims(), Some(claims));
    for other in [
        AuthError::OtherAccount,
        AuthError::UnreadableAnswer,
        AuthError::BadSettings,
    ] {
        assert_eq!(SignInNeeded::of(&arm_error(ArmErrorKind::Auth(other))), None);
    }
}

#[test]
fn a_computer_that_slept_past_the_end_renews_first() {
    let bench = with_an_hour_of_life();
    let client = bench.sign_in(OPERATOR);
    let arm = bench.arm_with(&client, "http://localhost:4462");
    let old = bench.token(&client);
    bench.time.pass(Duration::from_secs(8 * 3600));
    assert!(!bench.find(&arm, MANY_SESSIONS).rows().is_empty());
    assert_eq!(bench.count(Operation::Token), 2);
    let sent = bench.azure.sent.borrow();
    assert!(sent.iter().all(|sent| sent.bearer.as_deref() != Some(old.secret())));
}

#[test]
fn a_clock_that_was_turned_back_makes_no_token_live_longer() {
    let bench = with_an_hour_of_life();
    let client = bench.sign_in(OPERATOR);
    let old = bench.token(&client);
    bench.time.turn_back(Duration::from_secs(120));
    let renewed = bench.token(&client);
    assert_ne!(renewed.secret(), old.secret());
    assert_eq!(bench.count(Operation::Token), 2);
    // From then on the new token counts by the new time.
    assert_eq!(bench.token(&client).secret(), renewed.secret());
    // Without a network a token from the future is not fallen back on.
    bench.time.turn_back(Duration::from_secs(120));
    bench.fault(Fault::always(FaultAction::LoseBefore).on(Operation::Token));
    let answer = bench.time.run(client.acquire_token_silent(Freshness::Cached));
    assert!(matches!(answer, Err(AuthError::NoAnswer(_))), "{answer:?}");
}

#[test]
fn a_renewal_that_brings_somebody_else_is_refused() {
    let bench = Bench::company();
    let client = bench.sign_in(OPERATOR);
    let (account, token) = (client.account(), bench.token(&client));
    let somebody = serde_json::json!({ "oid": "99999999-9999-4999-8999-999999999999" });
    bench.fault(Fault::once(FaultAction::IdTokenClaims { claims: somebody }).on(Operation::Token));
    let answer = bench.time.run(client.acquire_token_silent(Freshness::Renewed));
    assert_eq!(answer.err(), Some(AuthError::OtherAccount));
    assert_eq!(client.account(), account);
    assert_eq!(bench.token(&client).secret(), token.secret());
}

type Change = fn(&mut PublicClientSettings);

#[test]
fn tokens_in_the_tab_are_good_for_the_configuration_that_they_were_fetched_with_only() {
    let changes: [(&str, Change); 6] = [
        ("nothing", |_| ()),
        ("client", |settings| {
            settings.client_id = "33333333-3333-4333-8333-333333333333".into()
        }),
        ("authority", |settings| {
            let host = Origin::parse("https://login.other.example").unwrap();
            settings.authority = Authority::new(host, settings.authority.tenant());
        }),
        ("tenant", |settings| {
            settings.authority = Authority::new(settings.authority.host().clone(), PARTNER_TENANT_ID);
        }),
        ("scope", |settings| {
            settings.scope = "https://arm.other.example/user_impersonation".into()
        }),
        ("memory", |settings| settings.tokens_survive_reload = false),
    ];
    for (name, change) in changes {
        let mut bench = Bench::company();
        bench.tokens_survive_reload = true;
        let token = bench.token(&bench.sign_in(OPERATOR));
        assert!(bench.storage.values.borrow()[TOKENS].contains(token.secret()));
        let client = bench.load_with(change);
        let stays = name == "nothing";
        assert_eq!(client.account().is_some(), stays, "{name}");
        assert_eq!(bench.storage.values.borrow().contains_key(TOKENS), stays, "{name}");
        let answer = bench.time.run(client.acquire_token_silent(Freshness::Cached));
        if stays {
            assert_eq!(answer.unwrap().secret(), token.secret());
        } else {
            assert_eq!(answer.err(), Some(AuthError::SignedOut), "{name}");
            // They do not come back with the old configuration either.
            assert_eq!(bench.load().account(), None, "{name}");
        }
    }
}

#[test]
fn tokens_of_one_cloud_never_go_to_another() {
    let mut bench = Bench::company();
    bench.tokens_survive_reload = true;
    let client = bench.sign_in(READER);
    let here = bench.arm_with(&client, "http://localhost:4462");
    assert!(!bench.find(&here, MANY_SESSIONS).rows().is_empty());
    // The page is loaded again in the same tab, configured for another cloud.
    let elsewhere = "http://localhost:4999";
    let client = bench.load_with(|settings| {
        settings.scope = format!("{elsewhere}/user_impersonation");
    });
    let there = bench.arm_with(&client, elsewhere);
    let findings = bench.find(&there, MANY_SESSIONS);
    assert_eq!(
        sign_in_needed::in_coverage(findings.coverage()),
        Some(SignInNeeded::Again(AuthError::SignedOut))
    );
    let sent = bench.azure.sent.borrow();
    let with_token: Vec<_> = sent.iter().filter(|sent| sent.bearer.is_some()).collect();
    assert!(with_token.len() > 10);
    for sent in with_token {
        assert_eq!(sent.url.origin().ascii_serialization(), "http://localhost:4462");
    }
}

#[test]
fn what_was_kept_in_another_shape_is_thrown_away() {
    let mut bench = Bench::company();
    bench.tokens_survive_reload = true;
    bench.sign_in(OPERATOR);
    let kept = bench.storage.values.borrow()[TOKENS].clone();
    let entry = serde_json::from_str::<serde_json::Value>(&kept).unwrap()["entry"].to_string();
    for spoilt in ["", "{}", "null", &kept[..kept.len() - 1], &entry] {
        bench.storage.values.borrow_mut().insert(TOKENS.into(), spoilt.into());
        assert_eq!(bench.load().account(), None, "{spoilt}");
        assert!(!bench.storage.values.borrow().contains_key(TOKENS), "{spoilt}");
    }
    bench.storage.values.borrow_mut().insert(TOKENS.into(), kept);
    assert!(bench.load().account().is_some());
}
