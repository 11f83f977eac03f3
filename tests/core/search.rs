//! The search over the company that looks like a real one.

use avd_logoff::desk::again::{Again, again};
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::findings::{Findings, Nothing};
use azure_simulator::scenario::{
    APOSTROPHE, GHOST, GUEST, LIMITED_OPERATOR, MANY_SESSIONS, NO_SESSION, OPERATOR, READER, REFUSED_POOL,
    SUBSCRIPTIONS, UMLAUT,
};
use azure_simulator::world::{RoleDefinition, custom_operator_role};
use azure_simulator::{Fault, FaultAction, Operation, WithoutRight};
use futures::StreamExt as _;

use crate::support::Bench;

/// The truth about a user, as far as a person may see it: everything but the refused pool.
fn sessions_in_readable_pools(bench: &Bench, upn: &str) -> Vec<String> {
    let world = bench.world();
    let mut ids: Vec<String> = world
        .sessions_of(upn)
        .into_iter()
        .map(|session| world.session_id(session.key).to_lowercase())
        .filter(|id| !id.contains(&format!("/{}/", REFUSED_POOL.to_lowercase())))
        .collect();
    ids.sort();
    ids
}

fn shown(findings: &Findings) -> Vec<String> {
    let mut ids: Vec<String> = findings.rows().iter().map(|row| row.key()).collect();
    ids.sort();
    ids
}

#[test]
fn every_session_of_a_user_is_found_over_all_pools_of_all_subscriptions() {
    for upn in [MANY_SESSIONS, APOSTROPHE, UMLAUT, GUEST, GHOST] {
        let bench = Bench::company();
        let truth = sessions_in_readable_pools(&bench, upn);
        assert!(!truth.is_empty(), "{upn} has sessions in the scenario");
        let arm = bench.arm(OPERATOR);
        // Letter case does not count.
        let findings = bench.find(&arm, &upn.to_uppercase());
        assert_eq!(shown(&findings), truth, "{upn}");
    }
}

#[test]
fn everybody_elses_sessions_stay_out() {
    let bench = Bench::company();
    let arm = bench.arm(OPERATOR);
    let findings = bench.find(&arm, MANY_SESSIONS);
    for row in findings.rows() {
        assert_eq!(
            row.session.user.as_deref().map(str::to_lowercase),
            Some(MANY_SESSIONS.to_lowercase())
        );
    }
    let part_of_a_name = &MANY_SESSIONS[1..];
    assert!(bench.find(&arm, part_of_a_name).rows().is_empty());
}

#[test]
fn several_users_are_searched_at_once() {
    let bench = Bench::company();
    let mut truth = sessions_in_readable_pools(&bench, MANY_SESSIONS);
    truth.extend(sessions_in_readable_pools(&bench, UMLAUT));
    truth.sort();
    let arm = bench.arm(OPERATOR);
    let before = bench.count(Operation::UserSessionsListByHostPool);
    let findings = bench.find(&arm, &format!("{MANY_SESSIONS}; {UMLAUT}"));
    assert_eq!(shown(&findings), truth);
    let pages = bench.count(Operation::UserSessionsListByHostPool) - before;
    let pools = bench.world().host_pools().len();
    assert!(
        pages <= 3 * pools,
        "each pool is read once, not once per user: {pages} pages of {pools} pools"
    );
}

#[test]
fn a_refused_pool_is_named_with_the_missing_right_and_none_is_never_said() {
    let bench = Bench::company();
    let arm = bench.arm(OPERATOR);
    let findings = bench.find(&arm, NO_SESSION);
    let refused: Vec<_> = findings.coverage().refused().collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].0.id.host_pool(), REFUSED_POOL);
    assert!(
        refused[0]
            .1
            .action
            .starts_with("Microsoft.DesktopVirtualization/hostpools/")
    );
    assert_eq!(findings.nothing(), Some(Nothing::NoneFoundWhereRead));
    let said = avd_logoff::text::nothing(Nothing::NoneFoundWhereRead, findings.coverage());
    let (read, known) = (findings.coverage().read(), findings.coverage().known());
    assert_eq!(
        said,
        format!("None found in the {read} of {known} host pools that could be read.")
    );
    assert_eq!(known - read, 1);
}

#[test]
fn none_is_said_with_complete_coverage() {
    let bench = Bench::company();
    let arm = bench.arm(READER);
    let findings = bench.find(&arm, NO_SESSION);
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert_eq!(findings.nothing(), Some(Nothing::NoSessions));
    assert_eq!(findings.coverage().known(), bench.world().host_pools().len());
}

#[test]
fn the_built_in_role_for_the_job_reads_by_host_and_finds_the_same() {
    for without_right in [WithoutRight::Forbidden, WithoutRight::Empty] {
        let bench = Bench::company();
        bench.simulator().world.switches.list_by_pool_without_right = without_right;
        bench.simulator().world.switches.throttle.enabled = false;
        let arm = bench.arm(LIMITED_OPERATOR);
        let findings = bench.find(&arm, MANY_SESSIONS);
        let seen: Vec<String> = findings.rows().iter().map(|row| row.key()).collect();
        assert!(!seen.is_empty(), "{without_right:?}");
        assert_eq!(findings.coverage().verdict(), Verdict::Complete, "{without_right:?}");
        assert!(bench.count(Operation::UserSessionsList) > 0);
    }
}

#[test]
fn one_failing_pool_hides_no_other_and_can_be_tried_again() {
    let bench = Bench::company();
    let pool = bench
        .world()
        .host_pools()
        .iter()
        .find(|pool| pool.name != REFUSED_POOL)
        .unwrap()
        .name
        .clone();
    bench.fault(
        Fault::always(FaultAction::Raw {
            status: 502,
            body: "<html>".into(),
            headers: Default::default(),
        })
        .on(Operation::UserSessionsListByHostPool)
        .containing(&format!("/{pool}/")),
    );
    let arm = bench.arm(READER);
    let mut findings = bench.find(&arm, MANY_SESSIONS);
    let failed: Vec<_> = findings
        .coverage()
        .failed()
        .map(|(pool, _)| pool.id.host_pool().to_owned())
        .collect();
    assert_eq!(failed, [pool]);
    assert_eq!(findings.coverage().verdict(), Verdict::Partial);

    bench.simulator().faults.clear();
    let before = bench.count(Operation::UserSessionsListByHostPool);
    let Again::Part(part) = again(&mut findings) else {
        panic!("reading the failed pool is enough");
    };
    assert_eq!(part.pools.len(), 1);
    let wanted = findings.wanted().to_vec();
    bench.time.run(
        avd_logoff::desk::search::search_again(&arm, wanted, part).for_each(|event| {
            findings.apply(event);
            async {}
        }),
    );
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert!(
        bench.count(Operation::UserSessionsListByHostPool) - before <= 2,
        "only the failed pool is read again"
    );
}

#[test]
fn an_empty_first_page_is_not_the_end_of_a_list() {
    let bench = Bench::company();
    bench.fault(Fault::always(FaultAction::EmptyPageFirst).on(Operation::UserSessionsListByHostPool));
    let truth = sessions_in_readable_pools(&bench, MANY_SESSIONS);
    let arm = bench.arm(OPERATOR);
    assert_eq!(shown(&bench.find(&arm, MANY_SESSIONS)), truth);
}

#[test]
fn small_pages_hold_the_same_sessions() {
    let bench = Bench::company();
    bench.simulator().world.switches.page_size = 3;
    bench.simulator().world.switches.throttle.enabled = false;
    let truth = sessions_in_readable_pools(&bench, MANY_SESSIONS);
    let arm = bench.arm(OPERATOR);
    assert_eq!(shown(&bench.find(&arm, MANY_SESSIONS)), truth);
}

#[test]
fn host_status_is_joined_and_a_ghost_is_marked_stale() {
    let bench = Bench::company();
    let arm = bench.arm(OPERATOR);
    let findings = bench.find(&arm, GHOST);
    assert!(findings.rows().iter().any(|row| row.is_stale()));
    assert!(findings.rows().iter().all(|row| row.host.is_some()));
}

#[test]
fn only_so_many_requests_are_under_way_at_once() {
    let bench = Bench::company();
    bench.simulator().world.switches.latency = true;
    bench.simulator().world.switches.throttle.enabled = false;
    // Reading by host asks for over a hundred lists that could all go out together.
    let arm = bench.arm(LIMITED_OPERATOR);
    bench.find(&arm, MANY_SESSIONS);
    assert!(bench.count(Operation::UserSessionsList) > 50);
    let most = bench.azure.requests.most_in_flight.get();
    assert!(
        (17..=100).contains(&most),
        "16 at first, more while answers are quick: {most}"
    );
}

#[test]
fn empty_lists_count_for_nothing_without_the_right_to_see_what_is_in_them() {
    let bench = Bench::company();
    bench.simulator().world.switches.throttle.enabled = false;
    // Someone who may see pools and hosts, but no sessions, in an Azure that answers with empty lists instead of 403.
    let blind = "blind@contoso.example";
    {
        let mut simulator = bench.simulator();
        simulator.world.add_person(blind, "Blind").signs_in = true;
        simulator.world.roles.push(RoleDefinition {
            name: "Pools and hosts".into(),
            actions: ["hostpools/read", "hostpools/sessionhosts/read"]
                .map(|action| format!("Microsoft.DesktopVirtualization/{action}"))
                .into(),
            ..custom_operator_role()
        });
        simulator.world.assign(
            blind,
            "Pools and hosts",
            &format!("/subscriptions/{}", SUBSCRIPTIONS[0]),
        );
    }
    let empty = || FaultAction::Raw {
        status: 200,
        body: r#"{"value":[]}"#.into(),
        headers: Default::default(),
    };
    bench.fault(Fault::always(empty()).on(Operation::UserSessionsListByHostPool));
    bench.fault(Fault::always(empty()).on(Operation::UserSessionsList));
    let arm = bench.arm(blind);
    let findings = bench.find(&arm, MANY_SESSIONS);
    assert!(findings.coverage().known() > 0);
    assert_eq!(findings.coverage().refused().count(), findings.coverage().known());
    assert_eq!(findings.nothing(), Some(Nothing::NoneFoundWhereRead));
}

#[test]
fn stopping_aborts_the_requests_and_is_told_as_partial() {
    let bench = Bench::company();
    bench.fault(Fault::always(FaultAction::Delay { ms: 60_000 }).on(Operation::UserSessionsListByHostPool));
    let arm = bench.arm(OPERATOR);
    let wanted = avd_logoff::desk::typed::understand(MANY_SESSIONS).wanted;
    let query = avd_logoff::desk::search::Query {
        whose: wanted.clone().into(),
        subscriptions: vec![],
        may_filter: true,
    };
    let mut findings = Findings::new(wanted);
    let mut stream = Box::pin(avd_logoff::desk::search::search(&arm, query));
    // Until the first host pools are known, then the admin presses "Stop".
    bench.time.run(async {
        while findings.coverage().known() == 0 {
            findings.apply(stream.next().await.unwrap());
        }
    });
    bench.time.run(avd_logoff::ports::Clock::sleep(
        &*bench.time,
        std::time::Duration::from_secs(1),
    ));
    let _ = futures::FutureExt::now_or_never(stream.next());
    drop(stream);
    findings.stop();
    assert!(bench.azure.requests.aborted.get() > 0);
    assert_eq!(bench.azure.requests.in_flight.get(), 0);
    assert_eq!(findings.coverage().verdict(), Verdict::Partial);
    assert_ne!(findings.nothing(), Some(Nothing::NoSessions));
}

#[test]
fn a_configured_subscription_that_cannot_be_seen_is_a_gap() {
    let bench = Bench::company();
    let arm = bench.arm(READER);
    let unseen = "99999999-0000-4000-8000-000000000009";
    let seen = SUBSCRIPTIONS[0];
    let findings = bench.find_in(&arm, NO_SESSION, &[seen, unseen]);
    assert_eq!(findings.coverage().subscriptions(), 1);
    assert_eq!(findings.coverage().gaps().len(), 1);
    assert_eq!(findings.nothing(), Some(Nothing::NoneFoundWhereRead));
}

#[test]
fn whoever_sees_no_subscription_is_told_so() {
    let bench = Bench::company();
    bench
        .simulator()
        .world
        .add_person("nobody@contoso.example", "Nobody")
        .signs_in = true;
    let arm = bench.arm("nobody@contoso.example");
    let findings = bench.find(&arm, MANY_SESSIONS);
    assert_eq!(findings.nothing(), Some(Nothing::NoSubscriptions));
}

#[test]
fn throttling_slows_the_search_down_and_hides_nothing() {
    for exposed in [vec![], vec!["Retry-After".to_owned()]] {
        let bench = Bench::company();
        bench.simulator().cors.exposed = exposed;
        let mut headers = std::collections::BTreeMap::new();
        headers.insert("Retry-After".to_owned(), "3".to_owned());
        bench.fault(
            Fault::always(FaultAction::Status {
                status: 429,
                code: "TooManyRequests".into(),
                message: String::new(),
                headers,
            })
            .on(Operation::UserSessionsListByHostPool)
            .times(20),
        );
        let truth = sessions_in_readable_pools(&bench, MANY_SESSIONS);
        let arm = bench.arm(OPERATOR);
        assert_eq!(shown(&bench.find(&arm, MANY_SESSIONS)), truth);
    }
}
