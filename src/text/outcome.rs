//! What became of a session, in words.

use time::UtcOffset;

use super::times::clock_time;
use super::{Explanation, arm_error};
use crate::desk::act::Kind;
use crate::desk::outcome::{Outcome, Reason};
use crate::desk::receipt::{Record, Warned};

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

/// Says what became of the session of a record; `None` while nothing was heard.
pub fn outcome(record: &Record, offset: UtcOffset) -> Option<OutcomeText> {
    let outcome = record.outcome?;
    let reason = record.reason.as_ref();
    let time = record.outcome_at.map(|at| clock_time(at, offset)).unwrap_or_default();
    let explanation = match reason {
        Some(Reason::Arm(error)) => Some(arm_error(error)),
        _ => None,
    };
    Some(OutcomeText {
        word: word(outcome).to_owned(),
        sentence: match outcome {
            Outcome::Requested | Outcome::Leaving => under_way(record, outcome, &time),
            Outcome::StillThere | Outcome::Unknown => open(record, outcome, &time),
            _ => ended(record, outcome, &time),
        },
        explanation,
    })
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Requested => "Requested",
        Outcome::Leaving => "Leaving",
        Outcome::Gone => "Gone",
        Outcome::AlreadyGone => "Already gone",
        Outcome::Replaced => "Replaced",
        Outcome::WrongPerson => "Wrong person",
        Outcome::StillThere => "Still there",
        Outcome::Refused => "Refused",
        Outcome::Failed => "Failed",
        Outcome::Unknown => "Unknown",
        Outcome::Cancelled => "Cancelled",
    }
}

fn under_way(record: &Record, outcome: Outcome, time: &str) -> String {
    match (record.act, outcome, &record.reason) {
        (Kind::Disconnect, _, Some(Reason::SeenDisconnected)) => {
            return format!(
                "Seen to be disconnected at {time}. Its programs go on running, and the user can connect again."
            );
        }
        (Kind::Disconnect, Outcome::Requested, _) => {
            "Azure has accepted it. Whether anybody is still connected is not yet seen."
        }
        (Kind::Disconnect, ..) => return format!("Being watched since {time} until it is seen to be disconnected."),
        (Kind::SendMessage, ..) => {
            return format!("Azure has accepted the message at {time}. Whether anybody reads it, nobody can tell.");
        }
        (_, Outcome::Requested, _) => "Azure has accepted the log off. That is not yet its end.",
        _ => return format!("Being watched since {time} until it is gone."),
    }
    .to_owned()
}

fn open(record: &Record, outcome: Outcome, time: &str) -> String {
    match (outcome, record.act, &record.reason) {
        (Outcome::StillThere, Kind::Disconnect, _) => {
            return format!("At {time} it was still connected. The host may be slow or unreachable.");
        }
        (Outcome::StillThere, ..) => {
            return format!(
                "At {time} it was still listed. The host may be slow or unreachable; logging off with force removes it from the list all the same."
            );
        }
        (_, Kind::SendMessage, Some(Reason::Interrupted)) => {
            "The page was left while this was under way, so whether the message was accepted was not seen. It is not sent again by itself."
        }
        (_, _, Some(Reason::Interrupted)) => {
            "The page was left while this was under way, so what happened was not seen. It is not sent again by itself."
        }
        (_, Kind::SendMessage, _) => {
            "The message was sent, and no answer tells whether it was accepted. It is not sent again by itself, because the user might get it twice."
        }
        _ => "The request was sent, and no answer tells what happened. It is not sent again by itself.",
    }
    .to_owned()
}

fn ended(record: &Record, outcome: Outcome, time: &str) -> String {
    match (outcome, &record.reason) {
        (Outcome::Gone, Some(Reason::CameBack(started))) => {
            return format!("Seen to be gone at {time}. The user came back: a new session began at {started}.");
        }
        (Outcome::Gone, _) => {
            return format!("Seen to be gone at {time}. A profile container may need a moment before it is free.");
        }
        (Outcome::AlreadyGone, _) => {
            return format!("It had ended by itself before anything was sent; seen at {time}.");
        }
        (Outcome::Replaced, _) => {
            "This session has ended and the same user has begun another under its id. Nothing was sent. Search again to see it."
        }
        (Outcome::WrongPerson, _) => {
            "The id now belongs to somebody else, or names nobody. Nothing was sent. Search again."
        }
        (Outcome::Refused, _) => "Azure refused. Nothing happened to the session.",
        (Outcome::Failed, Some(Reason::NotActive)) => {
            "Nobody works in this session now, so nobody would see a message. None was sent."
        }
        (Outcome::Failed, Some(Reason::DeniedButListed)) => {
            "Azure answered that there is no such session, and goes on listing it. Nothing happened to it."
        }
        (Outcome::Cancelled, _) if record.warned == Some(Warned::Accepted) => {
            "Stopped before the log off was sent. The user had been told that it would come."
        }
        (Outcome::Cancelled, _) => "Stopped before anything was sent.",
        _ => "It could not be done. Nothing happened to the session.",
    }
    .to_owned()
}

/// What became of the message before a log off; `None` if there was none, or nothing was heard of it yet.
pub fn warned(record: &Record) -> Option<(&'static str, Option<Explanation>)> {
    let said = match record.warned.as_ref()? {
        Warned::Accepted => ("Message accepted by Azure", None),
        Warned::NotInUse => ("No message: nobody was at work in it", None),
        Warned::Failed(reason) => {
            let explanation = match reason {
                Some(Reason::Arm(error)) => Some(arm_error(error)),
                _ => None,
            };
            ("The message before it was not accepted", explanation)
        }
    };
    Some(said)
}
