//! A network that goes and comes back: reads wait for it, a minute at most; acts are never tried again.

use std::rc::Rc;

use avd_logoff::arm::ArmErrorKind;
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::desk::search::search;
use avd_logoff::desk::typed::understand;
use avd_logoff::ports::{Clock as _, NoAnswer, Request};
use azure_simulator::Operation;
use futures::StreamExt as _;
use futures::future::{Either, join, select};
use time::Duration;

use super::{ROLE, estate, query};
use crate::support::Lab;
use crate::support::bench::{OPERATOR, USER};

#[test]
fn a_read_waits_for_the_network_and_goes_on_when_it_is_back() {
    let (bench, _) = estate(40, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    let network = &bench.azure.network;
    let mut findings = Findings::new(understand(USER).wanted);
    let mut tried = 0;
    bench.time.run(async {
        let searching = search(&arm, query(USER)).for_each(|event| {
            findings.apply(event);
            async {}
        });
        let cut = async {
            bench.time.sleep(std::time::Duration::from_millis(900)).await;
            network.goes();
            bench.time.sleep(std::time::Duration::from_secs(50)).await;
            tried = network.refused.get();
            assert!(network.waited_for_by() > 0);
            network.comes_back();
        };
        join(searching, cut).await;
    });
    assert!(
        (1..=40).contains(&tried),
        "each was tried once, and then waited: {tried}"
    );
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert_eq!(findings.rows().len(), 1);
}

#[test]
fn a_network_that_does_not_come_back_is_told_after_a_minute() {
    let (bench, _) = estate(40, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    bench.azure.network.goes();
    let begun = bench.time.now();
    let findings = bench.find(&arm, USER);
    assert_eq!(bench.time.now() - begun, Duration::minutes(1));
    assert_eq!(findings.coverage().gaps().len(), 1);
    assert!(format!("{:?}", findings.coverage().gaps()[0].reason).contains("Offline"));
    assert_eq!(bench.azure.network.waited_for_by(), 0, "nobody listens any more");
}

#[test]
fn a_network_that_comes_and_goes_is_not_tried_for_ever() {
    let (bench, _) = estate(1, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    let network = &bench.azure.network;
    network.goes();
    let findings = bench.time.run(async {
        let searching = search(&arm, query(USER)).for_each(|_| async {});
        let flapping = async {
            loop {
                bench.time.sleep(std::time::Duration::from_secs(1)).await;
                network.comes_back();
                network.goes();
            }
        };
        let flapping = std::pin::pin!(flapping);
        matches!(select(std::pin::pin!(searching), flapping).await, Either::Left(_))
    });
    assert!(findings);
    assert_eq!(network.refused.get(), 4);
}

#[test]
fn an_act_without_a_network_is_not_tried_again() {
    let lab = Lab::new();
    lab.session(USER);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    let network = Rc::clone(&lab.bench.azure.network);
    let going = Rc::clone(&network);
    let lookout = Rc::new(move |request: &Request| {
        // The guard's read still gets through.
        if request.uri().path().contains("/userSessions/") || request.uri().path().contains("/usersessions/") {
            going.goes();
        }
    });
    *lab.bench.azure.lookout.borrow_mut() = Some(lookout);
    let (steps, receipt) = lab.bench.log_off(&arm, findings.rows(), false);
    assert_eq!(steps[0].outcome(), Some(Outcome::Unknown));
    assert!(matches!(
        &receipt.records[0].reason,
        Some(Reason::Arm(error)) if error.kind == ArmErrorKind::NoAnswer(NoAnswer::Offline)
    ));
    assert_eq!(lab.bench.count(Operation::UserSessionsDelete), 0);
}
