//! What went wrong while signing in, in words: who has to do what.
//!
//! Entra's numbers stand in [`aadsts`](super::aadsts).

use super::Explanation;
use super::aadsts::help;
use crate::auth::{AuthError, IdTokenFault, ServerError};
use crate::ports::NoAnswer;

const UNTOUCHED: &str = "Nothing was done to any session.";
const AGAIN: &str = "Choose “Sign in” and try again.";

/// Explains a failed sign-in or renewal.
pub fn auth_error(error: &AuthError) -> Explanation {
    match error {
        AuthError::SignedOut => {
            Explanation::new("You are not signed in.", UNTOUCHED, "Sign in. What you typed, found and selected is kept.")
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
        AuthError::OtherAccount => Explanation::new(
            "Somebody else signed in than the person whose work is under way.",
            "That sign-in was thrown away. Nothing goes on under another name.",
            "Continue with the account that began, or give the work up and switch the account.",
        ),
        AuthError::WindowClosed => Explanation::new(
            "The sign-in window was closed before the sign-in was done.",
            "Nobody was signed in by it.",
            AGAIN,
        ),
        AuthError::IdToken(fault) => id_token(*fault),
        AuthError::Server(error) => server(error, UNTOUCHED),
        AuthError::InteractionRequired(error) => server(error, "Nothing more was done. What you typed, found and selected is kept."),
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
    let cancelled = error.suberror.as_deref() == Some("cancel");
    let number = error.number().filter(|_| !cancelled);
    let (title, next) = number.and_then(help).unwrap_or(match error.error.as_str() {
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
    });
    let mut detail = vec![("Error", error.error.clone())];
    let ids = [
        ("Trace id", error.trace_id()),
        ("Correlation id", error.correlation_id()),
    ];
    let number = error.number().map(|number| format!("AADSTS{number}"));
    let lines = [("Number", number), ("Reason", error.suberror.clone())];
    for (name, value) in lines.into_iter().chain(ids) {
        if let Some(value) = value {
            detail.push((name, value));
        }
    }
    if !error.error_description.is_empty() {
        detail.push(("Message", error.error_description.clone()));
    }
    Explanation::new(title, meaning, next).with_detail(detail)
}
