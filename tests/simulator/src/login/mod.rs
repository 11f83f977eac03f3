//! The login face: Microsoft Entra ID's v2.0 endpoints, as far as a single-page application meets them.

mod authorize;
mod claims;
pub(crate) mod errors;
mod forms;
mod id_token;
mod issued;
mod logout;
mod metadata;
mod pages;
mod redeem;
mod request;
mod token;

pub use errors::LoginPageError;
pub(crate) use issued::LoginState;
pub use issued::TokenTraits;

use crate::record::Operation;
use crate::reply::{response, set};
use crate::simulator::{Outcome, Simulator};
use http::{Method, Request, Response};
use time::OffsetDateTime;

/// The name of the session cookie. Entra's own is `ESTSAUTH`.
pub(crate) const COOKIE: &str = "ESTSAUTHSIM";

/// Which operation a path of the login server is.
pub(crate) fn operation_of(_method: &Method, path: &str) -> Operation {
    let rest = path
        .trim_start_matches('/')
        .split_once('/')
        .map_or("", |(_, rest)| rest);
    match rest.to_ascii_lowercase().as_str() {
        "oauth2/v2.0/authorize" => Operation::Authorize,
        "oauth2/v2.0/token" => Operation::Token,
        "oauth2/v2.0/logout" => Operation::Logout,
        "v2.0/.well-known/openid-configuration" => Operation::Metadata,
        "discovery/v2.0/keys" => Operation::Keys,
        "sign-in" => Operation::SignInForm,
        "second-factor" => Operation::SecondFactorForm,
        "consent" => Operation::ConsentForm,
        _ => Operation::Unknown,
    }
}

impl Simulator {
    /// The login server's answer.
    pub(crate) fn login_answer(
        &mut self,
        now: OffsetDateTime,
        operation: Operation,
        request: &Request<Vec<u8>>,
    ) -> Outcome {
        let tenant = request
            .uri()
            .path()
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        match operation {
            Operation::Authorize => self.authorize(now, &tenant, request),
            Operation::SignInForm | Operation::SecondFactorForm | Operation::ConsentForm => {
                self.form_sent(now, &tenant, operation, request)
            }
            Operation::Token => self.token(now, &tenant, request),
            Operation::Logout => self.logout(request),
            Operation::Metadata => Outcome::of(self.metadata(&tenant)),
            Operation::Keys => Outcome::of(self.keys()),
            _ => Outcome::of(response(404, "text/plain", "Not found")),
        }
    }

    /// Is this how the tenant, or a group of tenants that holds it, is named in an authority?
    pub(crate) fn names_tenant(&self, segment: &str) -> bool {
        let tenant = &self.world.tenant;
        segment.eq_ignore_ascii_case(&tenant.id) || segment.eq_ignore_ascii_case(&tenant.domain) || is_shared(segment)
    }
}

/// The authorities that stand for many tenants.
pub(crate) fn is_shared(segment: &str) -> bool {
    segment.eq_ignore_ascii_case("organizations") || segment.eq_ignore_ascii_case("common")
}

/// Headers of every answer of the login server. Its pages cannot be framed and cut the link to their opener.
pub(crate) fn finish(response: &mut Response<Vec<u8>>, operation: Operation) {
    set(response, "cache-control", "no-store, no-cache");
    set(response, "pragma", "no-cache");
    set(response, "x-content-type-options", "nosniff");
    if !matches!(operation, Operation::Token | Operation::Metadata | Operation::Keys) {
        set(response, "x-frame-options", "DENY");
        set(response, "cross-origin-opener-policy", "same-origin");
        set(response, "referrer-policy", "strict-origin-when-cross-origin");
    }
}
