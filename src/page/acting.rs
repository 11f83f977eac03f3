//! Asking for the person's word, logging off, and watching. Nothing here acts without a confirmed plan.

use futures::Stream;
use futures::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::focus::focus;
use super::pace::paced;
use super::state::{Asked, Desk, Press, Tools};
use crate::desk::act::{Act, Message, Warning};
use crate::desk::carry_out::{self, Control, Progress};
use crate::desk::findings::Row;
use crate::desk::grace::Grace;
use crate::desk::plan::{Confirmed, Plan};
use crate::desk::receipt::{Intended, Receipt};
use crate::desk::sign_in_needed;
use crate::desk::step_up::StepUp;
use crate::desk::watch::Watchable;
use crate::text::{labels, phrases};

impl Desk {
    /// Freezes a plan for the chosen rows and asks for the person's word.
    pub fn ask_for_chosen(self, act: Act, at: Option<Press>) {
        let plan = self.findings.with_untracked(|findings| {
            let findings = findings.as_ref()?;
            let selection = self.selection.read_untracked();
            let rows = self.with_book_untracked(|book| selection.rows(findings, book));
            Some(Plan::freeze(rows, act, &self.circumstances()))
        });
        if let Some(plan) = plan {
            self.ask(plan, at);
        }
    }

    /// Freezes a plan to remove one session with force and asks for the person's word.
    pub fn ask_with_force(self, row: &Row, at: Option<Press>) {
        self.ask(Plan::freeze([row], Act::log_off(true), &self.circumstances()), at);
    }

    fn ask(self, plan: Plan, at: Option<Press>) {
        let nothing_chosen = plan.sessions().is_empty() && plan.left_out().is_empty();
        if nothing_chosen || self.asked.with_untracked(Option::is_some) {
            return;
        }
        if self.skips_dialog.get_untracked() && plan.may_skip_dialog() {
            if let Ok(confirmed) = plan.confirm("") {
                self.act(confirmed);
            }
        } else {
            self.asked.set(Some(Asked { plan, at }));
        }
    }

    /// Ticks or clears "Force" in the plan that waits.
    pub fn set_force(self, force: bool) {
        self.change_plan(|plan| plan.set_force(force));
    }

    /// Puts a message before the log off that waits for its word, or takes it away.
    pub fn set_warning(self, warning: Option<Warning>) {
        self.change_plan(|plan| plan.set_warning(warning));
    }

    /// Changes the message that goes with the plan that waits.
    pub fn write_message(self, write: impl FnOnce(&mut Message)) {
        self.change_plan(|plan| plan.write_message(write));
    }

    fn change_plan(self, change: impl FnOnce(&mut Plan)) {
        self.asked.update(|asked| {
            if let Some(asked) = asked {
                change(&mut asked.plan);
            }
        });
    }

    /// The person's word. The plan is taken out by it, so that a second click finds none. `false` if `typed` is not
    /// what the plan asks for.
    pub fn confirm(self, typed: &str) -> bool {
        let Some(asked) = self.asked.try_update(Option::take).flatten() else {
            return false;
        };
        let at = asked.at;
        match asked.plan.confirm(typed) {
            Ok(confirmed) => {
                self.act(confirmed);
                true
            }
            Err(plan) => {
                self.asked.set(Some(Asked { plan: *plan, at }));
                false
            }
        }
    }

    fn act(self, confirmed: Confirmed) {
        let tools = self.tools();
        let begins = phrases::begins(confirmed.plan().kind(), confirmed.plan().sessions().len());
        let intended = self.receipt.try_update(|receipt| {
            tools
                .workspace
                .record_intent(receipt, &confirmed, tools.ports.clock.now())
        });
        let Some(intended) = intended else { return };
        self.selection.update(|selection| {
            selection.clear();
        });
        self.alert.set(None);
        self.note.set((!intended.is_kept()).then_some(labels::NOT_KEPT));
        self.say(begins);
        // The button that was pressed has nothing left to act on.
        focus("sessions-heading");
        self.go_on(intended);
    }

    /// Does what stands in the receipt as intended.
    pub fn go_on(self, intended: Intended) {
        let control = Control {
            step_up: StepUp::new(move |needed| self.need_sign_in(needed)),
            grace: Grace::new(move |_| self.show_grace()),
            ..Control::default()
        };
        self.controls.update_value(|controls| controls.push(control.clone()));
        let records = intended.records();
        let progress = carry_out::carry_out(&self.tools().arm, intended, control.clone());
        self.follow(progress, records, Some(control));
    }

    /// Looks again at sessions whose end was not seen.
    pub fn keep_watching(self, sessions: Vec<Watchable>) {
        self.say(phrases::watching(sessions.len()));
        let records = sessions.iter().map(|session| session.record).collect();
        let progress = carry_out::keep_watching(&self.tools().arm, sessions);
        self.follow(progress, records, None);
    }

    /// Looks again at one session.
    pub fn keep_watching_one(self, record: usize) {
        let mut sessions = self.receipt.with_untracked(Receipt::watchable);
        sessions.retain(|session| session.record == record);
        if !sessions.is_empty() {
            self.keep_watching(sessions);
            // The button that was pressed is gone with the outcome that it stood beside.
            focus("sessions-heading");
        }
    }

    /// From now on nothing more is sent; what waits for a sign-in ends.
    pub fn stop_logging_off(self) {
        self.each_control(|control| control.stop.stop());
        if self.needed.with_untracked(Option::is_some) {
            self.decline_sign_in();
        }
    }

    /// Drops everything under way, with nobody to see its end.
    pub fn abandon_work(self) {
        self.work
            .update_value(|work| work.drain(..).for_each(|work| work.abort()));
        self.controls.update_value(Vec::clear);
    }

    /// With a control, the work asks for a sign-in that it needs by itself; without one, when it is over.
    fn follow(self, progress: impl Stream<Item = Progress> + 'static, records: Vec<usize>, control: Option<Control>) {
        let Tools { workspace, ports, .. } = self.tools();
        let (handle, registration) = AbortHandle::new_pair();
        self.work.update_value(|work| work.push(handle));
        let work = async move {
            let take = |steps: Vec<Progress>| {
                // After a sign-out there is no receipt left to write into.
                if self.account.with_untracked(Option::is_some) {
                    self.receipt
                        .update(|receipt| steps.into_iter().for_each(|step| receipt.apply(step)));
                    self.receipt.with_untracked(|receipt| workspace.keep_receipt(receipt));
                }
            };
            paced(progress, &*ports.clock, take).await;
            if self.account.with_untracked(Option::is_some) {
                self.announce_totals(&records, control.as_ref());
            }
        };
        spawn_local(async move {
            // Aborted means that another account is signed in, which these sessions are no business of.
            let _ = Abortable::new(work, registration).await;
        });
    }

    /// Once, at the end.
    fn announce_totals(self, records: &[usize], control: Option<&Control>) {
        let of_this_run = self.receipt.with_untracked(|receipt| Receipt {
            records: records
                .iter()
                .filter_map(|&at| receipt.records.get(at).cloned())
                .collect(),
            ..Receipt::default()
        });
        self.say(phrases::totals(&of_this_run.totals()));
        if let Some(over) = control {
            // Its own and no other: another log off may still wait for a sign-in while nothing is said to be under way.
            self.controls
                .update_value(|controls| controls.retain(|one| !one.is(over)));
            self.show_grace();
        }
        let needed = sign_in_needed::in_records(&of_this_run.records);
        if let Some(needed) = needed.filter(|_| control.is_none()) {
            self.need_sign_in(needed);
        }
    }

    /// "Stop logging off" was pressed.
    pub fn stop_logging_off_and_say_so(self) {
        self.stop_logging_off();
        self.say(labels::LOG_OFF_STOPPED);
        focus("sessions-heading");
    }
}
