//! Token buckets and parallelism: no 429 where Azure's are as documented, and a search that ends where they are not.

use avd_logoff::arm::{ArmError, ArmErrorKind};
use avd_logoff::desk::coverage::Verdict;
use avd_logoff::desk::search::search;
use avd_logoff::ports::Clock as _;
use azure_simulator::{Fault, Operation};
use futures::future::{Either, select};
use futures::{FutureExt as _, StreamExt as _};
use time::{Duration, OffsetDateTime};

use super::{ROLE, WITHOUT_LIST_BY_POOL, estate, expose_everything, heard_at, query, refused, throttled};
use crate::support::Bench;
use crate::support::bench::{OPERATOR, USER, origins};

/// An Azure whose buckets are much smaller than documented.
fn small_buckets(bench: &Bench) {
    let throttle = &mut bench.simulator().world.switches.throttle;
    throttle.reads = 20;
    throttle.reads_per_second = 4;
}

#[test]
fn a_search_of_600_host_pools_is_never_throttled_and_uses_what_it_may() {
    let (bench, _) = estate(600, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    let begun = bench.time.now();
    let findings = bench.find(&arm, USER);
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert_eq!(findings.rows().len(), 1);
    assert_eq!(refused(&bench), 0);
    let reads = bench.count(Operation::UserSessionsListByHostPool);
    assert_eq!(reads, 601, "one for each host pool, and one to prove the filter");
    let took = bench.time.now() - begun;
    assert!(
        took < Duration::seconds(45),
        "601 lists, and 600 looks whether an empty one may be believed; 225 at once and 25 each second are 39 s: {took}"
    );
    let most = bench.azure.requests.most_in_flight.get();
    assert!((17..=100).contains(&most), "{most}");
}

#[test]
fn reading_300_session_hosts_one_by_one_is_never_throttled() {
    let (bench, _) = estate(3, 100, WITHOUT_LIST_BY_POOL);
    let arm = bench.arm(OPERATOR);
    let findings = bench.find(&arm, USER);
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
    assert_eq!(findings.rows().len(), 1);
    assert!(bench.count(Operation::UserSessionsList) >= 300);
    assert_eq!(refused(&bench), 0);
}

#[test]
fn one_search_after_the_other_draws_from_the_same_bucket() {
    let (bench, _) = estate(150, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    for _ in 0..4 {
        assert_eq!(bench.find(&arm, USER).coverage().verdict(), Verdict::Complete);
    }
    assert_eq!(refused(&bench), 0);
}

/// Searches for a while, loads the page again in the middle, and searches to the end.
fn searches_over_a_reload(bench: &Bench, tab_keeps: bool) {
    let client = bench.sign_in(OPERATOR);
    bench.storage.refuses.set(!tab_keeps);
    let arm = bench.arm_with(&client, &origins().arm);
    let searching = search(&arm, query(USER)).for_each(|_| async {}).boxed_local();
    let reload = bench.time.sleep(std::time::Duration::from_secs(12));
    let ended = bench.time.run(select(searching, reload));
    assert!(matches!(ended, Either::Right(_)), "it was in the middle");
    drop(ended);
    let again = bench.arm_with(&client, &origins().arm);
    assert_eq!(bench.find(&again, USER).coverage().verdict(), Verdict::Complete);
}

#[test]
fn a_page_that_is_loaded_again_draws_from_the_same_bucket() {
    let (bench, _) = estate(600, 1, ROLE);
    searches_over_a_reload(&bench, true);
    assert_eq!(refused(&bench), 0);
}

#[test]
fn where_the_browser_keeps_nothing_a_page_that_is_loaded_again_lives_with_a_refusal() {
    let (bench, _) = estate(600, 1, ROLE);
    searches_over_a_reload(&bench, false);
    assert!(refused(&bench) > 0);
}

#[test]
fn a_smaller_bucket_than_documented_is_lived_with() {
    for exposed in [false, true] {
        let (bench, _) = estate(200, 1, ROLE);
        small_buckets(&bench);
        if exposed {
            expose_everything(&bench);
        }
        let arm = bench.arm(OPERATOR);
        let begun = bench.time.now();
        let findings = bench.find(&arm, USER);
        assert_eq!(findings.coverage().verdict(), Verdict::Complete, "exposed: {exposed}");
        assert_eq!(findings.rows().len(), 1);
        let refused = refused(&bench);
        assert!(
            refused <= 60,
            "exposed: {exposed}; it learns: {refused} of {}",
            bench.count(Operation::UserSessionsListByHostPool)
        );
        let took = bench.time.now() - begun;
        assert!(
            took < Duration::minutes(4),
            "exposed: {exposed}; 45 s is what Azure takes: {took}"
        );
    }
}

#[test]
fn what_azure_says_is_left_keeps_a_page_from_being_throttled_beside_another() {
    let (bench, _) = estate(200, 1, ROLE);
    expose_everything(&bench);
    // Another tab takes most of the bucket at one moment; this one knows nothing of it.
    bench.simulator().world.switches.latency = false;
    let other_tab = bench.arm(OPERATOR);
    bench.find(&other_tab, USER);
    bench.storage.values.borrow_mut().clear();
    bench.simulator().world.switches.latency = true;
    let arm = bench.arm(OPERATOR);
    assert_eq!(bench.find(&arm, USER).coverage().verdict(), Verdict::Complete);
    assert_eq!(refused(&bench), 0);
}

#[test]
fn nothing_of_a_bucket_goes_out_before_the_wait_that_azure_asked_for_is_over() {
    for status in [429, 503] {
        let (bench, _) = estate(120, 1, ROLE);
        expose_everything(&bench);
        let arm = bench.arm(OPERATOR);
        let fault = throttled(&[("retry-after", "17")], status);
        bench.fault(Fault::once(fault).on(Operation::UserSessionsListByHostPool).after(40));
        let findings = bench.find(&arm, USER);
        assert_eq!(findings.coverage().verdict(), Verdict::Complete, "{status}");
        let heard = heard_at(&bench, status);
        let sent = bench.azure.sent.borrow();
        let too_early = |at: OffsetDateTime| at > heard && at < heard + Duration::seconds(17);
        let early: Vec<_> = sent
            .iter()
            .filter(|sent| too_early(sent.at))
            .map(|sent| sent.at)
            .collect();
        assert!(early.is_empty(), "{status}: {early:?} after {heard}");
        assert!(
            sent.iter().any(|sent| sent.at == heard + Duration::seconds(17)),
            "{status}: and then at once"
        );
    }
}

/// How many requests were under way at this moment.
fn under_way(bench: &Bench, at: OffsetDateTime) -> usize {
    let sent = bench.azure.sent.borrow();
    let unanswered = |until: Option<OffsetDateTime>| until.is_none_or(|until| until > at);
    let under_way = sent
        .iter()
        .filter(|sent| sent.at <= at && unanswered(sent.answered_at.get()));
    under_way.count()
}

#[test]
fn half_as_many_are_under_way_after_azure_has_pushed_back() {
    for status in [429, 503] {
        let (bench, _) = estate(200, 1, ROLE);
        let arm = bench.arm(OPERATOR);
        // The sixteen leave together; the very first answer of them is a refusal.
        bench.fault(Fault::once(throttled(&[], status)).on(Operation::UserSessionsListByHostPool));
        let findings = bench.find(&arm, USER);
        assert_eq!(findings.coverage().verdict(), Verdict::Complete, "{status}");
        let heard = heard_at(&bench, status);
        assert!(under_way(&bench, heard - Duration::milliseconds(1)) >= 8, "{status}");
        // By then all that had left before are answered, and there is no other reason to wait.
        let later = under_way(&bench, heard + Duration::milliseconds(1300));
        assert!((4..=11).contains(&later), "{status}: {later}");
    }
}

#[test]
fn a_429_whose_wait_cannot_be_read_is_followed_by_one_that_is_made_up() {
    let (bench, _) = estate(200, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    bench.fault(Fault::once(throttled(&[], 429)).on(Operation::UserSessionsListByHostPool));
    bench.find(&arm, USER);
    let heard = heard_at(&bench, 429);
    let sent = bench.azure.sent.borrow();
    let next = sent.iter().map(|sent| sent.at).filter(|at| *at > heard).min().unwrap() - heard;
    assert!(
        (Duration::milliseconds(500)..=Duration::SECOND).contains(&next),
        "{next}"
    );
}

#[test]
fn a_bucket_that_is_never_open_ends_the_search_and_says_so() {
    let (bench, _) = estate(100, 1, ROLE);
    let arm = bench.arm(OPERATOR);
    bench.fault(Fault::always(throttled(&[], 429)).on(Operation::UserSessionsListByHostPool));
    let begun = bench.time.now();
    let findings = bench.find(&arm, USER);
    assert_eq!(findings.coverage().verdict(), Verdict::Partial);
    assert_eq!(findings.coverage().failed().count(), 100);
    let throttled = |error: &ArmError| matches!(error.kind, ArmErrorKind::Throttled(_));
    assert!(findings.coverage().failed().all(|(_, error)| throttled(error)));
    assert!(bench.time.now() - begun < Duration::minutes(4));
}
