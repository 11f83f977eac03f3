//! The public client application: settings, cached tokens, silent renewal, sign-out. Named after MSAL's. Signing in with
//! a person stands in [`interactive`](super::interactive).

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, Shared};
use oauth2::AccessToken;
use url::Url;

use super::account::Account;
use super::authority::Authority;
use super::cache::{Entry, TokenCache};
use super::claims::{ClaimsChallenge, claims_parameter};
use super::error::{AuthError, IdTokenFault};
use super::id_token;
use super::request::{AccountKey, InteractionType};
use super::token_endpoint::{self, EntraClient, Tokens};
use super::{Freshness, TokenCredential};
use crate::ports::Ports;

/// What a deployment decides about sign-in.
#[derive(Clone, Debug)]
pub struct PublicClientSettings {
    /// Application (client) id.
    pub client_id: String,
    /// Where people sign in.
    pub authority: Authority,
    /// The one scope of the one resource: Resource Manager's.
    pub scope: String,
    /// The registered redirect URI: `redirect.html` beside the page. Sign-out comes back there too.
    pub redirect_uri: Url,
    /// Address of `relay.html`, where sign-in windows can reach the page only through it.
    pub relay: Option<Url>,
    /// Whether to declare `cp1`.
    pub declare_client_capabilities: bool,
    /// Whether tokens survive a reload, in the tab's storage.
    pub tokens_survive_reload: bool,
}

/// A public client. Cheap to clone: clones share the cache and any renewal under way.
#[derive(Clone)]
pub struct PublicClient {
    inner: Rc<Inner>,
}

type Answer = Shared<LocalBoxFuture<'static, Result<AccessToken, AuthError>>>;

/// A renewal under way, and the claims that it asks for.
#[derive(Clone)]
struct Renewal {
    claims: Option<ClaimsChallenge>,
    answer: Answer,
}

struct Inner {
    settings: PublicClientSettings,
    ports: Ports,
    cache: RefCell<TokenCache>,
    renewal: RefCell<Option<Renewal>>,
}

impl PublicClient {
    /// A client over `ports`, with whatever tokens the tab's storage still holds if they may survive a reload.
    ///
    /// # Errors
    /// [`AuthError::BadSettings`] if an address in the settings is not a URL.
    pub fn new(settings: PublicClientSettings, ports: Ports) -> Result<Self, AuthError> {
        let cache = RefCell::new(TokenCache::open(
            settings.tokens_survive_reload,
            &bound_to(&settings),
            &*ports.storage,
        ));
        let client = Self {
            inner: Rc::new(Inner {
                settings,
                ports,
                cache,
                renewal: RefCell::new(None),
            }),
        };
        client.entra_client(None)?;
        Ok(client)
    }

    /// Who is signed in.
    pub fn account(&self) -> Option<Account> {
        self.inner.cache.borrow().entry().map(|entry| entry.account.clone())
    }

    /// A token from the cache, or a new one by the refresh token. However many ask at once, one renewal is sent; what
    /// asks for other claims waits for the one before.
    ///
    /// # Errors
    /// [`AuthError::SignedOut`] or [`AuthError::InteractionRequired`] if a person has to sign in; others if the
    /// authority could not be asked.
    pub async fn acquire_token_silent(&self, freshness: Freshness) -> Result<AccessToken, AuthError> {
        let now = self.inner.ports.clock.now();
        let entry = self.inner.cache.borrow().entry().cloned().ok_or(AuthError::SignedOut)?;
        if freshness == Freshness::Cached && entry.is_fresh(now) {
            return Ok(entry.access_token);
        }
        let may_do_with_old = freshness == Freshness::Cached && entry.is_alive(now);
        let claims = match freshness {
            Freshness::Claims(challenge) => Some(challenge),
            Freshness::Cached | Freshness::Renewed => None,
        };
        let answer = self.renewal(claims);
        let renewed = answer.clone().await;
        let mut slot = self.inner.renewal.borrow_mut();
        if slot.as_ref().is_some_and(|current| current.answer.ptr_eq(&answer)) {
            *slot = None;
        }
        match renewed {
            // Without a network the old token is still better than none, while it lasts and was not refused.
            Err(AuthError::NoAnswer(_)) if may_do_with_old => Ok(entry.access_token),
            renewed => renewed,
        }
    }

    /// Forgets everything about the account and leaves the page to sign out at the authority as well, which comes
    /// back to the redirect URI.
    ///
    /// # Errors
    /// [`AuthError::BadSettings`] if the authority's address is not a URL; the account is forgotten all the same.
    pub fn logout_redirect(&self) -> Result<(), AuthError> {
        let url = self.logout_url()?;
        self.inner.ports.navigator.go(&url);
        Ok(())
    }

    /// The same by a window, for a page that cannot leave because it is framed. The window closes itself when it is
    /// back: its `state` tells `redirect.html` what it is.
    ///
    /// # Errors
    /// As [`PublicClient::logout_redirect`].
    pub fn logout_popup(&self) -> Result<(), AuthError> {
        let mut url = self.logout_url()?;
        let ports = &self.inner.ports;
        let state = InteractionType::Popup.state(&*ports.random);
        url.query_pairs_mut().append_pair("state", &state);
        ports.navigator.open_beside(&url);
        Ok(())
    }

    fn logout_url(&self) -> Result<Url, AuthError> {
        let Inner { settings, ports, .. } = &*self.inner;
        let entry = self.inner.cache.borrow().entry().cloned();
        self.inner.cache.borrow_mut().clear(&*ports.storage);
        let tenant = entry.as_ref().and_then(|entry| entry.account.switched_to.as_deref());
        let mut url = Url::parse(&self.authority(tenant).end_session_endpoint()).map_err(|_| AuthError::BadSettings)?;
        // The client id lets an authority know whose redirect URI that is, where no id token tells it (OpenID Connect
        // RP-Initiated Logout 1.0, section 2).
        url.query_pairs_mut()
            .append_pair("client_id", &settings.client_id)
            .append_pair("post_logout_redirect_uri", settings.redirect_uri.as_str());
        if let Some(entry) = &entry {
            url.query_pairs_mut().append_pair("logout_hint", entry.account.hint());
        }
        Ok(url)
    }

    pub(super) fn settings(&self) -> &PublicClientSettings {
        &self.inner.settings
    }

    pub(super) fn ports(&self) -> &Ports {
        &self.inner.ports
    }

    /// The authority of a tenant; without one, the configured authority.
    pub(super) fn authority(&self, tenant: Option<&str>) -> Authority {
        let configured = &self.inner.settings.authority;
        match tenant {
            Some(tenant) => Authority::new(configured.host().clone(), tenant),
            None => configured.clone(),
        }
    }

    pub(super) fn entra_client(&self, tenant: Option<&str>) -> Result<EntraClient, AuthError> {
        let (settings, authority) = (&self.inner.settings, self.authority(tenant));
        token_endpoint::entra_client(
            &settings.client_id,
            authority.authorization_endpoint(),
            authority.token_endpoint(),
            settings.redirect_uri.to_string(),
        )
    }

    pub(super) fn scopes(&self) -> String {
        format!("openid profile offline_access {}", self.inner.settings.scope)
    }

    pub(super) fn keep(&self, entry: Entry) {
        let Inner {
            settings, ports, cache, ..
        } = &*self.inner;
        cache.borrow_mut().put(entry, &bound_to(settings), &*ports.storage);
    }

    pub(super) fn check_id_token(
        &self,
        tokens: &Tokens,
        authority: &Authority,
        nonce: Option<&str>,
    ) -> Result<Account, AuthError> {
        let token = tokens
            .id_token
            .0
            .as_deref()
            .ok_or(AuthError::IdToken(IdTokenFault::Missing))?;
        let expected = id_token::Expected {
            client_id: &self.inner.settings.client_id,
            authority,
            nonce,
            now: self.inner.ports.clock.now(),
        };
        id_token::check(token, &expected).map_err(AuthError::IdToken)
    }

    fn renewal(&self, claims: Option<ClaimsChallenge>) -> Answer {
        let mut slot = self.inner.renewal.borrow_mut();
        let before = slot.take();
        if let Some(running) = before.as_ref().filter(|running| running.claims == claims) {
            let answer = running.answer.clone();
            *slot = before;
            return answer;
        }
        let (client, asked) = (self.clone(), claims.clone());
        let answer = async move {
            if let Some(before) = before {
                // Its outcome is for those who wait for it; here only its end matters.
                let _ = before.answer.await;
            }
            client.renew(asked.as_ref()).await
        };
        let answer = answer.boxed_local().shared();
        *slot = Some(Renewal {
            claims,
            answer: answer.clone(),
        });
        answer
    }

    async fn renew(&self, challenge: Option<&ClaimsChallenge>) -> Result<AccessToken, AuthError> {
        let Inner { settings, ports, .. } = &*self.inner;
        let entry = self.inner.cache.borrow().entry().cloned().ok_or(AuthError::SignedOut)?;
        let refresh_token = entry.refresh_token.ok_or(AuthError::SignedOut)?;
        let tenant = entry.account.switched_to.as_deref();
        let claims = claims_parameter(settings.declare_client_capabilities, challenge);
        let entra = self.entra_client(tenant)?;
        let tokens =
            token_endpoint::exchange_refresh_token(&entra, &ports.http, &refresh_token, &self.scopes(), claims).await?;
        // Entra sends a new id token with each renewal; another person's would be a reason to stop at once.
        if tokens.id_token.0.is_some() {
            let account = self.check_id_token(&tokens, &self.authority(tenant), None)?;
            if AccountKey::of(&account) != AccountKey::of(&entry.account) {
                return Err(AuthError::OtherAccount);
            }
        }
        let kept = self.inner.cache.borrow().entry().cloned();
        // Signed out while the answer was on its way: it must not sign the person in again.
        let kept = kept.filter(|kept| kept.account == entry.account);
        let kept = kept.ok_or(AuthError::SignedOut)?;
        if kept.access_token.secret() != entry.access_token.secret() {
            // Signed in again meanwhile, perhaps with a second factor: those tokens are the better ones.
            return Ok(kept.access_token);
        }
        let access_token = tokens.access_token.clone();
        let now = ports.clock.now();
        self.keep(Entry::new(entry.account, tokens, Some(refresh_token), now));
        Ok(access_token)
    }
}

/// What tokens in the tab's storage are good for: a page that was configured anew must not send them elsewhere.
fn bound_to(settings: &PublicClientSettings) -> String {
    let PublicClientSettings {
        client_id,
        authority,
        scope,
        ..
    } = settings;
    format!("{client_id} {}/{} {scope}", authority.host(), authority.tenant())
}

impl TokenCredential for PublicClient {
    fn token(&self, freshness: Freshness) -> LocalBoxFuture<'_, Result<AccessToken, AuthError>> {
        self.acquire_token_silent(freshness).boxed_local()
    }
}
