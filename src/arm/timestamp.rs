//! Points in time as Azure writes them: with no to nine digits of a second's fraction, or not at all.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// A time as received. Two are equal if they name the same instant, to the last digit; texts that are no RFC 3339
/// times are compared as texts, so that "cannot be read" never passes for "equal".
#[derive(Clone, Debug)]
pub struct Timestamp {
    raw: String,
    instant: Option<OffsetDateTime>,
}

impl Timestamp {
    /// Takes the text as it is; nothing is refused.
    pub fn new(raw: &str) -> Self {
        // More digits than nine would be cut off silently, and with them a difference.
        let digits = raw
            .split_once('.')
            .map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
        // A leap second would be read as the end of the second before it, and equal that.
        let leap_second = raw.get(17..19) == Some("60");
        let instant = (digits <= 9 && !leap_second)
            .then(|| OffsetDateTime::parse(raw, &Rfc3339).ok().filter(can_be_shown))
            .flatten();
        Self {
            raw: raw.to_owned(),
            instant,
        }
    }

    /// The text as received.
    pub fn as_str(&self) -> &str {
        &self.raw
    }

    /// The instant, if the text could be read.
    pub fn instant(&self) -> Option<OffsetDateTime> {
        self.instant
    }
}

/// Whether the calendar holds this time everywhere on earth; where it does not, turning it into local time panics.
fn can_be_shown(at: &OffsetDateTime) -> bool {
    at.checked_to_offset(UtcOffset::UTC)
        .is_some_and(|at| (0..=9998).contains(&at.year()))
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        match (self.instant, other.instant) {
            (Some(one), Some(two)) => one == two,
            _ => self.raw == other.raw,
        }
    }
}

impl Eq for Timestamp {}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn every_number_of_digits_is_read_and_every_digit_counts() {
        for digits in 0..=9 {
            let fraction = if digits == 0 {
                String::new()
            } else {
                format!(".{}", "5".repeat(digits))
            };
            let text = format!("2026-11-20T08:15:00{fraction}Z");
            assert!(Timestamp::new(&text).instant().is_some(), "{text}");
        }
        assert_ne!(
            Timestamp::new("2026-11-20T08:15:00.9571247Z"),
            Timestamp::new("2026-11-20T08:15:00.9571248Z")
        );
        assert_eq!(
            Timestamp::new("2026-11-20T08:15:00.95Z"),
            Timestamp::new("2026-11-20T09:15:00.9500000+01:00")
        );
    }

    #[test]
    fn what_cannot_be_read_is_compared_as_text() {
        assert_eq!(Timestamp::new("soon"), Timestamp::new("soon"));
        assert_ne!(Timestamp::new("soon"), Timestamp::new("later"));
        assert_ne!(
            Timestamp::new("2026-11-20T08:15:00.0000000001Z"),
            Timestamp::new("2026-11-20T08:15:00.0000000002Z")
        );
        assert!(Timestamp::new("2026-11-20 08:15").instant().is_none());
        assert_ne!(
            Timestamp::new("2016-12-31T23:59:60Z"),
            Timestamp::new("2016-12-31T23:59:59.999999999Z")
        );
        // Read, it could not be shown in UTC.
        assert!(Timestamp::new("9999-12-31T23:59:59-23:59").instant().is_none());
    }
}
