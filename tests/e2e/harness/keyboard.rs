//! A person with a keyboard and nothing else.

use super::Bench;
use super::find::{Name, Role};
use super::raw::{computed_label, computed_role};
use super::wait::until_so;
use thirtyfour::Key;

/// More stops than a page of ours has.
const STOPS: usize = 60;

impl Bench {
    /// Presses one key.
    pub async fn press(&self, key: Key) {
        let chain = self.driver.action_chain().key_down(key.clone()).key_up(key);
        chain.perform().await.unwrap();
    }

    /// Presses one key while Shift is held.
    pub async fn press_with_shift(&self, key: Key) {
        let chain = self.driver.action_chain().key_down(Key::Shift);
        let chain = chain.key_down(key.clone()).key_up(key).key_up(Key::Shift);
        chain.perform().await.unwrap();
    }

    /// Types into whatever has the focus.
    pub async fn type_text(&self, text: &str) {
        self.driver.action_chain().send_keys(text).perform().await.unwrap();
    }

    /// Whether this has the focus.
    pub async fn is_focused(&self, role: Role, name: impl Into<Name<'_>>) -> bool {
        let name = name.into();
        let Ok(focused) = self.driver.active_element().await else {
            return false;
        };
        computed_role(&focused).await.as_deref() == Some(role.name())
            && computed_label(&focused).await.is_some_and(|label| name.fits(&label))
    }

    /// Waits until this has the focus.
    pub async fn wait_for_focus(&self, role: Role, name: impl Into<Name<'_>>) {
        let name = name.into();
        until_so(&format!("the focus is on {} {name:?}", role.name()), async || {
            self.is_focused(role, name).await
        })
        .await;
    }

    /// Presses Tab until this has the focus. It has to come before the end of the document: what is behind that differs
    /// between browsers.
    pub async fn tab_to(&self, role: Role, name: impl Into<Name<'_>>) {
        self.step_to(role, name.into(), async || self.press(Key::Tab).await)
            .await;
    }

    /// Presses Shift and Tab until this has the focus, before the beginning of the document.
    pub async fn tab_back_to(&self, role: Role, name: impl Into<Name<'_>>) {
        self.step_to(role, name.into(), async || self.press_with_shift(Key::Tab).await)
            .await;
    }

    /// In some browsers Tab leads from the last control of a document to the browser's own; from there a person comes back
    /// with a key that no driver can press.
    pub async fn come_back_to_the_page(&self) {
        let window = self.driver.window().await.unwrap();
        self.driver.switch_to_window(window).await.unwrap();
    }

    async fn step_to(&self, role: Role, name: Name<'_>, step: impl AsyncFn()) {
        let mut passed = Vec::new();
        for _ in 0..STOPS {
            if self.is_focused(role, name).await {
                return;
            }
            step().await;
            let focused = self.driver.active_element().await.unwrap();
            passed.push(computed_label(&focused).await.unwrap_or_default());
        }
        panic!("Tab does not reach the {} {name:?}; it passed {passed:?}", role.name());
    }
}
