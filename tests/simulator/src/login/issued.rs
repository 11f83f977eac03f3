//! What the login server has issued and must recognise again: codes, tokens, browser sessions, half-done sign-ins.

use super::loops::Loops;
use super::request::AuthorizeRequest;
use crate::seed::Seed;
use crate::simulator::Simulator;
use std::collections::{BTreeMap, BTreeSet};
use time::{Duration, OffsetDateTime};

/// Codes and tokens by their text; the accounts signed in in a browser by its cookie.
#[derive(Clone, Debug, Default)]
pub(crate) struct LoginState {
    pub(crate) codes: BTreeMap<String, Code>,
    pub(crate) access: BTreeMap<String, AccessToken>,
    pub(crate) refresh: BTreeMap<String, RefreshToken>,
    pub(crate) browsers: BTreeMap<String, Vec<BrowserSession>>,
    pub(crate) begun: BTreeMap<String, Transaction>,
    /// Sign-outs that wait for somebody to pick an account: the query of the logout request.
    pub(crate) leaving: BTreeMap<String, String>,
    pub(crate) loops: Loops,
    /// Sign-ins of these people (lower case) that are older than the moment no longer count.
    pub(crate) revoked: BTreeMap<String, OffsetDateTime>,
}

/// What somebody has granted to the application.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) upn: String,
    pub(crate) client_id: String,
    /// The scopes, as asked.
    pub(crate) scopes: Vec<String>,
    pub(crate) cp1: bool,
    pub(crate) mfa: bool,
    pub(crate) acrs: BTreeSet<String>,
    /// When the person signed in.
    pub(crate) signed_in: OffsetDateTime,
    pub(crate) redirect_uri: String,
    /// The authority's tenant segment as it was written.
    pub(crate) tenant: String,
    /// The id of the tenant that it is for.
    pub(crate) directory: String,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    /// Authentication contexts that the request asked for.
    pub(crate) asked: BTreeSet<String>,
    pub(crate) expires: OffsetDateTime,
    pub(crate) redeemed: bool,
}

/// An access token.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) grant: Grant,
    /// Authentication contexts in it: those that its own request asked for.
    pub(crate) acrs: BTreeSet<String>,
    pub(crate) expires: OffsetDateTime,
}

/// A refresh token of a single-page application.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) grant: Grant,
    /// Fixed: 24 hours after the sign-in, whatever is done with it (entra-docs, refresh-tokens.md).
    pub(crate) expires: OffsetDateTime,
}

/// Somebody is signed in in a browser, perhaps beside others.
#[derive(Clone, Debug)]
pub(crate) struct BrowserSession {
    pub(crate) upn: String,
    pub(crate) mfa: bool,
    pub(crate) acrs: BTreeSet<String>,
    pub(crate) signed_in: OffsetDateTime,
}

/// A sign-in that is being done.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub(crate) request: AuthorizeRequest,
    pub(crate) session: Option<BrowserSession>,
    pub(crate) consented: bool,
    /// The browser's cookie at its last request.
    pub(crate) cookie: Option<String>,
}

/// Properties of a token that a test makes without signing in.
#[derive(Clone, Copy, Debug)]
pub struct TokenTraits {
    /// Signed in with a second factor.
    pub mfa: bool,
    /// The client can handle claims challenges.
    pub cp1: bool,
    /// Life.
    pub seconds: i64,
}

impl Default for TokenTraits {
    fn default() -> Self {
        Self {
            mfa: false,
            cp1: false,
            seconds: 3600,
        }
    }
}

/// Text of a made-up token. It begins as Entra's tokens do, so that a leak looks like one, and says nothing.
pub(crate) fn token_text(seed: &mut Seed) -> String {
    format!(
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.{}.{}",
        seed.letters(180),
        seed.letters(86)
    )
}

impl LoginState {
    /// Has everything that this person signed in to at that time been revoked?
    pub(crate) fn is_revoked(&self, upn: &str, signed_in: OffsetDateTime) -> bool {
        self.revoked
            .get(&upn.to_lowercase())
            .is_some_and(|since| signed_in < *since)
    }
}

impl Simulator {
    /// An access token for Resource Manager, without a sign-in.
    pub fn issue_token(&mut self, now: OffsetDateTime, upn: &str, traits: TokenTraits) -> String {
        let home = self.world.home_of(upn).id.clone();
        self.issue_token_at(now, &home, upn, traits)
    }

    /// The same for another tenant than the person's own, named by its id.
    pub fn issue_token_at(&mut self, now: OffsetDateTime, tenant: &str, upn: &str, traits: TokenTraits) -> String {
        let text = token_text(&mut self.seed);
        let acrs = if traits.mfa {
            BTreeSet::from(["p1".to_owned()])
        } else {
            BTreeSet::new()
        };
        let grant = Grant {
            upn: self.world.person(upn).map_or(upn, |person| &person.upn).to_owned(),
            client_id: String::new(),
            scopes: vec![format!("{}/user_impersonation", self.origins.arm)],
            cp1: traits.cp1,
            mfa: traits.mfa,
            acrs: acrs.clone(),
            signed_in: now,
            redirect_uri: String::new(),
            tenant: tenant.to_owned(),
            directory: tenant.to_owned(),
        };
        self.login.access.insert(
            text.clone(),
            AccessToken {
                grant,
                acrs,
                expires: now + Duration::seconds(traits.seconds),
            },
        );
        text
    }

    /// Ends all sign-ins of a person so far, as an administrator's "revoke sessions" does: refresh tokens and browser
    /// sessions at once, access tokens at once only where the client can handle challenges (cp1), else at their end.
    pub fn revoke_sign_ins(&mut self, now: OffsetDateTime, upn: &str) {
        self.login.revoked.insert(upn.to_lowercase(), now);
        let wanted = upn.to_lowercase();
        for accounts in self.login.browsers.values_mut() {
            accounts.retain(|account| account.upn.to_lowercase() != wanted);
        }
    }
}
