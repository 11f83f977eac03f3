//! The authorization request: what a sign-in should be like, and what stays in this tab to check its answer with.

use oauth2::{CsrfToken, PkceCodeVerifier};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::account::Account;
use super::claims::ClaimsChallenge;
use super::error::AuthError;
use crate::ports::{Random, Storage, unguessable};

/// Where the pending request of a redirect waits, in the tab's storage.
pub const PENDING_REQUEST_KEY: &str = "avd-logoff.request";

/// How long a person may take at the authority. Generous, because enrolling a second factor takes its time; a code
/// itself lives only about ten minutes.
const LONGEST_SIGN_IN: Duration = Duration::hours(1);

/// What a sign-in should be like; MSAL's `RedirectRequest` and `PopupRequest` in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// User name that the authority fills in. Not sent where accounts are to be chosen: Entra refuses the pair.
    pub login_hint: Option<String>,
    /// Domain of the account, which spares the question where it is at home. Not sent beside an opaque hint.
    pub domain_hint: Option<String>,
    /// Shows the accounts to choose from, even if there is only one.
    pub select_account: bool,
    /// The id of another tenant than the configured one.
    pub tenant: Option<String>,
    /// What a resource wants to see in the token.
    pub claims: Option<ClaimsChallenge>,
    /// The only account that will do: work under way must not go on as somebody else.
    pub only: Option<AccountKey>,
}

/// What tells accounts apart: object id and tenant id; names are only for show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountKey {
    object_id: String,
    tenant_id: String,
}

impl AccountKey {
    /// Of an account.
    pub fn of(account: &Account) -> Self {
        Self {
            object_id: account.object_id.clone(),
            tenant_id: account.tenant_id.clone(),
        }
    }
}

impl AuthorizationRequest {
    /// For the person who was signed in last.
    pub fn hinted(account: &Account) -> Self {
        Self {
            login_hint: Some(account.hint().to_owned()),
            domain_hint: account.domain().map(str::to_owned),
            tenant: account.switched_to.clone(),
            ..Self::default()
        }
    }

    /// For this person and nobody else, with these claims if a resource asked for some.
    pub fn again(account: &Account, claims: Option<ClaimsChallenge>) -> Self {
        Self {
            claims,
            only: Some(AccountKey::of(account)),
            ..Self::hinted(account)
        }
    }
}

/// How the answer finds its way back; the front of `state` says it to `redirect.html`, which uses the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InteractionType {
    /// Into this tab.
    Redirect,
    /// Out of a window.
    Popup,
}

impl InteractionType {
    /// An unguessable `state` that says so.
    pub fn state(self, random: &dyn Random) -> String {
        let word = match self {
            Self::Redirect => "redirect",
            Self::Popup => "popup",
        };
        format!("{word}.{}", unguessable(random))
    }
}

/// One sign-in under way. Good for one answer only.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PendingRequest {
    /// Unguessable; the answer must bring it back.
    pub state: CsrfToken,
    /// Unguessable; the id token must carry it.
    pub nonce: String,
    /// PKCE: proves to the token endpoint that whoever redeems the code is whoever asked for it.
    pub verifier: PkceCodeVerifier,
    /// The tenant that was asked, if not the configured one: the code is redeemed there.
    pub tenant: Option<String>,
    /// The claims that were asked for.
    pub claims: Option<ClaimsChallenge>,
    /// The only account that will do.
    pub only: Option<AccountKey>,
    /// When it left, in Unix seconds.
    created_at: i64,
}

impl PendingRequest {
    /// Draws state, nonce and verifier.
    pub fn new(
        request: &AuthorizationRequest,
        interaction: InteractionType,
        random: &dyn Random,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            state: CsrfToken::new(interaction.state(random)),
            nonce: unguessable(random),
            verifier: PkceCodeVerifier::new(unguessable(random)),
            tenant: request.tenant.clone(),
            claims: request.claims.clone(),
            only: request.only.clone(),
            created_at: now.unix_timestamp(),
        }
    }

    /// Leaves it in the tab's storage; an older one is replaced, so only the newest sign-in can be answered.
    pub fn keep(&self, storage: &dyn Storage) -> Result<(), AuthError> {
        let text = serde_json::to_string(self).map_err(|_| AuthError::BadSettings)?;
        storage
            .set(PENDING_REQUEST_KEY, &text)
            .map_err(|_| AuthError::StorageRefused)
    }

    /// Takes it out of the storage. Whatever happens next, it cannot be used a second time.
    pub fn take(storage: &dyn Storage) -> Option<Self> {
        let text = storage.get(PENDING_REQUEST_KEY)?;
        storage.remove(PENDING_REQUEST_KEY);
        serde_json::from_str(&text).ok()
    }

    /// Whether an answer comes too late. A request from the future (the clock was turned back) is no better.
    pub fn is_expired(&self, now: OffsetDateTime) -> bool {
        let age = now.unix_timestamp() - self.created_at;
        !(-300..=LONGEST_SIGN_IN.whole_seconds()).contains(&age)
    }
}
