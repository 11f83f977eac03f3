//! Entra's errors: a JSON body at the token endpoint, parameters on the way back to the page, or a page of its own
//! (Microsoft entra-docs, v2-oauth2-auth-code-flow.md and reference-error-codes.md).

use crate::reply::{json, response};
use crate::seed::Seed;
use crate::stamp::entra_stamp;
use http::Response;
use serde_json::json;
use time::OffsetDateTime;

/// An error of the login server.
#[derive(Clone, Debug)]
pub(crate) struct LoginError {
    /// `error`.
    pub(crate) error: String,
    /// The AADSTS number.
    pub(crate) number: u32,
    /// The sentence after the number.
    pub(crate) text: String,
    pub(crate) suberror: Option<String>,
    /// JSON text.
    pub(crate) claims: Option<String>,
    /// `error_subcode`, sent when somebody presses Cancel.
    pub(crate) subcode: Option<&'static str>,
}

/// What a person sees instead of being sent back to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginPageError {
    /// Entra's error page.
    Error {
        /// The AADSTS number.
        number: u32,
        /// The whole description.
        description: String,
    },
    /// A page that waits for the person: sign-in, second factor or consent.
    Waiting {
        /// Its title.
        title: String,
    },
    /// The connection broke, or something that is no login page.
    NoPage(String),
}

impl LoginError {
    pub(crate) fn new(error: &str, number: u32, text: &str) -> Self {
        Self {
            error: error.to_owned(),
            number,
            text: text.to_owned(),
            suberror: None,
            claims: None,
            subcode: None,
        }
    }

    pub(crate) fn suberror(mut self, suberror: &str) -> Self {
        self.suberror = Some(suberror.to_owned());
        self
    }

    pub(crate) fn claims(mut self, claims: &str) -> Self {
        self.claims = Some(claims.to_owned());
        self
    }

    /// A parameter that is not there.
    pub(crate) fn missing(name: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        Self::new("invalid_request", 900_144, &text)
    }

    /// No usable session for `prompt=none`.
    pub(crate) fn login_required() -> Self {
        let text = "Session information is not sufficient for single-sign-on.";
        Self::new("login_required", 50_058, text)
    }

    /// A second factor is needed.
    pub(crate) fn second_factor() -> Self {
        let text = "Due to a configuration change made by your administrator, or because you moved to a new location, \
                    you must use multi-factor authentication to access the resource.";
        Self::new("interaction_required", 50_076, text).suberror("basic_action")
    }

    pub(crate) fn description(&self, now: OffsetDateTime, seed: &mut Seed) -> String {
        format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
            self.number,
            self.text,
            seed.guid(),
            seed.guid(),
            entra_stamp(now)
        )
    }

    fn uri(&self) -> String {
        format!("https://login.microsoftonline.com/error?code={}", self.number)
    }

    /// The token endpoint's body. Only `invalid_client` is a 401.
    pub(crate) fn json(&self, now: OffsetDateTime, seed: &mut Seed) -> Response<Vec<u8>> {
        let (trace, correlation) = (seed.guid(), seed.guid());
        let stamp = entra_stamp(now);
        let mut body = json!({
            "error": self.error,
            "error_description": format!(
                "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}", self.number, self.text
            ),
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": self.uri(),
        });
        if let Some(suberror) = &self.suberror {
            body["suberror"] = json!(suberror);
        }
        if let Some(claims) = &self.claims {
            body["claims"] = json!(claims);
        }
        json(if self.error == "invalid_client" { 401 } else { 400 }, &body)
    }

    /// The parameters that go back to the redirect URI.
    pub(crate) fn parameters(&self, now: OffsetDateTime, seed: &mut Seed) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("error", self.error.clone()),
            ("error_description", self.description(now, seed)),
        ];
        if let Some(subcode) = &self.subcode {
            parameters.push(("error_subcode", (*subcode).to_owned()));
        }
        if let Some(suberror) = &self.suberror {
            parameters.push(("suberror", suberror.clone()));
        }
        if let Some(claims) = &self.claims {
            parameters.push(("claims", claims.clone()));
        }
        parameters.push(("error_uri", self.uri()));
        parameters
    }

    /// The page for errors that must not be sent to a redirect URI.
    pub(crate) fn page(&self, now: OffsetDateTime, seed: &mut Seed) -> Response<Vec<u8>> {
        let description = self.description(now, seed);
        response(
            400,
            "text/html; charset=utf-8",
            super::pages::error(&self.error, &description),
        )
    }
}
