//! Azure's filter on the session list of a host pool: proved before it is used, given up at the first doubt, and never
//! the reason why a session is not found.

use avd_logoff::arm::ArmClient;
use avd_logoff::arm::filter_trust::Trust;
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::findings::{Findings, Nothing};
use avd_logoff::desk::search::{Query, search};
use avd_logoff::desk::typed::understand;
use azure_simulator::scenario::{APOSTROPHE, GUEST, MANY_SESSIONS, NO_SESSION, READER, UMLAUT};
use azure_simulator::world::{HostStatus, PoolKind, SessionState};
use azure_simulator::{Fault, FaultAction, FilterSupport, Operation, WithoutRight};
use percent_encoding::percent_decode_str;

use crate::support::bench::{OPERATOR, SUBSCRIPTION, USER};
use crate::support::{Bench, Lab};

/// The company, read by someone who may see all of it, after one search: by then the filter has had its chance.
fn after_one_search(support: FilterSupport) -> (Bench, ArmClient) {
    let bench = Bench::company();
    bench.simulator().world.switches.throttle.enabled = false;
    bench.simulator().world.switches.filter = support;
    let arm = bench.arm(READER);
    bench.find(&arm, MANY_SESSIONS);
    (bench, arm)
}

/// What Azure was asked for by filter since `start`, decoded; `None` for a list without one.
fn asked(bench: &Bench, start: usize) -> Vec<Option<String>> {
    let lists = bench.recorded(Operation::UserSessionsListByHostPool);
    let filter = |query: &str| {
        let value = query.split('&').find_map(|pair| pair.strip_prefix("$filter="))?;
        assert!(!value.contains(['\'', '@', '+', '#', ' ']), "{value} is encoded");
        Some(percent_decode_str(value).decode_utf8().unwrap().into_owned())
    };
    // Further pages of a list are the same question.
    let first = lists[start..].iter().filter(|list| !list.query.contains("skipToken"));
    first.map(|list| filter(&list.query)).collect()
}

fn lists(bench: &Bench) -> usize {
    bench.count(Operation::UserSessionsListByHostPool)
}

fn pools(bench: &Bench) -> usize {
    bench.world().host_pools().len()
}

fn shown(findings: &Findings) -> Vec<String> {
    let mut ids: Vec<String> = findings.rows().iter().map(|row| row.key()).collect();
    ids.sort();
    ids
}

fn truth(bench: &Bench, upn: &str) -> Vec<String> {
    let world = bench.world();
    let sessions = world.sessions_of(upn).into_iter();
    let mut ids: Vec<String> = sessions.map(|one| world.session_id(one.key).to_lowercase()).collect();
    ids.sort();
    ids
}

#[test]
fn the_first_list_that_names_a_user_is_asked_for_once_more_in_swapped_letter_case() {
    let (bench, arm) = after_one_search(FilterSupport::Honoured);
    assert_eq!(arm.filter_trust().state(), Trust::Trusted);
    let asked = asked(&bench, 0);
    let proofs: Vec<&String> = asked.iter().flatten().collect();
    assert_eq!(proofs.len(), 1);
    let upn = proofs[0].strip_prefix("userPrincipalName eq '").unwrap();
    assert!(upn.ends_with("@CONTOSO.EXAMPLE'"), "{upn}");
    assert_eq!(asked.len(), pools(&bench) + 1);
}

#[test]
fn once_proved_every_pool_is_asked_for_the_wanted_user_only() {
    for upn in [MANY_SESSIONS, APOSTROPHE, GUEST] {
        let (bench, arm) = after_one_search(FilterSupport::Honoured);
        let start = lists(&bench);
        let findings = bench.find(&arm, &upn.to_uppercase());
        assert_eq!(shown(&findings), truth(&bench, upn), "{upn}");
        assert_eq!(findings.coverage().verdict(), Verdict::Complete);
        let expected = format!("userPrincipalName eq '{}'", upn.to_uppercase().replace('\'', "''"));
        assert_eq!(asked(&bench, start), vec![Some(expected); pools(&bench)], "{upn}");
        // Sessions that name no user cannot be seen that way, and that is told.
        assert_eq!(findings.unnamed_not_looked_for(), pools(&bench));
        assert!(findings.unnamed().is_empty());
    }
}

#[test]
fn each_of_up_to_four_users_is_asked_for_alone() {
    let (bench, arm) = after_one_search(FilterSupport::Honoured);
    let start = lists(&bench);
    let findings = bench.find(&arm, &format!("{MANY_SESSIONS}; {GUEST}"));
    let mut expected = [truth(&bench, MANY_SESSIONS), truth(&bench, GUEST)].concat();
    expected.sort();
    assert_eq!(shown(&findings), expected);
    let asked = asked(&bench, start);
    assert_eq!(asked.len(), 2 * pools(&bench));
    assert!(asked.iter().all(Option::is_some));
}

#[test]
fn a_filter_that_fails_its_proof_is_never_used() {
    for support in [
        FilterSupport::CaseSensitive,
        FilterSupport::Ignored,
        FilterSupport::Refused,
    ] {
        let (bench, arm) = after_one_search(support);
        assert_eq!(arm.filter_trust().state(), Trust::Distrusted, "{support:?}");
        let start = lists(&bench);
        let findings = bench.find(&arm, APOSTROPHE);
        assert_eq!(shown(&findings), truth(&bench, APOSTROPHE), "{support:?}");
        assert_eq!(asked(&bench, start), vec![None; pools(&bench)], "{support:?}");
        assert_eq!(findings.unnamed_not_looked_for(), 0);
    }
}

#[test]
fn a_filter_that_goes_wrong_after_its_proof_loses_no_session() {
    for support in [
        FilterSupport::CaseSensitive,
        FilterSupport::Ignored,
        FilterSupport::Refused,
    ] {
        let (bench, arm) = after_one_search(FilterSupport::Honoured);
        bench.simulator().world.switches.filter = support;
        let findings = bench.find(&arm, &MANY_SESSIONS.to_uppercase());
        assert_eq!(shown(&findings), truth(&bench, MANY_SESSIONS), "{support:?}");
        assert_eq!(findings.coverage().verdict(), Verdict::Complete, "{support:?}");
        assert_eq!(
            findings.coverage().read_by_filter(),
            0,
            "{support:?}: all was read whole"
        );
        if support != FilterSupport::CaseSensitive {
            assert_eq!(arm.filter_trust().state(), Trust::Distrusted, "{support:?}");
            let start = lists(&bench);
            bench.find(&arm, MANY_SESSIONS);
            assert!(asked(&bench, start).iter().all(Option::is_none), "{support:?}");
        }
    }
}

#[test]
fn none_is_never_said_on_the_filters_word() {
    let (bench, arm) = after_one_search(FilterSupport::Honoured);
    let start = lists(&bench);
    let findings = bench.find(&arm, NO_SESSION);
    assert_eq!(findings.nothing(), Some(Nothing::NoSessions));
    let asked = asked(&bench, start);
    let whole = asked.iter().filter(|filter| filter.is_none()).count();
    assert_eq!((asked.len(), whole), (2 * pools(&bench), pools(&bench)));
    assert_eq!(findings.unnamed_not_looked_for(), 0);
    assert!(!findings.unnamed().is_empty());
}

#[test]
fn one_user_of_several_who_does_not_turn_up_is_looked_for_whole() {
    let (bench, arm) = after_one_search(FilterSupport::Honoured);
    let start = lists(&bench);
    let findings = bench.find(&arm, &format!("{MANY_SESSIONS}; {NO_SESSION}"));
    assert_eq!(shown(&findings), truth(&bench, MANY_SESSIONS));
    let whole = asked(&bench, start).iter().filter(|filter| filter.is_none()).count();
    assert_eq!(whole, pools(&bench));
}

#[test]
fn a_pool_that_fails_when_it_is_read_whole_is_no_longer_read() {
    let (bench, arm) = after_one_search(FilterSupport::Honoured);
    let pool = bench.world().host_pools()[0].name.clone();
    bench.fault(
        Fault::always(FaultAction::Raw {
            status: 502,
            body: "<html>".into(),
            headers: Default::default(),
        })
        .on(Operation::UserSessionsListByHostPool)
        .containing(&format!("/{pool}/"))
        .after(1),
    );
    let findings = bench.find(&arm, NO_SESSION);
    assert_eq!(findings.nothing(), Some(Nothing::NoneFoundWhereRead));
    let failed: Vec<_> = findings
        .coverage()
        .failed()
        .map(|(pool, _)| pool.id.host_pool())
        .collect();
    assert_eq!(failed, [pool]);
}

#[test]
fn a_filter_is_not_for_many_users_other_names_or_letters_that_nobody_has_tried() {
    let many: Vec<String> = (1..=5)
        .map(|number| format!("user000{number}@contoso.example"))
        .collect();
    for typed in [&many.join(";"), "CONTOSO\\user0001", UMLAUT] {
        let (bench, arm) = after_one_search(FilterSupport::Honoured);
        let start = lists(&bench);
        bench.find(&arm, typed);
        assert_eq!(asked(&bench, start), vec![None; pools(&bench)], "{typed}");
    }
}

#[test]
fn a_deployment_can_do_without_it() {
    let bench = Bench::company();
    bench.simulator().world.switches.throttle.enabled = false;
    let arm = bench.arm(READER);
    for _ in 0..2 {
        let wanted = understand(MANY_SESSIONS).wanted;
        let query = Query {
            whose: wanted.clone().into(),
            subscriptions: vec![],
            may_filter: false,
        };
        bench.follow(search(&arm, query), &mut Findings::new(wanted));
    }
    assert_eq!(asked(&bench, 0), vec![None; 2 * pools(&bench)]);
    assert_eq!(arm.filter_trust().state(), Trust::Unknown);
}

#[test]
fn an_empty_filtered_answer_counts_only_with_the_right_to_list() {
    let lab = Lab::new();
    let bench = &lab.bench;
    let other = {
        let world = &mut bench.simulator().world;
        world.switches.list_by_pool_without_right = WithoutRight::Empty;
        let pool = world.add_host_pool(SUBSCRIPTION, "RG-Other", "HP-Other", PoolKind::Pooled);
        let host = world.add_host(pool, "VM-9", HostStatus::Available);
        let whole = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups");
        // In the other group the built-in role, which cannot list by pool.
        world.assignments.clear();
        world.assign(OPERATOR, "AVD Session Sign-out Operator", &format!("{whole}/RG-Lab"));
        let built_in = "Desktop Virtualization User Session Operator";
        world.assign(OPERATOR, built_in, &format!("{whole}/RG-Other"));
        let now = avd_logoff::ports::Clock::now(&*bench.time);
        world.add_session(host, USER, SessionState::Active, now)
    };
    lab.session(USER);
    let arm = bench.arm(OPERATOR);
    bench.find(&arm, USER);
    assert_eq!(arm.filter_trust().state(), Trust::Trusted);
    let start = lists(bench);
    let findings = bench.find(&arm, USER);
    assert_eq!(shown(&findings).len(), 2);
    assert!(shown(&findings).contains(&bench.world().session_id(other).to_lowercase()));
    assert_eq!(findings.coverage().read_by_filter(), 1, "the other was read by host");
    assert!(asked(bench, start).iter().all(Option::is_some));
}

#[test]
fn what_was_proved_is_forgotten_for_the_next_sign_in() {
    let (bench, arm) = after_one_search(FilterSupport::Honoured);
    arm.filter_trust().forget();
    bench.simulator().world.switches.filter = FilterSupport::CaseSensitive;
    let start = lists(&bench);
    bench.find(&arm, MANY_SESSIONS);
    assert_eq!(asked(&bench, start).iter().flatten().count(), 1, "it is proved again");
    assert_eq!(arm.filter_trust().state(), Trust::Distrusted);
}
