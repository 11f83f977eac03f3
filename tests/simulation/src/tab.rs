//! The browser tab of a run, and the person's way through the sign-in pages.

use std::rc::Rc;
use std::time::Duration;

use avd_logoff::auth::{Authority, PublicClient, PublicClientSettings, RESPONSE_KEY};
use avd_logoff::origin::Origin;
use avd_logoff::ports::{Clock as _, Ports, Storage as _, WindowAnswer};
use avd_logoff_bench::VirtualTime;
use avd_logoff_bench::ports::{MemoryNavigator, MemoryStorage, MemoryWindows};
use azure_simulator::scenario::TENANT_ID;
use url::Url;

use crate::network::Network;
use crate::page::Page;
use crate::scenario::{CLIENT_ID, OPERATOR, origins};
use crate::story::Story;
use crate::tasks::Tasks;

/// What stays when the page is loaded again.
pub struct Tab {
    pub ports: Ports,
    pub network: Rc<Network>,
    pub time: Rc<VirtualTime>,
    pub tasks: Tasks,
    pub story: Rc<Story>,
    pub storage: Rc<MemoryStorage>,
    pub navigator: Rc<MemoryNavigator>,
    pub windows: Rc<MemoryWindows>,
    pub tokens_survive_reload: bool,
    pub allow_skipping: bool,
    pub protected: Vec<String>,
    pub may_filter: bool,
}

impl Tab {
    /// The public client of a page that was just loaded.
    pub fn client(&self) -> PublicClient {
        let origins = origins();
        let settings = PublicClientSettings {
            client_id: CLIENT_ID.into(),
            authority: Authority::new(Origin::parse(&origins.login).expect("the simulated address"), TENANT_ID),
            scope: format!("{}/user_impersonation", origins.arm),
            redirect_uri: Url::parse(&format!("{}/redirect.html", origins.page)).expect("the simulated address"),
            relay: None,
            declare_client_capabilities: true,
            tokens_survive_reload: self.tokens_survive_reload,
        };
        PublicClient::new(settings, self.ports.clone()).expect("the settings fit together")
    }

    /// How many requests were sent by now.
    pub fn requests(&self) -> usize {
        self.network.exchanges.borrow().len()
    }

    /// The person at the login page; the response that comes back, if they get through.
    fn at_the_login_page(&self, url: &Url) -> Option<String> {
        let mut simulator = self.network.simulator.borrow_mut();
        let location = simulator.sign_in_as(self.time.now(), url.as_str(), OPERATOR).ok()?;
        let url = Url::parse(&location).ok()?;
        url.fragment().or(url.query()).map(str::to_owned)
    }

    /// Leaves for the authority, comes back after a while, signed in or not, and starts the page anew.
    pub async fn sign_in_by_redirect(
        self: &Rc<Self>,
        page: &Rc<Page>,
        takes: Duration,
        gets_through: bool,
    ) -> Rc<Page> {
        let request = page.request_for_sign_in();
        if !page.keep_interruption() || page.client.login_redirect(&request).is_err() {
            return Rc::clone(page);
        }
        page.close_all_but_unsent();
        let left_for = self.navigator.0.borrow().last().cloned();
        page.unload();
        self.time.sleep(takes).await;
        match left_for.and_then(|url| gets_through.then(|| self.at_the_login_page(&url))?) {
            Some(response) => {
                // The storage of a simulated tab takes everything.
                let _ = self.storage.set(RESPONSE_KEY, &response);
            }
            None => page.close_all("a sign-in that did not come about"),
        }
        let page = Page::load(self);
        page.start().await;
        page
    }

    /// Opens a window, signs in there after a while, and hands the answer to the page.
    pub async fn sign_in_by_window(self: &Rc<Self>, page: &Rc<Page>, takes: Duration) {
        let Ok(popup) = page.client.login_popup(&page.request_for_sign_in()) else {
            return;
        };
        let Some(window) = self.windows.0.borrow().last().cloned() else {
            return;
        };
        self.time.sleep(takes).await;
        match self.at_the_login_page(&window.url) {
            Some(response) => window.answer(WindowAnswer::Response(response)),
            None => window.answer(WindowAnswer::Closed),
        }
        if let Ok(account) = popup.finish().await {
            page.signed_in_by_window(&account);
        }
    }
}
