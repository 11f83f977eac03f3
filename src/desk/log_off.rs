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
use super::step_up::{Decision, SignInNeeded, StepUp};
use super::telling::{Teller, telling};
use super::watch::{self, Ended};
use crate::arm::guard::{self, Identity, Verdict};
use crate::arm::request::Needs;
use crate::arm::retry::wait_before_retry;
use crate::arm::{ArmClient, ArmError, ArmErrorKind, SessionState, better_token, user_sessions};
use crate::auth::ClaimsChallenge;

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

/// What a person can do about a log off under way. Clones are the same.
#[derive(Clone, Default)]
pub struct Control {
    /// Stops it.
    pub stop: Stop,
    /// Where it waits for a sign-in.
    pub step_up: StepUp,
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

/// Logs off what was intended.
pub fn log_off(client: &ArmClient, intended: Intended, control: Control) -> impl Stream<Item = Progress> + use<> {
    let client = client.clone();
    let Intended { sessions } = intended;
    // At once, and not when the stream is first looked at: it is true from now on.
    control.step_up.intend(sessions.iter().map(|session| session.record));
    telling(move |teller| async move {
        let (teller, control) = (&teller, &control);
        stream::iter(sessions)
            .for_each_concurrent(PARALLEL, |session| {
                let run = Run::new(&client, session.record, teller);
                run.log_off(session.identity, session.force, control)
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
                    let (outcome, reason) = watch::until_gone(&run.client, &identity, None, || ()).await;
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

    async fn log_off(mut self, identity: Identity, force: bool, control: &Control) {
        let sent = self.send(&identity, force, control).await;
        control.step_up.no_longer_unsent(self.record);
        let step_up = Some(&control.step_up);
        let (outcome, reason) = match sent {
            Sent::Ended(outcome, reason) => (outcome, reason),
            Sent::Accepted(correlation_id) => {
                self.correlation_id = correlation_id;
                self.tell(Outcome::Requested, None);
                watch::until_gone(&self.client, &identity, step_up, || self.tell(Outcome::Leaving, None)).await
            }
            Sent::NotNeeded => {
                self.tell(Outcome::Leaving, None);
                watch::until_gone(&self.client, &identity, step_up, || ()).await
            }
            Sent::Open(error) => {
                self.tell(Outcome::Unknown, Some(Reason::Arm(Box::new(error.clone()))));
                self.prove_open(&identity, error, step_up).await
            }
            Sent::NotFound => match watch::until_gone(&self.client, &identity, step_up, || ()).await {
                (Outcome::StillThere, _) => (Outcome::Failed, Some(Reason::DeniedButListed)),
                ended => ended,
            },
        };
        self.tell(outcome, reason);
    }

    /// After an answer was lost: what is seen counts, and where it is still there, the lost answer stays the reason.
    async fn prove_open(&self, identity: &Identity, error: ArmError, step_up: Option<&StepUp>) -> Ended {
        match watch::until_gone(&self.client, identity, step_up, || ()).await {
            (Outcome::StillThere, None) => (Outcome::StillThere, Some(Reason::Arm(Box::new(error)))),
            ended => ended,
        }
    }

    /// Guard and DELETE, again only where Azure has said that nothing was done.
    async fn send(&self, identity: &Identity, force: bool, control: &Control) -> Sent {
        let Control { stop, step_up } = control;
        let mut attempt = 1;
        let mut tokens = Tokens::default();
        loop {
            step_up.ready().await;
            if stop.is_pressed() {
                return Sent::Ended(Outcome::Cancelled, None);
            }
            if let Some(needed) = step_up.declined() {
                let needs = Needs::new(user_sessions::READ, identity.id.as_str());
                let request_id = self.client.request_id();
                return without_effect(ArmError::unanswered(needed.into_kind(), needs, request_id));
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
                Err(error) => match self.other_token(error, &mut tokens, step_up).await {
                    Ok(()) => continue,
                    Err(_) if stop.is_pressed() => return Sent::Ended(Outcome::Cancelled, None),
                    Err(error) => return without_effect(error),
                },
            };
            if stop.is_pressed() {
                return Sent::Ended(Outcome::Cancelled, None);
            }
            if step_up.asked().is_some() {
                // Another session has met the challenge meanwhile: this one waits with it, and is looked at again.
                continue;
            }
            step_up.no_longer_unsent(self.record);
            let error = match user_sessions::delete(&self.client, guarded, force).await {
                Ok(accepted) => return Sent::Accepted(accepted.correlation_id),
                Err(error) => error,
            };
            match &error.kind {
                ArmErrorKind::NotFound => return Sent::NotFound,
                _ if error.leaves_outcome_open() => return Sent::Open(error),
                _ => step_up.not_sent(self.record),
            }
            // What is left are refusals before anything was done; the guard looks again before the next try.
            match &error.kind {
                ArmErrorKind::Throttled(_) => match wait_before_retry(&error, attempt, 1.0) {
                    Some(wait) => {
                        self.client.ports().clock.sleep(wait).await;
                        attempt += 1;
                    }
                    None => return without_effect(error),
                },
                _ => match self.other_token(error, &mut tokens, step_up).await {
                    Ok(()) => (),
                    Err(_) if stop.is_pressed() => return Sent::Ended(Outcome::Cancelled, None),
                    Err(error) => return without_effect(error),
                },
            }
        }
    }

    /// Comes back when there is another token to try with: without a person if that is possible, else after one has
    /// signed in. Each reason is answered once; the same refusal after that is the answer.
    async fn other_token(&self, error: ArmError, tokens: &mut Tokens, step_up: &StepUp) -> Result<(), ArmError> {
        let mut error = error;
        if error.kind == ArmErrorKind::TokenRefused && tokens.renewed {
            // A new token was refused as well, and why cannot be read: CORS hides a challenge's header. The one
            // challenge that is known for acts is multifactor authentication.
            error.kind = ArmErrorKind::ClaimsChallenge(ClaimsChallenge::unreadable());
        }
        let first_time = match &error.kind {
            ArmErrorKind::TokenRefused => !std::mem::replace(&mut tokens.renewed, true),
            ArmErrorKind::ClaimsChallenge(challenge) => {
                tokens.claims.replace(challenge.clone()).as_ref() != Some(challenge)
            }
            ArmErrorKind::Auth(_) => !std::mem::replace(&mut tokens.signed_in_again, true),
            _ => false,
        };
        if !first_time {
            return Err(error);
        }
        if let Some(better) = better_token(&error.kind) {
            match self.client.fetch_token(&error, better).await {
                Ok(_) => return Ok(()),
                Err(still) => error = still,
            }
        }
        let Some(needed) = SignInNeeded::of(&error) else {
            return Err(error);
        };
        match step_up.ask(needed.clone()).await {
            Decision::SignedIn => {
                if !step_up.is_answered(&needed) {
                    // The sign-in was for something else that another session was asked for: this is still to be met.
                    tokens.claims = None;
                }
                Ok(())
            }
            Decision::Declined => Err(error),
        }
    }
}

/// Which refusals of a token were answered already, for one session.
#[derive(Default)]
struct Tokens {
    renewed: bool,
    claims: Option<ClaimsChallenge>,
    signed_in_again: bool,
}

/// An error after which it is certain that nothing was done.
fn without_effect(error: ArmError) -> Sent {
    let outcome = match error.kind {
        ArmErrorKind::Forbidden
        | ArmErrorKind::Policy
        | ArmErrorKind::Locked
        | ArmErrorKind::ClaimsChallenge(_)
        | ArmErrorKind::TokenRefused => Outcome::Refused,
        _ => Outcome::Failed,
    };
    Sent::Ended(outcome, Some(Reason::Arm(Box::new(error))))
}
