//! Acting and watching, as `src/page/acting.rs` does it.

use std::collections::BTreeSet;
use std::rc::Rc;

use avd_logoff::desk::act::Act;
use avd_logoff::desk::book::{Book, Index};
use avd_logoff::desk::carry_out::{self, Control, Progress};
use avd_logoff::desk::grace::Grace;
use avd_logoff::desk::plan::{Circumstances, Confirmed, Plan};
use avd_logoff::desk::receipt::Intended;
use avd_logoff::desk::sign_in_needed;
use avd_logoff::desk::step_up::StepUp;
use avd_logoff::desk::watch::Watchable;
use avd_logoff::ports::Clock as _;
use futures::{Stream, StreamExt as _};

use super::{Page, UnderWay};
use crate::scenario::OPERATOR;
use crate::story::{Closed, Confirmation, GraceNews, Word};

impl Page {
    /// `Desk::ask_for_chosen` and `Desk::ask_with_force`: a plan that waits for the person's word.
    pub fn plan(&self, act: Act) -> Option<Plan> {
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
        let plan = Plan::freeze(rows, act, &circumstances);
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
                act: plan.act().clone(),
            });
        }
        self.selection.borrow_mut().clear();
        self.go_on(intended);
    }

    pub(super) fn go_on(self: &Rc<Self>, intended: Intended) {
        let page = Rc::downgrade(self);
        let records = intended.records();
        let run = self.tab.story.runs.borrow().len();
        self.tab.story.runs.borrow_mut().push(records.clone());
        let story = Rc::clone(&self.tab.story);
        let control = Control {
            grace: Grace::new(move |stage| story.grace(run, GraceNews::Stands(stage))),
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
        self.controls.borrow_mut().push(UnderWay {
            control: control.clone(),
            records: records.clone(),
            run,
        });
        let progress = carry_out::carry_out(&self.arm, intended, control.clone());
        self.follow(progress, records, Some(control));
    }

    /// `Desk::keep_watching`.
    pub fn keep_watching(self: &Rc<Self>, sessions: Vec<Watchable>) {
        let records = sessions.iter().map(|session| session.record).collect();
        self.follow(carry_out::keep_watching(&self.arm, sessions), records, None);
    }

    pub(super) fn follow(
        self: &Rc<Self>,
        progress: impl Stream<Item = Progress> + 'static,
        records: Vec<usize>,
        control: Option<Control>,
    ) {
        let page = Rc::clone(self);
        self.following.set(self.following.get() + 1);
        let work = async move {
            let mut progress = std::pin::pin!(progress);
            while let Some(step) = progress.next().await {
                page.heard(step);
            }
            page.following.set(page.following.get() - 1);
            page.end_of_work(&records, control.as_ref());
        };
        let handle = self.tab.tasks.spawn_abortable(work);
        self.work.borrow_mut().push(handle);
    }

    pub(super) fn heard(&self, step: Progress) {
        self.tab
            .story
            .tell(|| format!("page    record {} {:?}", step.record, step.news));
        self.tab.story.words.borrow_mut().push(Word {
            at: step.at,
            record: step.record,
            news: step.news.clone(),
            request_id: step.request_id.clone(),
        });
        self.receipt.borrow_mut().apply(step);
        self.workspace.keep_receipt(&self.receipt.borrow());
    }

    pub(super) fn end_of_work(&self, records: &[usize], control: Option<&Control>) {
        let receipt = self.receipt.borrow();
        if let Some(over) = control {
            self.controls.borrow_mut().retain(|one| !one.control.is(over));
        }
        let of_these = records.iter().filter_map(|&at| receipt.records.get(at));
        if let Some(needed) = sign_in_needed::in_records(of_these).filter(|_| control.is_none()) {
            *self.needed.borrow_mut() = Some(needed);
        }
    }

    /// `Desk::stop_logging_off`.
    pub fn stop_logging_off(&self) {
        let controls = self.controls.borrow().clone();
        self.close(controls.iter().flat_map(|one| one.records.clone()).collect(), "Stop");
        controls.iter().for_each(|one| one.control.stop.stop());
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

    /// Nothing that was confirmed so far may go on.
    pub fn close_all(&self, by: &'static str) {
        let so_far = 0..self.receipt.borrow().records.len();
        self.close(so_far.collect(), by);
    }

    /// Whether sessions are followed.
    pub fn is_working(&self) -> bool {
        self.following.get() > 0
    }
}
