//! The limits of the way to Resource Manager: where tokens go, which links are followed.

use avd_logoff::arm::ArmErrorKind;
use avd_logoff::desk::coverage::{GapReason, Verdict};
use azure_simulator::scenario::{MANY_SESSIONS, READER};
use azure_simulator::{Face, Fault, FaultAction, Operation};

use crate::support::Bench;

#[test]
fn a_next_link_to_another_origin_is_an_error_and_gets_no_token() {
    for origin in [
        "https://management.evil.example",
        "http://localhost:4461",
        "http://localhost:4462.evil.example",
    ] {
        let bench = Bench::company();
        bench.fault(
            Fault::once(FaultAction::NextLinkTo { origin: origin.into() }).on(Operation::UserSessionsListByHostPool),
        );
        let arm = bench.arm(READER);
        let findings = bench.find(&arm, MANY_SESSIONS);
        let failed: Vec<_> = findings
            .coverage()
            .failed()
            .map(|(_, error)| error.kind.clone())
            .collect();
        assert_eq!(failed, [ArmErrorKind::ForeignNextLink], "{origin}");
        assert_eq!(findings.coverage().verdict(), Verdict::Partial);
        let simulator = bench.simulator();
        assert!(
            simulator
                .record
                .iter()
                .all(|entry| entry.face == Face::Arm || !entry.bearer),
            "{origin}"
        );
        assert!(
            simulator.record.iter().all(|entry| entry.face != Face::Elsewhere),
            "{origin}"
        );
    }
}

#[test]
fn a_list_that_links_back_to_itself_ends() {
    let bench = Bench::company();
    bench.fault(Fault::always(FaultAction::NextLinkLoop).on(Operation::HostPoolsList));
    let arm = bench.arm(READER);
    let findings = bench.find(&arm, MANY_SESSIONS);
    assert!(!findings.coverage().gaps().is_empty());
    for gap in findings.coverage().gaps() {
        assert!(matches!(&gap.reason, GapReason::Failed(error) if error.kind == ArmErrorKind::EndlessList));
    }
}

#[test]
fn tokens_go_to_resource_manager_and_nowhere_else() {
    let bench = Bench::company();
    let arm = bench.arm(READER);
    bench.find(&arm, MANY_SESSIONS);
    let simulator = bench.simulator();
    assert!(simulator.record.iter().filter(|entry| entry.bearer).count() > 10);
    assert!(
        simulator
            .record
            .iter()
            .all(|entry| !entry.bearer || entry.face == Face::Arm)
    );
}

#[test]
fn an_api_version_that_is_not_known_is_told_as_such() {
    let bench = Bench::company();
    bench.simulator().world.switches.desktop_versions.clear();
    let arm = bench.arm(READER);
    let findings = bench.find(&arm, MANY_SESSIONS);
    assert!(!findings.coverage().gaps().is_empty());
    for gap in findings.coverage().gaps() {
        assert!(matches!(&gap.reason, GapReason::Failed(error) if error.kind == ArmErrorKind::ApiVersion));
    }
}

#[test]
fn a_body_that_is_not_json_is_no_answer() {
    let bench = Bench::company();
    bench.fault(
        Fault::always(FaultAction::Raw {
            status: 200,
            body: "<html>hello</html>".into(),
            headers: Default::default(),
        })
        .on(Operation::SubscriptionsList),
    );
    let arm = bench.arm(READER);
    let findings = bench.find(&arm, MANY_SESSIONS);
    assert_eq!(findings.coverage().verdict(), Verdict::Partial);
}
