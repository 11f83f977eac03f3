//! Signing in and out, by redirect or by a window, and taking up what a sign-in has interrupted.

use futures::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;
use time::Duration;

use super::addressing::leave_address;
use super::focus::focus;
use super::state::{Alert, Desk, Remedy, SignInWindow, Tenants};
use crate::auth::{Account, AccountKey, AuthError, AuthorizationRequest};
use crate::browser;
use crate::config::SignIn;
use crate::desk::interruption::Interruption;
use crate::desk::step_up::{Decision, SignInNeeded};
use crate::desk::taking_up;
use crate::desk::tenants;
use crate::embedding::Place;
use crate::text::{auth_error, labels, phrases};

/// Sooner than anybody can read what a new button says.
const DOUBLE_CLICK: Duration = Duration::milliseconds(700);

impl Desk {
    /// Takes in the answer of a redirect, if this load is the return from one, and goes on from there.
    pub fn start(self) {
        let tools = self.tools();
        spawn_local(async move {
            let answer = tools.client.handle_redirect().await;
            let returned = !matches!(answer, Ok(None));
            let came_back_well = matches!(answer, Ok(Some(_)));
            if let Err(error) = answer {
                self.complain_about_sign_in(&error);
            }
            match tools.client.account() {
                Some(account) => self.signed_in(&account, came_back_well),
                None => {
                    self.give_up_unsent();
                    if !returned && tools.workspace.account().is_some() {
                        self.note.set(Some(labels::RELOADED_SIGNED_OUT));
                    }
                    self.starting.set(false);
                }
            }
        });
    }

    /// Somebody is signed in, at the start of the page or through a window. `resumes` says that this is the return
    /// from a sign-in that may have interrupted something.
    fn signed_in(self, account: &Account, resumes: bool) {
        let tools = self.tools();
        tools.workspace.keep_account(account);
        let offset = tools.ports.clock.local_offset(tools.ports.clock.now());
        let kept = self.receipt.get_untracked();
        let had_receipt = !kept.records.is_empty();
        let receipt = taking_up::take_up(kept, self.operator(account), offset);
        let anything_done = !receipt.records.is_empty();
        if anything_done || had_receipt {
            // Also where it is another person's now: the one before must not come back with the next reload.
            tools.workspace.keep_receipt(&receipt);
        }
        let watched = taking_up::interrupted(&receipt);
        let anything_kept = anything_done || !self.typed.with_untracked(String::is_empty);
        let may_resume = resumes && (anything_done || !had_receipt);
        self.receipt.set(receipt);
        self.account.set(Some(account.clone()));
        self.starting.set(false);
        if account.switched_to.is_some() {
            // Only its id is known otherwise, and nobody knows a tenant by that.
            self.look_for_tenants();
        }
        focus("upn");
        if !watched.is_empty() {
            self.keep_watching(watched.clone());
        }
        let resumed = if may_resume { self.resume() } else { None };
        if resumed.is_none() {
            self.give_up_unsent();
        }
        let otherwise = match (watched.is_empty(), anything_kept, resumes) {
            (false, ..) => Some(labels::RECHECKING),
            (true, true, true) => Some(labels::SIGNED_IN_AGAIN),
            (true, true, false) => Some(labels::RELOADED_SIGNED_IN),
            (true, false, _) => None,
        };
        self.note.set(resumed.or(otherwise));
    }

    /// Goes on with what a redirect has interrupted; says what that is.
    fn resume(self) -> Option<&'static str> {
        let interruption = self.take_interruption();
        if interruption.is_empty() {
            return None;
        }
        let shown_before = match interruption.address() {
            Some(id) => {
                self.open_session(id);
                true
            }
            None if interruption.whose.is_nobody() => false,
            None => {
                self.search_everywhere(interruption.whose.clone());
                true
            }
        };
        if shown_before {
            self.selection
                .update(|selection| selection.restore(interruption.selected()));
        }
        let intended = self
            .receipt
            .with_untracked(|receipt| receipt.resume(&interruption.unsent));
        if intended.records().is_empty() {
            return Some(labels::SEARCHED_ANEW);
        }
        self.go_on(intended);
        Some(labels::RESUMED)
    }

    /// Nothing is sent because somebody came back some other way: what waited for the sign-in ends here. The search
    /// and the selection are kept for the next one.
    fn give_up_unsent(self) {
        let tools = self.tools();
        let mut interruption = self.take_interruption();
        if !interruption.unsent.is_empty() {
            let unsent = std::mem::take(&mut interruption.unsent);
            self.receipt
                .update(|receipt| receipt.give_up(&unsent, tools.ports.clock.now()));
            self.receipt
                .with_untracked(|receipt| tools.workspace.keep_receipt(receipt));
        }
        self.interruption.set_value(interruption);
    }

    /// "Sign in": as whoever was signed in last, if anybody was.
    pub fn sign_in(self) {
        let last = self
            .account
            .get_untracked()
            .or_else(|| self.tools().workspace.account());
        let request = last.as_ref().map(AuthorizationRequest::hinted);
        self.begin(request.unwrap_or_default());
    }

    /// "Use another account": the authority shows the accounts to choose from.
    pub fn use_another_account(self) {
        self.begin(AuthorizationRequest {
            select_account: true,
            ..AuthorizationRequest::default()
        });
    }

    /// The same person in another tenant.
    pub fn switch_tenant(self, tenant: String) {
        let Some(account) = self.account.get_untracked() else {
            return;
        };
        self.begin(AuthorizationRequest {
            tenant: Some(tenant),
            ..AuthorizationRequest::hinted(&account)
        });
    }

    /// Asks for the tenants of the signed-in person, once.
    pub fn look_for_tenants(self) {
        if !matches!(self.tenants.get_untracked(), None | Some(Tenants::Failed)) {
            return;
        }
        self.tenants.set(Some(Tenants::Loading));
        let client = self.tools().arm;
        spawn_local(async move {
            let found = tenants::list(&client).await;
            self.tenants.set(Some(found.map_or(Tenants::Failed, Tenants::Known)));
        });
    }

    /// "Continue sign-in": as the same person, with what is asked for.
    pub fn continue_sign_in(self) {
        let needed = self.needed.get_untracked();
        let Some(account) = self.account.get_untracked() else {
            return self.sign_in();
        };
        let claims = needed.as_ref().and_then(SignInNeeded::claims);
        self.begin(AuthorizationRequest::again(&account, claims));
    }

    /// The person does not sign in for it: what cannot go on without ends.
    pub fn decline_sign_in(self) {
        self.needed.set(None);
        self.alert.set(None);
        self.each_control(|control| control.step_up.decide(Decision::Declined));
    }

    /// A sign-in is needed; asked for once however many want it.
    pub fn need_sign_in(self, needed: SignInNeeded) {
        let explanation = phrases::sign_in_needed(&needed);
        self.needed.set(Some(needed));
        self.alert.set(Some(Alert {
            explanation,
            remedy: Remedy::Continue,
        }));
    }

    fn begin(self, request: AuthorizationRequest) {
        let tools = self.tools();
        let by_window = match &tools.place {
            Place::Alone => tools.config.sign_in == SignIn::Popup,
            Place::Framed { .. } | Place::NotAllowed { .. } => true,
        };
        if by_window {
            let by_relay = matches!(tools.place, Place::Framed { relay: true, .. });
            return self.open_window(request, by_relay);
        }
        // Another account or tenant begins with an empty page, as it does by a window.
        let same = self.account.with_untracked(|account| {
            account
                .as_ref()
                .is_none_or(|account| request.tenant == account.switched_to)
                && !request.select_account
        });
        let interruption = if same {
            self.interruption_now()
        } else {
            Interruption::default()
        };
        let left = match tools.workspace.keep_interruption(&interruption) {
            Ok(()) => tools.client.login_redirect(&request),
            Err(_) => Err(AuthError::StorageRefused),
        };
        match left {
            Ok(()) => self.leave_on_purpose(true),
            Err(error) => {
                let _ = tools.workspace.take_interruption();
                self.complain_about_sign_in(&error);
            }
        }
    }

    fn interruption_now(self) -> Interruption {
        let mut unsent = Vec::new();
        self.each_control(|control| unsent.extend(control.unsent()));
        self.findings.with_untracked(|findings| match findings {
            Some(findings) => self.selection.with_untracked(|selection| {
                Interruption::new(findings.whose().clone(), selection.identities(), unsent).at(findings.address())
            }),
            // Nothing was searched since the last sign-in did not come about: what was there then still counts.
            None => {
                let mut kept = self.interruption.get_value();
                kept.unsent.extend(unsent);
                kept
            }
        })
    }

    fn take_interruption(self) -> Interruption {
        let taken = self.interruption.try_update_value(std::mem::take);
        taken.unwrap_or_default()
    }

    fn open_window(self, request: AuthorizationRequest, by_relay: bool) {
        self.close_window();
        let client = self.tools().client;
        let opened = match browser::relay_address() {
            Some(relay) if by_relay => client.login_popup_by_relay(&request, &relay),
            _ => client.login_popup(&request),
        };
        let popup = match opened {
            Ok(popup) => popup,
            Err(error) => return self.complain_about_sign_in(&error),
        };
        self.window.set(Some(SignInWindow {
            request,
            by_relay,
            is_withheld: popup.is_withheld(),
            opened_at: self.now(),
        }));
        self.say(labels::WINDOW_OPEN);
        focus("window-heading");
        let (handle, registration) = AbortHandle::new_pair();
        self.waiting.set_value(Some(handle));
        spawn_local(async move {
            // Aborted means that the person has given it up, or has opened another window.
            if let Ok(answer) = Abortable::new(popup.finish(), registration).await {
                self.window.set(None);
                match answer {
                    Ok(account) => self.signed_in_by_window(&account),
                    Err(error) => self.complain_about_sign_in(&error),
                }
            }
        });
    }

    /// "Retry": another window for the same. In a frame it is the relay, because whoever has to try again there has
    /// perhaps met a browser in which a broadcast does not reach the frame.
    pub fn retry_window(self) {
        let window = self.window.get_untracked();
        // It stands where "Sign in" stood: the second half of a double click there is not meant for it.
        let settled = |window: &SignInWindow| self.now() - window.opened_at >= DOUBLE_CLICK;
        if let Some(window) = window.filter(settled) {
            self.open_window(window.request, self.tools().place.is_framed());
        }
    }

    /// "Cancel": the page is as before.
    pub fn cancel_window(self) {
        self.close_window();
        self.say(labels::SIGN_IN_LEFT);
        focus(if self.account.with_untracked(Option::is_some) {
            "upn"
        } else {
            "sign-in"
        });
    }

    fn close_window(self) {
        self.window.set(None);
        if let Some(waiting) = self.waiting.try_update_value(Option::take).flatten() {
            waiting.abort();
        }
    }

    fn signed_in_by_window(self, account: &Account) {
        let before = self.account.get_untracked();
        self.alert.set(None);
        self.needed.set(None);
        match before {
            Some(before) if AccountKey::of(&before) == AccountKey::of(account) => {
                self.say(phrases::signed_in_as(account));
                self.each_control(|control| control.step_up.decide(Decision::SignedIn));
                let unseen = self.receipt.with_untracked(taking_up::interrupted);
                if !unseen.is_empty() {
                    self.keep_watching(unseen);
                }
                self.try_again_after_sign_in();
            }
            Some(before) => {
                self.clear_work();
                if before.username != account.username {
                    self.tenants.set(None);
                }
                self.say(phrases::signed_in_as(account));
                self.signed_in(account, false);
                self.note.set(Some(labels::OTHER_ACCOUNT_CLEARED));
            }
            None => {
                self.say(phrases::signed_in_as(account));
                self.signed_in(account, true);
            }
        }
    }

    /// Everything that belongs to the person who was signed in, but for what was typed. Work under way ends unseen:
    /// another sign-in might not see its sessions, and take that for their end.
    fn clear_work(self) {
        self.abandon_search();
        self.abandon_work();
        self.findings.set(None);
        self.asked.set(None);
        self.selection.set(Default::default());
        self.view.set(Default::default());
        self.forget_address();
        self.understood.set(Default::default());
        self.receipt.set(Default::default());
        let tools = self.tools();
        tools.workspace.keep_receipt(&Default::default());
        // What was proved of Azure is for one sign-in.
        tools.arm.filter_trust().forget();
    }

    /// Forgets everything and signs out at the authority, too.
    pub fn sign_out(self) {
        let tools = self.tools();
        self.leave_on_purpose(!tools.place.is_framed());
        self.close_window();
        self.account.set(None);
        self.clear_work();
        tools.workspace.clear();
        tools.arm.clear_storage();
        self.tenants.set(None);
        self.typed.set(String::new());
        self.pieces.set(Default::default());
        leave_address();
        self.note.set(None);
        self.alert.set(None);
        self.needed.set(None);
        self.say("");
        let answer = if tools.place.is_framed() {
            tools.client.logout_popup()
        } else {
            tools.client.logout_redirect()
        };
        if let Err(error) = answer {
            self.complain_about_sign_in(&error);
        }
    }

    /// The page was shown again out of the browser's back-forward cache: the person came back from the authority by
    /// the Back button. The request that was left behind is void, and so is what was to go on after it.
    pub fn came_back(self) {
        let tools = self.tools();
        self.leave_on_purpose(false);
        let _ = tools.workspace.take_interruption();
        if tools.client.forget_redirect() {
            self.note.set(Some(labels::SIGN_IN_LEFT));
        }
    }

    pub fn complain_about_sign_in(self, error: &AuthError) {
        let continues = self.needed.with_untracked(Option::is_some);
        self.alert.set(Some(Alert {
            explanation: auth_error(error),
            remedy: if continues { Remedy::Continue } else { Remedy::SignIn },
        }));
    }
}
