//! What outlives a reload of the tab: the text that was typed, the address that waits to be opened, the receipt, who was signed in, and what a sign-in has
//! interrupted.
//!
//! Kept in the tab's storage and nowhere else; all of it is cleared on sign-out. Tokens are not its business.

use std::rc::Rc;

use time::OffsetDateTime;

use super::address::Address;
use super::interruption::Interruption;
use super::plan::Confirmed;
use super::receipt::{Intended, Receipt};
use crate::auth::Account;
use crate::ports::{Storage, StorageRefused};

const TYPED: &str = "avd-logoff.typed";
const ADDRESS: &str = "avd-logoff.address";
const RECEIPT: &str = "avd-logoff.receipt";
const ACCOUNT: &str = "avd-logoff.account";
const INTERRUPTION: &str = "avd-logoff.interruption";

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

    /// The address that waits until somebody is signed in.
    pub fn address(&self) -> Option<Address> {
        Address::parse(&self.storage.get(ADDRESS)?)?.ok()
    }

    /// Keeps that address, or forgets it.
    pub fn keep_address(&self, address: Option<&Address>) {
        match address {
            Some(address) => {
                let _ = self.storage.set(ADDRESS, &address.fragment());
            }
            None => self.storage.remove(ADDRESS),
        }
    }

    /// Who was signed in last, to be offered at the next sign-in. Names and ids, nothing secret.
    pub fn account(&self) -> Option<Account> {
        serde_json::from_str(&self.storage.get(ACCOUNT)?).ok()
    }

    /// Keeps who is signed in.
    pub fn keep_account(&self, account: &Account) {
        if let Ok(text) = serde_json::to_string(account) {
            let _ = self.storage.set(ACCOUNT, &text);
        }
    }

    /// Keeps what is to go on after a sign-in for which the page leaves.
    ///
    /// # Errors
    /// [`StorageRefused`] if it could not be kept; the page had better stay then.
    pub fn keep_interruption(&self, interruption: &Interruption) -> Result<(), StorageRefused> {
        let text = serde_json::to_string(interruption).map_err(|_| StorageRefused)?;
        self.storage.set(INTERRUPTION, &text)
    }

    /// Takes that out: whatever this load of the page makes of it, the next one does not find it.
    pub fn take_interruption(&self) -> Interruption {
        let text = self.storage.get(INTERRUPTION);
        self.storage.remove(INTERRUPTION);
        text.and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// The receipt of before the reload, with what was under way marked as unknown, but for what is in `unsent`.
    pub fn receipt(&self, unsent: &[usize], now: OffsetDateTime) -> Option<Receipt> {
        let mut receipt: Receipt = serde_json::from_str(&self.storage.get(RECEIPT)?).ok()?;
        receipt.interrupt(unsent, now);
        Some(receipt)
    }

    /// Keeps the receipt; says whether the storage took it.
    pub fn keep_receipt(&self, receipt: &Receipt) -> bool {
        serde_json::to_string(receipt).is_ok_and(|text| self.storage.set(RECEIPT, &text).is_ok())
    }

    /// Writes an intent into the receipt and keeps it, before anything is sent. Where the storage does not take it, the
    /// receipt lasts only until a reload, and [`Intended::is_kept`] says so.
    pub fn record_intent(&self, receipt: &mut Receipt, confirmed: &Confirmed, now: OffsetDateTime) -> Intended {
        let intended = receipt.intend(confirmed, now);
        let is_kept = self.keep_receipt(receipt);
        Intended { is_kept, ..intended }
    }

    /// Forgets everything, on sign-out.
    pub fn clear(&self) {
        for key in [TYPED, ADDRESS, RECEIPT, ACCOUNT, INTERRUPTION] {
            self.storage.remove(key);
        }
    }
}
