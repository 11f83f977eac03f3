//! Logging off: guard, DELETE, proof, for each session of a confirmed plan on its own.
//!
//! One that fails never stops the others. Nothing is sent twice without the guard's look in between, and nothing at all
//! is sent again once it may have had its effect.

use std::cell::Cell;
use std::rc::Rc;

use futures::stream::{self, Stream, StreamExt as _};
use time::OffsetDateTime;

use super::outcome::{Outcome, Reason};
use super::receipt::Intended;
use super::telling::{Teller, telling};
use super::watch::{self, Ended};
use crate::arm::guard::{self, Identity, Verdict};
use crate::arm::retry::wait_before_retry;
use crate::arm::{ArmClient, ArmError, ArmErrorKind, SessionState, user_sessions};

/// How many sessions are worked on at once.
const PARALLEL: usize = 8;

/// One step of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which record of the receipt.
    pub record: usize,
    /// The word.
    pub outcome: Outcome,
    /// Why, where there is more to say.
    pub reason: Option<Reason>,
    /// When it was seen.
    pub at: OffsetDateTime,
    /// The page's request id for this session.
    pub request_id: String,
    /// Resource Manager's correlation id, where the browser lets it be read.
    pub correlation_id: Option<String>,
}

/// Stops what has not been sent yet. Clones are the same switch.
#[derive(Clone, Debug, Default)]
pub struct Stop(Rc<Cell<bool>>);

impl Stop {
    /// From now on nothing more is sent. What was sent goes on being watched.
    pub fn stop(&self) {
        self.0.set(true);
    }

    /// Whether it was pressed.
    pub fn is_pressed(&self) -> bool {
        self.0.get()
    }
}

/// Logs off what was intended.
pub fn log_off(client: &ArmClient, intended: Intended, stop: Stop) -> impl Stream<Item = Progress> + use<> {
    let client = client.clone();
    let Intended { sessions, force } = intended;
    telling(move |teller| async move {
        let (teller, stop) = (&teller, &stop);
        stream::iter(sessions)
            .for_each_concurrent(PARALLEL, |(record, identity)| {
                let run = Run::new(&client, record, teller);
                run.log_off(identity, force, stop)
            })
            .await;
    })
}

/// Looks again at sessions whose end was not seen; sends nothing that changes anything.
pub fn keep_watching(client: &ArmClient, sessions: Vec<(usize, Identity)>) -> impl Stream<Item = Progress> + use<> {
    let client = client.clone();
    telling(|teller| async move {
        let teller = &teller;
        stream::iter(sessions)
            .for_each_concurrent(PARALLEL, |(record, identity)| {
                let run = Run::new(&client, record, teller);
                async move {
                    run.tell(Outcome::Leaving, None);
                    let (outcome, reason) = watch::until_gone(&run.client, &identity, || ()).await;
                    run.tell(outcome, reason);
                }
            })
            .await;
    })
}

/// One session under way.
struct Run<'a> {
    client: ArmClient,
    record: usize,
    teller: &'a Teller<Progress>,
    correlation_id: Option<String>,
}

/// What the DELETE came to.
enum Sent {
    /// Taken on.
    Accepted(Option<String>),
    /// The session is ending by itself already: there is nothing to send.
    NotNeeded,
    /// Nobody knows.
    Open(ArmError),
    /// 404: there is no such session, it says.
    NotFound,
    /// It had no effect, and that is the end of it.
    Ended(Outcome, Option<Reason>),
}

impl<'a> Run<'a> {
    fn new(client: &ArmClient, record: usize, teller: &'a Teller<Progress>) -> Self {
        Self {
            client: client.for_new_action(),
            record,
            teller,
            correlation_id: None,
        }
    }

    fn tell(&self, outcome: Outcome, reason: Option<Reason>) {
        self.teller.tell(Progress {
            record: self.record,
            outcome,
            reason,
            at: self.client.ports().clock.now(),
            request_id: self.client.request_id().to_owned(),
            correlation_id: self.correlation_id.clone(),
        });
    }

    async fn log_off(mut self, identity: Identity, force: bool, stop: &Stop) {
        let (outcome, reason) = match self.send(&identity, force, stop).await {
            Sent::Ended(outcome, reason) => (outcome, reason),
            Sent::Accepted(correlation_id) => {
                self.correlation_id = correlation_id;
                self.tell(Outcome::Requested, None);
                watch::until_gone(&self.client, &identity, || self.tell(Outcome::Leaving, None)).await
            }
            Sent::NotNeeded => {
                self.tell(Outcome::Leaving, None);
                watch::until_gone(&self.client, &identity, || ()).await
            }
            Sent::Open(error) => {
                self.tell(Outcome::Unknown, Some(Reason::Arm(Box::new(error.clone()))));
                self.prove_open(&identity, error).await
            }
            Sent::NotFound => match watch::until_gone(&self.client, &identity, || ()).await {
                (Outcome::StillThere, _) => (Outcome::Failed, Some(Reason::DeniedButListed)),
                ended => ended,
            },
        };
        self.tell(outcome, reason);
    }

    /// After an answer was lost: what is seen counts, and where it is still there, the lost answer stays the reason.
    async fn prove_open(&self, identity: &Identity, error: ArmError) -> Ended {
        match watch::until_gone(&self.client, identity, || ()).await {
            (Outcome::StillThere, None) => (Outcome::StillThere, Some(Reason::Arm(Box::new(error)))),
            ended => ended,
        }
    }

    /// Guard and DELETE, again only where Azure has said that nothing was done.
    async fn send(&self, identity: &Identity, force: bool, stop: &Stop) -> Sent {
        let mut attempt = 1;
        let mut renewed = false;
        loop {
            if stop.is_pressed() {
                return Sent::Ended(Outcome::Cancelled, None);
            }
            let guarded = match guard::check(&self.client, identity).await {
                // Force is for sessions that got stuck on their way out, so it is sent all the same.
                Ok(Verdict::Same(guarded)) if guarded.session().state == SessionState::LogOff && !force => {
                    return Sent::NotNeeded;
                }
                Ok(Verdict::Same(guarded)) => guarded,
                Ok(Verdict::Gone) => return Sent::Ended(Outcome::AlreadyGone, None),
                Ok(Verdict::WrongPerson) => return Sent::Ended(Outcome::WrongPerson, None),
                Ok(Verdict::Replaced(_)) => return Sent::Ended(Outcome::Replaced, None),
                Err(error) => return without_effect(error),
            };
            if stop.is_pressed() {
                return Sent::Ended(Outcome::Cancelled, None);
            }
            let error = match user_sessions::delete(&self.client, guarded, force).await {
                Ok(accepted) => return Sent::Accepted(accepted.correlation_id),
                Err(error) => error,
            };
            match &error.kind {
                ArmErrorKind::NotFound => return Sent::NotFound,
                _ if error.leaves_outcome_open() => return Sent::Open(error),
                // 401 and 429 are refusals before anything was done; the guard looks again before the next try.
                ArmErrorKind::TokenRefused if !renewed => {
                    renewed = true;
                    if let Err(error) = self.client.renew_token(&error.needs).await {
                        return without_effect(error);
                    }
                }
                ArmErrorKind::Throttled(_) => match wait_before_retry(&error, attempt, 1.0) {
                    Some(wait) => {
                        self.client.ports().clock.sleep(wait).await;
                        attempt += 1;
                    }
                    None => return without_effect(error),
                },
                _ => return without_effect(error),
            }
        }
    }
}

/// An error after which it is certain that nothing was done.
fn without_effect(error: ArmError) -> Sent {
    let outcome = match error.kind {
        ArmErrorKind::Forbidden
        | ArmErrorKind::Policy
        | ArmErrorKind::Locked
        | ArmErrorKind::ClaimsChallenge
        | ArmErrorKind::TokenRefused => Outcome::Refused,
        _ => Outcome::Failed,
    };
    Sent::Ended(outcome, Some(Reason::Arm(Box::new(error))))
}
