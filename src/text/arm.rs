//! What Azure Resource Manager answered, in words.

use super::{Explanation, auth_error};
use crate::arm::request::Needs;
use crate::arm::user_sessions::LIST_BY_HOST_POOL;
use crate::arm::{ArmError, ArmErrorKind};
use crate::ports::NoAnswer;

/// Explains a failed request.
pub fn arm_error(error: &ArmError) -> Explanation {
    let explanation = match &error.kind {
        ArmErrorKind::Auth(auth) => return auth_error(auth),
        ArmErrorKind::NoAnswer(no_answer) => no_answer_text(no_answer),
        ArmErrorKind::ClaimsChallenge(_) => Explanation::new(
            "Azure wants a stronger sign-in for this.",
            "Nothing was done to the session.",
            "Choose “Continue sign-in” where it is offered, and complete the multifactor authentication; else try again and do so then. Reading sessions may work without it while ending them does not.",
        ),
        ArmErrorKind::TokenRefused => Explanation::new(
            "Azure no longer accepts the sign-in.",
            "Nothing was done.",
            "Sign out and sign in again. If the account belongs to several tenants, check that the right one is configured.",
        ),
        ArmErrorKind::Forbidden => missing_right(&error.needs),
        ArmErrorKind::Policy => Explanation::new(
            "An Azure policy forbids this.",
            "Nothing was done to the session.",
            "Most often the policy asks for multifactor authentication: sign out, sign in again with it, and repeat. Otherwise ask whoever manages the subscription’s policies.",
        ),
        ArmErrorKind::Locked => Explanation::new(
            "A lock on the host pool or its resource group forbids this.",
            "Nothing was done to the session.",
            "Ask an owner of the subscription to take the lock off for as long as this needs.",
        ),
        ArmErrorKind::SubscriptionNotVisible => Explanation::new(
            "Your sign-in does not see this subscription.",
            "What is in it could not be read, so nothing is known about the session.",
            "Check under “Account” that you are signed in to the right tenant, and that you still have a role in the subscription.",
        ),
        ArmErrorKind::NotFound => Explanation::new(
            "Azure does not know this resource.",
            "It was deleted or renamed, or it lies in a subscription that you cannot see.",
            "Search again.",
        ),
        ArmErrorKind::Conflict => Explanation::new(
            "Something else was being done to the same resource.",
            "Whether the request had its effect is not known until the session was looked at again.",
            "Look again in a moment.",
        ),
        ArmErrorKind::Throttled(_) => Explanation::new(
            "Azure is throttling requests.",
            "The page waited and tried again several times, without success. Nothing was done by these requests.",
            "Wait a minute and try again. Other tools that you run against Azure draw on the same allowance.",
        ),
        ArmErrorKind::ApiVersion => Explanation::new(
            "This cloud or region does not know the API version that is configured, or does not offer Azure Virtual Desktop.",
            "Its sessions could not be read.",
            "The person who deployed the page has to check apiVersion and cloud in config.json.",
        ),
        ArmErrorKind::NotRegistered => Explanation::new(
            "Azure Virtual Desktop is not used in this subscription.",
            "There are no host pools in it.",
            "There is nothing to do.",
        ),
        ArmErrorKind::Server => Explanation::new(
            "The Azure service failed.",
            "What became of the request is not known until it was looked at again.",
            "Try again in a moment. If it stays so, check Azure’s service health.",
        ),
        ArmErrorKind::Unexpected => Explanation::new(
            "Azure refused the request.",
            "Nothing was done by it.",
            "Give the technical detail to whoever supports this page.",
        ),
        ArmErrorKind::Unreadable => Explanation::new(
            "Azure’s answer could not be understood.",
            "It does not count as an answer: nothing is concluded from it.",
            "Try again. If it stays so, a proxy may be changing answers, or the API has changed: give the technical detail to whoever supports this page.",
        ),
        ArmErrorKind::ForeignNextLink => Explanation::new(
            "A list continues at an address outside Azure Resource Manager.",
            "The page did not go there, and your sign-in was not sent there. The list is incomplete.",
            "Report this to whoever runs the network between you and Azure: an answer was probably tampered with.",
        ),
        ArmErrorKind::EndlessList => Explanation::new(
            "A list does not come to an end.",
            "It was cut off, and counts as not read.",
            "Try again. If it stays so, give the technical detail to whoever supports this page.",
        ),
    };
    explanation.with_detail(detail(error))
}

fn no_answer_text(no_answer: &NoAnswer) -> Explanation {
    match no_answer {
        NoAnswer::Offline => Explanation::new(
            "This computer is offline.",
            "What was not answered yet is not known.",
            "Connect to the network and try again. Everything on the page stays as it is.",
        ),
        NoAnswer::Unreachable(_) => Explanation::new(
            "No answer came from Azure.",
            "The network, a proxy or a content blocker stopped the request or its answer.",
            "Check the connection and try again. If nothing ever comes, the proxy has to let this computer reach Azure Resource Manager.",
        ),
        NoAnswer::TimedOut => Explanation::new(
            "Azure did not answer in time.",
            "What became of the request is not known until it was looked at again.",
            "Try again in a moment.",
        ),
    }
}

/// Explains a missing right: action, scope, and a role that would give it.
pub fn missing_right(needs: &Needs) -> Explanation {
    let action = needs.action.as_ref();
    let role = match action {
        "Microsoft.Resources/subscriptions/read" => "Reader",
        LIST_BY_HOST_POOL | "Microsoft.DesktopVirtualization/hostpools/read" => "Desktop Virtualization Reader",
        "Microsoft.Authorization/permissions/read" => "Reader",
        _ => "Desktop Virtualization User Session Operator",
    };
    Explanation::new(
        format!("You lack the right {action}."),
        "Azure refused, so nothing is known and nothing was done there.",
        format!(
            "Ask an owner for the role “{role}”, or the custom role that this page’s documentation describes, on the scope {}. A new assignment takes some minutes to work.",
            needs.scope
        ),
    )
    .with_detail(vec![("Action", action.to_owned()), ("Scope", needs.scope.clone())])
}

fn detail(error: &ArmError) -> Vec<(&'static str, String)> {
    let mut detail = Vec::new();
    let mut push = |name, value: Option<String>| {
        if let Some(value) = value {
            detail.push((name, value));
        }
    };
    push("Status", error.status.map(|status| status.to_string()));
    push("Code", error.code.clone());
    push("Message", error.message.clone());
    if let ArmErrorKind::NoAnswer(no_answer) = &error.kind {
        push("Browser", Some(no_answer.to_string()));
    }
    push("Action", Some(error.needs.action.to_string()));
    push("Scope", Some(error.needs.scope.clone()));
    push("Request id", Some(error.request_id.clone()));
    push("Correlation id", error.correlation_id.clone());
    detail
}
