//! The page without its screen: the same calls in the same order as `src/page/{state,searching,acting,signing}.rs`.
//!
//! Everything that it does is a task, so that a reload can drop it in the middle as a browser does.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use avd_logoff::arm::guard::Identity;
use avd_logoff::arm::{ArmClient, ArmSettings};
use avd_logoff::auth::{Account, AuthorizationRequest, PublicClient};
use avd_logoff::desk::again::{Again, again};
use avd_logoff::desk::book::{Book, Index};
use avd_logoff::desk::coverage::Reading;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::interruption::Interruption;
use avd_logoff::desk::log_off::{self, Control, Progress};
use avd_logoff::desk::plan::{Circumstances, Confirmed, Plan};
use avd_logoff::desk::receipt::{Intended, Operator, Receipt};
use avd_logoff::desk::search::{Event, Query, search, search_again};
use avd_logoff::desk::selection::Selection;
use avd_logoff::desk::step_up::{Decision, SignInNeeded, StepUp};
use avd_logoff::desk::typed::{Wanted, understand};
use avd_logoff::desk::workspace::Workspace;
use avd_logoff::desk::{sign_in_needed, taking_up};
use avd_logoff::origin::Origin;
use avd_logoff::ports::{Clock as _, Ports};
use futures::future::AbortHandle;
use futures::{Stream, StreamExt as _};
use time::{OffsetDateTime, UtcOffset};

use crate::scenario::{OPERATOR, origins};
use crate::story::{Act, Closed, Confirmation, Searched, Word};
use crate::tab::Tab;

/// One load of the page.
pub struct Page {
    pub tab: Rc<Tab>,
    pub client: PublicClient,
    arm: ArmClient,
    workspace: Workspace,
    pub account: RefCell<Option<Account>>,
    pub findings: RefCell<Option<Findings>>,
    pub selection: RefCell<Selection>,
    pub receipt: RefCell<Receipt>,
    pub needed: RefCell<Option<SignInNeeded>>,
    controls: RefCell<Vec<(Control, Vec<usize>)>>,
    interruption: RefCell<Interruption>,
    search: RefCell<Option<AbortHandle>>,
    first_begun: Cell<Option<OffsetDateTime>>,
    work: RefCell<Vec<AbortHandle>>,
    /// Streams that are followed now.
    following: Cell<usize>,
}

impl Page {
    /// `Desk::new`.
    pub fn load(tab: &Rc<Tab>) -> Rc<Self> {
        let ports: Ports = tab.ports.clone();
        let client = tab.client();
        let arm = ArmSettings {
            endpoint: Origin::parse(&origins().arm).expect("the simulated address"),
            api_version: "2024-04-03".into(),
        };
        let arm = ArmClient::new(arm, Rc::new(client.clone()), ports.clone());
        let workspace = Workspace::new(Rc::clone(&ports.storage));
        let interruption = workspace.take_interruption();
        let kept = workspace.receipt(&interruption.unsent, ports.clock.now());
        if let Some(receipt) = &kept {
            workspace.keep_receipt(receipt);
        }
        Rc::new(Self {
            tab: Rc::clone(tab),
            client,
            arm,
            workspace,
            account: RefCell::default(),
            findings: RefCell::default(),
            selection: RefCell::default(),
            receipt: RefCell::new(kept.unwrap_or_default()),
            needed: RefCell::default(),
            controls: RefCell::default(),
            interruption: RefCell::new(interruption),
            search: RefCell::default(),
            first_begun: Cell::new(None),
            work: RefCell::default(),
            following: Cell::new(0),
        })
    }

    /// Everything that this load does ends, unseen.
    pub fn unload(&self) {
        self.abort_search();
        self.work.take().iter().for_each(AbortHandle::abort);
    }

    /// `Desk::start`.
    pub async fn start(self: &Rc<Self>) {
        let answer = self.client.handle_redirect().await;
        let came_back_well = matches!(answer, Ok(Some(_)));
        match self.client.account() {
            Some(account) => self.signed_in(&account, came_back_well),
            None => self.give_up_unsent(),
        }
    }

    fn signed_in(self: &Rc<Self>, account: &Account, resumes: bool) {
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
    fn resume(self: &Rc<Self>) -> bool {
        let interruption = self.interruption.take();
        if interruption.is_empty() {
            return false;
        }
        if !interruption.wanted.is_empty() {
            self.search_everywhere(interruption.wanted.clone());
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

    fn give_up_unsent(&self) {
        let mut interruption = self.interruption.take();
        if !interruption.unsent.is_empty() {
            let unsent = std::mem::take(&mut interruption.unsent);
            self.receipt.borrow_mut().give_up(&unsent, self.tab.time.now());
            self.workspace.keep_receipt(&self.receipt.borrow());
        }
        *self.interruption.borrow_mut() = interruption;
    }

    /// `Desk::find`, for a text in the box.
    pub fn find(self: &Rc<Self>, typed: &str) {
        let wanted = understand(typed).wanted;
        if self.account.borrow().is_some() && !wanted.is_empty() {
            self.workspace.keep_typed(typed);
            self.search_everywhere(wanted);
        }
    }

    fn search_everywhere(self: &Rc<Self>, wanted: Vec<Wanted>) {
        self.selection.borrow_mut().clear();
        *self.findings.borrow_mut() = Some(Findings::new(wanted.clone()));
        self.first_begun.set(Some(self.tab.time.now()));
        let query = Query {
            wanted,
            subscriptions: Vec::new(),
        };
        self.run(search(&self.arm, query));
    }

    /// `Desk::try_again`.
    pub fn try_again(self: &Rc<Self>) {
        let Some(mut findings) = self.findings.borrow().clone() else {
            return;
        };
        let wanted = findings.wanted().to_vec();
        match again(&mut findings) {
            Again::Everything => self.search_everywhere(wanted),
            Again::Pools(pools) => {
                *self.findings.borrow_mut() = Some(findings);
                self.run(search_again(&self.arm, wanted, pools));
            }
        }
    }

    /// `Desk::stop_search`.
    pub fn stop_search(self: &Rc<Self>) {
        self.abort_search();
        if let Some(findings) = self.findings.borrow_mut().as_mut().filter(|f| f.is_under_way()) {
            findings.stop();
        }
        self.end_of_search();
    }

    fn abort_search(&self) {
        if let Some(handle) = self.search.take() {
            handle.abort();
        }
    }

    fn run(self: &Rc<Self>, events: impl Stream<Item = Event> + 'static) {
        self.abort_search();
        let page = Rc::clone(self);
        let begun = self.tab.time.now();
        let work = async move {
            let mut events = std::pin::pin!(events);
            let mut read = Vec::new();
            while let Some(event) = events.next().await {
                page.tab.story.tell(|| format!("search  {event:?}"));
                if let Event::Done(pool, Reading::Read) = &event {
                    read.push((pool.key(), page.tab.time.now()));
                }
                if let Some(findings) = page.findings.borrow_mut().as_mut() {
                    findings.apply(event);
                }
            }
            page.search.take();
            page.tell_searched(begun, read);
            page.end_of_search();
        };
        *self.search.borrow_mut() = Some(self.tab.tasks.spawn_abortable(work));
    }

    fn tell_searched(&self, begun: OffsetDateTime, read: Vec<(String, OffsetDateTime)>) {
        let Some(findings) = self.findings.borrow().clone() else {
            return;
        };
        self.tab.story.tell(|| {
            let said = (findings.nothing(), findings.rows().len(), findings.coverage().verdict());
            format!("page    search ended: {said:?}")
        });
        self.tab.story.searches.borrow_mut().push(Searched {
            first_begun: self.first_begun.get().unwrap_or(begun),
            begun,
            ended: self.tab.time.now(),
            wanted: findings.wanted().to_vec(),
            read,
            findings,
        });
    }

    fn end_of_search(&self) {
        let findings = self.findings.borrow();
        let needed = findings
            .as_ref()
            .and_then(|f| sign_in_needed::in_coverage(f.coverage()));
        if needed.is_some() {
            *self.needed.borrow_mut() = needed;
        }
    }

    /// `Desk::ask_for_chosen` and `Desk::ask_with_force`: a plan that waits for the person's word.
    pub fn plan(&self, force: bool) -> Option<Plan> {
        let findings = self.findings.borrow();
        let receipt = self.receipt.borrow();
        let index = Index::of(&receipt);
        let selection = self.selection.borrow();
        let rows = selection.rows(findings.as_ref()?, Book::new(&receipt, &index));
        let circumstances = Circumstances {
            operator: OPERATOR.into(),
            protected_users: self.tab.protected.clone(),
            allow_skipping: self.tab.allow_skipping,
        };
        let plan = Plan::freeze(rows, force, &circumstances);
        (!plan.sessions().is_empty()).then_some(plan)
    }

    /// `Desk::act`.
    pub fn act(self: &Rc<Self>, confirmed: &Confirmed) {
        let now = self.tab.time.now();
        let intended = self
            .workspace
            .record_intent(&mut self.receipt.borrow_mut(), confirmed, now);
        let plan = confirmed.plan();
        for (record, planned) in intended.records().into_iter().zip(plan.sessions()) {
            self.tab
                .story
                .tell(|| format!("page    record {record} intends {:?}", planned.identity));
            self.tab.story.confirmed.borrow_mut().push(Confirmation {
                before: self.tab.requests(),
                record,
                identity: planned.identity.clone(),
                act: Act::LogOff { force: plan.force() },
            });
        }
        self.selection.borrow_mut().clear();
        self.go_on(intended);
    }

    fn go_on(self: &Rc<Self>, intended: Intended) {
        let page = Rc::downgrade(self);
        let control = Control {
            step_up: StepUp::new(move |needed| {
                if let Some(page) = page.upgrade() {
                    page.tab
                        .story
                        .tell(|| format!("page    asks for a sign-in: {needed:?}"));
                    *page.needed.borrow_mut() = Some(needed);
                }
            }),
            ..Control::default()
        };
        let records = intended.records();
        self.controls.borrow_mut().push((control.clone(), records.clone()));
        self.follow(log_off::log_off(&self.arm, intended, control), records, false);
    }

    /// `Desk::keep_watching`.
    pub fn keep_watching(self: &Rc<Self>, sessions: Vec<(usize, Identity)>) {
        let records = sessions.iter().map(|(record, _)| *record).collect();
        self.follow(log_off::keep_watching(&self.arm, sessions), records, true);
    }

    fn follow(self: &Rc<Self>, progress: impl Stream<Item = Progress> + 'static, records: Vec<usize>, asks: bool) {
        let page = Rc::clone(self);
        self.following.set(self.following.get() + 1);
        let work = async move {
            let mut progress = std::pin::pin!(progress);
            while let Some(step) = progress.next().await {
                page.heard(step);
            }
            page.following.set(page.following.get() - 1);
            page.end_of_work(&records, asks);
        };
        let handle = self.tab.tasks.spawn_abortable(work);
        self.work.borrow_mut().push(handle);
    }

    fn heard(&self, step: Progress) {
        self.tab.story.tell(|| {
            let reason = step.reason.as_ref().map(|reason| format!(" because {reason:?}"));
            format!(
                "page    record {} {}{}",
                step.record,
                step.outcome.word(),
                reason.unwrap_or_default()
            )
        });
        self.tab.story.words.borrow_mut().push(Word {
            at: step.at,
            record: step.record,
            outcome: step.outcome,
            request_id: step.request_id.clone(),
        });
        self.receipt.borrow_mut().apply(step);
        self.workspace.keep_receipt(&self.receipt.borrow());
    }

    fn end_of_work(&self, records: &[usize], asks: bool) {
        let receipt = self.receipt.borrow();
        if !receipt.is_under_way() {
            self.controls.borrow_mut().clear();
        }
        let of_these = records.iter().filter_map(|&at| receipt.records.get(at));
        if let Some(needed) = sign_in_needed::in_records(of_these).filter(|_| asks) {
            *self.needed.borrow_mut() = Some(needed);
        }
    }

    /// `Desk::stop_logging_off`.
    pub fn stop_logging_off(&self) {
        let controls = self.controls.borrow().clone();
        self.close(
            controls.iter().flat_map(|(_, records)| records.clone()).collect(),
            "Stop",
        );
        controls.iter().for_each(|(control, _)| control.stop.stop());
        if self.needed.borrow().is_some() {
            self.decline_sign_in();
        }
    }

    /// From now on nothing more may be sent for these records.
    pub fn close(&self, records: BTreeSet<usize>, by: &'static str) {
        self.tab.story.closed.borrow_mut().push(Closed {
            before: self.tab.requests(),
            records,
            by,
        });
    }

    /// `Desk::decline_sign_in`.
    pub fn decline_sign_in(&self) {
        self.needed.take();
        let controls = self.controls.borrow().clone();
        controls
            .iter()
            .for_each(|(control, _)| control.step_up.decide(Decision::Declined));
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
            .for_each(|(control, _)| control.step_up.decide(Decision::SignedIn));
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
        let controls = self.controls.borrow();
        let unsent = controls.iter().flat_map(|(control, _)| control.unsent()).collect();
        let findings = self.findings.borrow();
        let interruption = match &*findings {
            Some(findings) => {
                let selection = self.selection.borrow();
                Interruption::new(findings.wanted().to_vec(), selection.identities(), unsent)
            }
            None => self.interruption.borrow().clone(),
        };
        self.workspace.keep_interruption(&interruption).is_ok()
    }

    /// Whether a search is under way.
    pub fn is_searching(&self) -> bool {
        self.search.borrow().is_some()
    }

    /// Whether sessions are followed.
    pub fn is_working(&self) -> bool {
        self.following.get() > 0
    }
}
