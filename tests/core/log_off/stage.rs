//! A log off of many sessions that has to wait for a sign-in, and the person in front of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::arm::ArmClient;
use avd_logoff::auth::PublicClient;
use avd_logoff::desk::act::Act;
use avd_logoff::desk::carry_out::{Control, Progress, carry_out};
use avd_logoff::desk::findings::Row;
use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::desk::receipt::{Intended, Operator, Receipt};
use avd_logoff::desk::step_up::{SignInNeeded, StepUp};
use avd_logoff::desk::workspace::Workspace;
use avd_logoff::ports::{Clock as _, Request};
use azure_simulator::world::SessionState;
use azure_simulator::{CorsSettings, Operation, Recorded};
use futures::StreamExt as _;
use futures::channel::mpsc;
use futures::future::{join, poll_fn};
use time::UtcOffset;

use crate::support::Lab;
use crate::support::bench::{OPERATOR, USER};

/// More than are worked on at once, so that some are not begun when the challenge comes.
pub const SESSIONS: usize = 20;

/// The whole of it.
pub struct Stage {
    pub lab: Lab,
    pub client: PublicClient,
    pub arm: ArmClient,
    pub rows: Vec<Row>,
    pub control: Control,
    pub receipt: Rc<RefCell<Receipt>>,
    pub workspace: Workspace,
    pub times_asked: Rc<Cell<usize>>,
    /// Whether tokens last until a DELETE has left.
    pub tokens_last: Cell<bool>,
    asked: RefCell<mpsc::UnboundedReceiver<SignInNeeded>>,
}

impl Stage {
    /// Twenty sessions of one user; `exposed` says whether the page can read a challenge's header.
    pub fn new(exposed: bool) -> Self {
        let lab = Lab::new();
        for at in 0..SESSIONS {
            lab.session_on(at % 2, USER, SessionState::Active);
        }
        {
            let mut simulator = lab.bench.simulator();
            simulator.world.switches.latency = true;
            simulator.world.switches.throttle.enabled = false;
            if exposed {
                simulator.cors = CorsSettings::exposing_everything_useful();
            }
        }
        let client = lab.bench.sign_in(OPERATOR);
        let arm = lab.bench.arm_with(&client, "http://localhost:4462");
        let rows = lab.bench.find(&arm, USER).rows().to_vec();
        assert_eq!(rows.len(), SESSIONS);
        let (sender, receiver) = mpsc::unbounded();
        let times_asked = Rc::new(Cell::new(0));
        let counted = Rc::clone(&times_asked);
        let control = Control {
            step_up: StepUp::new(move |needed| {
                counted.set(counted.get() + 1);
                sender.unbounded_send(needed).unwrap();
            }),
            ..Control::default()
        };
        let operator = Operator {
            username: OPERATOR.into(),
            object_id: client.account().unwrap().object_id,
            ..Operator::default()
        };
        Self {
            workspace: Workspace::new(Rc::clone(&lab.bench.ports.storage)),
            receipt: Rc::new(RefCell::new(Receipt::new(operator, UtcOffset::UTC))),
            tokens_last: Cell::new(true),
            asked: RefCell::new(receiver),
            lab,
            client,
            arm,
            rows,
            control,
            times_asked,
        }
    }

    /// Confirms all of them.
    pub fn intended(&self) -> Intended {
        let confirmed = Plan::freeze(&self.rows, Act::log_off(false), &Circumstances::default())
            .confirm("")
            .unwrap();
        let now = self.lab.bench.time.now();
        self.workspace
            .record_intent(&mut self.receipt.borrow_mut(), &confirmed, now)
    }

    /// Logs off while the person does what a person does. Ends when both have; hangs, and so panics, if either waits
    /// for what never comes.
    pub fn log_off(&self, at_step: impl FnMut(&Progress), person: impl Future<Output = ()>) {
        self.go_on(self.intended(), at_step, person);
    }

    pub fn go_on(&self, intended: Intended, mut at_step: impl FnMut(&Progress), person: impl Future<Output = ()>) {
        let stream = carry_out(&self.arm, intended, self.control.clone());
        let progress = stream.for_each(|progress| {
            self.note(&progress);
            at_step(&progress);
            async {}
        });
        self.lab.bench.time.run(join(progress, person));
    }

    /// What the page does with each step.
    pub fn note(&self, progress: &Progress) {
        self.receipt.borrow_mut().apply(progress.clone());
        self.workspace.keep_receipt(&self.receipt.borrow());
    }

    /// Until the page asks for a sign-in.
    pub async fn asked(&self) -> SignInNeeded {
        poll_fn(|context| self.asked.borrow_mut().poll_next_unpin(context))
            .await
            .unwrap()
    }

    pub async fn minutes(&self, minutes: u64) {
        self.lab.bench.time.sleep(Duration::from_secs(60 * minutes)).await;
    }

    /// From the fifth log off on, Azure wants a second factor for acts.
    pub fn second_factor_after_five(&self) -> impl FnMut(&Progress) {
        let mut requested = 0;
        move |progress| {
            requested += usize::from(progress.outcome() == Some(Outcome::Requested));
            if requested == 5 {
                self.lab.bench.simulator().world.switches.writes_need_mfa = true;
            }
        }
    }

    /// The path of a record, as it is compared.
    pub fn path(&self, record: usize) -> String {
        self.receipt.borrow().records[record].id.to_lowercase()
    }

    pub fn outcome(&self, record: usize) -> Option<Outcome> {
        self.receipt.borrow().records[record].outcome
    }

    pub fn outcomes(&self) -> Vec<Option<Outcome>> {
        (0..SESSIONS).map(|record| self.outcome(record)).collect()
    }

    pub fn unsent(&self) -> Vec<usize> {
        self.control.step_up.unsent()
    }

    /// What was asked of the session of a record, in order, with its place in the simulator's record.
    pub fn asked_of(&self, record: usize) -> Vec<(usize, Recorded)> {
        let path = self.path(record);
        let simulator = self.lab.bench.simulator();
        let all = simulator.record.iter().cloned().enumerate();
        let about = |entry: &Recorded| {
            entry.path.to_lowercase() == path
                && matches!(
                    entry.operation,
                    Operation::UserSessionsGet | Operation::UserSessionsDelete
                )
        };
        all.filter(|(_, entry)| about(entry)).collect()
    }

    pub fn effective_deletes(&self, record: usize) -> usize {
        let asked = self.asked_of(record);
        let deletes = asked
            .iter()
            .filter(|(_, entry)| entry.operation == Operation::UserSessionsDelete);
        deletes.filter(|(_, entry)| entry.effect).count()
    }

    /// How many requests there were so far.
    pub fn so_far(&self) -> usize {
        self.lab.bench.simulator().record.len()
    }

    /// Of an unsent record no DELETE is under way, none had an effect, and nothing is told; of every other something
    /// was told, or a DELETE was sent (or will be, as soon as there is a token, where tokens do not last). `going_out` is
    /// the request that leaves at this very moment.
    pub fn check_unsent(&self, going_out: Option<&Request>) {
        let sent = self.lab.bench.azure.sent.borrow();
        let deleting = going_out.filter(|request| request.method() == "DELETE");
        let deleting = deleting.map(|request| request.uri().path().to_lowercase());
        let deletes = sent.iter().filter(|sent| sent.method == "DELETE");
        let mut deletes: Vec<(String, bool)> = deletes
            .map(|sent| (sent.url.path().to_lowercase(), sent.answered_at.get().is_none()))
            .collect();
        deletes.extend(deleting.map(|path| (path, true)));
        let unsent = self.unsent();
        for record in 0..self.receipt.borrow().records.len() {
            let path = self.path(record);
            let told = self.outcome(record).is_some();
            if unsent.contains(&record) {
                assert!(!deletes.contains(&(path, true)), "{record} is under way");
                assert!(!told, "{record} was told");
                assert_eq!(self.effective_deletes(record), 0, "{record} was logged off");
            } else {
                let sent = deletes.iter().any(|(of, _)| *of == path);
                assert!(told || sent || !self.tokens_last.get(), "nothing was sent for {record}");
            }
        }
    }

    /// Looks at that before each request.
    pub fn keep_checking_unsent(self: &Rc<Self>) {
        let stage = Rc::downgrade(self);
        let lookout = Rc::new(move |request: &Request| {
            if let Some(stage) = stage.upgrade() {
                stage.check_unsent(Some(request));
                let waits = stage.control.step_up.asked().is_some();
                assert!(
                    !waits || request.method() != "DELETE",
                    "nothing is sent while a person is waited for"
                );
            }
        });
        *self.lab.bench.azure.lookout.borrow_mut() = Some(lookout);
    }

    /// Each session that was left over: looked at after this moment, then deleted, once, with effect; each other one
    /// was deleted before it, and not touched by it again.
    pub fn check_the_rest_was_done_after(&self, moment: usize, left_over: &[usize]) {
        for record in 0..SESSIONS {
            let asked = self.asked_of(record);
            let is = |wanted: Operation| move |(_, entry): &&(usize, Recorded)| entry.operation == wanted;
            let deletes: Vec<_> = asked.iter().filter(is(Operation::UserSessionsDelete)).collect();
            assert_eq!(self.effective_deletes(record), 1, "{asked:?}");
            let after: Vec<_> = deletes.iter().filter(|(at, _)| *at >= moment).collect();
            if !left_over.contains(&record) {
                assert!(after.is_empty(), "{asked:?}");
                continue;
            }
            assert!(after.len() == 1 && after[0].1.effect, "{asked:?}");
            let mut looks = asked.iter().filter(is(Operation::UserSessionsGet));
            assert!(looks.any(|(at, _)| (moment..after[0].0).contains(at)), "{asked:?}");
        }
    }
}
