//! Coverage over made-up events: what may be said, for every way in which a search can end.

use avd_logoff::arm::request::Needs;
use avd_logoff::arm::{ArmError, ArmErrorKind, HostPool, HostPoolId, Subscription};
use avd_logoff::desk::coverage::{GapReason, Reading, SubscriptionGap, Verdict};
use avd_logoff::desk::findings::{Findings, Nothing};
use avd_logoff::desk::search::Event;
use avd_logoff::text;

fn pool(name: &str) -> HostPool {
    let id = format!(
        "/subscriptions/aaaaaaaa-0001-4000-8000-000000000001/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/{name}"
    );
    HostPool {
        id: HostPoolId::parse(&id).unwrap(),
        kind: None,
    }
}

fn error() -> Box<ArmError> {
    Box::new(ArmError::unanswered(
        ArmErrorKind::Server,
        Needs::new("a/read", "/"),
        "id",
    ))
}

fn found(events: Vec<Event>) -> Findings {
    let mut findings = Findings::new(vec![]);
    let subscription = Subscription {
        id: "aaaaaaaa-0001-4000-8000-000000000001".into(),
        name: "One".into(),
    };
    findings.apply(Event::Subscriptions(vec![subscription]));
    events.into_iter().for_each(|event| findings.apply(event));
    findings
}

#[test]
fn no_sessions_is_said_only_if_every_pool_was_read() {
    let pools = || Event::HostPools(vec![pool("one"), pool("two")]);
    let done = |name: &str, reading| Event::Done(pool(name).id, reading);
    let refused = || Reading::Refused(Needs::new("a/read", "/"));
    let gap = || {
        Event::Gap(SubscriptionGap {
            subscription: None,
            reason: GapReason::Failed(error()),
        })
    };
    let cases = [
        (
            vec![
                pools(),
                done("one", Reading::Read),
                done("two", Reading::Read),
                Event::Finished,
            ],
            Some(Nothing::NoSessions),
        ),
        (
            vec![pools(), done("one", Reading::Read), done("two", Reading::Read)],
            None,
        ),
        (
            vec![pools(), done("one", Reading::Read), Event::Finished],
            Some(Nothing::NoneFoundWhereRead),
        ),
        (
            vec![
                pools(),
                done("one", Reading::Read),
                done("two", refused()),
                Event::Finished,
            ],
            Some(Nothing::NoneFoundWhereRead),
        ),
        (
            vec![
                pools(),
                done("one", Reading::Read),
                done("two", Reading::Failed(error())),
                Event::Finished,
            ],
            Some(Nothing::NoneFoundWhereRead),
        ),
        (
            vec![
                pools(),
                done("one", Reading::Read),
                done("two", Reading::Read),
                gap(),
                Event::Finished,
            ],
            Some(Nothing::NoneFoundWhereRead),
        ),
        (vec![Event::Finished], Some(Nothing::NoHostPools)),
        (
            vec![Event::Subscriptions(vec![]), Event::Finished],
            Some(Nothing::NoSubscriptions),
        ),
    ];
    for (events, expected) in cases {
        let findings = found(events.clone());
        assert_eq!(findings.nothing(), expected, "{events:?}");
        if expected != Some(Nothing::NoSessions)
            && let Some(nothing) = expected
        {
            assert!(
                !text::nothing(nothing, findings.coverage())
                    .to_lowercase()
                    .contains("no sessions")
            );
        }
    }
}

#[test]
fn a_stopped_search_has_looked_partially_even_if_nothing_was_left() {
    let mut findings = found(vec![
        Event::HostPools(vec![pool("one")]),
        Event::Done(pool("one").id, Reading::Read),
    ]);
    findings.stop();
    assert_eq!(findings.coverage().verdict(), Verdict::Partial);
    // What is finished cannot be stopped any more.
    let mut findings = found(vec![
        Event::HostPools(vec![pool("one")]),
        Event::Done(pool("one").id, Reading::Read),
        Event::Finished,
    ]);
    findings.stop();
    assert_eq!(findings.coverage().verdict(), Verdict::Complete);
}

#[test]
fn a_pool_that_is_listed_twice_counts_once() {
    let findings = found(vec![
        Event::HostPools(vec![pool("one")]),
        Event::HostPools(vec![pool("ONE")]),
        Event::Done(pool("One").id, Reading::Read),
        Event::Finished,
    ]);
    assert_eq!((findings.coverage().known(), findings.coverage().read()), (1, 1));
}

#[test]
fn a_pool_that_is_not_there_counts_for_nothing_and_what_was_asked_for_by_filter_counts_as_read() {
    let done = |name: &str, reading| Event::Done(pool(name).id, reading);
    let all = || Event::HostPools(vec![pool("one"), pool("two")]);
    let findings = found(vec![
        all(),
        done("one", Reading::ReadByFilter),
        done("two", Reading::NotThere),
        Event::Finished,
    ]);
    let coverage = findings.coverage();
    assert_eq!((coverage.known(), coverage.read(), coverage.done()), (1, 1, 1));
    assert_eq!(
        (findings.nothing(), findings.unnamed_not_looked_for()),
        (Some(Nothing::NoSessions), 1)
    );
    let findings = found(vec![
        Event::HostPools(vec![pool("one")]),
        done("one", Reading::NotThere),
        Event::Finished,
    ]);
    assert_eq!(findings.nothing(), Some(Nothing::NoHostPools));
}

#[test]
fn what_is_doubted_is_unread_until_it_was_read_whole() {
    let mut findings = found(vec![
        Event::HostPools(vec![pool("one")]),
        Event::Done(pool("one").id, Reading::ReadByFilter),
        Event::Doubted(vec![pool("one").id]),
    ]);
    assert_eq!((findings.coverage().done(), findings.coverage().read()), (0, 0));
    let mut stopped = findings.clone();
    stopped.stop();
    assert_eq!(stopped.nothing(), Some(Nothing::NoneFoundWhereRead));
    findings.apply(Event::Done(pool("one").id, Reading::Read));
    findings.apply(Event::Finished);
    assert_eq!(findings.nothing(), Some(Nothing::NoSessions));
}

#[test]
fn no_sentence_but_the_one_for_complete_coverage_holds_the_words() {
    let findings = found(vec![]);
    for nothing in [
        Nothing::NoneFoundWhereRead,
        Nothing::NoSubscriptions,
        Nothing::NoHostPools,
        Nothing::NotAtAddress,
        Nothing::AddressNotRead,
    ] {
        let said = text::nothing(nothing, findings.coverage());
        assert!(!said.to_lowercase().contains("no sessions"), "{said}");
    }
}

#[test]
fn where_no_host_pool_is_seen_the_classic_service_is_named_as_out_of_reach() {
    let said = text::nothing(Nothing::NoHostPools, found(vec![]).coverage());
    assert!(said.contains("classic service"), "{said}");
}
