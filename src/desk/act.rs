//! What can be done to the sessions of a plan, and the messages that go with it.

use serde::{Deserialize, Serialize};

use crate::arm::Class;

/// Longest title of a message, in characters. Azure documents no bound; this fits the title bar of Windows' box.
pub const LONGEST_TITLE: usize = 100;

/// Longest text of a message, in characters. Azure documents no bound; more is not read in a box over somebody's work.
pub const LONGEST_TEXT: usize = 1000;

/// Longest grace period between a message and the log off, in minutes.
pub const LONGEST_GRACE: u8 = 15;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// End the session.
    LogOff {
        /// Remove it from the service's list even if its host cannot be reached.
        force: bool,
        /// Tell the users first, and give them time.
        warning: Option<Warning>,
    },
    /// Cut the connection; programs go on running.
    Disconnect,
    /// Show a message in the session.
    SendMessage(Message),
}

/// The acts without what goes with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// See [`Act::LogOff`].
    #[default]
    LogOff,
    /// See [`Act::Disconnect`].
    Disconnect,
    /// See [`Act::SendMessage`].
    SendMessage,
}

/// What is shown to a user. Plain text; line breaks stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Title of the box, up to [`LONGEST_TITLE`] characters.
    pub title: String,
    /// The text, up to [`LONGEST_TEXT`] characters.
    pub text: String,
}

/// A message before a log off, and how long users then have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// What they are told.
    pub message: Message,
    /// Minutes between message and log off, 0 to [`LONGEST_GRACE`].
    pub grace_minutes: u8,
}

/// Why a message cannot be sent as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageFault {
    /// It has no title.
    NoTitle,
    /// It has no text.
    NoText,
    /// Its title is longer than [`LONGEST_TITLE`].
    TitleTooLong,
    /// Its text is longer than [`LONGEST_TEXT`].
    TextTooLong,
}

impl Act {
    /// A log off without a message before it.
    pub fn log_off(force: bool) -> Self {
        Self::LogOff { force, warning: None }
    }

    /// Which of them.
    pub fn kind(&self) -> Kind {
        match self {
            Self::LogOff { .. } => Kind::LogOff,
            Self::Disconnect => Kind::Disconnect,
            Self::SendMessage(_) => Kind::SendMessage,
        }
    }

    /// Which of Resource Manager's limits it counts against.
    pub fn class(&self) -> Class {
        match self {
            Self::LogOff { .. } => Class::Deletes,
            Self::Disconnect | Self::SendMessage(_) => Class::Writes,
        }
    }

    /// Whether sessions are removed with force.
    pub fn force(&self) -> bool {
        matches!(self, Self::LogOff { force: true, .. })
    }

    /// The message before a log off, with its grace period.
    pub fn warning(&self) -> Option<&Warning> {
        match self {
            Self::LogOff { warning, .. } => warning.as_ref(),
            _ => None,
        }
    }

    /// The message that is sent with it or before it.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::SendMessage(message) => Some(message),
            _ => self.warning().map(|warning| &warning.message),
        }
    }

    /// The same, to be written.
    pub fn message_mut(&mut self) -> Option<&mut Message> {
        match self {
            Self::SendMessage(message)
            | Self::LogOff {
                warning: Some(Warning { message, .. }),
                ..
            } => Some(message),
            _ => None,
        }
    }

    /// Whether nothing is missing that it takes.
    pub fn is_complete(&self) -> bool {
        self.message().is_none_or(|message| message.fault().is_none())
            && self
                .warning()
                .is_none_or(|warning| warning.grace_minutes <= LONGEST_GRACE)
    }
}

impl Message {
    /// Why it cannot be sent as it is; `None` if it can.
    pub fn fault(&self) -> Option<MessageFault> {
        let faults = [
            (self.title.trim().is_empty(), MessageFault::NoTitle),
            (self.text.trim().is_empty(), MessageFault::NoText),
            (self.title.chars().count() > LONGEST_TITLE, MessageFault::TitleTooLong),
            (self.text.chars().count() > LONGEST_TEXT, MessageFault::TextTooLong),
        ];
        faults.into_iter().find_map(|(holds, fault)| holds.then_some(fault))
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, LONGEST_GRACE, LONGEST_TEXT, LONGEST_TITLE, Message, MessageFault, Warning};

    fn message(title: &str, text: &str) -> Message {
        Message {
            title: title.into(),
            text: text.into(),
        }
    }

    #[test]
    fn a_message_takes_title_and_text_within_their_bounds() {
        let longest = message(&"ü".repeat(LONGEST_TITLE), &"ü".repeat(LONGEST_TEXT));
        assert_eq!(longest.fault(), None);
        for (faulty, fault) in [
            (message(" \n", "text"), MessageFault::NoTitle),
            (message("title", "\t"), MessageFault::NoText),
            (
                message(&"t".repeat(LONGEST_TITLE + 1), "text"),
                MessageFault::TitleTooLong,
            ),
            (
                message("title", &"t".repeat(LONGEST_TEXT + 1)),
                MessageFault::TextTooLong,
            ),
        ] {
            assert_eq!(faulty.fault(), Some(fault));
            assert!(!Act::SendMessage(faulty).is_complete());
        }
    }

    #[test]
    fn a_grace_period_has_a_bound() {
        let warned = |grace_minutes| Act::LogOff {
            force: false,
            warning: Some(Warning {
                message: message("title", "text"),
                grace_minutes,
            }),
        };
        assert!(warned(0).is_complete() && warned(LONGEST_GRACE).is_complete());
        assert!(!warned(LONGEST_GRACE + 1).is_complete());
        assert!(Act::Disconnect.is_complete() && Act::log_off(true).is_complete());
    }
}
