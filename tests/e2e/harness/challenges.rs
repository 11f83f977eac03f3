//! Sign-ins in the middle of work: who acts at the authority, in the tab or in a window of its own, and what the record
//! says about the sessions before and after.

use super::engine::Engine as _;
use super::{Bench, Name, Role, until_so};
use crate::ENGINE;
use azure_simulator::scenario::OPERATOR;
use azure_simulator::server::PageConfig;
use azure_simulator::{Operation, Recorded, Simulator};
use std::collections::BTreeMap;
use thirtyfour::WindowHandle;

/// Counts how often work that waits has asked for a sign-in in this document.
const WATCH_OFFERS: &str = r"
    window.offersSeen = 0;
    const offers = (node) => node.nodeType === 1
        ? [node, ...node.querySelectorAll('button')].filter(one => one.matches('button') && one.textContent.trim() === 'Continue sign-in')
        : [];
    new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => {
        window.offersSeen += offers(node).length;
    }))).observe(document.body, { subtree: true, childList: true });
";

/// How the page signs in.
pub fn by_window() -> PageConfig {
    PageConfig::With(serde_json::json!({ "signIn": "popup" }))
}

impl Bench {
    /// Opens the page and signs in as the operator, in a window.
    pub async fn open_signed_in_by_window(&self) {
        self.open("").await;
        let window = self.sign_in_window("Sign in").await;
        self.there(&window, async || self.sign_in_there_as(OPERATOR).await)
            .await;
        self.wait_until_signed_in().await;
    }

    /// The window that this button opens, once it shows a page of the authority.
    pub async fn sign_in_window(&self, button: &str) -> WindowHandle {
        let window = self
            .opened_window(async || self.click(Role::Button, button).await)
            .await;
        self.within(&window, async || self.wait_for_login_page().await).await;
        window
    }

    /// Does the last thing that is needed in a sign-in window, and waits until it has closed by itself.
    pub async fn there(&self, window: &WindowHandle, act: impl AsyncFnOnce()) {
        self.within(window, act).await;
        self.wait_until_closed(window).await;
    }

    /// At the authority: chooses a person and signs in.
    pub async fn sign_in_there_as(&self, upn: &str) {
        self.click(Role::Radio, Name::Begins(upn)).await;
        self.click_away(Role::Button, "Sign in").await;
    }

    /// At the authority's account picker: somebody who does not stand in it.
    pub async fn pick_another_account_there(&self, upn: &str) {
        self.click_away(Role::Button, "Use another account").await;
        self.sign_in_there_as(upn).await;
    }

    /// At the authority: the second factor.
    pub async fn approve_there(&self) {
        self.click_away(Role::Button, "Approve").await;
    }

    /// Clicks what leads away or closes the window: a driver may then have nobody left to hear from that it was clicked.
    /// Whether it was shows in what comes after.
    pub async fn click_away(&self, role: Role, name: impl Into<Name<'_>>) {
        let target = self.find(role, name).await;
        let scroll = "arguments[0].scrollIntoView({ block: 'center' })";
        self.driver
            .execute(scroll, vec![target.to_json().unwrap()])
            .await
            .unwrap();
        let _gone = target.click().await;
    }

    /// Presses "Continue sign-in" in a page that leaves for it, and approves at the authority.
    pub async fn continue_and_approve(&self) {
        self.click(Role::Button, "Continue sign-in").await;
        self.wait_for_login_page().await;
        self.approve_there().await;
        self.wait_until_signed_in().await;
    }

    /// From the authority back to the page, without an answer: by the browser's Back button, or, where a driver cannot
    /// follow that, by the page's address, which loads it anew as Back does in browsers that keep no page.
    pub async fn go_back(&self) {
        if ENGINE.goes_back() {
            self.driver.back().await.unwrap();
        } else {
            self.open("").await;
        }
    }

    /// And forward again to where the authority was asked.
    pub async fn go_forward(&self, asked: &str) {
        if ENGINE.goes_back() {
            self.driver.forward().await.unwrap();
        } else {
            self.driver.goto(asked).await.unwrap();
        }
        self.wait_for_login_page().await;
    }

    /// Signs in where the authority knows the person, so that its pages do not show.
    pub async fn sign_in_silently(&self) {
        self.click(Role::Button, "Sign in").await;
        self.wait_until_signed_in().await;
    }

    /// From now on it is counted how often this document asks for a sign-in.
    pub async fn watch_for_offers(&self) {
        self.driver.execute(WATCH_OFFERS, Vec::new()).await.unwrap();
    }

    /// How often it has.
    pub async fn offers_seen(&self) -> u32 {
        self.look("return window.offersSeen").await
    }

    /// What is urgent.
    pub async fn alert(&self) -> String {
        self.look("return document.querySelector('main [role=alert]')?.textContent ?? ''")
            .await
    }

    /// Waits until the page says this, anywhere. A document that is being left says nothing.
    pub async fn wait_for_words(&self, words: &str) {
        until_so(&format!("the page says {words:?}"), async || {
            let text = self
                .driver
                .execute("return document.body?.textContent", Vec::new())
                .await;
            text.is_ok_and(|text| text.json().as_str().is_some_and(|text| text.contains(words)))
        })
        .await;
    }

    /// Waits for the question for a sign-in, with every row still without an outcome.
    pub async fn wait_for_challenge(&self) {
        self.find(Role::Button, "Continue sign-in").await;
        let rows = self.rows().await;
        assert!(rows.iter().all(|row| row.outcome.is_none()), "{rows:?}");
    }

    /// Selects every session and logs them off.
    pub async fn log_off_all(&self) {
        self.select_all_and_open_dialog().await;
        self.confirm().await;
    }

    /// Opens the account menu.
    pub async fn open_account_menu(&self) {
        self.click(Role::Button, "Account").await;
        self.find(Role::Menu, Name::Any).await;
    }

    /// The authority's answer, taken out of the tab after `act` has made it come: without its configuration the page
    /// cannot take it in. The page can be opened again afterwards.
    pub async fn answer_on_its_way(&self, act: impl AsyncFnOnce()) -> String {
        let config = std::mem::replace(&mut self.servers.page_settings().config, PageConfig::Missing);
        act().await;
        self.find(Role::Textbox, "Application (client) ID").await;
        self.servers.page_settings().config = config;
        self.look(
            "const answer = sessionStorage.getItem('avd-logoff.response'); \
             sessionStorage.removeItem('avd-logoff.response'); return answer",
        )
        .await
    }

    /// How many requests there were so far.
    pub fn mark(&self) -> usize {
        self.azure().record.len()
    }
}

/// A parameter of a request's query, as it was sent.
pub fn parameter<'a>(entry: &'a Recorded, name: &str) -> Option<&'a str> {
    let pairs = entry.query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .into_iter()
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// What was asked about each session since the mark, by its id: looks and deletes, in order.
pub fn asked_since(azure: &Simulator, mark: usize) -> BTreeMap<String, Vec<&Recorded>> {
    let mut asked = BTreeMap::<String, Vec<&Recorded>>::new();
    for entry in &azure.record[mark..] {
        if matches!(
            entry.operation,
            Operation::UserSessionsGet | Operation::UserSessionsDelete
        ) {
            asked.entry(entry.path.to_lowercase()).or_default().push(entry);
        }
    }
    asked
}

/// DELETEs that have done something.
pub fn effects(azure: &Simulator) -> Vec<&Recorded> {
    let deletes = azure.recorded(Operation::UserSessionsDelete).into_iter();
    deletes.filter(|entry| entry.effect).collect()
}

/// Since the mark so many sessions were looked at and then deleted, each once, and none was before.
pub fn assert_each_was_done_after(azure: &Simulator, mark: usize, count: usize) {
    assert!(
        azure.record[..mark].iter().all(|entry| !entry.effect),
        "something was done before"
    );
    let asked = asked_since(azure, mark);
    assert_eq!(asked.len(), count, "{asked:?}");
    for (session, asked) in asked {
        assert_eq!(
            (asked[0].operation, asked[0].status),
            (Operation::UserSessionsGet, Some(200)),
            "{session} was not looked at first"
        );
        let deletes: Vec<_> = asked
            .iter()
            .filter(|entry| entry.operation == Operation::UserSessionsDelete)
            .collect();
        assert!(deletes.len() == 1 && deletes[0].effect, "{session}: {deletes:?}");
    }
}
