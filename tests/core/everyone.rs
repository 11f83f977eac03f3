//! "List all sessions", and sessions that name no user.

use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::search::{Query, search};
use avd_logoff::desk::typed::Whose;
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, READER};
use azure_simulator::world::ReportedUpn;

use crate::support::bench::{OPERATOR, OTHER, USER};
use crate::support::{Bench, Lab};

fn everyone(bench: &Bench, upn: &str) -> Findings {
    let arm = bench.arm(upn);
    // Even where the filter is believed already.
    bench.find(&arm, MANY_SESSIONS);
    let query = Query {
        whose: Whose::Everyone,
        subscriptions: vec![],
        may_filter: true,
    };
    let mut findings = Findings::new(Whose::Everyone);
    bench.follow(search(&arm, query), &mut findings);
    findings
}

#[test]
fn every_session_is_a_row_and_those_without_a_user_cannot_be_chosen() {
    let bench = Bench::company();
    bench.simulator().world.switches.throttle.enabled = false;
    let findings = everyone(&bench, READER);
    let world = bench.world();
    let mut truth: Vec<String> = world
        .sessions()
        .iter()
        .map(|one| world.session_id(one.key).to_lowercase())
        .collect();
    let mut shown: Vec<String> = findings.rows().iter().map(|row| row.key()).collect();
    truth.sort();
    shown.sort();
    assert_eq!(shown, truth);
    let nameless =
        |reported: &ReportedUpn| matches!(reported, ReportedUpn::Null | ReportedUpn::Empty | ReportedUpn::Missing);
    let not_choosable = findings.rows().iter().filter(|row| !row.can_be_chosen()).count();
    let unnamed = world.sessions().iter().filter(|one| nameless(&one.reported)).count();
    assert!(unnamed > 0);
    assert_eq!(not_choosable, unnamed);
    assert!(findings.unnamed().is_empty(), "they are rows here");
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert!(findings.rows().iter().all(|row| row.host.is_some()));
}

#[test]
fn nobody_is_asked_for_by_filter() {
    let bench = Bench::company();
    bench.simulator().world.switches.throttle.enabled = false;
    everyone(&bench, READER);
    let filtered = bench.recorded(Operation::UserSessionsListByHostPool);
    let filtered = filtered.iter().filter(|list| list.query.contains("$filter")).count();
    assert_eq!(filtered, 1, "the proof in the search before");
}

#[test]
fn sessions_without_a_user_are_kept_apart_and_never_chosen() {
    for reported in [ReportedUpn::Null, ReportedUpn::Empty, ReportedUpn::Missing] {
        let lab = Lab::new();
        let bench = &lab.bench;
        let (mine, nameless) = (lab.session(USER), lab.session(OTHER));
        lab.session("user0003@contoso.example");
        bench.simulator().world.session_mut(nameless).unwrap().reported = reported.clone();
        let findings = bench.find(&bench.arm(OPERATOR), USER);
        let ids =
            |rows: &[avd_logoff::desk::findings::Row]| -> Vec<String> { rows.iter().map(|row| row.key()).collect() };
        let id = |key| bench.world().session_id(key).to_lowercase();
        assert_eq!(ids(findings.rows()), [id(mine)], "{reported:?}");
        assert_eq!(ids(findings.unnamed()), [id(nameless)], "{reported:?}");
        assert!(
            findings
                .unnamed()
                .iter()
                .all(|row| !row.can_be_chosen() && row.host.is_some())
        );
        assert_eq!(findings.unnamed_not_looked_for(), 0);
    }
}

#[test]
fn a_session_that_is_met_by_its_directory_name_alone_is_a_row_that_cannot_be_chosen() {
    let lab = Lab::new();
    let nameless = lab.session(USER);
    lab.bench.simulator().world.session_mut(nameless).unwrap().reported = ReportedUpn::Null;
    let findings = lab.bench.find(&lab.bench.arm(OPERATOR), "contoso\\USER0001");
    assert_eq!(findings.rows().len(), 1);
    assert!(!findings.rows()[0].can_be_chosen());
    assert!(findings.unnamed().is_empty());
}
