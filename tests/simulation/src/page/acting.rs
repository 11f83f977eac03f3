//! Acting and watching, as `src/page/acting.rs` does it.

use std::collections::BTreeSet;
use std::rc::Rc;

use avd_logoff::arm::guard::Identity;
use avd_logoff::desk::book::{Book, Index};
use avd_logoff::desk::log_off::{self, Control, Progress};
use avd_logoff::desk::plan::{Circumstances, Confirmed, Plan};
use avd_logoff::desk::receipt::Intended;
use avd_logoff::desk::sign_in_needed;
use avd_logoff::desk::step_up::StepUp;
use avd_logoff::ports::Clock as _;
use futures::{Stream, StreamExt as _};

use super::Page;
use crate::scenario::OPERATOR;
use crate::story::{Act, Closed, Confirmation, Word};

impl Page {
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

    pub(super) fn go_on(self: &Rc<Self>, intended: Intended) {
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
        let progress = log_off::log_off(&self.arm, intended, control.clone());
        self.follow(progress, records, Some(control));
    }

    /// `Desk::keep_watching`.
    pub fn keep_watching(self: &Rc<Self>, sessions: Vec<(usize, Identity)>) {
        let records = sessions.iter().map(|(record, _)| *record).collect();
        self.follow(log_off::keep_watching(&self.arm, sessions), records, None);
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

    pub(super) fn end_of_work(&self, records: &[usize], control: Option<&Control>) {
        let receipt = self.receipt.borrow();
        if let Some(over) = control {
            self.controls.borrow_mut().retain(|(one, _)| !one.is(over));
        }
        let of_these = records.iter().filter_map(|&at| receipt.records.get(at));
        if let Some(needed) = sign_in_needed::in_records(of_these).filter(|_| control.is_none()) {
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

    /// Whether sessions are followed.
    pub fn is_working(&self) -> bool {
        self.following.get() > 0
    }
}
