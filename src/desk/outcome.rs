//! The words for what became of a session, and what lies behind each.

use serde::{Deserialize, Serialize};

use crate::arm::ArmError;

/// What became of an act on a session. The word of each is also its `data-outcome` in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Azure took the log off on. Not an end.
    Requested,
    /// Still listed, and being watched.
    Leaving,
    /// Seen to be gone.
    Gone,
    /// Was gone before anything was sent.
    AlreadyGone,
    /// Another session of the same user is under that id; nothing was sent.
    Replaced,
    /// Somebody else's session is under that id, or nobody is named; nothing was sent.
    WrongPerson,
    /// Still there when the watch ended.
    StillThere,
    /// Azure refused; nothing happened.
    Refused,
    /// It could not be done; nothing happened.
    Failed,
    /// It was sent, and what happened could not be seen.
    Unknown,
    /// Stopped by the admin before anything was sent.
    Cancelled,
}

impl Outcome {
    /// The word, as in `data-outcome` and in the receipt.
    pub fn word(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Leaving => "leaving",
            Self::Gone => "gone",
            Self::AlreadyGone => "already-gone",
            Self::Replaced => "replaced",
            Self::WrongPerson => "wrong-person",
            Self::StillThere => "still-there",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether work on the session is still under way.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Requested | Self::Leaving)
    }

    /// Whether a later look may still find it gone.
    pub fn can_be_watched(self) -> bool {
        matches!(self, Self::StillThere | Self::Unknown | Self::Failed)
    }

    /// Whether the session named by the record no longer exists.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Gone | Self::AlreadyGone | Self::Replaced | Self::WrongPerson
        )
    }
}

/// Why an outcome is what it is, where there is more to say than the word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Azure's answer, or the lack of one.
    Arm(Box<ArmError>),
    /// Azure says on log off that there is no such session, and goes on listing it.
    DeniedButListed,
    /// The page was reloaded or left in the middle.
    Interrupted,
    /// Nobody works in the session, so nobody would see a message; none was sent.
    NotActive,
    /// It was seen that nobody is connected any more.
    SeenDisconnected,
    /// The user has a new session under the same id, begun at this time as Azure writes it.
    CameBack(String),
}
