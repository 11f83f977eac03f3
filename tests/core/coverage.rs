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
