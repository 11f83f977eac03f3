//! The token cache: the tokens of the one account that is signed in, and when they end.

use oauth2::{AccessToken, RefreshToken};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::account::Account;
use super::token_endpoint::Tokens;
use crate::ports::Storage;

/// Where the cache lies when the configuration lets it survive a reload.
const KEY: &str = "avd-logoff.tokens";

/// A token is renewed this long before it ends, so that a request never outlives it (MSAL's
/// `tokenRenewalOffsetSeconds` is the same 300).
pub(super) const RENEWAL_OFFSET: Duration = Duration::seconds(300);

/// One account's tokens. Times are Unix seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub account: Account,
    pub access_token: AccessToken,
    pub refresh_token: Option<RefreshToken>,
    cached_at: i64,
    expires_at: i64,
    renew_at: i64,
}

impl Entry {
    /// Of a fresh answer. `previous` keeps the refresh token when the answer brought no new one.
    pub fn new(account: Account, tokens: Tokens, previous: Option<RefreshToken>, now: OffsetDateTime) -> Self {
        let now = now.unix_timestamp();
        let expires_at = now.saturating_add(tokens.expires_in);
        let offset = expires_at.saturating_sub(RENEWAL_OFFSET.whole_seconds());
        let renew_at = tokens
            .refresh_in
            .map_or(offset, |seconds| offset.min(now.saturating_add(seconds)));
        Self {
            account,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token.or(previous),
            cached_at: now,
            expires_at,
            renew_at,
        }
    }

    /// Whether the token is good without a second thought. A token from the future means that the clock was turned
    /// back: its end cannot be trusted then.
    pub fn is_fresh(&self, now: OffsetDateTime) -> bool {
        let now = now.unix_timestamp();
        self.cached_at <= now && now < self.renew_at
    }

    /// Whether the token may still be used when renewing failed for want of a network.
    pub fn is_alive(&self, now: OffsetDateTime) -> bool {
        let now = now.unix_timestamp();
        self.cached_at <= now && now < self.expires_at
    }
}

/// An entry in the tab's storage, with what it is good for: client, authority and scope.
#[derive(Serialize, Deserialize)]
struct Kept<E> {
    bound_to: String,
    entry: E,
}

/// Holds at most one entry: in memory, and in the tab's storage as well if told so.
#[derive(Debug)]
pub(super) struct TokenCache {
    survives_reload: bool,
    entry: Option<Entry>,
}

impl TokenCache {
    /// Opens the cache, with what an earlier load of the page has left. What was kept for another client, authority or
    /// scope is thrown away, as is what may no longer be kept.
    pub fn open(survives_reload: bool, bound_to: &str, storage: &dyn Storage) -> Self {
        let kept = storage.get(KEY).filter(|_| survives_reload);
        let kept: Option<Kept<Entry>> = kept.and_then(|text| serde_json::from_str(&text).ok());
        let entry = kept.filter(|kept| kept.bound_to == bound_to).map(|kept| kept.entry);
        if entry.is_none() {
            storage.remove(KEY);
        }
        Self { survives_reload, entry }
    }

    pub fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref()
    }

    pub fn put(&mut self, entry: Entry, bound_to: &str, storage: &dyn Storage) {
        let kept = Kept {
            bound_to: bound_to.to_owned(),
            entry: &entry,
        };
        if self.survives_reload
            && let Ok(text) = serde_json::to_string(&kept)
            && storage.set(KEY, &text).is_err()
        {
            // Full or switched off: an older copy must not outlive this one. The memory below still has it.
            storage.remove(KEY);
        }
        self.entry = Some(entry);
    }

    pub fn clear(&mut self, storage: &dyn Storage) {
        storage.remove(KEY);
        self.entry = None;
    }
}
