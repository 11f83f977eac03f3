//! Trying again what a search could not read: what of it, and whether there is anything to try.

use super::coverage::{Coverage, GapReason, Part, Phase};
use super::findings::Findings;
use crate::arm::{ArmErrorKind, SessionId};

/// What has to be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// These host pools and subscriptions; the rest of the findings stays.
    Part(Part),
    /// Everything, because subscriptions or host pools may be missing from what is known.
    Everything,
    /// The one session that was opened by its address.
    Address(SessionId),
}

/// Whether something failed that may not fail next time. A missing right or a subscription that cannot be seen is not
/// helped by trying.
pub fn can_try_again(coverage: &Coverage) -> bool {
    let failed_gap = |gap: &super::coverage::SubscriptionGap| matches!(gap.reason, GapReason::Failed(_));
    let address = coverage.address_failure();
    coverage.phase() != Phase::Searching
        && (coverage.failed().next().is_some()
            || coverage.gaps().iter().any(failed_gap)
            || address.is_some_and(|error| error.kind != ArmErrorKind::Forbidden))
}

/// Makes the findings ready for the next try.
pub fn again(findings: &mut Findings) -> Again {
    if let Some(id) = findings.address() {
        return Again::Address(id.clone());
    }
    match findings.try_failed_again() {
        Some(part) => Again::Part(part),
        None => Again::Everything,
    }
}

#[cfg(test)]
mod tests {
    use super::{Again, again, can_try_again};
    use crate::arm::request::Needs;
    use crate::arm::{ArmError, ArmErrorKind, HostPool, HostPoolId, Subscription};
    use crate::desk::coverage::{GapReason, Reading, SubscriptionGap, Verdict};
    use crate::desk::findings::Findings;
    use crate::desk::search::Event;

    const SUBSCRIPTION: &str = "11111111-2222-3333-4444-555555555555";

    fn error() -> Box<ArmError> {
        Box::new(ArmError::unanswered(ArmErrorKind::Server, Needs::new("a", "s"), "r"))
    }

    fn failed_gap(subscription: Option<&str>) -> Event {
        Event::Gap(SubscriptionGap {
            subscription: subscription.map(str::to_owned),
            reason: GapReason::Failed(error()),
        })
    }

    fn one_failed_pool() -> Findings {
        let id = format!(
            "/subscriptions/{SUBSCRIPTION}/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool"
        );
        let id = HostPoolId::parse(&id).unwrap();
        let mut findings = Findings::new(Vec::new());
        findings.apply(Event::Subscriptions(vec![Subscription {
            id: SUBSCRIPTION.into(),
            name: "One".into(),
        }]));
        findings.apply(Event::HostPools(vec![HostPool {
            id: id.clone(),
            kind: None,
        }]));
        findings.apply(Event::Done(id, Reading::Failed(error())));
        findings
    }

    #[test]
    fn failed_pools_are_read_again_alone() {
        let mut findings = one_failed_pool();
        assert!(!can_try_again(findings.coverage()), "it is still under way");
        findings.apply(Event::Finished);
        assert!(can_try_again(findings.coverage()));
        let Again::Part(part) = again(&mut findings) else {
            panic!("reading the failed pool is enough");
        };
        assert_eq!((part.pools.len(), part.subscriptions.len()), (1, 0));
    }

    #[test]
    fn a_subscription_that_failed_is_listed_again_alone_and_stays_a_gap_if_it_fails_again() {
        let mut findings = one_failed_pool();
        findings.apply(failed_gap(Some("22222222-2222-3333-4444-555555555555")));
        findings.apply(Event::Finished);
        let Again::Part(part) = again(&mut findings) else {
            panic!("listing that subscription is enough");
        };
        assert_eq!(part.subscriptions, ["22222222-2222-3333-4444-555555555555"]);
        assert_eq!(findings.coverage().verdict(), Verdict::Searching);
        let pool = part.pools[0].id.clone();
        findings.apply(Event::Done(pool, Reading::Read));
        findings.apply(failed_gap(Some("22222222-2222-3333-4444-555555555555")));
        findings.apply(Event::Finished);
        assert_eq!(findings.coverage().verdict(), Verdict::Partial);
        assert_eq!(findings.coverage().gaps().len(), 1);
    }

    #[test]
    fn after_a_stop_or_without_the_list_of_subscriptions_everything_is_read_again() {
        let mut stopped = one_failed_pool();
        stopped.stop();
        assert_eq!(again(&mut stopped), Again::Everything);
        let mut gap = one_failed_pool();
        gap.apply(failed_gap(None));
        gap.apply(Event::Finished);
        assert_eq!(again(&mut gap), Again::Everything);
        assert_eq!(gap.coverage().verdict(), Verdict::Partial, "nothing was changed");
    }

    #[test]
    fn what_cannot_be_seen_is_not_tried_again() {
        let mut findings = Findings::new(Vec::new());
        findings.apply(Event::Gap(SubscriptionGap {
            subscription: Some("x".into()),
            reason: GapReason::NotVisible,
        }));
        findings.apply(Event::Finished);
        assert!(!can_try_again(findings.coverage()));
    }
}
