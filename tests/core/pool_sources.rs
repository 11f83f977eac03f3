//! Where host pools are known from: each subscription's own list, and Azure Resource Graph beside it. And what becomes of
//! the answer when one of them is refused, behind, or gone.

use std::cell::RefCell;
use std::rc::Rc;

use avd_logoff::arm::ArmErrorKind;
use avd_logoff::desk::again::{Again, again};
use avd_logoff::desk::coverage::{GapReason, Verdict};
use avd_logoff::desk::findings::{Findings, Nothing};
use azure_simulator::scenario::{MANY_SESSIONS, NO_SESSION, READER, SUBSCRIPTIONS};
use azure_simulator::{Fault, FaultAction, Operation};
use serde_json::{Value, json};

use crate::support::bench::{OPERATOR, SUBSCRIPTION, USER};
use crate::support::{Bench, Lab};

const UNSEEN: &str = "99999999-0000-4000-8000-000000000009";

fn pool_id(subscription: &str, name: &str) -> String {
    format!(
        "/subscriptions/{subscription}/resourcegroups/RG-Lab/providers/Microsoft.DesktopVirtualization/hostpools/{name}"
    )
}

fn raw(status: u16, body: &Value) -> FaultAction {
    FaultAction::Raw {
        status,
        body: body.to_string(),
        headers: Default::default(),
    }
}

/// What Resource Graph says, however things are.
fn graph(lab: &Lab, ids: &[String]) {
    let rows: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    lab.bench
        .fault(Fault::always(raw(200, &json!({ "data": rows }))).on(Operation::ResourceGraph));
}

fn status(status: u16, code: &str) -> FaultAction {
    FaultAction::Status {
        status,
        code: code.into(),
        message: String::new(),
        headers: Default::default(),
    }
}

fn lab() -> Lab {
    let lab = Lab::new();
    lab.session(USER);
    lab
}

fn find(lab: &Lab) -> Findings {
    lab.bench.find(&lab.bench.arm(OPERATOR), USER)
}

/// How often the sessions of this pool were listed, without the one question that proves the filter.
fn lists_of(lab: &Lab, pool: &str) -> usize {
    let lists = lab.bench.recorded(Operation::UserSessionsListByHostPool);
    let of_pool = |path: &str| path.to_lowercase().contains(&format!("/{}/", pool.to_lowercase()));
    lists
        .iter()
        .filter(|list| of_pool(&list.path) && !list.query.contains("$filter"))
        .count()
}

/// Keeps the questions to Resource Graph.
fn questions(bench: &Bench) -> Rc<RefCell<Vec<Value>>> {
    let questions = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&questions);
    *bench.azure.lookout.borrow_mut() = Some(Rc::new(move |request| {
        if request.uri().path().ends_with("/Microsoft.ResourceGraph/resources") {
            assert_eq!(request.headers()["content-type"], "application/json");
            kept.borrow_mut().push(serde_json::from_slice(request.body()).unwrap());
        }
    }));
    questions
}

#[test]
fn resource_graph_is_asked_once_for_all_chosen_subscriptions_and_every_pool_is_read_once() {
    let bench = Bench::company();
    bench.simulator().world.switches.throttle.enabled = false;
    let questions = questions(&bench);
    let findings = bench.find_in(&bench.arm(READER), MANY_SESSIONS, &[SUBSCRIPTIONS[0], SUBSCRIPTIONS[2]]);
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    let questions = questions.borrow();
    assert_eq!(questions.len(), 1);
    assert_eq!(
        questions[0]["subscriptions"],
        json!([SUBSCRIPTIONS[0], SUBSCRIPTIONS[2]])
    );
    assert_eq!(
        questions[0]["options"],
        json!({ "$top": 1000, "resultFormat": "objectArray" })
    );
    assert_eq!(bench.recorded(Operation::ResourceGraph)[0].status, Some(200));
    let mut paths: Vec<String> = bench
        .recorded(Operation::UserSessionsListByHostPool)
        .into_iter()
        .filter(|list| !list.query.contains("$filter") && !list.query.contains("skipToken"))
        .map(|list| list.path.to_lowercase())
        .collect();
    let count = paths.len();
    paths.sort();
    paths.dedup();
    assert_eq!(
        (count, paths.len()),
        (findings.coverage().known(), findings.coverage().known())
    );
}

#[test]
fn a_pool_that_both_name_in_other_letter_cases_is_one_pool() {
    let lab = lab();
    graph(&lab, &[pool_id(SUBSCRIPTION, "HP-LAB").replace("RG-Lab", "rg-lab")]);
    let findings = find(&lab);
    assert_eq!((findings.coverage().known(), lists_of(&lab, "HP-Lab")), (1, 1));
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
}

#[test]
fn a_pool_that_only_resource_graph_names_is_read_too() {
    let lab = lab();
    lab.bench
        .fault(Fault::always(raw(200, &json!({ "value": [] }))).on(Operation::HostPoolsList));
    let findings = find(&lab);
    assert_eq!(findings.rows().len(), 1);
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
}

#[test]
fn pools_of_a_subscription_whose_list_is_refused_are_read_and_the_gap_stays() {
    for (code, kind) in [(403, ArmErrorKind::Forbidden), (500, ArmErrorKind::Server)] {
        let lab = lab();
        lab.bench
            .fault(Fault::always(status(code, "AuthorizationFailed")).on(Operation::HostPoolsList));
        let findings = find(&lab);
        assert_eq!(findings.rows().len(), 1, "{code}");
        assert_eq!(findings.coverage().read(), 1);
        assert_eq!(findings.coverage().verdict(), Verdict::Partial);
        let [gap] = findings.coverage().gaps() else {
            panic!("the gap stays");
        };
        assert!(matches!(&gap.reason, GapReason::Failed(error) if error.kind == kind));
    }
}

#[test]
fn what_resource_graph_knows_too_late_does_not_count() {
    let lab = lab();
    graph(
        &lab,
        &[pool_id(SUBSCRIPTION, "HP-Lab"), pool_id(SUBSCRIPTION, "HP-Deleted")],
    );
    let findings = find(&lab);
    assert_eq!(lists_of(&lab, "HP-Deleted"), 1, "it was tried");
    assert_eq!((findings.coverage().known(), findings.coverage().read()), (1, 1));
    assert_eq!(
        (findings.coverage().done(), findings.coverage().failed().count()),
        (1, 0)
    );
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
}

#[test]
fn without_the_subscriptions_own_list_an_unknown_pool_stays_unread() {
    let lab = lab();
    graph(&lab, &[pool_id(SUBSCRIPTION, "HP-Deleted")]);
    lab.bench
        .fault(Fault::always(status(403, "AuthorizationFailed")).on(Operation::HostPoolsList));
    let findings = find(&lab);
    let failed: Vec<_> = findings
        .coverage()
        .failed()
        .map(|(_, error)| error.kind.clone())
        .collect();
    assert_eq!(failed, [ArmErrorKind::NotFound]);
    assert_eq!(findings.nothing(), Some(Nothing::NoneFoundWhereRead));
}

#[test]
fn a_listed_pool_that_is_not_found_counts_for_nothing_only_if_a_later_list_lacks_it() {
    for deleted in [true, false] {
        let lab = lab();
        {
            let world = &mut lab.bench.simulator().world;
            let kind = azure_simulator::world::PoolKind::Pooled;
            world.add_host_pool(SUBSCRIPTION, "RG-Lab", "HP-Going", kind);
        }
        lab.bench.fault(
            Fault::always(status(404, "ResourceNotFound"))
                .on(Operation::UserSessionsListByHostPool)
                .containing("/HP-Going/"),
        );
        if deleted {
            let rest = json!({ "value": [{ "id": pool_id(SUBSCRIPTION, "HP-Lab") }] });
            lab.bench
                .fault(Fault::always(raw(200, &rest)).on(Operation::HostPoolsList).after(1));
        }
        let findings = find(&lab);
        assert_eq!(findings.rows().len(), 1);
        assert_eq!(lab.bench.count(Operation::HostPoolsList), 2);
        let expected = if deleted {
            (1, 0, Verdict::Complete)
        } else {
            (2, 1, Verdict::Partial)
        };
        let coverage = findings.coverage();
        assert_eq!(
            (coverage.known(), coverage.failed().count(), coverage.verdict()),
            expected
        );
    }
}

#[test]
fn a_failing_resource_graph_is_no_gap_but_is_remembered() {
    for (code, kind) in [(403, ArmErrorKind::Forbidden), (500, ArmErrorKind::Server)] {
        let lab = lab();
        lab.bench
            .fault(Fault::always(status(code, "Oops")).on(Operation::ResourceGraph));
        let findings = find(&lab);
        assert_eq!(findings.coverage().verdict(), Verdict::Complete);
        let failure = findings.coverage().graph_failure().unwrap();
        assert_eq!(failure.kind, kind);
        assert!(
            avd_logoff::text::graph_failure(failure)
                .title
                .starts_with("Azure Resource Graph")
        );
    }
}

#[test]
fn the_pages_of_resource_graph_are_followed_and_end() {
    let first = json!({ "data": [{ "id": pool_id(SUBSCRIPTION, "HP-Deleted") }], "$skipToken": "ZnJvbSAw" });
    let lab = lab();
    let questions = questions(&lab.bench);
    lab.bench
        .fault(Fault::always(raw(200, &json!({ "value": [] }))).on(Operation::HostPoolsList));
    lab.bench
        .fault(Fault::once(raw(200, &first)).on(Operation::ResourceGraph));
    let findings = find(&lab);
    assert_eq!(findings.rows().len(), 1, "on the second page");
    assert_eq!(lists_of(&lab, "HP-Deleted"), 1, "on the first page");
    let tokens: Vec<Value> = questions
        .borrow()
        .iter()
        .map(|one| one["options"]["$skipToken"].clone())
        .collect();
    assert_eq!(tokens, [Value::Null, json!("ZnJvbSAw")]);

    lab.bench
        .fault(Fault::always(raw(200, &first)).on(Operation::ResourceGraph));
    let findings = find(&lab);
    assert_eq!(
        findings.coverage().graph_failure().map(|error| error.kind.clone()),
        Some(ArmErrorKind::EndlessList)
    );
    assert_eq!(lists_of(&lab, "HP-Deleted"), 2, "what came before is kept");
}

#[test]
fn a_configured_subscription_out_of_sight_stays_a_gap_and_its_pools_are_read_if_they_are_known() {
    let lab = lab();
    lab.bench
        .fault(Fault::always(raw(200, &json!({ "value": [] }))).on(Operation::SubscriptionsList));
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find_in(&arm, USER, &[SUBSCRIPTION, UNSEEN]);
    assert_eq!(findings.rows().len(), 1);
    let gaps: Vec<_> = findings
        .coverage()
        .gaps()
        .iter()
        .map(|gap| gap.reason.clone())
        .collect();
    assert_eq!(gaps, [GapReason::NotVisible, GapReason::NotVisible]);
    assert_eq!(findings.coverage().verdict(), Verdict::Partial);
}

#[test]
fn whoever_sees_no_subscription_asks_resource_graph_for_nothing() {
    let lab = lab();
    lab.bench
        .fault(Fault::always(raw(200, &json!({ "value": [] }))).on(Operation::SubscriptionsList));
    assert_eq!(find(&lab).nothing(), Some(Nothing::NoSubscriptions));
    assert_eq!(
        lab.bench.count(Operation::ResourceGraph),
        0,
        "an empty list would mean all"
    );
}

#[test]
fn a_subscription_without_the_provider_has_no_host_pools_and_a_disabled_one_is_read() {
    let lab = lab();
    lab.bench.simulator().world.subscriptions[0].state = "Disabled".into();
    let findings = find(&lab);
    assert_eq!(
        (findings.rows().len(), findings.coverage().verdict()),
        (1, Verdict::Complete)
    );
    lab.bench.simulator().world.subscriptions[0].registered = false;
    graph(&lab, &[]);
    let findings = find(&lab);
    assert_eq!(findings.nothing(), Some(Nothing::NoHostPools));
    assert!(findings.coverage().gaps().is_empty());
}

#[test]
fn a_subscription_that_failed_is_tried_again_alone() {
    let bench = Bench::company();
    bench.simulator().world.switches.throttle.enabled = false;
    for operation in [Operation::HostPoolsList, Operation::ResourceGraph] {
        let fault = Fault::always(status(500, "Oops")).on(operation);
        let of_one = match operation {
            Operation::HostPoolsList => fault.containing(SUBSCRIPTIONS[1]),
            _ => fault,
        };
        bench.fault(of_one);
    }
    let arm = bench.arm(READER);
    let mut findings = bench.find(&arm, NO_SESSION);
    let known = findings.coverage().known();
    assert_eq!(findings.coverage().gaps().len(), 1);
    assert_eq!(findings.nothing(), Some(Nothing::NoneFoundWhereRead));

    bench.simulator().faults.clear();
    let lists = bench.count(Operation::UserSessionsListByHostPool);
    let all = bench.count(Operation::HostPoolsList);
    let part = bench.try_part_again(&arm, &mut findings);
    assert_eq!(
        (part.pools.len(), part.subscriptions.as_slice()),
        (0, &[SUBSCRIPTIONS[1].to_owned()][..])
    );
    assert_eq!(findings.nothing(), Some(Nothing::NoSessions));
    assert_eq!(findings.coverage().known(), bench.world().host_pools().len());
    assert_eq!(bench.count(Operation::HostPoolsList) - all, 1);
    let new = bench.recorded(Operation::UserSessionsListByHostPool)[lists..].to_vec();
    assert!(new.iter().all(|list| list.path.contains(SUBSCRIPTIONS[1])));
    assert!(findings.coverage().known() > known);
}

#[test]
fn a_try_that_fails_again_leaves_things_as_they_were() {
    let lab = lab();
    lab.bench
        .fault(Fault::always(status(500, "Oops")).on(Operation::HostPoolsList));
    let arm = lab.bench.arm(OPERATOR);
    let mut findings = lab.bench.find(&arm, USER);
    let lists = lists_of(&lab, "HP-Lab");
    lab.bench.try_part_again(&arm, &mut findings);
    assert_eq!(
        (findings.coverage().gaps().len(), findings.coverage().verdict()),
        (1, Verdict::Partial)
    );
    assert_eq!(findings.rows().len(), 1);
    assert_eq!(
        lists_of(&lab, "HP-Lab"),
        lists,
        "the pool that Resource Graph knew was read"
    );
}

#[test]
fn without_the_list_of_subscriptions_everything_is_tried_again() {
    let lab = lab();
    lab.bench
        .fault(Fault::always(status(500, "Oops")).on(Operation::SubscriptionsList));
    let mut findings = find(&lab);
    assert_eq!(findings.nothing(), Some(Nothing::NoneFoundWhereRead));
    assert_eq!(again(&mut findings), Again::Everything);
}
