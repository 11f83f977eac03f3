//! Trying again what a search could not read: what of it, and whether there is anything to try.

use super::coverage::{Coverage, GapReason, Phase};
use super::findings::Findings;
use crate::arm::HostPool;

/// What has to be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// These host pools; the rest of the findings stays.
    Pools(Vec<HostPool>),
    /// Everything, because host pools may be missing from what is known.
    Everything,
}

/// Whether something failed that may not fail next time. A missing right or a subscription that cannot be seen is not
/// helped by trying.
pub fn can_try_again(coverage: &Coverage) -> bool {
    coverage.phase() != Phase::Searching && (coverage.failed().next().is_some() || has_failed_gap(coverage))
}

/// Makes the findings ready for the next try.
pub fn again(findings: &mut Findings) -> Again {
    // A search that was stopped, or could not list a subscription's host pools, does not know what it has missed:
    // reading only the pools that are known would make it look complete.
    if findings.coverage().phase() == Phase::Finished && !has_failed_gap(findings.coverage()) {
        Again::Pools(findings.try_failed_again())
    } else {
        Again::Everything
    }
}

fn has_failed_gap(coverage: &Coverage) -> bool {
    let mut gaps = coverage.gaps().iter();
    gaps.any(|gap| matches!(gap.reason, GapReason::Failed(_)))
}

#[cfg(test)]
mod tests {
    use super::{Again, again, can_try_again};
    use crate::arm::request::Needs;
    use crate::arm::{ArmError, ArmErrorKind, HostPool, HostPoolId, Subscription};
    use crate::desk::coverage::{GapReason, Reading, SubscriptionGap};
    use crate::desk::findings::Findings;
    use crate::desk::search::Event;

    fn error() -> Box<ArmError> {
        Box::new(ArmError::unanswered(ArmErrorKind::Server, Needs::new("a", "s"), "r"))
    }

    fn one_failed_pool() -> Findings {
        let id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool";
        let id = HostPoolId::parse(id).unwrap();
        let mut findings = Findings::new(Vec::new());
        findings.apply(Event::Subscriptions(vec![Subscription {
            id: "11111111-2222-3333-4444-555555555555".into(),
            name: "One".into(),
        }]));
        findings.apply(Event::HostPools(vec![HostPool { id: id.clone() }]));
        findings.apply(Event::Done(id, Reading::Failed(error())));
        findings
    }

    #[test]
    fn failed_pools_are_read_again_alone() {
        let mut findings = one_failed_pool();
        assert!(!can_try_again(findings.coverage()), "it is still under way");
        findings.apply(Event::Finished);
        assert!(can_try_again(findings.coverage()));
        assert!(matches!(again(&mut findings), Again::Pools(pools) if pools.len() == 1));
    }

    #[test]
    fn after_a_stop_or_a_failed_subscription_everything_is_read_again() {
        let mut stopped = one_failed_pool();
        stopped.stop();
        assert_eq!(again(&mut stopped), Again::Everything);
        let mut gap = one_failed_pool();
        gap.apply(Event::Gap(SubscriptionGap {
            subscription: None,
            reason: GapReason::Failed(error()),
        }));
        gap.apply(Event::Finished);
        assert_eq!(again(&mut gap), Again::Everything);
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
