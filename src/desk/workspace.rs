//! What outlives a reload of the tab: the text that was typed, the receipt, and who was signed in.
//!
//! Kept in the tab's storage and nowhere else; all of it is cleared on sign-out. Tokens are not its business.

use std::rc::Rc;

use time::OffsetDateTime;

use super::plan::Confirmed;
use super::receipt::{Intended, Receipt};
use crate::ports::Storage;

const TYPED: &str = "avd-logoff.typed";
const RECEIPT: &str = "avd-logoff.receipt";
const USERNAME: &str = "avd-logoff.username";

/// The tab's memory.
#[derive(Clone)]
pub struct Workspace {
    storage: Rc<dyn Storage>,
}

impl Workspace {
    /// Over this storage.
    pub fn new(storage: Rc<dyn Storage>) -> Self {
        Self { storage }
    }

    /// The text that was in the search box.
    pub fn typed(&self) -> String {
        self.storage.get(TYPED).unwrap_or_default()
    }

    /// Keeps the text of the search box. A storage that is full or off costs this and nothing more.
    pub fn keep_typed(&self, text: &str) {
        if text.is_empty() {
            self.storage.remove(TYPED);
        } else {
            let _ = self.storage.set(TYPED, text);
        }
    }

    /// Who was signed in last, to be offered at the next sign-in.
    pub fn username(&self) -> Option<String> {
        self.storage.get(USERNAME)
    }

    /// Keeps who is signed in.
    pub fn keep_username(&self, username: &str) {
        let _ = self.storage.set(USERNAME, username);
    }

    /// The receipt of before the reload, with what was under way marked as unknown.
    pub fn receipt(&self, now: OffsetDateTime) -> Option<Receipt> {
        let mut receipt: Receipt = serde_json::from_str(&self.storage.get(RECEIPT)?).ok()?;
        receipt.interrupt(now);
        Some(receipt)
    }

    /// Keeps the receipt.
    pub fn keep_receipt(&self, receipt: &Receipt) {
        if let Ok(text) = serde_json::to_string(receipt) {
            let _ = self.storage.set(RECEIPT, &text);
        }
    }

    /// Writes an intent into the receipt and keeps it, before anything is sent.
    pub fn record_intent(&self, receipt: &mut Receipt, confirmed: &Confirmed, now: OffsetDateTime) -> Intended {
        let intended = receipt.intend(confirmed, now);
        self.keep_receipt(receipt);
        intended
    }

    /// Forgets everything, on sign-out.
    pub fn clear(&self) {
        for key in [TYPED, RECEIPT, USERNAME] {
            self.storage.remove(key);
        }
    }
}
