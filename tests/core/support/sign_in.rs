//! Signing in by a window, and what the page has sent for tokens.

use std::rc::Rc;

use avd_logoff::auth::{
    AccessToken, Account, AuthError, AuthorizationRequest, ClaimsChallenge, Freshness, PublicClient,
    PublicClientSettings,
};
use avd_logoff::ports::WindowAnswer;
use serde_json::Value;
use url::Url;

use super::Bench;
use super::ports::Sent;

/// The claims that Resource Manager asks for where it wants a second factor.
pub const SECOND_FACTOR: &str = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;

pub fn second_factor() -> ClaimsChallenge {
    ClaimsChallenge::of_json(SECOND_FACTOR).unwrap()
}

/// The parameters of an authorize URL, or of any other.
pub fn asked(url: &Url) -> std::collections::HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// What comes back to the redirect URI: the fragment, or the query.
pub fn response_in(location: &str) -> String {
    let url = Url::parse(location).unwrap();
    url.fragment().or(url.query()).unwrap().to_owned()
}

impl Bench {
    /// A page that was just loaded with other settings.
    pub fn load_with(&self, change: impl FnOnce(&mut PublicClientSettings)) -> PublicClient {
        let mut settings = self.settings();
        change(&mut settings);
        PublicClient::new(settings, self.ports.clone()).unwrap()
    }

    /// Signs in by a window, as the person would who has pressed the button.
    pub async fn sign_in_by_window(
        &self,
        client: &PublicClient,
        request: &AuthorizationRequest,
        upn: &str,
    ) -> Result<Account, AuthError> {
        let popup = client.login_popup(request)?;
        let window = self.opened();
        let location = self.at_the_login_page(window.url.as_str(), upn);
        window.answer(WindowAnswer::Response(response_in(&location)));
        popup.finish().await
    }

    /// The same person again, with these claims.
    pub async fn sign_in_again(&self, client: &PublicClient, claims: Option<ClaimsChallenge>) {
        let account = client.account().unwrap();
        let request = AuthorizationRequest::again(&account, claims);
        let again = self.sign_in_by_window(client, &request, &account.username).await;
        assert_eq!(again, Ok(account));
    }

    /// The token in the cache.
    pub fn token(&self, client: &PublicClient) -> AccessToken {
        self.time.run(client.acquire_token_silent(Freshness::Cached)).unwrap()
    }

    /// Requests to the token endpoint, in order.
    pub fn token_requests(&self) -> Vec<Rc<Sent>> {
        let sent = self.azure.sent.borrow();
        sent.iter().filter(|sent| sent.is_for_a_token()).cloned().collect()
    }

    /// What the last of them asked for in `claims`.
    pub fn claims_asked_last(&self) -> Value {
        let last = self.token_requests().pop().expect("no token was asked for");
        serde_json::from_str(&last.form["claims"]).unwrap()
    }
}
