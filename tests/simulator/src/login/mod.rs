//! The login face: Microsoft Entra ID's v2.0 endpoints, as far as a single-page application meets them.

mod accounts;
mod authorize;
mod claims;
pub(crate) mod errors;
mod forms;
mod id_token;
mod issued;
mod logout;
mod loops;
mod metadata;
mod pages;
mod redeem;
mod request;
mod token;

pub use errors::LoginPageError;
pub(crate) use issued::LoginState;
pub use issued::TokenTraits;
pub(crate) use pages::escape;

use errors::LoginError;

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
        "pick-account" => Operation::AccountPickerForm,
        "sign-out" => Operation::SignOutForm,
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
            Operation::SignInForm
            | Operation::AccountPickerForm
            | Operation::SecondFactorForm
            | Operation::ConsentForm => self.form_sent(now, &tenant, operation, request),
            Operation::Token => self.token(now, &tenant, request),
            Operation::Logout => self.logout(&tenant, request),
            Operation::SignOutForm => self.sign_out_chosen(now, &tenant, request),
            Operation::Metadata => Outcome::of(self.metadata(&tenant)),
            Operation::Keys => Outcome::of(self.keys()),
            _ => Outcome::of(response(404, "text/plain", "Not found")),
        }
    }

    /// Is this how a tenant, or a group of tenants, is named in an authority?
    pub(crate) fn names_tenant(&self, segment: &str) -> bool {
        self.world.tenant_named(segment).is_some() || is_shared(segment)
    }

    /// Is this how the company's own tenant is named, which registered every application?
    pub(crate) fn is_company(&self, segment: &str) -> bool {
        self.world
            .tenant_named(segment)
            .is_some_and(|tenant| tenant.id == self.world.tenant.id)
    }

    /// The id of the tenant that somebody signs in to at this authority: where it stands for many tenants, the one
    /// that holds the account.
    pub(crate) fn directory_at(&self, segment: &str, upn: &str) -> String {
        let named = self.world.tenant_named(segment);
        named.unwrap_or_else(|| self.world.home_of(upn)).id.clone()
    }

    /// AADSTS50020, if the person is neither member nor guest of this tenant.
    pub(crate) fn check_membership(&self, directory: &str, upn: &str) -> Result<(), LoginError> {
        if self.world.object_id_in(directory, upn).is_some() {
            return Ok(());
        }
        let name = |id: &str| {
            self.world
                .tenant_named(id)
                .map_or_else(String::new, |tenant| tenant.name.clone())
        };
        let text = format!(
            "User account '{upn}' from identity provider 'https://sts.windows.net/{}/' does not exist in tenant '{}' and \
             cannot access the application in that tenant. The account needs to be added as an external user in the \
             tenant first. Sign out and sign in again with a different Azure Active Directory user account.",
            self.world.home_of(upn).id,
            name(directory)
        );
        Err(LoginError::new("invalid_grant", 50_020, &text))
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
