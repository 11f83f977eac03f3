//! Signing in by windows: host names that are sites of their own to a browser, and the windows on the way to the authority
//! and back.

use super::find::{Name, Role};
use super::record::Record as _;
use super::wait::{until, until_so};
use super::{Bench, bench_at};
use azure_simulator::scenario::OPERATOR;
use azure_simulator::server::{HostNames, PageConfig};
use azure_simulator::{Face, Operation};
use serde_json::json;
use std::collections::BTreeSet;
use thirtyfour::WindowHandle;
use thirtyfour::error::{WebDriverError, WebDriverErrorInner};

/// Notes what `window.open` is asked for, and keeps what it gives; of a refusal that is an exception, its name.
const NOTE_WINDOWS: &str = "
    const real = window.open;
    window.asked = [], window.given = [];
    window.open = (...all) => {
        window.asked.push(String(all[0]));
        try {
            window.given.push(real.apply(window, all));
            return window.given.at(-1);
        } catch (error) {
            window.given.push(error.name);
            throw error;
        }
    };
";

/// What opens when a framed page is asked to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The authority's window.
    Direct,
    /// The relay, and the authority's window out of it.
    Relay,
}

/// Names by which page, login server and Resource Manager are three sites.
pub fn sites() -> HostNames {
    HostNames {
        page: "avd.contoso.localhost".to_owned(),
        login: "login.entra.localhost".to_owned(),
        arm: "arm.azure.localhost".to_owned(),
    }
}

/// Runs one test with the page alone in its tab, where it signs in by windows.
pub fn alone(test: impl AsyncFnOnce(&Bench)) {
    let by_windows = PageConfig::With(json!({ "signIn": "popup" }));
    bench_at(sites(), |setting| setting.config = by_windows, test);
}

impl Bench {
    /// From now on the document that is looked at notes what it asks `window.open` for, as `asked` and `given`.
    pub async fn note_windows(&self) {
        self.driver.execute(NOTE_WINDOWS, Vec::new()).await.unwrap();
    }

    /// The window that opens at this click.
    pub async fn opened_by(&self, role: Role, name: &str) -> WindowHandle {
        self.opened_window(async || self.click(role, name).await).await
    }

    /// Which kind of window this is, once it shows what it was opened for.
    pub async fn way_of(&self, window: &WindowHandle) -> Way {
        let (login, relay) = (&self.origins().login, format!("{}/relay.html", self.origins().page));
        self.within(window, async || {
            until("the window shows the authority or the relay", async || {
                let at = self.driver.current_url().await.ok()?;
                let at = at.as_str();
                let way = if at.starts_with(login) { Some(Way::Direct) } else { None };
                way.or_else(|| at.starts_with(&relay).then_some(Way::Relay))
            })
            .await
        })
        .await
    }

    /// The authority's window, if this is the first window of a sign-in, and which way leads there.
    pub async fn follow(&self, first: WindowHandle) -> (Way, WindowHandle) {
        match self.way_of(&first).await {
            Way::Direct => (Way::Direct, first),
            Way::Relay => (Way::Relay, self.continue_at(&first).await),
        }
    }

    /// The window that the relay opens.
    pub async fn continue_at(&self, relay: &WindowHandle) -> WindowHandle {
        self.within(relay, async || self.opened_by(Role::Button, "Continue").await)
            .await
    }

    /// Chooses the operator in the authority's window, and goes back with that.
    pub async fn choose_operator(&self, authority: &WindowHandle) {
        self.within(authority, async || {
            self.wait_for_login_page().await;
            self.click(Role::Radio, Name::Begins(OPERATOR)).await;
            self.click_and_leave(Role::Button, "Sign in").await;
        })
        .await;
    }

    /// The same, and waits until the window has closed itself.
    pub async fn sign_in_at(&self, authority: &WindowHandle) {
        self.choose_operator(authority).await;
        self.wait_until_closed(authority).await;
    }

    /// Waits until these windows are open and no others.
    pub async fn wait_for_windows(&self, windows: &[WindowHandle]) {
        until_so("all other windows close", async || self.windows().await == windows).await;
    }

    /// Clicks what makes this window close: it may be gone before the driver can say that it has clicked.
    pub async fn click_and_leave(&self, role: Role, name: &str) {
        let target = self.find(role, name).await;
        if let Err(error) = target.click().await {
            assert!(is_gone(&error), "{error}");
        }
    }

    /// Waits until these words can be read in the document.
    pub async fn wait_to_read(&self, words: &str) {
        until_so(&format!("{words:?} can be read"), async || {
            self.readable().await.contains(words)
        })
        .await;
    }

    /// The words that can be read in the document.
    pub async fn readable(&self) -> String {
        let script = "return document.body?.innerText ?? ''";
        let given = self.driver.execute(script, Vec::new()).await;
        given.ok().and_then(|given| given.convert().ok()).unwrap_or_default()
    }

    /// Everything that this tab keeps for the document's origin.
    pub async fn kept_in_tab(&self) -> Vec<(String, String)> {
        self.look("return Object.entries(sessionStorage)").await
    }

    /// Checks everything that the authority was asked: so many requests by a window, each with secrets of its own, and
    /// so many codes redeemed by the page.
    pub fn assert_asked(&self, authorize: usize, token: usize) {
        let azure = self.azure();
        let asked = azure.recorded(Operation::Authorize);
        assert_eq!(asked.len(), authorize, "requests to the authority");
        let redirect = format!("{}/redirect.html", self.origins().page);
        let mut secrets = BTreeSet::new();
        for request in &asked {
            let value = |name: &str| parameter(&request.query, name);
            assert_eq!(value("code_challenge_method"), "S256", "{}", request.query);
            assert_eq!(value("response_type"), "code");
            assert_eq!(value("redirect_uri").replace("%3A", ":").replace("%2F", "/"), redirect);
            assert!(value("state").starts_with("popup."), "{}", request.query);
            assert!(!request.query.contains("verifier"), "{}", request.query);
            for name in ["state", "nonce", "code_challenge"] {
                assert!(value(name).len() >= 43, "{name} of {}", request.query);
                secrets.insert(value(name));
            }
        }
        assert_eq!(secrets.len(), 3 * authorize, "a secret was used twice");
        let redeemed = azure.recorded(Operation::Token);
        assert_eq!(redeemed.len(), token, "requests for tokens");
        for request in redeemed {
            assert_eq!((request.method.as_str(), request.status), ("POST", Some(200)));
            assert_eq!(request.origin.as_deref(), Some(self.origins().page.as_str()));
            assert_eq!(request.actor.as_deref(), Some(OPERATOR));
        }
        let foreign = azure.record.iter().filter(|entry| entry.face == Face::Elsewhere);
        assert_eq!(foreign.count(), 0);
    }

    /// The named parameter of the newest request to the authority.
    pub fn asked_last(&self, name: &str) -> String {
        let azure = self.azure();
        let asked = azure.recorded(Operation::Authorize);
        parameter(&asked.last().unwrap().query, name)
    }

    /// Checks that nobody was ever sent to the authority or to Resource Manager.
    pub fn assert_nobody_was_asked(&self) {
        assert!(self.azure().is_untouched());
    }

    /// Every address in the history of the window that is looked at, as far as a script can see it, and the one it is at.
    pub async fn addresses(&self) -> Vec<String> {
        let script = "return [location.href, ...(window.navigation?.entries() ?? []).map(entry => entry.url ?? '')]";
        let mut addresses: Vec<String> = self.look(script).await;
        addresses.push(self.driver.current_url().await.unwrap().to_string());
        addresses
    }
}

/// The value of a parameter as it was sent, "" without one.
fn parameter(query: &str, name: &str) -> String {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map_or_else(String::new, |(_, value)| value.to_owned())
}

fn is_gone(error: &WebDriverError) -> bool {
    matches!(error.as_inner(), WebDriverErrorInner::NoSuchWindow(_))
}
