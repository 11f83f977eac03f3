//! A tab with the page in it: the real public client over ports that lead to the provider.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::auth::{
    Account, AuthError, Authority, AuthorizationRequest, PublicClient, PublicClientSettings, RESPONSE_KEY,
};
use avd_logoff::origin::Origin;
use avd_logoff::ports::{Ports, WindowAnswer};
use avd_logoff_bench::ports::{MemoryNavigator, MemoryStorage, MemoryWindow, MemoryWindows};
use url::Url;

use super::fetch::{Fetch, Sent};
use super::memory::{HashedRandom, PushedClock};
use super::person::Person;
use super::provider::{CLIENT_ID, PAGE_PORT, Provider, SCOPE, TENANT};

/// Who signs in.
pub const PERSON: &str = "operator@contoso.example";

/// Somebody else.
pub const OTHER: &str = "deputy@contoso.example";

/// One tab of one page.
pub struct Tab {
    pub settings: PublicClientSettings,
    pub clock: Rc<PushedClock>,
    pub storage: Rc<MemoryStorage>,
    pub person: Person,
    windows: Rc<MemoryWindows>,
    fetch: Rc<Fetch>,
    navigator: Rc<MemoryNavigator>,
}

impl Tab {
    /// The page where it is registered.
    pub fn new(provider: &Provider) -> Self {
        Self::at_port(provider, PAGE_PORT)
    }

    /// The page at another port, with the redirect URI that is registered all the same.
    pub fn at_port(provider: &Provider, port: u16) -> Self {
        let registered = format!("http://localhost:{PAGE_PORT}");
        Self {
            settings: PublicClientSettings {
                client_id: CLIENT_ID.into(),
                authority: Authority::new(Origin::parse(provider.address()).unwrap(), TENANT),
                scope: SCOPE.into(),
                redirect_uri: Url::parse(&format!("{registered}/redirect.html")).unwrap(),
                relay: None,
                declare_client_capabilities: true,
                tokens_survive_reload: false,
            },
            clock: Rc::default(),
            storage: Rc::default(),
            person: Person::new(&registered),
            windows: Rc::default(),
            fetch: Rc::new(Fetch::new(&format!("http://localhost:{port}"))),
            navigator: Rc::default(),
        }
    }

    /// The page, just loaded.
    pub fn load(&self) -> PublicClient {
        let ports = Ports {
            http: Rc::clone(&self.fetch) as Rc<_>,
            clock: Rc::clone(&self.clock) as Rc<_>,
            random: Rc::new(HashedRandom),
            storage: Rc::clone(&self.storage) as Rc<_>,
            navigator: Rc::clone(&self.navigator) as Rc<_>,
            windows: Rc::clone(&self.windows) as Rc<_>,
        };
        PublicClient::new(self.settings.clone(), ports).unwrap()
    }

    /// Lets the page's clock run ahead; the provider's stays.
    pub fn pass(&self, duration: Duration) {
        self.clock.0.set(self.clock.0.get() + duration);
    }

    /// Begins a sign-in; gives back the authorization request.
    pub fn begin(&self) -> Url {
        self.begin_with(&AuthorizationRequest::default())
    }

    /// Begins a sign-in of a certain kind.
    pub fn begin_with(&self, request: &AuthorizationRequest) -> Url {
        self.load().login_redirect(request).unwrap();
        self.went_to()
    }

    /// The same without anybody being asked.
    pub fn begin_silently(&self) -> Url {
        let mut url = self.begin();
        url.query_pairs_mut().append_pair("prompt", "none");
        url
    }

    /// Where the page went last.
    pub fn went_to(&self) -> Url {
        self.navigator.0.borrow().last().cloned().expect("the page stayed")
    }

    /// The window that was opened last.
    pub fn opened(&self) -> Rc<MemoryWindow> {
        self.windows.0.borrow().last().cloned().expect("a window was opened")
    }

    /// What `redirect.html` does in that window: hands an answer to the page that waits.
    pub fn respond(&self, response: &str) {
        self.opened().answer(WindowAnswer::Response(response.to_owned()));
    }

    /// What `redirect.html` does with the address that the provider sent the browser to, and the page after it.
    pub async fn come_back(&self, location: &Url) -> Result<(PublicClient, Option<Account>), AuthError> {
        assert_eq!(location.path(), "/redirect.html");
        assert_eq!(location.query(), None, "the response is in the fragment");
        let response = location.fragment().expect("there is a response").to_owned();
        self.storage
            .values
            .borrow_mut()
            .insert(RESPONSE_KEY.to_owned(), response);
        let client = self.load();
        let account = client.handle_redirect().await?;
        Ok((client, account))
    }

    /// Signs the person in, by every step.
    pub async fn sign_in(&self) -> PublicClient {
        let location = self.person.sign_in(&self.begin(), PERSON).await;
        self.come_back(&location).await.unwrap().0
    }

    /// What the page sent to the token endpoint.
    pub fn redeemed(&self) -> Vec<Sent> {
        let path = format!("/{TENANT}/oauth2/v2.0/token");
        let sent = self.fetch.sent();
        assert!(sent.iter().all(|sent| sent.url.path() == path), "{sent:?}");
        sent
    }
}

/// The parameters of a request or a response.
pub fn parameters(text: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// The same URL with one parameter of its query exchanged, or left out.
pub fn with(url: &Url, name: &str, value: Option<&str>) -> Url {
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(n, _)| n != name).collect();
    let mut changed = url.clone();
    changed.query_pairs_mut().clear().extend_pairs(kept);
    if let Some(value) = value {
        changed.query_pairs_mut().append_pair(name, value);
    }
    changed
}
