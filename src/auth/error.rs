//! What can go wrong while signing in or renewing, as types. The sentences stand in `text`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ports::NoAnswer;

/// The authority's error answer, from the token endpoint (JSON) or from a redirect (parameters).
///
/// Fields as documented for Microsoft Entra's token endpoint. Decisions are taken by `error` and `suberror` only;
/// the AADSTS numbers in `error_codes` choose a help text and nothing else, as Microsoft's reference asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerError {
    /// OAuth error code, such as `invalid_grant`.
    pub error: String,
    /// Entra's own text, beginning with `AADSTS…`.
    #[serde(default)]
    pub error_description: String,
    /// AADSTS numbers.
    #[serde(default)]
    pub error_codes: Vec<u32>,
    /// Finer reason.
    #[serde(default)]
    pub suberror: Option<String>,
    /// Claims that a new sign-in must bring.
    #[serde(default)]
    pub claims: Option<String>,
    /// Entra's trace id, for support.
    #[serde(default)]
    pub trace_id: Option<String>,
    /// Entra's correlation id, for support.
    #[serde(default)]
    pub correlation_id: Option<String>,
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.error_description)
    }
}

impl oauth2::ErrorResponse for ServerError {}

impl ServerError {
    /// The AADSTS number: from `error_codes`, else from the front of the description (redirects carry only that).
    pub fn number(&self) -> Option<u32> {
        self.error_codes.first().copied().or_else(|| {
            let rest = self.error_description.strip_prefix("AADSTS")?;
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        })
    }

    /// Entra's correlation id: from its field, else from the description, which is all that a redirect carries.
    pub fn correlation_id(&self) -> Option<String> {
        self.correlation_id
            .clone()
            .or_else(|| self.described("Correlation ID: "))
    }

    /// Entra's trace id, likewise.
    pub fn trace_id(&self) -> Option<String> {
        self.trace_id.clone().or_else(|| self.described("Trace ID: "))
    }

    /// The word behind a name in the description, which ends with `Trace ID: … Correlation ID: … Timestamp: …`.
    fn described(&self, name: &str) -> Option<String> {
        let (_, rest) = self.error_description.split_once(name)?;
        rest.split_whitespace().next().map(str::to_owned)
    }

    /// Whether only a person at the authority can help. The lists are MSAL's (msal-common
    /// `InteractionRequiredAuthError`), and `invalid_grant`: a dead refresh token is answered by signing in.
    pub fn needs_interaction(&self) -> bool {
        const ERRORS: [&str; 8] = [
            "interaction_required",
            "consent_required",
            "login_required",
            "bad_token",
            "ui_not_allowed",
            "interrupted_user",
            "invalid_grant",
            "native_account_unavailable",
        ];
        const SUBERRORS: [&str; 8] = [
            "message_only",
            "additional_action",
            "basic_action",
            "user_password_expired",
            "consent_required",
            "bad_token",
            "ui_not_allowed",
            "interrupted_user",
        ];
        ERRORS.contains(&self.error.as_str()) || self.suberror.as_deref().is_some_and(|s| SUBERRORS.contains(&s))
    }
}

/// What is wrong with an id token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IdTokenFault {
    /// The answer had none.
    Missing,
    /// It is not three base64url parts with JSON claims in the middle, or a needed claim is missing.
    Malformed,
    /// Issued for another application.
    Audience,
    /// Issued by another authority or for another tenant.
    Issuer,
    /// Not the nonce of this request.
    Nonce,
    /// Expired, or not yet valid, by this computer's clock.
    Lifetime,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuthError {
    /// Nobody is signed in.
    SignedOut,
    /// An answer came that this tab has not asked for: from another tab, a second time, or forged.
    NoPendingRequest,
    /// The answer belongs to another request.
    StateMismatch,
    /// The answer came too long after the request.
    RequestExpired,
    /// The answer names another issuer.
    IssuerMismatch,
    /// The answer is not one of an OAuth authority.
    MalformedResponse,
    /// Somebody else signed in than the person whose work is to go on.
    OtherAccount,
    /// The sign-in window was closed before the sign-in was done.
    WindowClosed,
    /// The id token does not stand the checks.
    IdToken(IdTokenFault),
    /// The authority said no.
    Server(Box<ServerError>),
    /// A person has to sign in again; with the authority's reason.
    InteractionRequired(Box<ServerError>),
    /// The token endpoint could not be reached, or the browser was not let at the answer. The latter is how a
    /// redirect URI that is not registered with type "single-page application" shows itself.
    NoAnswer(NoAnswer),
    /// The token endpoint answered with something else.
    UnreadableAnswer,
    /// The tab's storage is switched off or full, so that the answer could not be matched to the request.
    StorageRefused,
    /// An address in the settings is not a URL.
    BadSettings,
}

impl AuthError {
    /// An error answer, sorted by whether a new sign-in can help.
    pub(super) fn from_server(error: ServerError) -> Self {
        if error.needs_interaction() {
            Self::InteractionRequired(Box::new(error))
        } else {
            Self::Server(Box::new(error))
        }
    }

    /// Whether there was a sign-in that has ended, and signing in again is all that it takes.
    pub fn is_answered_by_sign_in(&self) -> bool {
        matches!(self, Self::SignedOut | Self::InteractionRequired(_))
    }

    /// The authority's answer, where there was one.
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            Self::Server(error) | Self::InteractionRequired(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ServerError;

    #[test]
    fn the_number_is_found_in_either_place() {
        let from_json = ServerError {
            error_codes: vec![700_084],
            ..ServerError::default()
        };
        assert_eq!(from_json.number(), Some(700_084));
        let from_redirect = ServerError {
            error_description: "AADSTS65004: User declined".into(),
            ..Default::default()
        };
        assert_eq!(from_redirect.number(), Some(65_004));
        assert_eq!(from_redirect.correlation_id(), None);
        let whole = ServerError {
            error_description: "AADSTS53003: No.\r\nTrace ID: t\r\nCorrelation ID: c\r\nTimestamp: 2026".into(),
            ..Default::default()
        };
        assert_eq!(
            (whole.trace_id().as_deref(), whole.correlation_id().as_deref()),
            (Some("t"), Some("c"))
        );
        let none = ServerError {
            error_description: "AADSTSx".into(),
            ..Default::default()
        };
        assert_eq!(none.number(), None);
    }

    #[test]
    fn interaction_is_decided_by_error_and_suberror_never_by_number() {
        let error = |error: &str, suberror: Option<&str>| ServerError {
            error: error.into(),
            suberror: suberror.map(Into::into),
            error_codes: vec![50_076],
            ..Default::default()
        };
        assert!(error("interaction_required", None).needs_interaction());
        assert!(error("invalid_grant", Some("bad_token")).needs_interaction());
        assert!(error("temporarily_unavailable", Some("basic_action")).needs_interaction());
        assert!(!error("temporarily_unavailable", None).needs_interaction());
        assert!(!error("unauthorized_client", None).needs_interaction());
    }
}
