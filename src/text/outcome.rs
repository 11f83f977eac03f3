//! What became of a session, in words.

use time::{OffsetDateTime, UtcOffset};

use super::times::clock_time;
use super::{Explanation, arm_error};
use crate::desk::outcome::{Outcome, Reason};

/// An outcome as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeText {
    /// One or two words.
    pub word: String,
    /// What it means.
    pub sentence: String,
    /// More, where something went wrong.
    pub explanation: Option<Explanation>,
}

/// Says what became of a session. `at` is when that was seen.
pub fn outcome(
    outcome: Outcome,
    reason: Option<&Reason>,
    at: Option<OffsetDateTime>,
    offset: UtcOffset,
) -> OutcomeText {
    let time = at.map(|at| clock_time(at, offset)).unwrap_or_default();
    let (word, sentence) = match outcome {
        Outcome::Requested => ("Requested", "Azure has accepted the log off. That is not yet its end.".to_owned()),
        Outcome::Leaving => ("Leaving", "Being watched until it is gone.".to_owned()),
        Outcome::Gone => match reason {
            Some(Reason::CameBack(started)) => (
                "Gone",
                format!("Seen to be gone at {time}. The user came back: a new session began at {started}."),
            ),
            _ => ("Gone", format!("Seen to be gone at {time}. A profile container may need a moment before it is free.")),
        },
        Outcome::AlreadyGone => ("Already gone", format!("It had ended by itself before anything was sent; seen at {time}.")),
        Outcome::Replaced => (
            "Replaced",
            "This session has ended and the same user has begun another under its id. Nothing was sent. Search again to see it.".to_owned(),
        ),
        Outcome::WrongPerson => (
            "Wrong person",
            "The id now belongs to somebody else, or names nobody. Nothing was sent. Search again.".to_owned(),
        ),
        Outcome::StillThere => (
            "Still there",
            format!("At {time} it was still listed. The host may be slow or unreachable; logging off with force removes it from the list all the same."),
        ),
        Outcome::Refused => ("Refused", "Azure refused. Nothing happened to the session.".to_owned()),
        Outcome::Failed => match reason {
            Some(Reason::DeniedButListed) => (
                "Failed",
                "Azure answered that there is no such session, and goes on listing it. Nothing happened to it.".to_owned(),
            ),
            _ => ("Failed", "It could not be done. Nothing happened to the session.".to_owned()),
        },
        Outcome::Unknown => match reason {
            Some(Reason::Interrupted) => (
                "Unknown",
                "The page was left while this was under way, so what happened was not seen. It is not sent again by itself.".to_owned(),
            ),
            _ => (
                "Unknown",
                "The request was sent, and no answer tells what happened. It is not sent again by itself.".to_owned(),
            ),
        },
        Outcome::Cancelled => ("Cancelled", "Stopped before anything was sent.".to_owned()),
    };
    let explanation = match reason {
        Some(Reason::Arm(error)) => Some(arm_error(error)),
        _ => None,
    };
    OutcomeText {
        word: word.to_owned(),
        sentence,
        explanation,
    }
}
