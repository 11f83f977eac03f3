//! The authorization request: what leaves for the authority, and what stays in this tab to check the answer with.

use oauth2::{CsrfToken, PkceCodeVerifier};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::error::AuthError;
use crate::ports::{Random, Storage, unguessable};

/// Where the pending request waits, in the tab's storage.
pub const PENDING_REQUEST_KEY: &str = "avd-logoff.request";

/// How long a person may take at the authority. Generous, because enrolling a second factor takes its time; a code
/// itself lives only about ten minutes.
const LONGEST_SIGN_IN: Duration = Duration::hours(1);

/// One sign-in under way. Bound to this tab by its storage, and good for one answer only.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PendingRequest {
    /// Unguessable; the answer must bring it back.
    pub state: CsrfToken,
    /// Unguessable; the id token must carry it.
    pub nonce: String,
    /// PKCE: proves to the token endpoint that whoever redeems the code is whoever asked for it.
    pub verifier: PkceCodeVerifier,
    /// When it left, in Unix seconds.
    created_at: i64,
}

impl PendingRequest {
    /// Draws state, nonce and verifier.
    pub fn new(random: &dyn Random, now: OffsetDateTime) -> Self {
        Self {
            state: CsrfToken::new(unguessable(random)),
            nonce: unguessable(random),
            verifier: PkceCodeVerifier::new(unguessable(random)),
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
