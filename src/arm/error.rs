//! What Resource Manager, or the way there, answered instead of what was asked for.
//!
//! Sorted by status, by `error.code` and by the shape of the body; never by a message's text, which Azure translates.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::object::Object;
use super::request::Needs;
use crate::auth::{AuthError, ClaimsChallenge};
use crate::ports::{NoAnswer, Response};

/// A request that did not give what it was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArmError {
    /// What it comes to.
    pub kind: ArmErrorKind,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// `error.code` of the body.
    pub code: Option<String>,
    /// `error.message` of the body. For showing as text only.
    pub message: Option<String>,
    /// The right that the request takes.
    pub needs: Needs,
    /// The page's own request id.
    pub request_id: String,
    /// Resource Manager's correlation id, where the browser lets it be read.
    pub correlation_id: Option<String>,
}

/// The kinds of failure that lead to different words or deeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ArmErrorKind {
    /// No answer at all.
    NoAnswer(NoAnswer),
    /// No token to ask with.
    Auth(AuthError),
    /// 401 or 403 with a claims challenge: a stronger sign-in is wanted.
    ClaimsChallenge(ClaimsChallenge),
    /// 401 otherwise: the token was refused.
    TokenRefused,
    /// 403: a right is missing.
    Forbidden,
    /// Refused by a policy (`RequestDisallowedByPolicy`).
    Policy,
    /// 423, or 409 `ScopeLocked`: a lock is on the resource.
    Locked,
    /// 404 for the subscription itself: this sign-in does not see it, or it is gone. It says nothing about what is
    /// inside, least of all that a session has ended.
    SubscriptionNotVisible,
    /// 404 otherwise.
    NotFound,
    /// 409 otherwise.
    Conflict,
    /// 429, with the wait that the answer asked for, if that could be read.
    Throttled(Option<Duration>),
    /// The API version is not known there.
    ApiVersion,
    /// Azure Virtual Desktop is not registered in that subscription.
    NotRegistered,
    /// 5xx or 408: what happened is not known.
    Server,
    /// Any other status.
    Unexpected,
    /// 2xx, but not the body that was asked for.
    Unreadable,
    /// A list's next page lies at another origin. It was not followed, so no token went there.
    ForeignNextLink,
    /// A list that never ends: a page linked to one already read, or more pages than any list has.
    EndlessList,
}

#[derive(Deserialize)]
struct Envelope {
    error: Option<Object<Body>>,
}

#[derive(Default, Deserialize)]
struct Body {
    code: Option<String>,
    message: Option<String>,
}

impl ArmError {
    /// An error without an answer.
    pub fn unanswered(kind: ArmErrorKind, needs: Needs, request_id: &str) -> Self {
        Self {
            kind,
            status: None,
            code: None,
            message: None,
            needs,
            request_id: request_id.to_owned(),
            correlation_id: None,
        }
    }

    /// An error with an answer. Bodies may be empty or a gateway's HTML page: those have neither code nor message.
    pub fn of(response: &Response, needs: Needs, request_id: &str) -> Self {
        let body = serde_json::from_slice::<Object<Envelope>>(response.body())
            .ok()
            .and_then(|envelope| envelope.0.error)
            .map(|error| error.0)
            .unwrap_or_default();
        let status = response.status().as_u16();
        let code = body.code.as_deref().unwrap_or_default();
        let challenge = header(response, "www-authenticate").and_then(|value| ClaimsChallenge::of_header(&value));
        let kind = match (status, code, challenge) {
            (401 | 403, _, Some(challenge)) => ArmErrorKind::ClaimsChallenge(challenge),
            (status, code, _) => Self::kind_of(status, code, response),
        };
        let correlation_id = header(response, "x-ms-correlation-request-id");
        Self {
            kind,
            status: Some(status),
            code: body.code,
            message: body.message,
            needs,
            request_id: request_id.to_owned(),
            correlation_id,
        }
    }

    fn kind_of(status: u16, code: &str, response: &Response) -> ArmErrorKind {
        match (status, code) {
            (401, _) => ArmErrorKind::TokenRefused,
            (_, "RequestDisallowedByPolicy") => ArmErrorKind::Policy,
            (403, _) => ArmErrorKind::Forbidden,
            (423, _) | (409, "ScopeLocked") => ArmErrorKind::Locked,
            (_, "MissingSubscriptionRegistration") => ArmErrorKind::NotRegistered,
            (404, "SubscriptionNotFound") => ArmErrorKind::SubscriptionNotVisible,
            (404, _) => ArmErrorKind::NotFound,
            (409, _) => ArmErrorKind::Conflict,
            (429, _) => ArmErrorKind::Throttled(super::retry::retry_after(response.headers())),
            (400, "NoRegisteredProviderFound" | "InvalidApiVersionParameter" | "InvalidResourceType") => {
                ArmErrorKind::ApiVersion
            }
            (408 | 500.., _) => ArmErrorKind::Server,
            (200..=299, _) => ArmErrorKind::Unreadable,
            _ => ArmErrorKind::Unexpected,
        }
    }

    /// Whether the request may have had an effect that nobody saw. Only a refusal (4xx) says that it had none; a code
    /// in the body of any other answer does not.
    pub fn leaves_outcome_open(&self) -> bool {
        // 412 is the answer to a condition, and none is ever sent: whoever says so has not understood the request.
        let refused = |status| (400..500).contains(&status) && !matches!(status, 408 | 412);
        self.status.is_some_and(|status| !refused(status))
            || matches!(
                self.kind,
                ArmErrorKind::NoAnswer(_) | ArmErrorKind::Server | ArmErrorKind::Conflict | ArmErrorKind::Unreadable
            )
    }
}

/// A header's text, where it is there and readable.
pub(super) fn header(response: &Response, name: &str) -> Option<String> {
    response
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{ArmError, ArmErrorKind, Needs};

    fn kind(status: u16, body: &str, challenge: Option<&str>) -> ArmErrorKind {
        let mut response = http::Response::builder().status(status);
        if let Some(challenge) = challenge {
            response = response.header("www-authenticate", challenge);
        }
        let needs = Needs::new("a/read", "/");
        ArmError::of(&response.body(body.as_bytes().to_vec()).unwrap(), needs, "id").kind
    }

    #[test]
    fn kinds_follow_status_and_code() {
        let code = |code: &str| format!(r#"{{"error":{{"code":"{code}","message":"m"}}}}"#);
        assert_eq!(kind(403, &code("AuthorizationFailed"), None), ArmErrorKind::Forbidden);
        assert_eq!(
            kind(403, &code("RequestDisallowedByPolicy"), None),
            ArmErrorKind::Policy
        );
        assert_eq!(kind(409, &code("ScopeLocked"), None), ArmErrorKind::Locked);
        assert_eq!(
            kind(409, &code("MissingSubscriptionRegistration"), None),
            ArmErrorKind::NotRegistered
        );
        assert_eq!(kind(409, "", None), ArmErrorKind::Conflict);
        assert_eq!(kind(423, "", None), ArmErrorKind::Locked);
        assert_eq!(
            kind(400, &code("NoRegisteredProviderFound"), None),
            ArmErrorKind::ApiVersion
        );
        assert_eq!(kind(404, "<html>", None), ArmErrorKind::NotFound);
        assert_eq!(
            kind(404, &code("SubscriptionNotFound"), None),
            ArmErrorKind::SubscriptionNotVisible
        );
        assert_eq!(kind(502, "<html>", None), ArmErrorKind::Server);
        assert_eq!(kind(408, "", None), ArmErrorKind::Server);
        assert_eq!(kind(418, "", None), ArmErrorKind::Unexpected);
        assert_eq!(kind(401, "", None), ArmErrorKind::TokenRefused);
    }

    #[test]
    fn only_a_refusal_says_that_nothing_was_done() {
        let open = |status: u16, code: &str| {
            let body = format!(r#"{{"error":{{"code":"{code}"}}}}"#).into_bytes();
            let response = http::Response::builder().status(status).body(body).unwrap();
            ArmError::of(&response, Needs::new("a/delete", "/"), "id").leaves_outcome_open()
        };
        for status in [400, 403, 423, 429] {
            assert!(!open(status, ""), "{status}");
        }
        for status in [302, 408, 409, 412, 500, 504] {
            assert!(open(status, ""), "{status}");
        }
        assert!(!open(409, "ScopeLocked") && open(500, "RequestDisallowedByPolicy"));
    }

    #[test]
    fn a_challenge_is_told_by_its_claims() {
        let header = r#"Bearer realm="", error="invalid_token", claims="eyJhIjoxfQ""#;
        let challenge = super::ClaimsChallenge::of_json(r#"{"a":1}"#).unwrap();
        for status in [401, 403] {
            let expected = ArmErrorKind::ClaimsChallenge(challenge.clone());
            assert_eq!(kind(status, "", Some(header)), expected);
        }
        assert_eq!(
            kind(401, "", Some(r#"Bearer error="invalid_token""#)),
            ArmErrorKind::TokenRefused
        );
    }
}
