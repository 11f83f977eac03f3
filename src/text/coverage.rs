//! Where the search has looked, in words.

use super::{Explanation, arm_error, counted};
use crate::arm::{ArmError, Piece};
use crate::desk::address::Fault;
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
            "You see no host pool in {}. Azure shows only those that you have a role on: ask for “Desktop Virtualization Reader” if there should be some. Pools of the classic service, which had no Azure resources, are out of this page’s reach.",
            counted(coverage.subscriptions(), "subscription", "subscriptions")
        ),
        Nothing::NotAtAddress => {
            "There is no such session: it has ended, or the address names it wrongly. The user may have others: search for the user to be sure.".into()
        }
        Nothing::AddressNotRead => {
            "The session at this address could not be read, so it is not known whether it is still there.".into()
        }
    }
}

/// The second source of host pools told nothing, or not all.
pub fn graph_failure(error: &ArmError) -> Explanation {
    let mut explanation = arm_error(error);
    explanation.title = format!(
        "Azure Resource Graph could not be asked for host pools. {}",
        explanation.title
    );
    "Every subscription’s own list of host pools was read as far as it is said here, so nothing is missing that you have a role for in the whole subscription. A host pool on which alone you have a role may be.".clone_into(&mut explanation.meaning);
    explanation
}

/// Why an address leads nowhere.
pub fn address_fault(fault: Fault) -> Explanation {
    match fault {
        Fault::NotASession => Explanation::new(
            "This address does not name a session.",
            "Nothing was opened.",
            "Check that the link was copied whole, or enter subscription, resource group, host pool, session host and session id by hand.",
        ),
        Fault::NotAUser => Explanation::new(
            "This address does not name a user.",
            "Nothing was searched for.",
            "Check that the link was copied whole, or type the user principal name.",
        ),
    }
}

/// What is wrong with a piece of a session’s id.
pub fn faulty_piece(piece: Piece) -> &'static str {
    match piece {
        Piece::Subscription => "The subscription is its id: 32 digits and letters from a to f, with hyphens.",
        Piece::ResourceGroup => "The name of a resource group has 1 to 90 characters and no “/”.",
        Piece::HostPool => {
            "The name of a host pool has 3 to 64 characters: letters from A to Z, digits, blanks, and @ . - _"
        }
        Piece::SessionHost => {
            "The name of a session host has 3 to 48 characters: letters from A to Z, digits, blanks, and @ . - _"
        }
        Piece::Session => "The session id is the session’s number on its host: 1 to 24 characters.",
    }
}
