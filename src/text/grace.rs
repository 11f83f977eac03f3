//! The time before a log off, in words.

use std::time::Duration;

use time::{OffsetDateTime, UtcOffset};

use super::counted;
use super::times::clock_time;
use crate::desk::grace::Stage;

/// Where it stands, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraceText {
    /// What is going on. Does not change from second to second.
    pub sentence: String,
    /// How much is left: `4:05`. Empty where nothing runs.
    pub left: String,
}

/// Says where it stands; `None` if no time is being given.
pub fn grace(stage: Stage, now: OffsetDateTime, offset: UtcOffset) -> Option<GraceText> {
    let (sentence, left) = match stage {
        Stage::None => return None,
        Stage::MessagesFailed { failed, of } => (
            format!(
                "{failed} of {} {} not accepted by Azure. Nothing was logged off yet. Go on all the same, or cancel?",
                counted(of, "message", "messages"),
                if failed == 1 { "was" } else { "were" },
            ),
            None,
        ),
        Stage::Until(until) => (
            format!(
                "The users have been told. They are logged off at {}.",
                clock_time(until, offset)
            ),
            Some(Duration::try_from(until - now).unwrap_or_default()),
        ),
        Stage::Paused(left) => (
            "The users have been told. The time is paused, and nobody is logged off until you go on.".to_owned(),
            Some(left),
        ),
        Stage::Overslept { since } => (
            format!(
                "The time ran out at {}, while this computer was asleep or the page stood still. Nobody was logged off. Is the log off still wanted?",
                clock_time(since, offset)
            ),
            None,
        ),
    };
    Some(GraceText {
        sentence,
        left: left.map(minutes_and_seconds).unwrap_or_default(),
    })
}

fn minutes_and_seconds(left: Duration) -> String {
    // Rounded up: at "0:00" it is over.
    let seconds = left.as_millis().div_ceil(1000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use time::UtcOffset;
    use time::macros::datetime;

    use super::{Stage, grace, minutes_and_seconds};

    #[test]
    fn what_is_left_is_told_in_minutes_and_seconds() {
        assert_eq!(minutes_and_seconds(Duration::from_millis(244_001)), "4:05");
        assert_eq!(minutes_and_seconds(Duration::ZERO), "0:00");
    }

    #[test]
    fn failed_messages_are_counted() {
        let now = datetime!(2026-11-20 12:00 UTC);
        let says = |failed, of| {
            grace(Stage::MessagesFailed { failed, of }, now, UtcOffset::UTC)
                .unwrap()
                .sentence
        };
        assert!(
            says(1, 3).starts_with("1 of 3 messages was not accepted"),
            "{}",
            says(1, 3)
        );
        assert!(says(2, 2).starts_with("2 of 2 messages were not accepted"));
    }
}
