//! Carrying out a confirmed plan: each session on its own, so that one that fails never stops the others.
//!
//! What is done to one session is in [`run`](super::run), what comes before a log off with a message in
//! [`warning`](super::warning). Nothing is sent twice without the guard's look in between, and nothing at all is sent
//! again once it may have had its effect.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::oneshot;
use futures::stream::{self, Stream, StreamExt as _};
use time::OffsetDateTime;

use super::grace::Grace;
use super::outcome::{Outcome, Reason};
use super::receipt::{Intended, Warned};
use super::run::Run;
use super::step_up::StepUp;
use super::telling::telling;
use super::warning;
use super::watch::Watchable;
use crate::arm::ArmClient;

/// For how many sessions something is sent at once. Small, so that "Stop" finds something left to stop.
pub(super) const PARALLEL: usize = 8;

/// How many sessions are looked at, at once. Each look is a read, so that more would only wait for the buckets.
const WATCHED: usize = 512;

/// One step of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which record of the receipt.
    pub record: usize,
    /// What there is to say.
    pub news: News,
    /// When it was seen.
    pub at: OffsetDateTime,
    /// The page's request id for this session.
    pub request_id: String,
    /// Resource Manager's correlation id, where the browser lets it be read.
    pub correlation_id: Option<String>,
}

/// What a step is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The word for the act itself, and why, where there is more to say.
    Outcome(Outcome, Option<Reason>),
    /// What became of the message before a log off.
    Warned(Warned),
    /// The users' time is over: the log off begins.
    GraceOver,
}

impl Progress {
    /// The word, if it is about the act itself.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.news {
            News::Outcome(outcome, _) => Some(outcome),
            News::Warned(_) | News::GraceOver => None,
        }
    }

    /// The reason that goes with the word.
    pub fn reason(&self) -> Option<&Reason> {
        match &self.news {
            News::Outcome(_, reason) => reason.as_ref(),
            News::Warned(_) | News::GraceOver => None,
        }
    }
}

/// Stops what has not been sent yet. Clones are the same switch.
#[derive(Clone, Debug, Default)]
pub struct Stop(Rc<Switch>);

#[derive(Debug, Default)]
struct Switch {
    pressed: Cell<bool>,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
}

impl Stop {
    /// From now on nothing more is sent. What was sent goes on being watched.
    pub fn stop(&self) {
        self.0.pressed.set(true);
        for waiting in self.0.waiting.borrow_mut().drain(..) {
            // Whoever does not listen any more needs no word.
            let _ = waiting.send(());
        }
    }

    /// Whether it was pressed.
    pub fn is_pressed(&self) -> bool {
        self.0.pressed.get()
    }

    /// Resolves when it is pressed.
    pub(super) async fn pressed(&self) {
        while !self.is_pressed() {
            let (sender, receiver) = oneshot::channel();
            self.0.waiting.borrow_mut().retain(|other| !other.is_canceled());
            self.0.waiting.borrow_mut().push(sender);
            // A lost sender is as good as a word: the loop looks again.
            let _ = receiver.await;
        }
    }
}

/// What a person can do about work under way. Clones are the same.
#[derive(Clone, Default)]
pub struct Control {
    /// Stops it.
    pub stop: Stop,
    /// Where it waits for a sign-in.
    pub step_up: StepUp,
    /// Where it gives users time before a log off.
    pub grace: Grace,
}

impl Control {
    /// Whether this is a clone of `other`.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.stop.0, &other.stop.0)
    }

    /// Records that may go on after the page itself had to leave for a sign-in: it is certain that nothing was sent for
    /// them, and nobody has pressed "Stop" since.
    pub fn unsent(&self) -> Vec<usize> {
        if self.stop.is_pressed() {
            Vec::new()
        } else {
            self.step_up.unsent()
        }
    }
}

/// Does what was intended.
pub fn carry_out(client: &ArmClient, intended: Intended, control: Control) -> impl Stream<Item = Progress> + use<> {
    let client = client.for_acting();
    // At once, and not when the stream is first looked at: it is true from now on.
    control
        .step_up
        .intend(intended.sessions.iter().map(|session| session.record));
    telling(move |teller| async move {
        let (teller, control) = (&teller, &control);
        let sessions = warning::first(&client, intended, teller, control).await;
        let begun = stream::iter(sessions).map(|session| {
            let run = Run::new(&client, session.record, teller);
            run.begin(session.identity, session.act, control)
        });
        // Whoever is only looked at keeps nobody from being sent: hundreds may be on their way out at the same time.
        begun
            .buffer_unordered(PARALLEL)
            .for_each_concurrent(WATCHED, |begun| begun.end(&control.step_up))
            .await;
    })
}

/// Looks again at sessions whose end was not seen; sends nothing that changes anything.
pub fn keep_watching(client: &ArmClient, sessions: Vec<Watchable>) -> impl Stream<Item = Progress> + use<> {
    let client = client.for_acting();
    telling(|teller| async move {
        let teller = &teller;
        stream::iter(sessions)
            .for_each_concurrent(WATCHED, |session| {
                let run = Run::new(&client, session.record, teller);
                run.watch(session.identity, session.goal)
            })
            .await;
    })
}
