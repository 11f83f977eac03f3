//! The public client application: sign in by redirect, silent tokens, sign out. Named after MSAL's.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, Shared};
use oauth2::{AccessToken, PkceCodeChallenge, Scope};
use url::Url;

use super::account::Account;
use super::authority::Authority;
use super::cache::{Entry, TokenCache};
use super::capabilities::claims_parameter;
use super::error::{AuthError, IdTokenFault};
use super::id_token;
use super::request::PendingRequest;
use super::response::{self, AuthorizationResponse};
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

type Renewal = Shared<LocalBoxFuture<'static, Result<AccessToken, AuthError>>>;

struct Inner {
    settings: PublicClientSettings,
    entra: EntraClient,
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
        let entra = token_endpoint::entra_client(
            &settings.client_id,
            settings.authority.authorization_endpoint(),
            settings.authority.token_endpoint(),
            settings.redirect_uri.to_string(),
        )?;
        let cache = RefCell::new(TokenCache::open(settings.tokens_survive_reload, &*ports.storage));
        Ok(Self {
            inner: Rc::new(Inner {
                settings,
                entra,
                ports,
                cache,
                renewal: RefCell::new(None),
            }),
        })
    }

    /// Who is signed in.
    pub fn account(&self) -> Option<Account> {
        self.inner.cache.borrow().entry().map(|entry| entry.account.clone())
    }

    /// Leaves the page for the authority. `login_hint` fills in the user name there.
    ///
    /// # Errors
    /// [`AuthError::StorageRefused`] if the tab's storage is off: the answer could not be checked then, so nothing leaves.
    pub fn login_redirect(&self, login_hint: Option<&str>) -> Result<(), AuthError> {
        let Inner {
            settings, entra, ports, ..
        } = &*self.inner;
        let pending = PendingRequest::new(&*ports.random, ports.clock.now());
        pending.keep(&*ports.storage)?;
        let mut request = entra
            .authorize_url(|| pending.state.clone())
            .add_scopes(self.scopes().split(' ').map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&pending.verifier))
            .add_extra_param("nonce", pending.nonce.clone())
            .add_extra_param("response_mode", "fragment");
        if let Some(claims) = claims_parameter(settings.declare_client_capabilities) {
            request = request.add_extra_param("claims", claims);
        }
        if let Some(hint) = login_hint {
            request = request.add_extra_param("login_hint", hint.to_owned());
        }
        let (url, _state) = request.url();
        ports.navigator.go(&url);
        Ok(())
    }

    /// Called once at start: takes in what the authority answered, if this load of the page is a return from there.
    /// The response and the request it answers are used up by this, whatever comes out.
    ///
    /// # Errors
    /// [`AuthError`], for every way in which the answer is not exactly the one that this tab waits for.
    pub async fn handle_redirect(&self) -> Result<Option<Account>, AuthError> {
        let Inner {
            settings, entra, ports, ..
        } = &*self.inner;
        let response = response::take(&*ports.storage);
        let pending = PendingRequest::take(&*ports.storage);
        let Some(response) = response else { return Ok(None) };
        let pending = pending.ok_or(AuthError::NoPendingRequest)?;
        let response = AuthorizationResponse::parse(&response)?;
        if response.state != pending.state {
            return Err(AuthError::StateMismatch);
        }
        let now = ports.clock.now();
        if pending.is_expired(now) {
            return Err(AuthError::RequestExpired);
        }
        if response
            .issuer
            .as_deref()
            .is_some_and(|issuer| !self.is_own_issuer(issuer))
        {
            return Err(AuthError::IssuerMismatch);
        }
        let code = response.outcome.map_err(AuthError::from_server)?;
        let claims = claims_parameter(settings.declare_client_capabilities);
        let tokens =
            token_endpoint::exchange_code(entra, &ports.http, code, pending.verifier, &self.scopes(), claims).await?;
        let account = self.check_id_token(&tokens, Some(&pending.nonce))?;
        let entry = Entry::new(account.clone(), tokens, None, now);
        self.inner.cache.borrow_mut().put(entry, &*ports.storage);
        Ok(Some(account))
    }

    /// A token from the cache, or a new one by the refresh token. However many ask at once, one renewal is sent.
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
        let running = self.inner.renewal.borrow().clone();
        let renewal = running.unwrap_or_else(|| {
            let client = self.clone();
            let renewal = async move { client.renew().await }.boxed_local().shared();
            *self.inner.renewal.borrow_mut() = Some(renewal.clone());
            renewal
        });
        let renewed = renewal.clone().await;
        let mut slot = self.inner.renewal.borrow_mut();
        if slot.as_ref().is_some_and(|current| current.ptr_eq(&renewal)) {
            *slot = None;
        }
        match renewed {
            // Without a network the old token is still better than none, while it lasts and was not refused.
            Err(AuthError::NoAnswer(_)) if freshness == Freshness::Cached && entry.is_alive(now) => {
                Ok(entry.access_token)
            }
            renewed => renewed,
        }
    }

    /// Forgets everything about the account and leaves the page to sign out at the authority as well, which comes
    /// back to the redirect URI.
    ///
    /// # Errors
    /// [`AuthError::BadSettings`] if the authority's address is not a URL; the account is forgotten all the same.
    pub fn logout_redirect(&self) -> Result<(), AuthError> {
        let Inner { settings, ports, .. } = &*self.inner;
        let account = self.account();
        self.inner.cache.borrow_mut().clear(&*ports.storage);
        let mut url = Url::parse(&settings.authority.end_session_endpoint()).map_err(|_| AuthError::BadSettings)?;
        url.query_pairs_mut()
            .append_pair("post_logout_redirect_uri", settings.redirect_uri.as_str());
        if let Some(account) = account {
            url.query_pairs_mut().append_pair("logout_hint", account.hint());
        }
        ports.navigator.go(&url);
        Ok(())
    }

    async fn renew(&self) -> Result<AccessToken, AuthError> {
        let Inner {
            settings, entra, ports, ..
        } = &*self.inner;
        let entry = self.inner.cache.borrow().entry().cloned().ok_or(AuthError::SignedOut)?;
        let refresh_token = entry.refresh_token.ok_or(AuthError::SignedOut)?;
        let claims = claims_parameter(settings.declare_client_capabilities);
        let tokens =
            token_endpoint::exchange_refresh_token(entra, &ports.http, &refresh_token, &self.scopes(), claims).await?;
        // Entra sends a new id token with each renewal; another person's would be a reason to stop at once.
        if tokens.id_token.0.is_some() {
            let account = self.check_id_token(&tokens, None)?;
            if (&account.object_id, &account.tenant_id) != (&entry.account.object_id, &entry.account.tenant_id) {
                return Err(AuthError::IdToken(IdTokenFault::Audience));
            }
        }
        let still_signed_in = self.account().is_some_and(|account| account == entry.account);
        if !still_signed_in {
            // Signed out while the answer was on its way: it must not sign the person in again.
            return Err(AuthError::SignedOut);
        }
        let access_token = tokens.access_token.clone();
        let renewed = Entry::new(entry.account, tokens, Some(refresh_token), ports.clock.now());
        self.inner.cache.borrow_mut().put(renewed, &*ports.storage);
        Ok(access_token)
    }

    fn scopes(&self) -> String {
        format!("openid profile offline_access {}", self.inner.settings.scope)
    }

    fn check_id_token(&self, tokens: &Tokens, nonce: Option<&str>) -> Result<Account, AuthError> {
        let settings = &self.inner.settings;
        let token = tokens
            .id_token
            .0
            .as_deref()
            .ok_or(AuthError::IdToken(IdTokenFault::Missing))?;
        let expected = id_token::Expected {
            client_id: &settings.client_id,
            authority: &settings.authority,
            nonce,
            now: self.inner.ports.clock.now(),
        };
        id_token::check(token, &expected).map_err(AuthError::IdToken)
    }

    /// `iss` of a response names a tenant by its id, which is not known yet here: any id in the right place will do,
    /// because the id token's issuer is checked against its tenant afterwards.
    fn is_own_issuer(&self, issuer: &str) -> bool {
        let authority = &self.inner.settings.authority;
        issuer
            .strip_prefix(authority.host().as_str())
            .and_then(|rest| rest.strip_prefix('/')?.strip_suffix("/v2.0"))
            .is_some_and(|tenant_id| authority.accepts_issuer(issuer, tenant_id))
    }
}

impl TokenCredential for PublicClient {
    fn token(&self, freshness: Freshness) -> LocalBoxFuture<'_, Result<AccessToken, AuthError>> {
        self.acquire_token_silent(freshness).boxed_local()
    }
}
