//! A person with a keyboard and nothing else.

use super::Bench;
use super::devtools::{computed_label, computed_role};
use super::find::{Name, Role};
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

    /// Presses Tab until this has the focus.
    pub async fn tab_to(&self, role: Role, name: impl Into<Name<'_>>) {
        let name = name.into();
        let mut passed = Vec::new();
        for _ in 0..STOPS {
            if self.is_focused(role, name).await {
                return;
            }
            self.press(Key::Tab).await;
            let focused = self.driver.active_element().await.unwrap();
            passed.push(computed_label(&focused).await.unwrap_or_default());
        }
        panic!("Tab does not reach the {} {name:?}; it passed {passed:?}", role.name());
    }
}
