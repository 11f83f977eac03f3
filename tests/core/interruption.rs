//! A log off that a redirect has interrupted: what is kept, what goes on, and what is given up.

use std::rc::Rc;

use avd_logoff::auth::AuthorizationRequest;
use avd_logoff::desk::carry_out::{Control, carry_out};
use avd_logoff::desk::interruption::Interruption;
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::receipt::{Operator, Receipt};
use avd_logoff::desk::taking_up;
use avd_logoff::desk::typed::understand;
use avd_logoff::ports::Clock as _;
use azure_simulator::Operation;
use futures::StreamExt as _;
use futures::future::{Either, select};
use time::UtcOffset;

use crate::log_off::stage::{SESSIONS, Stage};
use crate::support::bench::{OPERATOR, OTHER, USER};

/// Logs off until a sign-in is asked for, and leaves the page for it. Gives back what was known to be unsent.
/// `in_flight` says whether it leaves at once, with requests under way, or when all is quiet.
fn leave(stage: &Stage, in_flight: bool) -> Vec<usize> {
    let stream = carry_out(&stage.arm, stage.intended(), stage.control.clone());
    let mut at_step = stage.second_factor_after_five();
    let progress = stream.for_each(|progress| {
        stage.note(&progress);
        at_step(&progress);
        async {}
    });
    let left = async {
        let needed = stage.asked().await;
        if !in_flight {
            stage.minutes(5).await;
        }
        let identities: Vec<_> = stage
            .receipt
            .borrow()
            .records
            .iter()
            .filter_map(|record| record.identity())
            .collect();
        let wanted = understand(USER).wanted;
        let interruption = Interruption::new(wanted, identities.iter(), stage.unsent());
        stage.workspace.keep_interruption(&interruption).unwrap();
        let account = stage.client.account().unwrap();
        stage
            .client
            .login_redirect(&AuthorizationRequest::again(&account, needed.claims()))
            .unwrap();
        interruption.unsent
    };
    // The page is gone: everything under way is dropped.
    match stage.lab.bench.time.run(select(Box::pin(progress), Box::pin(left))) {
        Either::Right((unsent, _)) => unsent,
        Either::Left(_) => panic!("the log off ended"),
    }
}

/// Another load of the page in this tab, which has nothing but the tab's storage.
fn load(stage: &Stage) -> (Interruption, Receipt) {
    let interruption = stage.workspace.take_interruption();
    let now = stage.lab.bench.time.now();
    let receipt = stage.workspace.receipt(&interruption.unsent, now).unwrap();
    (interruption, receipt)
}

#[test]
fn after_the_redirect_exactly_the_unsent_go_on_behind_the_guard() {
    for in_flight in [false, true] {
        let stage = Rc::new(Stage::new(true));
        stage.keep_checking_unsent();
        let unsent = leave(&stage, in_flight);
        assert!(unsent.len() >= 5 && unsent.len() < SESSIONS, "{unsent:?}");
        *stage.lab.bench.azure.lookout.borrow_mut() = None;

        let bench = &stage.lab.bench;
        let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
        bench.come_back(&location);
        let (interruption, receipt) = load(&stage);
        let client = bench.load();
        let account = bench.time.run(client.handle_redirect()).unwrap().unwrap();
        assert_eq!(account.username, OPERATOR);
        assert_eq!(interruption.unsent, unsent);
        assert_eq!(interruption.whose, understand(USER).wanted.into());
        assert_eq!(interruption.selected().len(), SESSIONS);
        for (record, identity) in receipt.records.iter().zip(interruption.selected()) {
            assert_eq!(record.identity(), Some(identity));
        }
        let kept = receipt.clone();
        let mut unknown = 0;
        for (at, record) in receipt.records.iter().enumerate() {
            match record.outcome {
                None => assert!(unsent.contains(&at)),
                Some(Outcome::Unknown) => {
                    unknown += 1;
                    assert_eq!(record.reason, Some(Reason::Interrupted));
                    assert!(!unsent.contains(&at));
                }
                Some(outcome) => {
                    assert_eq!(outcome, Outcome::Gone);
                    assert_eq!(stage.effective_deletes(at), 1);
                }
            }
        }
        assert_eq!(unknown > 0, in_flight);
        assert!(receipt.is_under_way());

        let intended = receipt.resume(&interruption.unsent);
        assert_eq!(intended.records(), unsent);
        let moment = stage.so_far();
        let arm = bench.arm_with(&client, "http://localhost:4462");
        *stage.receipt.borrow_mut() = receipt;
        let control = Control::default();
        bench
            .time
            .run(carry_out(&arm, intended, control.clone()).for_each(|progress| {
                assert!(unsent.contains(&progress.record));
                stage.note(&progress);
                async {}
            }));
        assert_eq!(
            control.step_up.asked(),
            None,
            "the redirect has brought what was wanted"
        );
        for (at, before) in kept.records.iter().enumerate() {
            if unsent.contains(&at) {
                assert_eq!(stage.outcome(at), Some(Outcome::Gone));
                assert_eq!(stage.effective_deletes(at), 1);
            } else {
                assert_eq!(&stage.receipt.borrow().records[at], before);
                let asked = stage.asked_of(at);
                assert!(
                    asked.iter().all(|(place, _)| *place < moment),
                    "not touched again: {asked:?}"
                );
            }
        }
        let looked_first = |at: usize| {
            let asked = stage.asked_of(at);
            let after: Vec<_> = asked.iter().filter(|(place, _)| *place >= moment).collect();
            let order = [after[0].1.operation, after[1].1.operation];
            assert_eq!(order, [Operation::UserSessionsGet, Operation::UserSessionsDelete]);
        };
        unsent.iter().for_each(|&at| looked_first(at));
    }
}

#[test]
fn a_session_that_became_another_behind_the_redirect_is_not_touched() {
    let stage = Stage::new(true);
    let unsent = leave(&stage, false);
    let bench = &stage.lab.bench;
    let now = bench.time.now();
    let key = bench.simulator().world.session_at(&stage.path(unsent[0])).unwrap().key;
    let new = bench.simulator().world.replace_session(key, Some(OTHER), now).unwrap();
    let location = bench.at_the_login_page(bench.went_to().as_str(), OPERATOR);
    bench.come_back(&location);
    let (interruption, receipt) = load(&stage);
    let client = bench.load();
    bench.time.run(client.handle_redirect()).unwrap().unwrap();
    let arm = bench.arm_with(&client, "http://localhost:4462");
    let intended = receipt.resume(&interruption.unsent);
    *stage.receipt.borrow_mut() = receipt;
    bench
        .time
        .run(carry_out(&arm, intended, Control::default()).for_each(|progress| {
            stage.note(&progress);
            async {}
        }));
    assert_eq!(stage.outcome(unsent[0]), Some(Outcome::WrongPerson));
    assert!(bench.world().life(new).unwrap().delete_requests.is_empty());
    assert!(unsent[1..].iter().all(|&at| stage.outcome(at) == Some(Outcome::Gone)));
}

#[test]
fn an_interruption_is_found_once() {
    let stage = Stage::new(true);
    let unsent = leave(&stage, false);
    let first = stage.workspace.take_interruption();
    assert_eq!((first.is_empty(), first.unsent), (false, unsent));
    let second = stage.workspace.take_interruption();
    assert!(second.is_empty());
    assert_eq!(second, Interruption::default());
    // A load that finds none keeps nothing open: what was not heard of is unknown then.
    let now = stage.lab.bench.time.now();
    let receipt = stage.workspace.receipt(&second.unsent, now).unwrap();
    assert!(!receipt.is_under_way());
    assert!(receipt.resume(&second.unsent).records().is_empty());
}

#[test]
fn giving_up_cancels_what_was_not_sent_and_nothing_can_take_it_up_again() {
    let stage = Stage::new(true);
    let unsent = leave(&stage, true);
    let (interruption, mut receipt) = load(&stage);
    let before = receipt.clone();
    let now = stage.lab.bench.time.now();
    receipt.give_up(&interruption.unsent, now);
    for (at, record) in receipt.records.iter().enumerate() {
        if unsent.contains(&at) {
            assert_eq!(
                (record.outcome, record.outcome_at),
                (Some(Outcome::Cancelled), Some(now))
            );
        } else {
            assert_eq!(record, &before.records[at]);
        }
    }
    assert!(receipt.resume(&interruption.unsent).records().is_empty());
    assert!(!receipt.is_under_way());
    // Given up a second time, or with numbers that mean nothing, it stays as it is.
    let given_up = receipt.clone();
    let everything: Vec<usize> = (0..SESSIONS + 5).chain([usize::MAX]).collect();
    receipt.give_up(&everything, now + time::Duration::hours(1));
    assert_eq!(receipt, given_up);
}

#[test]
fn only_what_nothing_was_heard_of_is_resumed_and_each_once() {
    let stage = Stage::new(true);
    let unsent = leave(&stage, true);
    let (_, receipt) = load(&stage);
    let everything: Vec<usize> = (0..SESSIONS + 5).chain([usize::MAX]).chain(0..SESSIONS).collect();
    assert_eq!(receipt.resume(&everything).records(), unsent);
    assert!(receipt.resume(&[]).records().is_empty());
}

#[test]
fn somebody_else_begins_a_receipt_in_which_nothing_waits() {
    let stage = Stage::new(true);
    let unsent = leave(&stage, false);
    let (interruption, receipt) = load(&stage);
    assert_eq!(interruption.unsent, unsent);
    let mine = receipt.operator.clone();
    let same = taking_up::take_up(receipt.clone(), mine.clone(), UtcOffset::UTC);
    assert_eq!(same.resume(&unsent).records(), unsent);
    for other in [
        Operator {
            object_id: "another".into(),
            ..mine.clone()
        },
        Operator {
            tenant_id: "another".into(),
            ..mine.clone()
        },
        Operator {
            cloud: "another".into(),
            ..mine
        },
    ] {
        let theirs = taking_up::take_up(receipt.clone(), other, UtcOffset::UTC);
        assert!(theirs.resume(&unsent).records().is_empty());
    }
}

#[test]
fn without_storage_the_page_is_told_and_signing_out_forgets_it() {
    let stage = Stage::new(true);
    let unsent = leave(&stage, false);
    stage.workspace.clear();
    assert!(stage.workspace.take_interruption().is_empty());
    stage.lab.bench.storage.refuses.set(true);
    let interruption = Interruption::new(understand(USER).wanted, [].iter(), unsent);
    assert!(stage.workspace.keep_interruption(&interruption).is_err());
}
