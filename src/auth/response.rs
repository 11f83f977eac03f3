//! The authorization response: the parameters that the authority sent back to the redirect URI.

use oauth2::{AuthorizationCode, CsrfToken};
use url::form_urlencoded;

use super::error::{AuthError, ServerError};
use crate::ports::Storage;

/// Where `redirect.html` leaves the response, in the tab's storage; `static/redirect.js` uses the same name.
pub const RESPONSE_KEY: &str = "avd-logoff.response";

/// A response, parsed but not yet believed.
#[derive(Debug)]
pub(super) struct AuthorizationResponse {
    /// The state of the request it claims to answer.
    pub state: CsrfToken,
    /// Who answers (RFC 9207); Entra was not seen to send it.
    pub issuer: Option<String>,
    /// The code, or the authority's error.
    pub outcome: Result<AuthorizationCode, ServerError>,
}

/// Takes the raw response out of the storage, so that it can be used once at most.
pub(super) fn take(storage: &dyn Storage) -> Option<String> {
    let text = storage.get(RESPONSE_KEY)?;
    storage.remove(RESPONSE_KEY);
    Some(text)
}

impl AuthorizationResponse {
    /// Parses `code=…&state=…` or `error=…&state=…`, from a fragment or a query, with or without its `#` or `?`.
    ///
    /// # Errors
    /// [`AuthError::MalformedResponse`] if a parameter comes twice, the state is missing, or there is neither or both
    /// of code and error.
    pub fn parse(text: &str) -> Result<Self, AuthError> {
        let mut found = Parameters::default();
        for (name, value) in form_urlencoded::parse(text.trim_start_matches(['#', '?']).as_bytes()) {
            let slot = match name.as_ref() {
                "code" => &mut found.code,
                "state" => &mut found.state,
                "iss" => &mut found.issuer,
                "error" => &mut found.error,
                "error_description" => &mut found.description,
                "suberror" => &mut found.suberror,
                // Entra's older name for it, with which it tells "Cancel" from "declined".
                "error_subcode" => &mut found.subcode,
                "claims" => &mut found.claims,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(AuthError::MalformedResponse);
            }
        }
        let state = found
            .state
            .filter(|state| !state.is_empty())
            .ok_or(AuthError::MalformedResponse)?;
        let outcome = match (found.code, found.error) {
            (Some(code), None) if !code.is_empty() => Ok(AuthorizationCode::new(code)),
            (None, Some(error)) => Err(ServerError {
                error,
                error_description: found.description.unwrap_or_default(),
                suberror: found.suberror.or(found.subcode),
                claims: found.claims,
                ..ServerError::default()
            }),
            _ => return Err(AuthError::MalformedResponse),
        };
        Ok(Self {
            state: CsrfToken::new(state),
            issuer: found.issuer,
            outcome,
        })
    }
}

#[derive(Default)]
struct Parameters {
    code: Option<String>,
    state: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
    description: Option<String>,
    suberror: Option<String>,
    subcode: Option<String>,
    claims: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{AuthError, AuthorizationResponse};

    #[test]
    fn a_code_and_an_error_are_read_from_fragment_and_query() {
        let response = AuthorizationResponse::parse("#code=a%2Bb&state=s&session_state=x&iss=https%3A%2F%2Fi").unwrap();
        assert_eq!(response.outcome.unwrap().secret(), "a+b");
        assert_eq!(response.state.secret(), "s");
        assert_eq!(response.issuer.as_deref(), Some("https://i"));
        let response =
            AuthorizationResponse::parse("?error=access_denied&error_description=AADSTS65004%3a+no&state=s").unwrap();
        let error = response.outcome.unwrap_err();
        assert_eq!((error.error.as_str(), error.number()), ("access_denied", Some(65_004)));
    }

    #[test]
    fn cancelling_is_told_from_declining() {
        let text = "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3a+no&state=s";
        let error = AuthorizationResponse::parse(text).unwrap().outcome.unwrap_err();
        assert_eq!(error.suberror.as_deref(), Some("cancel"));
    }

    #[test]
    fn anything_ambiguous_is_refused() {
        for text in [
            "",
            "#",
            "code=a",
            "state=s",
            "code=&state=s",
            "code=a&state=",
            "code=a&code=b&state=s",
            "code=a&state=s&state=s",
            "code=a&error=b&state=s",
            "%%%",
        ] {
            assert_eq!(
                AuthorizationResponse::parse(text).err(),
                Some(AuthError::MalformedResponse),
                "{text}"
            );
        }
    }
}
