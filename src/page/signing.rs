//! Signing in and out, and taking up after a reload.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::focus::focus;
use super::state::Desk;
use crate::auth::{Account, AuthError};
use crate::desk::receipt::Receipt;
use crate::desk::selection::Selection;
use crate::desk::taking_up;
use crate::desk::typed::Understood;
use crate::text::{auth_error, labels};

impl Desk {
    /// Takes in the answer of a sign-in, if this load is the return from one, and goes on from there.
    pub fn start(self) {
        let tools = self.tools();
        spawn_local(async move {
            let answer = tools.client.handle_redirect().await;
            let returned = !matches!(answer, Ok(None));
            if let Err(error) = answer {
                self.complain_about_sign_in(&error);
            }
            match tools.client.account() {
                Some(account) => self.signed_in(&account, returned),
                None => {
                    if !returned && tools.workspace.username().is_some() {
                        self.note.set(Some(labels::RELOADED_SIGNED_OUT));
                    }
                    self.starting.set(false);
                }
            }
        });
    }

    fn signed_in(self, account: &Account, returned: bool) {
        let tools = self.tools();
        tools.workspace.keep_username(&account.username);
        let offset = tools.ports.clock.local_offset(tools.ports.clock.now());
        let kept = self.receipt.get_untracked();
        let had_receipt = !kept.records.is_empty();
        let receipt = taking_up::take_up(kept, self.operator(account), offset);
        let anything_done = !receipt.records.is_empty();
        if anything_done || had_receipt {
            // Also where it is another person's now: the one before must not come back with the next reload.
            tools.workspace.keep_receipt(&receipt);
        }
        let interrupted = taking_up::interrupted(&receipt);
        let anything_kept = anything_done || !self.typed.with_untracked(String::is_empty);
        self.receipt.set(receipt);
        self.account.set(Some(account.clone()));
        self.starting.set(false);
        focus("upn");
        if !interrupted.is_empty() {
            self.keep_watching(interrupted);
            self.note.set(Some(labels::RECHECKING));
        } else if anything_kept {
            self.note.set(Some(match returned {
                true => labels::SIGNED_IN_AGAIN,
                false => labels::RELOADED_SIGNED_IN,
            }));
        }
    }

    /// Leaves for the authority.
    pub fn sign_in(self) {
        let tools = self.tools();
        let username = tools.workspace.username();
        if let Err(error) = tools.client.login_redirect(username.as_deref()) {
            self.complain_about_sign_in(&error);
        }
    }

    /// Forgets everything and leaves for the authority.
    pub fn sign_out(self) {
        let tools = self.tools();
        self.leave_on_purpose(true);
        self.stop_search();
        self.stop_logging_off();
        tools.workspace.clear();
        let answer = tools.client.logout_redirect();
        self.account.set(None);
        self.findings.set(None);
        self.selection.set(Selection::default());
        self.understood.set(Understood::default());
        self.typed.set(String::new());
        self.receipt.set(Receipt::default());
        self.note.set(None);
        self.alert.set(None);
        self.say("");
        if let Err(error) = answer {
            self.complain_about_sign_in(&error);
        }
    }

    pub fn complain_about_sign_in(self, error: &AuthError) {
        self.complain(auth_error(error), true);
    }
}
