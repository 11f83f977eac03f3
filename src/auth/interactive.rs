//! Signing in with a person in front of the authority: by redirect or by a window. Named after MSAL's.
//!
//! The two differ in how the request leaves and how the answer comes back; what is checked is the same.

use oauth2::{PkceCodeChallenge, Scope};
use url::{Url, form_urlencoded};

use super::account::Account;
use super::cache::Entry;
use super::claims::claims_parameter;
use super::error::AuthError;
use super::public_client::PublicClient;
use super::request::{AccountKey, AuthorizationRequest, InteractionType, PendingRequest};
use super::response::{self, AuthorizationResponse};
use super::token_endpoint;
use crate::ports::{Post, SignInWindow, WindowAnswer};

impl PublicClient {
    /// Leaves the page for the authority.
    ///
    /// # Errors
    /// [`AuthError::StorageRefused`] if the tab's storage is off: the answer could not be checked then, so nothing leaves.
    pub fn login_redirect(&self, request: &AuthorizationRequest) -> Result<(), AuthError> {
        let ports = self.ports();
        let pending = PendingRequest::new(request, InteractionType::Redirect, &*ports.random, ports.clock.now());
        let url = self.authorize_url(request, &pending)?;
        pending.keep(&*ports.storage)?;
        ports.navigator.go(&url);
        Ok(())
    }

    /// Called once at start: takes in what the authority answered, if this load of the page is a return from there.
    /// The response and the request it answers are used up by this, whatever comes out.
    ///
    /// # Errors
    /// [`AuthError`], for every way in which the answer is not exactly the one that this tab waits for.
    pub async fn handle_redirect(&self) -> Result<Option<Account>, AuthError> {
        let storage = &self.ports().storage;
        let response = response::take(&**storage);
        let pending = PendingRequest::take(&**storage);
        let Some(response) = response else { return Ok(None) };
        let pending = pending.ok_or(AuthError::NoPendingRequest)?;
        self.redeem(&response, pending).await.map(Some)
    }

    /// Forgets a redirect that was begun: the person came back without an answer, by the Back button say. Whether
    /// there was one.
    pub fn forget_redirect(&self) -> bool {
        PendingRequest::take(&*self.ports().storage).is_some()
    }

    /// Opens a window at the authority, through the relay if the settings say so. Has to be called while the browser
    /// handles a person's click; the request stays in memory, so that only this page can redeem the answer.
    ///
    /// # Errors
    /// [`AuthError::BadSettings`] if an address in the settings is not a URL.
    pub fn login_popup(&self, request: &AuthorizationRequest) -> Result<PopupLogin, AuthError> {
        self.open_popup(request, self.settings().relay.as_ref())
    }

    /// The same through the relay at this address, whatever the settings say: the way that works where a broadcast
    /// turned out not to be heard.
    ///
    /// # Errors
    /// As [`PublicClient::login_popup`].
    pub fn login_popup_by_relay(&self, request: &AuthorizationRequest, relay: &Url) -> Result<PopupLogin, AuthError> {
        self.open_popup(request, Some(relay))
    }

    fn open_popup(&self, request: &AuthorizationRequest, relay: Option<&Url>) -> Result<PopupLogin, AuthError> {
        let ports = self.ports();
        let pending = PendingRequest::new(request, InteractionType::Popup, &*ports.random, ports.clock.now());
        let url = self.authorize_url(request, &pending)?;
        let id = pending.state.secret();
        let window = match relay {
            None => ports.windows.open(&url, id, Post::Broadcast),
            Some(relay) => {
                let mut relay = relay.clone();
                let asked = [("id", id.as_str()), ("request", url.as_str())];
                let asked = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(asked)
                    .finish();
                relay.set_fragment(Some(&asked));
                ports.windows.open(&relay, id, Post::Relay)
            }
        };
        Ok(PopupLogin {
            client: self.clone(),
            pending,
            window,
        })
    }

    fn authorize_url(&self, request: &AuthorizationRequest, pending: &PendingRequest) -> Result<Url, AuthError> {
        let entra = self.entra_client(pending.tenant.as_deref())?;
        let scopes = self.scopes();
        let mut asked = entra
            .authorize_url(|| pending.state.clone())
            .add_scopes(scopes.split(' ').map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&pending.verifier))
            .add_extra_param("nonce", pending.nonce.clone())
            .add_extra_param("response_mode", "fragment");
        if let Some(claims) = claims_parameter(self.settings().declare_client_capabilities, request.claims.as_ref()) {
            asked = asked.add_extra_param("claims", claims);
        }
        if request.select_account {
            asked = asked.add_extra_param("prompt", "select_account");
        } else {
            for (name, value) in [
                ("login_hint", &request.login_hint),
                ("domain_hint", &request.domain_hint),
            ] {
                if let Some(value) = value {
                    asked = asked.add_extra_param(name, value.clone());
                }
            }
        }
        Ok(asked.url().0)
    }

    /// Checks a response against the one request that it may answer, and redeems its code.
    async fn redeem(&self, response: &str, pending: PendingRequest) -> Result<Account, AuthError> {
        let ports = self.ports();
        let response = AuthorizationResponse::parse(response)?;
        if response.state != pending.state {
            return Err(AuthError::StateMismatch);
        }
        let now = ports.clock.now();
        if pending.is_expired(now) {
            return Err(AuthError::RequestExpired);
        }
        let authority = self.authority(pending.tenant.as_deref());
        if response.issuer.is_some_and(|issuer| !authority.may_answer_as(&issuer)) {
            return Err(AuthError::IssuerMismatch);
        }
        let code = response.outcome.map_err(AuthError::from_server)?;
        let settings = self.settings();
        let claims = claims_parameter(settings.declare_client_capabilities, pending.claims.as_ref());
        let entra = self.entra_client(pending.tenant.as_deref())?;
        let tokens =
            token_endpoint::exchange_code(&entra, &ports.http, code, pending.verifier, &self.scopes(), claims).await?;
        let mut account = self.check_id_token(&tokens, &authority, Some(&pending.nonce))?;
        account.switched_to = pending.tenant;
        if pending.only.is_some_and(|only| only != AccountKey::of(&account)) {
            return Err(AuthError::OtherAccount);
        }
        self.keep(Entry::new(account.clone(), tokens, None, now));
        Ok(account)
    }
}

/// A sign-in window that stands open. Dropping it gives the sign-in up.
pub struct PopupLogin {
    client: PublicClient,
    pending: PendingRequest,
    window: Box<dyn SignInWindow>,
}

impl PopupLogin {
    /// Whether the browser gave no window to hold; see [`SignInWindow::is_withheld`].
    pub fn is_withheld(&self) -> bool {
        self.window.is_withheld()
    }

    /// Waits for the answer and redeems it. There is no time limit but the request's own: the person sees a button
    /// to give up, and one to try again.
    ///
    /// # Errors
    /// [`AuthError`], for every way in which the answer is not exactly the one that was waited for.
    pub async fn finish(self) -> Result<Account, AuthError> {
        match self.window.answer().await {
            WindowAnswer::Closed => Err(AuthError::WindowClosed),
            WindowAnswer::Response(response) => {
                // Closed before the code is redeemed: nothing more is to be seen there.
                drop(self.window);
                self.client.redeem(&response, self.pending).await
            }
        }
    }
}
