//! One session of a confirmed plan: guard, act, proof.

use futures::FutureExt as _;
use futures::future::{Either, select};

use super::act::Act;
use super::carry_out::{Control, News, Progress};
use super::outcome::{Outcome, Reason};
use super::step_up::{Decision, SignInNeeded, StepUp};
use super::telling::Teller;
use super::watch::{self, Ended, Goal};
use crate::arm::guard::{self, Guarded, Identity, Verdict};
use crate::arm::request::Needs;
use crate::arm::retry::wait_before_retry;
use crate::arm::session_acts::{self, Accepted, MessageBody};
use crate::arm::{ArmClient, ArmError, ArmErrorKind, SessionState, Turn, better_token, user_sessions};
use crate::auth::ClaimsChallenge;
use crate::ports::NoAnswer;

/// How often the guard looks at one session if its answers are too old to be acted on.
const MOST_LOOKS: u32 = 5;

/// One session under way.
pub(super) struct Run<'a> {
    client: ArmClient,
    record: usize,
    teller: &'a Teller<Progress>,
    correlation_id: Option<String>,
}

/// A session for which nothing more is to be sent.
pub(super) struct Begun<'a> {
    run: Run<'a>,
    identity: Identity,
    goal: Option<Goal>,
    sent: Sent,
}

impl Begun<'_> {
    /// From there to the last word.
    pub(super) async fn end(self, step_up: &StepUp) {
        let Self {
            mut run,
            identity,
            goal,
            sent,
        } = self;
        let (outcome, reason) = match goal {
            Some(goal) => run.prove(sent, &identity, goal, step_up).await,
            None => run.unproved(sent, &identity, step_up).await,
        };
        run.say(outcome, reason);
    }
}

/// What sending it came to.
pub(super) enum Sent {
    /// Taken on; with the correlation id.
    Accepted(Option<String>),
    /// What is wanted is coming about by itself already: there is nothing to send.
    NotNeeded,
    /// Nobody knows.
    Open(ArmError),
    /// 404: there is no such session, it says.
    NotFound,
    /// It had no effect, and that is the end of it.
    Ended(Outcome, Option<Reason>),
}

impl<'a> Run<'a> {
    pub(super) fn new(client: &ArmClient, record: usize, teller: &'a Teller<Progress>) -> Self {
        Self {
            client: client.for_new_action(),
            record,
            teller,
            correlation_id: None,
        }
    }

    pub(super) fn tell(&self, news: News) {
        self.teller.tell(Progress {
            record: self.record,
            news,
            at: self.client.ports().clock.now(),
            request_id: self.client.request_id().to_owned(),
            correlation_id: self.correlation_id.clone(),
        });
    }

    fn say(&self, outcome: Outcome, reason: Option<Reason>) {
        self.tell(News::Outcome(outcome, reason));
    }

    /// Guard and act, up to the moment from which it is only looked at.
    pub(super) async fn begin(self, identity: Identity, act: Act, control: &Control) -> Begun<'a> {
        let sent = self.send(&identity, &act, control).await;
        control.step_up.no_longer_unsent(self.record);
        Begun {
            run: self,
            identity,
            goal: Goal::of(act.kind()),
            sent,
        }
    }

    /// The last word about a session for which nothing was sent, and nothing will be.
    pub(super) fn end_unsent(self, outcome: Outcome, control: &Control) {
        control.step_up.no_longer_unsent(self.record);
        self.say(outcome, None);
    }

    /// Whether one look shows that the session has ended.
    pub(super) async fn sees_no_more(&self, identity: &Identity) -> bool {
        match user_sessions::look(&self.client, &identity.id).await {
            Ok(None) => true,
            Ok(Some(found)) => identity.is_surely_another(&found),
            Err(_) => false,
        }
    }

    /// Only looks.
    pub(super) async fn watch(self, identity: Identity, goal: Goal) {
        self.say(Outcome::Leaving, None);
        let (outcome, reason) = watch::until(goal, &self.client, &identity, None, || ()).await;
        self.say(outcome, reason);
    }

    /// Looks until what was sent is seen to have come about.
    async fn prove(&mut self, sent: Sent, identity: &Identity, goal: Goal, step_up: &StepUp) -> Ended {
        let step_up = Some(step_up);
        match sent {
            Sent::Ended(outcome, reason) => (outcome, reason),
            Sent::Accepted(correlation_id) => {
                self.correlation_id = correlation_id;
                self.say(Outcome::Requested, None);
                let still_there = || self.say(Outcome::Leaving, None);
                watch::until(goal, &self.client, identity, step_up, still_there).await
            }
            Sent::NotNeeded => {
                self.say(Outcome::Leaving, None);
                watch::until(goal, &self.client, identity, step_up, || ()).await
            }
            Sent::Open(error) => {
                let lost = Reason::Arm(Box::new(error));
                self.say(Outcome::Unknown, Some(lost.clone()));
                // What is seen counts; where it is still there, the lost answer stays the reason.
                match watch::until(goal, &self.client, identity, step_up, || ()).await {
                    (Outcome::StillThere, None) => (Outcome::StillThere, Some(lost)),
                    ended => ended,
                }
            }
            Sent::NotFound => match watch::until(goal, &self.client, identity, step_up, || ()).await {
                (Outcome::StillThere, _) => (Outcome::Failed, Some(Reason::DeniedButListed)),
                ended => ended,
            },
        }
    }

    /// A message: nobody can look whether it came about, so Azure's word is the last one.
    async fn unproved(&mut self, sent: Sent, identity: &Identity, step_up: &StepUp) -> Ended {
        match sent {
            Sent::Ended(outcome, reason) => (outcome, reason),
            Sent::Accepted(correlation_id) => {
                self.correlation_id = correlation_id;
                (Outcome::Requested, None)
            }
            Sent::NotNeeded => (Outcome::Failed, Some(Reason::NotActive)),
            Sent::Open(error) => (Outcome::Unknown, Some(Reason::Arm(Box::new(error)))),
            Sent::NotFound => match watch::until(Goal::Gone, &self.client, identity, Some(step_up), || ()).await {
                (Outcome::Gone, _) => (Outcome::AlreadyGone, None),
                _ => (Outcome::Failed, Some(Reason::DeniedButListed)),
            },
        }
    }

    /// Guard and act, again only where Azure has said that nothing was done.
    pub(super) async fn send(&self, identity: &Identity, act: &Act, control: &Control) -> Sent {
        let Control { stop, step_up, .. } = control;
        let mut attempt = 1;
        let mut looks = 1;
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
            // Whatever has to be waited for is waited for here, and not between the guard's look and the act.
            let turn = self.client.turn_to_act(&identity.id, act.class()).boxed_local();
            let turn = match select(turn, stop.pressed().boxed_local()).await {
                Either::Left((Ok(turn), _)) => turn,
                Either::Left((Err(error), _)) => return without_effect(error),
                Either::Right(_) => return Sent::Ended(Outcome::Cancelled, None),
            };
            if step_up.asked().is_some() {
                continue;
            }
            let looked = guard::check(turn.client(), identity).await;
            let guarded = match looked {
                Ok(Verdict::Same(guarded)) if is_needless(act, &guarded.session().state) => return Sent::NotNeeded,
                Ok(Verdict::Same(guarded)) => guarded,
                Ok(Verdict::Gone) => return Sent::Ended(Outcome::AlreadyGone, None),
                Ok(Verdict::WrongPerson) => return Sent::Ended(Outcome::WrongPerson, None),
                Ok(Verdict::Replaced(_)) => return Sent::Ended(Outcome::Replaced, None),
                Err(error) => {
                    // A person may be asked now, and meanwhile others can have the turn.
                    drop(turn);
                    match self.other_token(error, &mut tokens, step_up).await {
                        Ok(()) => continue,
                        Err(_) if stop.is_pressed() => return Sent::Ended(Outcome::Cancelled, None),
                        Err(error) => return without_effect(error),
                    }
                }
            };
            if stop.is_pressed() {
                return Sent::Ended(Outcome::Cancelled, None);
            }
            if step_up.asked().is_some() {
                // Another session has met the challenge meanwhile: this one waits with it, and is looked at again.
                continue;
            }
            if !guarded.is_fresh(self.client.ports().clock.now()) {
                if looks >= MOST_LOOKS {
                    let needs = Needs::new(user_sessions::READ, identity.id.as_str());
                    let too_slow = ArmErrorKind::NoAnswer(NoAnswer::TimedOut);
                    return without_effect(ArmError::unanswered(too_slow, needs, self.client.request_id()));
                }
                looks += 1;
                continue;
            }
            step_up.no_longer_unsent(self.record);
            let error = match self.act(guarded, turn, act).await {
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

    async fn act(&self, guarded: Guarded, turn: Turn, act: &Act) -> Result<Accepted, ArmError> {
        match act {
            Act::LogOff { force, .. } => session_acts::delete(&self.client, guarded, turn, *force).await,
            Act::Disconnect => session_acts::disconnect(&self.client, guarded, turn).await,
            Act::SendMessage(message) => {
                let body = MessageBody {
                    message_title: &message.title,
                    message_body: &message.text,
                };
                session_acts::send_message(&self.client, guarded, turn, body).await
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

/// Whether a session in this state needs nothing more for this act.
fn is_needless(act: &Act, state: &SessionState) -> bool {
    match act {
        // Force is for sessions that got stuck on their way out, so it is sent all the same.
        Act::LogOff { force, .. } => *state == SessionState::LogOff && !force,
        Act::Disconnect => *state == SessionState::Disconnected,
        // Nobody would see it, and Azure would say that it took it on.
        Act::SendMessage(_) => *state != SessionState::Active,
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
