//! The receipt: intent before, outcome after, kept over a reload, and in every form.

use avd_logoff::desk::act::Act;
use avd_logoff::desk::carry_out::{News, Progress};
use avd_logoff::desk::findings::Row;
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::desk::receipt::Receipt;
use avd_logoff::desk::receipt_files::csv;
use avd_logoff::desk::receipt_json::json;
use avd_logoff::desk::workspace::Workspace;
use avd_logoff::ports::Clock as _;
use avd_logoff::text::{receipt_markdown, receipt_text};

use azure_simulator::world::SessionState;

use crate::support::Lab;
use crate::support::bench::{OPERATOR, OTHER, USER};

fn receipt() -> (Lab, Receipt) {
    let lab = Lab::new();
    lab.session(USER);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let (_, receipt) = lab.bench.log_off(&arm, findings.rows(), false);
    (lab, receipt)
}

#[test]
fn the_intent_is_kept_before_anything_is_sent() {
    let lab = Lab::new();
    lab.session(USER);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let workspace = Workspace::new(std::rc::Rc::clone(&lab.bench.ports.storage));
    let mut seen = None;
    lab.bench
        .log_off_until(&arm, findings.rows(), false, &Default::default(), |_| {
            // At the first step nothing but the intent can have been kept.
            seen.get_or_insert_with(|| workspace.receipt(&[], lab.bench.time.now()).unwrap());
        });
    let kept = seen.unwrap();
    assert_eq!(kept.records.len(), 1);
    assert_eq!(
        kept.records[0].outcome,
        Some(Outcome::Unknown),
        "an interrupted intent is not known"
    );
    assert_eq!(kept.records[0].reason, Some(Reason::Interrupted));
}

#[test]
fn it_survives_a_reload_whole() {
    let (lab, receipt) = receipt();
    let workspace = Workspace::new(std::rc::Rc::clone(&lab.bench.ports.storage));
    workspace.keep_receipt(&receipt);
    assert_eq!(workspace.receipt(&[], lab.bench.time.now()), Some(receipt));
    workspace.clear();
    assert_eq!(workspace.receipt(&[], lab.bench.time.now()), None);
}

#[test]
fn an_end_that_was_seen_is_never_taken_back() {
    let (lab, mut receipt) = receipt();
    assert_eq!(receipt.records[0].outcome, Some(Outcome::Gone));
    receipt.apply(Progress {
        record: 0,
        news: News::Outcome(Outcome::Leaving, None),
        at: lab.bench.time.now(),
        request_id: String::new(),
        correlation_id: None,
    });
    assert_eq!(receipt.records[0].outcome, Some(Outcome::Gone));
}

#[test]
fn every_form_names_operator_session_outcome_and_both_times() {
    let (_, receipt) = receipt();
    let record = &receipt.records[0];
    for (name, text) in [
        ("text", receipt_text(&receipt)),
        ("markdown", receipt_markdown(&receipt)),
        ("csv", csv(&receipt)),
        ("json", json(&receipt)),
    ] {
        for needle in [
            OPERATOR,
            USER,
            "HP-Lab",
            "VM-1.Lab.example",
            "Active",
            "gone",
            record.request_id.as_deref().unwrap(),
            &record.id,
        ] {
            assert!(text.contains(needle), "{needle} is not in the {name}:\n{text}");
        }
    }
    assert!(receipt_text(&receipt).contains("UTC"));
    let columns = csv(&receipt).lines().next().unwrap().split(',').count();
    assert_eq!(columns, 29);
}

#[test]
fn progress_counts_the_sessions_of_the_plans_under_way() {
    let lab = Lab::new();
    for _ in 0..3 {
        lab.session(USER);
    }
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let rows = findings.rows();
    let mut receipt = Receipt::default();
    assert_eq!(receipt.progress(), None);
    let intend = |receipt: &mut Receipt, rows: &[Row]| {
        let plan = Plan::freeze(rows, Act::log_off(false), &Circumstances::default());
        lab.bench.time.pass(std::time::Duration::from_secs(1));
        drop(receipt.intend(&plan.confirm("").unwrap(), lab.bench.time.now()));
    };
    let end = |receipt: &mut Receipt, record: usize| {
        receipt.apply(Progress {
            record,
            news: News::Outcome(Outcome::Gone, None),
            at: lab.bench.time.now(),
            request_id: String::new(),
            correlation_id: None,
        });
    };
    intend(&mut receipt, &rows[..1]);
    end(&mut receipt, 0);
    assert_eq!(receipt.progress(), None);
    intend(&mut receipt, &rows[1..]);
    assert_eq!(receipt.progress(), Some((0, 2)), "what is over before does not count");
    end(&mut receipt, 2);
    assert_eq!(receipt.progress(), Some((1, 2)));
    end(&mut receipt, 1);
    assert_eq!(receipt.progress(), None);
}

#[test]
fn a_session_that_was_begun_after_its_user_was_logged_off_is_known() {
    let (lab, receipt) = receipt();
    lab.session(OTHER);
    let now = lab.bench.time.now();
    lab.bench
        .simulator()
        .world
        .add_session(lab.hosts[1], USER, SessionState::Active, now);
    // It was there all the time, and nobody logged it off.
    let older = now - time::Duration::hours(3);
    lab.bench
        .simulator()
        .world
        .add_session(lab.hosts[0], USER, SessionState::Active, older);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, &format!("{USER}, {OTHER}"));
    let came_back: Vec<_> = findings
        .rows()
        .iter()
        .filter(|row| receipt.came_back(&row.session))
        .map(|row| {
            (
                row.session.user.clone().unwrap(),
                row.session.id.session_host().to_owned(),
            )
        })
        .collect();
    assert_eq!(findings.rows().len(), 3);
    assert_eq!(came_back, [(USER.to_owned(), "VM-2.Lab.example".to_owned())]);
}

#[test]
fn where_the_storage_takes_nothing_the_intent_says_so() {
    let lab = Lab::new();
    lab.session(USER);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let plan = || Plan::freeze(findings.rows(), Act::log_off(false), &Circumstances::default());
    let workspace = Workspace::new(std::rc::Rc::clone(&lab.bench.ports.storage));
    for refuses in [false, true] {
        lab.bench.storage.refuses.set(refuses);
        let confirmed = plan().confirm("").unwrap();
        let intended = workspace.record_intent(&mut Receipt::default(), &confirmed, lab.bench.time.now());
        assert_eq!(intended.is_kept(), !refuses);
    }
}
