//! One session opened by its address: read and shown, and nothing concluded from it about any host pool.

use avd_logoff::arm::{ArmErrorKind, HostPoolType, SessionId};
use avd_logoff::desk::address::Address;
use avd_logoff::desk::again::{Again, again, can_try_again};
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::direct::open;
use avd_logoff::desk::findings::{Findings, Nothing};
use avd_logoff::desk::workspace::Workspace;
use avd_logoff::text;
use avd_logoff::text::phrases;
use azure_simulator::world::{ReportedUpn, SessionKey};
use azure_simulator::{Face, Fault, FaultAction, Operation};

use crate::support::Lab;
use crate::support::bench::{OPERATOR, OTHER, SUBSCRIPTION, USER};

/// The id as people and old links write it: in the documentation's letter case.
fn id_of(lab: &Lab, key: SessionKey) -> SessionId {
    SessionId::parse(&lab.bench.world().session_id(key)).unwrap()
}

fn opened(lab: &Lab, id: &SessionId) -> Findings {
    let arm = lab.bench.arm(OPERATOR);
    let mut findings = Findings::of_address(id.clone());
    lab.bench.follow(open(&arm, id.clone()), &mut findings);
    findings
}

fn in_lower_case(id: &SessionId) -> SessionId {
    SessionId::parse(
        &id.as_str()
            .replace(id.session_host(), &id.session_host().to_lowercase()),
    )
    .unwrap()
}

#[test]
fn it_is_read_with_its_host_and_what_may_be_done_and_nothing_is_searched() {
    let lab = Lab::new();
    let key = lab.session(USER);
    lab.session(OTHER);
    let id = id_of(&lab, key);
    let findings = opened(&lab, &id);
    let [row] = findings.rows() else {
        panic!("exactly that one");
    };
    assert_eq!(
        (row.session.id.as_str(), row.subscription.as_str()),
        (id.as_str(), "Lab")
    );
    assert!(row.can_be_chosen() && row.host.is_some());
    assert_eq!(row.pool_type, Some(HostPoolType::Pooled));
    assert!(findings.rights(row).is_some_and(|rights| rights.log_off));
    assert_eq!(findings.nothing(), None);
    let bench = &lab.bench;
    assert_eq!(bench.count(Operation::UserSessionsGet), 1);
    for operation in [
        Operation::SubscriptionsList,
        Operation::HostPoolsList,
        Operation::ResourceGraph,
        Operation::UserSessionsListByHostPool,
        Operation::UserSessionsList,
    ] {
        assert_eq!(bench.count(operation), 0, "{operation:?}");
    }
    let acts = bench
        .simulator()
        .record
        .iter()
        .filter(|entry| entry.operation.acts())
        .count();
    assert_eq!(acts, 0, "a link never acts");
}

#[test]
fn nothing_is_said_about_host_pools() {
    let lab = Lab::new();
    let findings = opened(&lab, &id_of(&lab, lab.session(USER)));
    let coverage = findings.coverage();
    assert_eq!((coverage.known(), coverage.read()), (0, 0));
    assert_eq!(coverage.verdict(), Verdict::OneSession);
    assert!(coverage.is_of_address() && !coverage.is_complete());
    assert!(phrases::coverage(coverage).contains("No host pool was searched"));
    assert_eq!(findings.address(), Some(&findings.rows()[0].session.id));
}

#[test]
fn a_host_written_in_another_letter_case_is_found_under_its_own() {
    let lab = Lab::new();
    let right = id_of(&lab, lab.session(USER));
    let wrong = in_lower_case(&right);
    assert_ne!(wrong.as_str(), right.as_str());
    let findings = opened(&lab, &wrong);
    assert_eq!(findings.rows().len(), 1);
    assert_eq!(findings.rows()[0].session.id.as_str(), right.as_str());
    assert!(findings.rows()[0].host.is_some());
    let asked: Vec<_> = lab.bench.recorded(Operation::UserSessionsGet);
    assert_eq!(
        asked.iter().map(|one| one.status).collect::<Vec<_>>(),
        [Some(404), Some(200)]
    );
    assert_eq!(lab.bench.count(Operation::SessionHostsList), 1);
}

#[test]
fn a_session_that_is_not_there_is_told_in_words_of_its_own() {
    let lab = Lab::new();
    let id = id_of(&lab, lab.session(USER));
    let ended = SessionId::parse(&id.as_str().replace("/usersessions/1", "/usersessions/99")).unwrap();
    let other_host = SessionId::parse(&id.as_str().replace(id.session_host(), "VM-404")).unwrap();
    let other_pool = SessionId::parse(&id.as_str().replace(id.host_pool(), "HP-404")).unwrap();
    for gone in [ended.clone(), in_lower_case(&ended), other_host, other_pool] {
        let findings = opened(&lab, &gone);
        assert_eq!(findings.nothing(), Some(Nothing::NotAtAddress), "{gone:?}");
        let said = text::nothing(Nothing::NotAtAddress, findings.coverage());
        assert!(said.starts_with("There is no such session"), "{said}");
        assert!(!said.to_lowercase().contains("no sessions"), "{said}");
        assert!(!can_try_again(findings.coverage()));
    }
}

#[test]
fn what_could_not_be_read_is_no_end_of_the_session() {
    let status = |status| FaultAction::Status {
        status,
        code: "AuthorizationFailed".into(),
        message: String::new(),
        headers: Default::default(),
    };
    let cases = [
        (Operation::UserSessionsGet, 403, ArmErrorKind::Forbidden, false),
        (Operation::UserSessionsGet, 500, ArmErrorKind::Server, true),
        (Operation::SessionHostsList, 403, ArmErrorKind::Forbidden, false),
        (Operation::SessionHostsList, 500, ArmErrorKind::Server, true),
    ];
    for (operation, code, kind, again_helps) in cases {
        let lab = Lab::new();
        let id = in_lower_case(&id_of(&lab, lab.session(USER)));
        lab.bench
            .fault(Fault::always(status(code)).on(operation).face(Face::Arm));
        let mut findings = opened(&lab, &id);
        assert_eq!(
            findings.nothing(),
            Some(Nothing::AddressNotRead),
            "{operation:?} {code}"
        );
        assert_eq!(
            findings.coverage().address_failure().map(|error| error.kind.clone()),
            Some(kind)
        );
        assert_eq!(can_try_again(findings.coverage()), again_helps);
        assert_eq!(again(&mut findings), Again::Address(id));
    }
}

#[test]
fn a_list_of_hosts_that_was_emptied_proves_nothing() {
    for (may, nothing) in [(true, Nothing::NotAtAddress), (false, Nothing::AddressNotRead)] {
        let lab = Lab::new();
        let id = in_lower_case(&id_of(&lab, lab.session(USER)));
        lab.bench.fault(
            Fault::always(FaultAction::Raw {
                status: 200,
                body: r#"{"value":[]}"#.into(),
                headers: Default::default(),
            })
            .on(Operation::SessionHostsList),
        );
        if !may {
            let roles = &mut lab.bench.simulator().world.roles;
            for role in roles.iter_mut() {
                role.actions
                    .retain(|action| !action.ends_with("hostpools/sessionhosts/read"));
            }
        }
        assert_eq!(opened(&lab, &id).nothing(), Some(nothing), "{may}");
    }
}

#[test]
fn a_stop_before_the_answer_says_neither() {
    let lab = Lab::new();
    let mut findings = Findings::of_address(id_of(&lab, lab.session(USER)));
    assert_eq!(findings.nothing(), None);
    findings.stop();
    assert_eq!(findings.nothing(), Some(Nothing::AddressNotRead));
}

#[test]
fn a_session_that_names_nobody_is_shown_and_cannot_be_chosen() {
    let lab = Lab::new();
    let key = lab.session(USER);
    lab.bench.simulator().world.session_mut(key).unwrap().reported = ReportedUpn::Null;
    let findings = opened(&lab, &id_of(&lab, key));
    assert_eq!(findings.rows().len(), 1);
    assert!(!findings.rows()[0].can_be_chosen());
}

#[test]
fn without_the_subscriptions_name_the_session_is_shown_all_the_same() {
    let lab = Lab::new();
    lab.bench.fault(
        Fault::always(FaultAction::Status {
            status: 403,
            code: "AuthorizationFailed".into(),
            message: String::new(),
            headers: Default::default(),
        })
        .on(Operation::SubscriptionsGet),
    );
    let findings = opened(&lab, &id_of(&lab, lab.session(USER)));
    assert_eq!(findings.rows().len(), 1);
    assert_eq!(findings.rows()[0].subscription, SUBSCRIPTION);
}

#[test]
fn an_address_waits_in_the_tab_for_the_sign_in_and_not_beyond_a_sign_out() {
    let lab = Lab::new();
    let workspace = Workspace::new(std::rc::Rc::clone(&lab.bench.ports.storage));
    assert_eq!(workspace.address(), None);
    let user = Address::parse("#/user/a%40x.example").unwrap().unwrap();
    workspace.keep_address(Some(&user));
    assert_eq!(workspace.address(), Some(user.clone()));
    workspace.keep_address(None);
    assert_eq!(workspace.address(), None);
    workspace.keep_address(Some(&user));
    workspace.clear();
    assert_eq!(workspace.address(), None);
}
