//! Addresses that lead straight to a session or a search. A link fills in and reads; it never acts, and never moves the
//! list under an open dialog.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{Alert, Desk, Remedy};
use crate::arm::SessionId;
use crate::browser;
use crate::desk::address::Address;
use crate::desk::typed::understand;
use crate::text::{address_fault, labels, listing};

impl Desk {
    /// Opens what the page's own address names, now and whenever it changes, as soon as that can be done.
    pub fn follow_addresses(self) {
        self.read_address();
        let handle = window_event_listener(ev::hashchange, move |_| self.read_address());
        on_cleanup(move || handle.remove());
        Effect::new(move |_| {
            let can_be_opened = self.account.with(Option::is_some) && self.asked.with(Option::is_none);
            if let Some(address) = self.pending.get().filter(|_| can_be_opened) {
                untrack(|| self.open_address(address));
            }
        });
    }

    fn read_address(self) {
        match Address::parse(&browser::fragment()) {
            Some(Ok(address)) => {
                self.fill_in(&address);
                self.tools().workspace.keep_address(Some(&address));
                self.pending.set(Some(address));
            }
            Some(Err(fault)) => self.alert.set(Some(Alert {
                explanation: address_fault(fault),
                remedy: Remedy::None,
            })),
            None => {}
        }
    }

    fn fill_in(self, address: &Address) {
        match address {
            Address::User(wanted) => self.type_in(wanted.as_str().to_owned()),
            Address::Session(id) => self.pieces.set(pieces(id)),
        }
    }

    fn open_address(self, address: Address) {
        self.forget_address();
        self.fill_in(&address);
        match address {
            Address::User(wanted) => {
                self.understood.set(understand(wanted.as_str()));
                self.search_everywhere(vec![wanted]);
            }
            Address::Session(id) => self.open_session(id),
        }
    }

    /// Nothing waits to be opened.
    pub fn forget_address(self) {
        self.pending.set(None);
        self.tools().workspace.keep_address(None);
    }

    /// Copies a link to this session.
    pub fn copy_link(self, id: SessionId) {
        let Some(page) = browser::page_address() else { return };
        let link = format!("{page}{}", Address::Session(id).fragment());
        spawn_local(async move {
            if browser::copy(&link).await {
                self.say(labels::COPIED);
            } else {
                self.say(listing::link_not_copied(&link));
            }
        });
    }
}

/// The page is about to show something else than its own address names.
pub fn leave_address() {
    if Address::parse(&browser::fragment()).is_some() {
        browser::clear_fragment();
    }
}

/// What an id is made of, as it is typed.
fn pieces(id: &SessionId) -> [String; 5] {
    [
        id.subscription(),
        id.resource_group(),
        id.host_pool(),
        id.session_host(),
        id.session(),
    ]
    .map(str::to_owned)
}
