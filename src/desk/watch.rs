//! The proof: looking at a session until what was wanted is seen to have come about.

use std::time::Duration;

use super::act::Kind;
use super::outcome::{Outcome, Reason};
use super::step_up::{Decision, SignInNeeded, StepUp};
use crate::arm::guard::{Identity, same_name};
use crate::arm::{ArmClient, ArmErrorKind, SessionState, user_sessions};

/// How long a session is watched before "still there" is said.
const LONGEST: Duration = Duration::from_secs(120);

/// Longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(16);

/// How a watch ended.
pub(super) type Ended = (Outcome, Option<Reason>);

/// What is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// That the session no longer exists.
    Gone,
    /// That nobody is connected to it any more.
    Disconnected,
}

impl Goal {
    /// Of an act; `None` for a message, of which nothing is ever seen.
    pub(super) fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::LogOff => Some(Self::Gone),
            Kind::Disconnect => Some(Self::Disconnected),
            Kind::SendMessage => None,
        }
    }
}

/// A session whose end was not seen, and what a later look may still see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watchable {
    /// Which record of the receipt.
    pub record: usize,
    /// Which session.
    pub identity: Identity,
    /// What to look for.
    pub goal: Goal,
}

/// Looks at once, then after 1, 2, 4 … seconds, for two minutes.
///
/// Ends as [`Outcome::Gone`] only after Azure has said that the session does not exist, or has shown another one under
/// its id; as [`Outcome::StillThere`] if the last look still saw it; as [`Outcome::Unknown`] if the last look failed.
/// A disconnection that was seen is [`Outcome::Requested`] with [`Reason::SeenDisconnected`].
///
/// `still_there` is called once, at the first look that still sees it. Where a look takes a sign-in, `step_up` asks for
/// it, once; the two minutes begin anew after it.
pub(super) async fn until(
    goal: Goal,
    client: &ArmClient,
    identity: &Identity,
    step_up: Option<&StepUp>,
    still_there: impl FnOnce(),
) -> Ended {
    let clock = &client.ports().clock;
    let mut begun = clock.now();
    let mut step_up = step_up;
    let mut pause = Duration::from_secs(1);
    let mut still_there = Some(still_there);
    loop {
        let look = user_sessions::look(client, &identity.id).await;
        match &look {
            Ok(None) => return (Outcome::Gone, None),
            Ok(Some(found)) if identity.is_surely_another(found) => {
                let same_user = found
                    .user
                    .as_deref()
                    .is_some_and(|user| same_name(user, &identity.user));
                let started = found.created.as_ref().filter(|_| same_user);
                return (
                    Outcome::Gone,
                    started.map(|started| Reason::CameBack(started.as_str().to_owned())),
                );
            }
            Ok(Some(found)) if goal == Goal::Disconnected && found.state == SessionState::Disconnected => {
                return (Outcome::Requested, Some(Reason::SeenDisconnected));
            }
            Ok(Some(_)) => {
                if let Some(tell) = still_there.take() {
                    tell();
                }
            }
            Err(error) => {
                if let Some(needed) = SignInNeeded::of(error)
                    && let Some(step_up) = step_up.take()
                    && step_up.ask(needed).await == Decision::SignedIn
                {
                    begun = clock.now();
                    continue;
                }
            }
        }
        // Whole time by the clock, not by the number of looks: the computer may have slept.
        let left = LONGEST.saturating_sub((clock.now() - begun).try_into().unwrap_or(LONGEST));
        if left.is_zero() {
            return match look {
                Ok(_) => (Outcome::StillThere, None),
                Err(error) => (Outcome::Unknown, Some(Reason::Arm(Box::new(error)))),
            };
        }
        let asked = match look {
            Err(error) => match error.kind {
                ArmErrorKind::Throttled(asked) => asked,
                _ => None,
            },
            Ok(_) => None,
        };
        clock.sleep(asked.unwrap_or(pause).min(left)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
