//! Signing in, and taking up what a sign-in has interrupted, as `src/page/signing.rs` does it.

use std::rc::Rc;

use avd_logoff::auth::{Account, AuthorizationRequest};
use avd_logoff::desk::interruption::Interruption;
use avd_logoff::desk::receipt::Operator;
use avd_logoff::desk::step_up::{Decision, SignInNeeded};
use avd_logoff::desk::{sign_in_needed, taking_up};
use avd_logoff::ports::Clock as _;
use time::UtcOffset;

use super::Page;

impl Page {
    /// `Desk::start`.
    pub async fn start(self: &Rc<Self>) {
        let answer = self.client.handle_redirect().await;
        let came_back_well = matches!(answer, Ok(Some(_)));
        match self.client.account() {
            Some(account) => self.signed_in(&account, came_back_well),
            None => self.give_up_unsent(),
        }
    }

    pub(super) fn signed_in(self: &Rc<Self>, account: &Account, resumes: bool) {
        self.workspace.keep_account(account);
        let kept = self.receipt.borrow().clone();
        let had_receipt = !kept.records.is_empty();
        let operator = Operator {
            username: account.username.clone(),
            object_id: account.object_id.clone(),
            tenant_id: account.tenant_id.clone(),
            cloud: "public".into(),
        };
        let receipt = taking_up::take_up(kept, operator, UtcOffset::UTC);
        let anything_done = !receipt.records.is_empty();
        if anything_done || had_receipt {
            self.workspace.keep_receipt(&receipt);
        }
        let watched = taking_up::interrupted(&receipt);
        let may_resume = resumes && (anything_done || !had_receipt);
        *self.receipt.borrow_mut() = receipt;
        *self.account.borrow_mut() = Some(account.clone());
        self.tab
            .story
            .tell(|| format!("page    signed in as {}", account.username));
        if !watched.is_empty() {
            self.keep_watching(watched);
        }
        if !(may_resume && self.resume()) {
            self.give_up_unsent();
        }
    }

    /// Whether there was anything to go on with.
    pub(super) fn resume(self: &Rc<Self>) -> bool {
        let interruption = self.interruption.take();
        if interruption.is_empty() {
            return false;
        }
        let shown_before = match interruption.address() {
            Some(id) => {
                self.open(id);
                true
            }
            None if interruption.whose.is_nobody() => false,
            None => {
                self.search_everywhere(interruption.whose.clone());
                true
            }
        };
        if shown_before {
            self.selection.borrow_mut().restore(interruption.selected());
        }
        let intended = self.receipt.borrow().resume(&interruption.unsent);
        if !intended.records().is_empty() {
            self.tab
                .story
                .tell(|| format!("page    resumes {:?}", intended.records()));
            self.go_on(intended);
        }
        true
    }

    pub(super) fn give_up_unsent(&self) {
        let mut interruption = self.interruption.take();
        if !interruption.unsent.is_empty() {
            let unsent = std::mem::take(&mut interruption.unsent);
            self.receipt.borrow_mut().give_up(&unsent, self.tab.time.now());
            self.workspace.keep_receipt(&self.receipt.borrow());
        }
        *self.interruption.borrow_mut() = interruption;
    }

    /// `Desk::decline_sign_in`.
    pub fn decline_sign_in(&self) {
        self.needed.take();
        let controls = self.controls.borrow().clone();
        controls
            .iter()
            .for_each(|one| one.control.step_up.decide(Decision::Declined));
    }

    /// What the sign-in that is asked for has to bring.
    pub fn request_for_sign_in(&self) -> AuthorizationRequest {
        let account = self.account.borrow();
        let claims = self.needed.borrow().as_ref().and_then(SignInNeeded::claims);
        match &*account {
            Some(account) => AuthorizationRequest::again(account, claims),
            None => AuthorizationRequest::default(),
        }
    }

    /// `Desk::signed_in_by_window`, for the one person that there is.
    pub fn signed_in_by_window(self: &Rc<Self>, account: &Account) {
        let before = self.account.borrow().clone();
        self.needed.take();
        if before.is_none() {
            return self.signed_in(account, true);
        }
        let controls = self.controls.borrow().clone();
        controls
            .iter()
            .for_each(|one| one.control.step_up.decide(Decision::SignedIn));
        let unseen = taking_up::interrupted(&self.receipt.borrow());
        if !unseen.is_empty() {
            self.keep_watching(unseen);
        }
        let findings = self.findings.borrow().clone();
        let again = findings.is_some_and(|findings| {
            !findings.is_under_way() && sign_in_needed::in_coverage(findings.coverage()).is_some()
        });
        if again {
            self.try_again();
        }
    }

    /// What is kept when the page leaves for a sign-in.
    pub fn keep_interruption(&self) -> bool {
        let unsent = self.unsent();
        let findings = self.findings.borrow();
        let interruption = match &*findings {
            Some(findings) => {
                let selection = self.selection.borrow();
                Interruption::new(findings.whose().clone(), selection.identities(), unsent).at(findings.address())
            }
            None => {
                let mut kept = self.interruption.borrow().clone();
                kept.unsent.extend(unsent);
                kept
            }
        };
        self.workspace.keep_interruption(&interruption).is_ok()
    }

    /// The page leaves for a sign-in: only that may go on after it for which certainly nothing was sent.
    pub fn close_all_but_unsent(&self) {
        let unsent = self.unsent();
        let records = 0..self.receipt.borrow().records.len();
        self.close(records.filter(|record| !unsent.contains(record)).collect(), "leaving");
    }

    pub(super) fn unsent(&self) -> Vec<usize> {
        let controls = self.controls.borrow();
        controls.iter().flat_map(|one| one.control.unsent()).collect()
    }
}
