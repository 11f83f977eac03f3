//! Where the search has looked, in words.

use super::{Explanation, arm_error, counted};
use crate::desk::coverage::{Coverage, GapReason, SubscriptionGap};
use crate::desk::findings::Nothing;

/// Explains a subscription that was not looked into.
pub fn gap(gap: &SubscriptionGap) -> Explanation {
    match (&gap.reason, &gap.subscription) {
        (GapReason::NotVisible, id) => Explanation::new(
            format!("You cannot see the subscription {}.", id.as_deref().unwrap_or_default()),
            "The configuration names it, so sessions in it are missing here.",
            "Ask its owner for a role in it, or have it removed from config.json.",
        ),
        (GapReason::Failed(error), None) => {
            let mut explanation = arm_error(error);
            explanation.title = format!("The list of subscriptions could not be read. {}", explanation.title);
            explanation
        }
        (GapReason::Failed(error), Some(id)) => {
            let mut explanation = arm_error(error);
            explanation.title = format!(
                "The host pools of subscription {id} could not be read. {}",
                explanation.title
            );
            explanation
        }
    }
}

/// What to say where no session is shown. The words "No sessions" stand here and nowhere else.
pub fn nothing(nothing: Nothing, coverage: &Coverage) -> String {
    match nothing {
        Nothing::NoSessions => {
            format!("No sessions: {} read, all of them.", counted(coverage.known(), "host pool was", "host pools were"))
        }
        Nothing::NoneFoundWhereRead if coverage.known() == 0 => {
            "None found, and no host pool could be read.".into()
        }
        Nothing::NoneFoundWhereRead => {
            format!(
                "None found in the {} of {} host pools that could be read.",
                coverage.read(),
                coverage.known()
            )
        }
        Nothing::NoSubscriptions => {
            "You see no Azure subscription. Ask for a role in the subscriptions that hold the host pools, such as “Desktop Virtualization Reader”, and check that you are in the right tenant.".into()
        }
        Nothing::NoHostPools => format!(
            "You see no host pool in {}. Azure shows only those that you have a role on: ask for “Desktop Virtualization Reader” if there should be some.",
            counted(coverage.subscriptions(), "subscription", "subscriptions")
        ),
    }
}
