//! What went wrong while signing in, in words: who has to do what.
//!
//! The AADSTS numbers choose the help text only; what the page does is decided by `error` and `suberror` (Microsoft's
//! "Microsoft Entra authentication and authorization error codes" asks for exactly that).

use super::Explanation;
use crate::auth::{AuthError, IdTokenFault, ServerError};
use crate::ports::NoAnswer;

const UNTOUCHED: &str = "Nothing was done to any session.";
const AGAIN: &str = "Choose “Sign in” and try again.";

/// Explains a failed sign-in or renewal.
pub fn auth_error(error: &AuthError) -> Explanation {
    match error {
        AuthError::SignedOut => {
            Explanation::new("You are not signed in.", UNTOUCHED, "Sign in. What you typed and the receipt are kept; the list has to be searched again.")
        }
        AuthError::NoPendingRequest => Explanation::new(
            "An answer to a sign-in arrived that this tab did not ask for.",
            "It was thrown away. Nobody was signed in by it.",
            "If you began to sign in, do so again in this tab. If you followed a link to get here, do not use it again.",
        ),
        AuthError::StateMismatch | AuthError::IssuerMismatch | AuthError::MalformedResponse => Explanation::new(
            "The answer to the sign-in does not belong to this request.",
            "It was thrown away. Nobody was signed in by it.",
            AGAIN,
        ),
        AuthError::RequestExpired => Explanation::new(
            "The sign-in took longer than an hour.",
            "Its answer is no longer accepted. Nobody was signed in by it.",
            AGAIN,
        ),
        AuthError::IdToken(fault) => id_token(*fault),
        AuthError::Server(error) => server(error, UNTOUCHED),
        AuthError::InteractionRequired(error) => server(error, "Nothing more was done. What you typed and the receipt are kept; the list has to be searched again."),
        AuthError::NoAnswer(NoAnswer::Offline) => Explanation::new(
            "This computer is offline.",
            "The sign-in could not be completed. Nothing was done to any session.",
            "Connect to the network and try again.",
        ),
        AuthError::NoAnswer(no_answer) => Explanation::new(
            "The sign-in service did not let the page read its answer.",
            UNTOUCHED,
            "Check network, proxy and content blockers. If nobody has ever signed in on this page: its redirect URI must be registered in Entra ID under the platform “Single-page application”, not “Web”.",
        )
        .with_detail(vec![("Browser", no_answer.to_string())]),
        AuthError::UnreadableAnswer => Explanation::new(
            "The sign-in service answered with something that is not a token response.",
            UNTOUCHED,
            "Try again. If it stays so, a proxy between this computer and the sign-in service may be changing answers.",
        ),
        AuthError::StorageRefused => Explanation::new(
            "The browser does not let this page keep anything for this tab.",
            "Without that, the answer to a sign-in cannot be checked, so none was started.",
            "Allow site data for this page, or leave the private mode that forbids it.",
        ),
        AuthError::BadSettings => Explanation::new(
            "The addresses for signing in cannot be built from the configuration.",
            UNTOUCHED,
            "The person who deployed this page has to check tenant and cloud in config.json.",
        ),
    }
}

fn id_token(fault: IdTokenFault) -> Explanation {
    let meaning = "Nobody was signed in.";
    match fault {
        IdTokenFault::Missing | IdTokenFault::Malformed => {
            Explanation::new("The sign-in service did not say who signed in.", meaning, AGAIN)
        }
        IdTokenFault::Audience => Explanation::new(
            "The answer was made for another application or account.",
            meaning,
            "Sign in again. If it stays so, compare clientId in config.json with the registration.",
        ),
        IdTokenFault::Issuer => Explanation::new(
            "The answer comes from another tenant or another sign-in service than configured.",
            meaning,
            "Sign in with an account of the configured tenant, or correct tenant and cloud in config.json.",
        ),
        IdTokenFault::Nonce => Explanation::new(
            "The answer belongs to another sign-in.",
            meaning,
            "Sign in again in this tab.",
        ),
        IdTokenFault::Lifetime => Explanation::new(
            "By this computer’s clock, the answer is out of date.",
            meaning,
            "Set the clock of this computer right (five minutes are tolerated) and sign in again.",
        ),
    }
}

fn server(error: &ServerError, meaning: &str) -> Explanation {
    let (title, next) = match error.number() {
        Some(65_001) => (
            "This application has not been given consent to use Azure Resource Manager for you.",
            "Sign in again and accept. If you are not asked, an administrator of the tenant has to grant admin consent to the application.",
        ),
        Some(90_094 | 90_095) => (
            "The tenant wants an administrator’s consent for this application.",
            "Ask an administrator of the tenant to grant admin consent to the application.",
        ),
        Some(65_004) => (
            "You declined the consent that the page needs.",
            "Sign in again and accept, if you want to use the page.",
        ),
        Some(50_076 | 50_079 | 50_072 | 50_074 | 50_078 | 53_004) => (
            "A second factor is needed.",
            "Sign in again and complete the multifactor authentication that you are asked for.",
        ),
        Some(50_173 | 50_133) => (
            "Your earlier sign-in was revoked, for example by a new password.",
            "Sign in again.",
        ),
        Some(700_084 | 700_082 | 70_008 | 70_043) => (
            "Your session has ended.",
            "Sign in again. A browser page has to do that at least once a day.",
        ),
        Some(50_058) => ("Nobody is signed in at the sign-in service.", "Sign in."),
        Some(700_016 | 500_011) => (
            "The tenant does not know this application.",
            "The person who deployed the page has to check clientId, tenant and cloud in config.json.",
        ),
        Some(50_011) => (
            "The address of this page is not registered for the application.",
            "The person who deployed the page has to register its redirect.html, letter for letter, as redirect URI of the type “Single-page application”.",
        ),
        Some(9_002_326 | 9_002_327) => (
            "The redirect URI is registered with the wrong type.",
            "The person who deployed the page has to move it to the platform “Single-page application” in the registration.",
        ),
        Some(65_005 | 650_057) => (
            "The registration lacks the permission for Azure Resource Manager.",
            "The person who deployed the page has to add the delegated permission user_impersonation of “Azure Service Management” to the registration.",
        ),
        Some(50_194) => (
            "The application belongs to a single tenant.",
            "The person who deployed the page has to put that tenant into config.json.",
        ),
        Some(50_105) => (
            "You are not assigned to this application.",
            "Ask an administrator of the tenant to assign you to the enterprise application.",
        ),
        Some(50_020 | 16_000) => (
            "This account does not exist in the configured tenant.",
            "Sign in with an account of that tenant, or have the account invited there as a guest.",
        ),
        Some(53_000..=53_003) => (
            "A Conditional Access policy blocks this sign-in.",
            "Use a device and a network that the policy accepts, or ask an administrator of the tenant which one blocked it; the correlation id below finds it in the sign-in log.",
        ),
        Some(90_002 | 90_038) => (
            "The tenant was not found in this cloud.",
            "The person who deployed the page has to check tenant and cloud in config.json.",
        ),
        Some(54_005 | 70_000) => ("The sign-in was already used.", AGAIN),
        Some(50_196) => (
            "The sign-in service has seen too many sign-ins in a row.",
            "Wait a few minutes before you sign in again.",
        ),
        _ => match error.error.as_str() {
            "access_denied" => ("The sign-in was cancelled.", "Choose “Sign in” when you want to go on."),
            "temporarily_unavailable" | "server_error" => (
                "The sign-in service is not available at the moment.",
                "Try again in a few minutes.",
            ),
            "login_required" | "interaction_required" | "invalid_grant" => ("You have to sign in again.", AGAIN),
            _ => (
                "The sign-in service refused.",
                "Try again. If it stays so, give the technical detail to an administrator of the tenant.",
            ),
        },
    };
    let mut detail = vec![("Error", error.error.clone())];
    for (name, value) in [
        ("Reason", &error.suberror),
        ("Trace id", &error.trace_id),
        ("Correlation id", &error.correlation_id),
    ] {
        if let Some(value) = value {
            detail.push((name, value.clone()));
        }
    }
    if !error.error_description.is_empty() {
        detail.push(("Message", error.error_description.clone()));
    }
    Explanation::new(title, meaning, next).with_detail(detail)
}
