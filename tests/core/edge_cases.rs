//! Edge cases of `docs/edge-cases.md` that no other file is about.

use avd_logoff::arm::request::Needs;
use avd_logoff::arm::{ArmError, ArmErrorKind};
use avd_logoff::auth::ClaimsChallenge;
use avd_logoff::desk::act::Act;
use avd_logoff::desk::carry_out::{Control, News, Progress, carry_out};
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::desk::receipt::Receipt;
use avd_logoff::desk::receipt_files::file_name;
use avd_logoff::desk::typed::understand;
use avd_logoff::desk::workspace::Workspace;
use avd_logoff::ports::NoAnswer;
use avd_logoff::text::{self, arm_error, phrases};
use azure_simulator::world::{ApplicationType, HostStatus, SessionState};
use azure_simulator::{Fault, FaultAction, Operation};
use futures::StreamExt as _;
use futures::future::join;
use serde_json::json;
use time::Duration;

use crate::log_off::refusal;
use crate::support::Lab;
use crate::support::bench::{OPERATOR, OTHER, SUBSCRIPTION, USER};

/// Signs in, finds the user's sessions, prepares what goes wrong, and logs them all off.
fn log_off_after(lab: &Lab, prepare: impl FnOnce()) -> (Vec<Progress>, Receipt) {
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    assert_eq!(findings.rows().len(), 1);
    prepare();
    lab.bench.log_off(&arm, findings.rows(), false)
}

fn words(steps: &[Progress]) -> Vec<&'static str> {
    steps.iter().filter_map(Progress::outcome).map(Outcome::word).collect()
}

fn deletes(lab: &Lab) -> usize {
    lab.bench.count(Operation::UserSessionsDelete)
}

#[test]
fn what_was_understood_is_said_and_a_directory_name_as_such() {
    let lab = Lab::new();
    lab.session(USER);
    let findings = lab.bench.find(&lab.bench.arm(OPERATOR), "contoso\\USER0001");
    assert_eq!(findings.rows().len(), 1);
    assert!(findings.rows()[0].can_be_chosen());
    let understood = understand(" mailto:a@x.example; CONTOSO\\user1 ");
    assert_eq!(
        phrases::understood(&understood.wanted),
        "Understood as 2 users: a@x.example, CONTOSO\\user1 (by the Active Directory name of the session)"
    );
}

#[test]
fn sessions_on_a_host_that_is_off_are_found_host_by_host_too() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let limited = "limited@contoso.example";
    {
        let world = &mut lab.bench.simulator().world;
        world.host_mut(lab.hosts[0]).unwrap().status = HostStatus::Shutdown;
        world.add_person(limited, "Limited").signs_in = true;
        let scope = format!("/subscriptions/{SUBSCRIPTION}");
        world.assign(limited, "Desktop Virtualization User Session Operator", &scope);
    }
    let findings = lab.bench.find(&lab.bench.arm(limited), USER);
    assert_eq!(lab.bench.count(Operation::UserSessionsList), 2, "each host was asked");
    let id = lab.bench.world().session_id(session).to_lowercase();
    assert_eq!(findings.rows().iter().map(|row| row.key()).collect::<Vec<_>>(), [id]);
    assert!(findings.rows()[0].is_stale());
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
}

#[test]
fn a_session_that_is_listed_twice_is_one_row_and_gets_one_delete() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let (id, created) = {
        let world = lab.bench.world();
        (world.session_id(session), world.session(session).unwrap().create_time())
    };
    let row = |id: String| json!({ "id": id, "properties": { "userPrincipalName": USER, "createTime": created } });
    let other_case = id.replace("/usersessions/", "/userSessions/");
    assert_ne!(id, other_case);
    lab.bench.fault(
        Fault::always(FaultAction::Raw {
            status: 200,
            body: json!({ "value": [row(other_case), row(id)] }).to_string(),
            headers: Default::default(),
        })
        .on(Operation::UserSessionsListByHostPool),
    );
    let (steps, _) = log_off_after(&lab, || ());
    assert_eq!(words(&steps).last(), Some(&"gone"));
    assert_eq!(deletes(&lab), 1);
}

#[test]
fn words_that_nobody_knows_yet_are_shown_as_they_are_and_acted_on() {
    let lab = Lab::new();
    let session = lab.session(USER);
    {
        let mut simulator = lab.bench.simulator();
        let session = simulator.world.session_mut(session).unwrap();
        session.state = SessionState::Other("Hibernated".into());
        session.application = ApplicationType::Other("CloudApp".into());
        session.created = None;
    }
    let (steps, receipt) = log_off_after(&lab, || ());
    assert_eq!(words(&steps).last(), Some(&"gone"));
    let record = &receipt.records[0];
    assert_eq!((&*record.state, &*record.application), ("Hibernated", "CloudApp"));
    assert_eq!(record.started, None);
    assert_eq!(deletes(&lab), 1);
}

#[test]
fn a_creation_time_that_appears_or_vanishes_is_a_difference() {
    for vanishes in [true, false] {
        let lab = Lab::new();
        let key = lab.session(USER);
        let change = |there: bool| {
            let mut simulator = lab.bench.simulator();
            let begun = lab.bench.ports.clock.now() - Duration::hours(1);
            simulator.world.session_mut(key).unwrap().created = there.then_some(begun);
        };
        change(vanishes);
        let (steps, _) = log_off_after(&lab, || change(!vanishes));
        assert_eq!(words(&steps), ["replaced"], "vanishes: {vanishes}");
        assert_eq!(deletes(&lab), 0);
    }
}

#[test]
fn a_draining_host_is_known_as_such() {
    let lab = Lab::new();
    lab.session(USER);
    let host = lab.hosts[0];
    lab.bench.simulator().world.host_mut(host).unwrap().allow_new_session = false;
    let findings = lab.bench.find(&lab.bench.arm(OPERATOR), USER);
    let row = &findings.rows()[0];
    assert_eq!(row.host.as_ref().unwrap().allow_new_session, Some(false));
    assert!(!row.is_stale(), "it can be reached");
}

#[test]
fn what_happens_in_the_list_changes_nothing_in_a_plan() {
    let lab = Lab::new();
    lab.session(USER);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let plan = Plan::freeze(findings.rows(), Act::log_off(false), &Circumstances::default());
    let planned = plan.sessions().to_vec();

    // While the dialog is open the session becomes another one of the same user, and the list is read again.
    let replace = FaultAction::ReplaceSession {
        user: None,
        same_user: true,
    };
    let replaced = Fault::once(replace).on(Operation::UserSessionsGet);
    lab.bench.fault(replaced);
    let mut receipt = Receipt::default();
    let confirmed = plan.confirm("").unwrap();
    assert_eq!(confirmed.plan().sessions(), planned);
    let workspace = Workspace::new(lab.bench.ports.storage.clone());
    let intended = workspace.record_intent(&mut receipt, &confirmed, lab.bench.ports.clock.now());
    let steps: Vec<Progress> = lab
        .bench
        .time
        .run(carry_out(&arm, intended, Control::default()).collect());
    assert_eq!(words(&steps), ["replaced"]);
    assert_eq!(deletes(&lab), 0);
    let now = lab.bench.find(&arm, USER);
    assert_ne!(now.rows()[0].session.created, planned[0].identity.created);
}

#[test]
fn two_tabs_that_log_the_same_session_off_both_see_its_end() {
    let lab = Lab::new();
    let session = lab.session(USER);
    let tabs = [lab.bench.arm(OPERATOR), lab.bench.arm(OPERATOR)];
    let streams = tabs.each_ref().map(|arm| {
        let rows = lab.bench.find(arm, USER).rows().to_vec();
        lab.bench.log_off_stream(arm, &rows, false, &Control::default())
    });
    let [one, two] = streams.map(|stream| stream.collect::<Vec<_>>());
    let (one, two) = lab.bench.time.run(join(one, two));
    assert_eq!(words(&one).last(), Some(&"gone"), "{one:?}");
    assert_eq!(words(&two).last(), Some(&"gone"), "{two:?}");
    assert!(lab.bench.world().life(session).unwrap().ended.is_some());
    // Each tab has sent one, at most: neither knows of the other.
    assert!((1..=2).contains(&deletes(&lab)));
}

#[test]
fn every_word_of_acceptance_is_only_that() {
    for status in [200, 202, 204] {
        let lab = Lab::new();
        lab.session(USER);
        lab.bench.simulator().world.switches.delete_status = status;
        let (steps, _) = log_off_after(&lab, || ());
        assert_eq!(words(&steps), ["requested", "leaving", "gone"], "{status}");
        let delete = lab.bench.recorded(Operation::UserSessionsDelete).remove(0);
        assert_eq!(delete.status, Some(status));
    }
}

#[test]
fn a_delete_that_is_answered_not_found_is_looked_up() {
    // The session is there all the same, as it is when the letter case of its host was not Azure's.
    let lab = Lab::new();
    let session = lab.session(USER);
    let (steps, receipt) = log_off_after(&lab, || {
        let not_found = refusal(404, "ResourceNotFound");
        lab.bench
            .fault(Fault::once(not_found).on(Operation::UserSessionsDelete));
    });
    assert_eq!(words(&steps), ["failed"]);
    assert_eq!(receipt.records[0].reason, Some(Reason::DeniedButListed));
    assert!(receipt.records[0].can_be_watched());
    assert!(lab.bench.world().life(session).unwrap().ended.is_none());
    assert_eq!(deletes(&lab), 1);

    // It has ended between the guard's look and the DELETE.
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = log_off_after(&lab, || {
        lab.bench
            .fault(Fault::once(FaultAction::EndSession).on(Operation::UserSessionsDelete));
    });
    assert_eq!(words(&steps), ["gone"]);
    let looks = lab.bench.recorded(Operation::UserSessionsGet);
    assert_eq!(
        looks.last().unwrap().status,
        Some(404),
        "it was seen, and not only said"
    );
    assert_eq!(deletes(&lab), 1);
}

#[test]
fn somebody_else_under_the_id_after_the_log_off_is_its_end_and_left_alone() {
    let lab = Lab::new();
    lab.session(USER);
    let (steps, _) = log_off_after(&lab, || {
        let replace = FaultAction::ReplaceSession {
            user: Some(OTHER.into()),
            same_user: false,
        };
        lab.bench
            .fault(Fault::once(replace).on(Operation::UserSessionsGet).after(1));
    });
    assert_eq!(words(&steps), ["requested", "gone"]);
    assert_eq!(steps[1].reason(), None, "nobody came back");
    assert_eq!(deletes(&lab), 1);
    let world = lab.bench.world();
    let life = world.history().iter().find(|life| life.upn == OTHER).unwrap();
    assert!(life.ended.is_none() && life.delete_requests.is_empty());
    drop(world);

    // The name alone is enough, without a creation time; a missing name is not.
    for (name, expected) in [(Some(OTHER), "gone"), (None, "still-there")] {
        let lab = Lab::new();
        let session = lab.session(USER);
        let id = lab.bench.world().session_id(session);
        let (steps, _) = log_off_after(&lab, || {
            let seen = json!({ "id": id, "properties": { "userPrincipalName": name } }).to_string();
            let seen = FaultAction::Raw {
                status: 200,
                body: seen,
                headers: Default::default(),
            };
            lab.bench
                .fault(Fault::always(seen).on(Operation::UserSessionsGet).after(1));
        });
        assert_eq!(words(&steps).last(), Some(&expected), "{name:?}");
    }
}

#[test]
fn no_file_of_a_receipt_bears_the_name_of_a_user() {
    let lab = Lab::new();
    lab.session(USER);
    let (_, receipt) = log_off_after(&lab, || ());
    for extension in ["csv", "json"] {
        let name = file_name(&receipt, extension);
        assert!(name.starts_with("avd-log-off-2") && name.ends_with(extension), "{name}");
        assert!(!name.contains("user0001") && !name.contains("contoso"), "{name}");
    }
}

#[test]
fn every_kind_of_failure_has_words_of_its_own() {
    let kinds = [
        ArmErrorKind::NoAnswer(NoAnswer::Offline),
        ArmErrorKind::NoAnswer(NoAnswer::Unreachable("Failed to fetch".into())),
        ArmErrorKind::NoAnswer(NoAnswer::TimedOut),
        ArmErrorKind::ClaimsChallenge(ClaimsChallenge::unreadable()),
        ArmErrorKind::TokenRefused,
        ArmErrorKind::Forbidden,
        ArmErrorKind::Policy,
        ArmErrorKind::Locked,
        ArmErrorKind::SubscriptionNotVisible,
        ArmErrorKind::NotFound,
        ArmErrorKind::Conflict,
        ArmErrorKind::Throttled(None),
        ArmErrorKind::ApiVersion,
        ArmErrorKind::NotRegistered,
        ArmErrorKind::Server,
        ArmErrorKind::Unexpected,
        ArmErrorKind::Unreadable,
        ArmErrorKind::ForeignNextLink,
        ArmErrorKind::EndlessList,
    ];
    let said = kinds.map(|kind| {
        let said = arm_error(&ArmError::unanswered(kind, Needs::new("a/read", "/scope"), "request-1"));
        for part in [&said.title, &said.meaning, &said.next] {
            assert!(part.ends_with(['.', '”']), "{part}");
        }
        assert!(said.detail.contains(&("Request id", "request-1".to_owned())) || said.title.contains("a/read"));
        said.title
    });
    for (at, title) in said.iter().enumerate() {
        assert!(!said[..at].contains(title), "said of two kinds: {title}");
    }
}

#[test]
fn since_when_a_session_is_watched_is_told() {
    let lab = Lab::new();
    lab.session(USER);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let mut receipt = Receipt::default();
    let plan = Plan::freeze(findings.rows(), Act::log_off(false), &Circumstances::default());
    drop(receipt.intend(&plan.confirm("").unwrap(), lab.bench.ports.clock.now()));
    receipt.apply(Progress {
        record: 0,
        news: News::Outcome(Outcome::Leaving, None),
        at: time::macros::datetime!(2026-11-20 14:03:05 UTC),
        request_id: String::new(),
        correlation_id: None,
    });
    let said = text::outcome(&receipt.records[0], time::UtcOffset::UTC).unwrap();
    assert!(said.sentence.contains("since 14:03:05"), "{}", said.sentence);
}
