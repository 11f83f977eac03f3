//! What a person may probably do where there are hits: told beforehand, asked for once, and never an error.

use avd_logoff::arm::Rights;
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::hints::hints;
use azure_simulator::scenario::{LIMITED_OPERATOR, MANY_SESSIONS, NO_SESSION, OPERATOR, READER, SUBSCRIPTIONS};
use azure_simulator::{Fault, FaultAction, Operation, WithoutRight};

use crate::support::Bench;

fn found(bench: &Bench, upn: &str) -> Findings {
    bench.simulator().world.switches.throttle.enabled = false;
    // Where no pool is empty, so that nobody asks for permissions to learn what an empty list means.
    bench.find_in(&bench.arm(upn), MANY_SESSIONS, &SUBSCRIPTIONS[..2])
}

fn rights(findings: &Findings) -> Vec<Option<Rights>> {
    findings.rows().iter().map(|row| findings.rights(row)).collect()
}

#[test]
fn each_hit_knows_what_its_scope_allows() {
    for (upn, may) in [(OPERATOR, true), (LIMITED_OPERATOR, true), (READER, false)] {
        let findings = found(&Bench::company(), upn);
        let all = Rights {
            log_off: may,
            disconnect: may,
            send_message: may,
        };
        let rights = rights(&findings);
        assert!(!rights.is_empty());
        assert!(rights.iter().all(|one| *one == Some(all)), "{upn}: {rights:?}");
        assert_eq!(hints(&findings).is_empty(), may);
    }
}

#[test]
fn permissions_are_asked_for_once_in_a_pool_with_hits_and_not_elsewhere() {
    let bench = Bench::company();
    let findings = found(&bench, READER);
    let mut pools: Vec<String> = findings
        .rows()
        .iter()
        .map(|row| row.session.id.host_pool_key())
        .collect();
    pools.sort();
    pools.dedup();
    let mut asked: Vec<String> = bench
        .recorded(Operation::PermissionsList)
        .iter()
        .map(|one| one.path.clone())
        .collect();
    let count = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!((count, asked.len()), (pools.len(), pools.len()));
}

#[test]
fn what_was_asked_because_of_an_empty_list_serves_for_the_hint_too() {
    let bench = Bench::company();
    bench.simulator().world.switches.list_by_pool_without_right = WithoutRight::Empty;
    let findings = found(&bench, LIMITED_OPERATOR);
    assert!(rights(&findings).iter().all(Option::is_some));
    assert_eq!(bench.count(Operation::PermissionsList), findings.coverage().known());
}

#[test]
fn without_an_answer_there_is_no_hint_and_no_error() {
    let bench = Bench::company();
    bench.fault(
        Fault::always(FaultAction::Status {
            status: 403,
            code: "AuthorizationFailed".into(),
            message: String::new(),
            headers: Default::default(),
        })
        .on(Operation::PermissionsList),
    );
    let findings = found(&bench, READER);
    assert!(!findings.rows().is_empty());
    assert!(rights(&findings).iter().all(Option::is_none));
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    let before = bench.count(Operation::SessionHostsList);
    bench.find_in(&bench.arm(READER), NO_SESSION, &SUBSCRIPTIONS[..2]);
    assert_eq!(
        bench.count(Operation::SessionHostsList),
        before,
        "nobody to log off, nothing to ask"
    );
}
