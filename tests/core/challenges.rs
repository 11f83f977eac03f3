//! Claims challenges on reads: silently where that is possible, once for all who wait, and otherwise asked of a person.

use std::cell::Cell;

use avd_logoff::arm::{ArmClient, ArmErrorKind};
use avd_logoff::desk::again::{Again, again};
use avd_logoff::desk::coverage::{GapReason, Verdict};
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::search::{Event, Query, search, search_again};
use avd_logoff::desk::sign_in_needed;
use avd_logoff::desk::step_up::SignInNeeded;
use avd_logoff::desk::typed::understand;
use azure_simulator::scenario::{MANY_SESSIONS, READER};
use azure_simulator::{CorsSettings, Face, Fault, FaultAction, Operation, Recorded};
use futures::StreamExt as _;
use serde_json::json;

use crate::support::Bench;
use crate::support::sign_in::second_factor;

/// The company, small pages and answers that take their time, so that a search has many requests one after another.
fn bench() -> Bench {
    let bench = Bench::company();
    {
        let mut simulator = bench.simulator();
        simulator.world.switches.page_size = 10;
        simulator.world.switches.latency = true;
        simulator.world.switches.throttle.enabled = false;
        simulator.cors = CorsSettings::exposing_everything_useful();
    }
    bench
}

/// Searches, and sees each event together with what was found before it.
fn find(bench: &Bench, arm: &ArmClient, at_event: impl Fn(&Event, &Findings)) -> Findings {
    let wanted = understand(MANY_SESSIONS).wanted;
    let query = Query {
        whose: wanted.clone().into(),
        subscriptions: Vec::new(),
        may_filter: true,
    };
    let mut findings = Findings::new(wanted);
    bench.time.run(search(arm, query).for_each(|event| {
        at_event(&event, &findings);
        findings.apply(event);
        async {}
    }));
    findings
}

/// Reads of Resource Manager, without preflights.
fn reads(bench: &Bench) -> Vec<Recorded> {
    let simulator = bench.simulator();
    let record = simulator.record.iter();
    let reads = record.filter(|entry| entry.face == Face::Arm && entry.operation != Operation::Preflight);
    reads.cloned().collect()
}

/// The requests that were refused, and how often each address was asked for after its refusal.
fn repeated(reads: &[Recorded]) -> Vec<usize> {
    let refused = reads.iter().enumerate().filter(|(_, read)| read.status == Some(401));
    refused
        .map(|(at, refused)| {
            let same = |read: &&Recorded| read.path == refused.path && read.query == refused.query;
            reads[at + 1..].iter().filter(same).count()
        })
        .collect()
}

#[test]
fn a_challenge_is_answered_silently_and_the_read_repeated_once() {
    let bench = bench();
    bench.simulator().world.switches.sign_in_needs_mfa = true;
    bench.simulator().world.switches.reads_need_mfa = true;
    bench.simulator().world.switches.challenge_needs_acrs = true;
    let arm = bench.arm(READER);
    let findings = find(&bench, &arm, |_, _| ());
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    // The code, and one renewal for the claims.
    assert_eq!(bench.count(Operation::Token), 2);
    assert_eq!(bench.token_requests()[1].form["grant_type"], "refresh_token");
    let claims = bench.claims_asked_last();
    assert_eq!(
        claims["access_token"]["acrs"],
        json!({ "essential": true, "values": ["p1"] })
    );
    assert_eq!(claims["access_token"]["xms_cc"], json!({ "values": ["cp1"] }));
    assert_eq!(repeated(&reads(&bench)), [1]);
}

#[test]
fn in_the_middle_of_a_search_one_token_serves_all_that_were_refused() {
    for status in [401, 403] {
        let bench = bench();
        bench.simulator().world.switches.sign_in_needs_mfa = true;
        bench.simulator().world.switches.challenge_status = status;
        let arm = bench.arm(READER);
        let truth = find(&bench, &arm, |_, _| ()).rows().len();
        let before = (bench.count(Operation::Token), reads(&bench).len());
        let findings = find(&bench, &arm, |event, _| {
            if matches!(event, Event::Done(..)) {
                bench.simulator().world.switches.reads_need_mfa = true;
                bench.simulator().world.switches.challenge_needs_acrs = true;
            }
        });
        assert_eq!(findings.coverage().verdict(), Verdict::Complete);
        assert_eq!(findings.rows().len(), truth);
        assert_eq!(bench.count(Operation::Token), before.0 + 1, "one token for all");
        let reads = &reads(&bench)[before.1..];
        let refused = reads.iter().filter(|read| read.status == Some(status)).count();
        assert!(refused > 3, "several were refused at once: {refused}");
        if status == 401 {
            assert_eq!(repeated(reads), vec![1; refused]);
        }
    }
}

#[test]
fn a_revoked_session_asks_for_a_sign_in_that_is_young_enough() {
    let bench = bench();
    let client = bench.sign_in(READER);
    let arm = bench.arm_with(&client, "http://localhost:4462");
    bench.time.pass(std::time::Duration::from_secs(60));
    let now = avd_logoff::ports::Clock::now(&*bench.time);
    bench.simulator().revoke_sign_ins(now, READER);
    let findings = find(&bench, &arm, |_, _| ());
    let claims = bench.claims_asked_last();
    let since = now.unix_timestamp().to_string();
    assert_eq!(
        claims["access_token"]["nbf"],
        json!({ "essential": true, "value": since })
    );
    assert_eq!(claims["access_token"]["xms_cc"], json!({ "values": ["cp1"] }));
    let needed = sign_in_needed::in_coverage(findings.coverage()).unwrap();
    bench.time.run(bench.sign_in_again(&client, needed.claims()));
    assert_eq!(bench.claims_asked_last(), claims);
    assert_eq!(find(&bench, &arm, |_, _| ()).coverage().verdict(), Verdict::Complete);
}

#[test]
fn what_takes_a_person_fails_everywhere_and_is_completed_after_the_sign_in() {
    let bench = bench();
    let client = bench.sign_in(READER);
    let arm = bench.arm_with(&client, "http://localhost:4462");
    let truth: Vec<String> = find(&bench, &arm, |_, _| ())
        .rows()
        .iter()
        .map(|row| row.key())
        .collect();
    let done = Cell::new(0);
    let mut findings = find(&bench, &arm, |event, findings| {
        done.set(done.get() + usize::from(matches!(event, Event::Done(..))));
        if done.get() > 3 && !findings.rows().is_empty() {
            bench.simulator().world.switches.reads_need_mfa = true;
        }
    });
    let found = findings.rows().to_vec();
    assert!(!found.is_empty());
    let failed: Vec<_> = findings
        .coverage()
        .failed()
        .map(|(_, error)| error.kind.clone())
        .collect();
    assert!(failed.len() > 3, "{failed:?}");
    assert!(
        failed
            .iter()
            .all(|kind| *kind == ArmErrorKind::ClaimsChallenge(second_factor())),
        "{failed:?}"
    );
    assert_eq!(findings.coverage().read() + failed.len(), findings.coverage().known());
    let needed = sign_in_needed::in_coverage(findings.coverage());
    assert_eq!(needed, Some(SignInNeeded::Claims(second_factor())));

    bench.time.run(bench.sign_in_again(&client, needed.unwrap().claims()));
    assert_eq!(
        bench.claims_asked_last()["access_token"]["acrs"]["values"],
        json!(["p1"])
    );
    let Again::Part(part) = again(&mut findings) else {
        panic!("reading the pools that failed is enough")
    };
    assert_eq!(part.pools.len(), failed.len());
    let wanted = findings.wanted().to_vec();
    let before = bench.count(Operation::HostPoolsList);
    bench.time.run(search_again(&arm, wanted, part).for_each(|event| {
        findings.apply(event);
        async {}
    }));
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert_eq!(findings.coverage().known(), bench.world().host_pools().len());
    assert_eq!(
        bench.count(Operation::HostPoolsList),
        before,
        "what is known is not asked for again"
    );
    let same = |(one, other): (&avd_logoff::desk::findings::Row, &avd_logoff::desk::findings::Row)| {
        one.key() == other.key() && one.session == other.session
    };
    assert!(found.iter().zip(findings.rows()).all(same), "a row never moves");
    let mut keys: Vec<String> = findings.rows().iter().map(|row| row.key()).collect();
    let mut truth = truth;
    keys.sort();
    truth.sort();
    assert_eq!(keys, truth);
}

#[test]
fn a_challenge_that_the_right_token_does_not_end_is_not_answered_for_ever() {
    let bench = bench();
    bench.simulator().world.switches.sign_in_needs_mfa = true;
    let arm = bench.arm(READER);
    let claims = json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } });
    let endless = FaultAction::ClaimsChallenge { claims };
    bench.fault(Fault::always(endless).on(Operation::SubscriptionsList));
    let findings = find(&bench, &arm, |_, _| ());
    let needed = sign_in_needed::in_coverage(findings.coverage());
    assert_eq!(needed, Some(SignInNeeded::Claims(second_factor())));
    assert_eq!(
        bench.count(Operation::Token),
        2,
        "it was tried with one token that has the claims"
    );
    assert_eq!(bench.count(Operation::SubscriptionsList), 2);
}

#[test]
fn a_challenge_that_cannot_be_read_is_a_refused_token_renewed_once_and_told() {
    let bench = bench();
    bench.simulator().cors = CorsSettings::default();
    bench.simulator().world.switches.reads_need_mfa = true;
    let arm = bench.arm(READER);
    let findings = find(&bench, &arm, |_, _| ());
    let gaps = findings.coverage().gaps();
    assert_eq!(gaps.len(), 1);
    let GapReason::Failed(error) = &gaps[0].reason else {
        panic!("{gaps:?}")
    };
    assert_eq!((&error.kind, error.status), (&ArmErrorKind::TokenRefused, Some(401)));
    assert_eq!(bench.count(Operation::SubscriptionsList), 2);
    assert_eq!(bench.count(Operation::Token), 2, "the code, and one renewal");
    assert!(!bench.token_requests()[1].form["claims"].contains("acrs"));
    // What the header hides is most likely the one challenge that is known; a token of the wrong tenant is not helped.
    let needed = sign_in_needed::in_coverage(findings.coverage());
    assert_eq!(needed, Some(SignInNeeded::Claims(second_factor())));
    let mut of_another_tenant = (**error).clone();
    of_another_tenant.code = Some("InvalidAuthenticationTokenTenant".into());
    assert_eq!(SignInNeeded::of(&of_another_tenant), None);
}

#[test]
fn a_token_that_is_too_old_and_then_too_weak_is_helped_twice() {
    let bench = bench();
    bench.simulator().world.switches.sign_in_needs_mfa = true;
    bench.simulator().world.switches.reads_need_mfa = true;
    bench.simulator().world.switches.challenge_needs_acrs = true;
    let expired = FaultAction::Status {
        status: 401,
        code: "ExpiredAuthenticationToken".into(),
        message: String::new(),
        headers: Default::default(),
    };
    bench.fault(Fault::once(expired).on(Operation::SubscriptionsList));
    let arm = bench.arm(READER);
    let findings = find(&bench, &arm, |_, _| ());
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert_eq!(
        (bench.count(Operation::SubscriptionsList), bench.count(Operation::Token)),
        (3, 3)
    );
}
