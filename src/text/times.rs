//! Times and durations for people.

use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// `2026-11-20 14:03:05`, in local time.
pub fn local_time(at: OffsetDateTime, offset: UtcOffset) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    at.to_offset(offset).format(format).unwrap_or_default()
}

/// `2026-11-20 13:03:05 UTC`.
pub fn utc_time(at: OffsetDateTime) -> String {
    format!("{} UTC", local_time(at, UtcOffset::UTC))
}

/// `14:03:05`, in local time.
pub(super) fn clock_time(at: OffsetDateTime, offset: UtcOffset) -> String {
    at.to_offset(offset)
        .format(format_description!("[hour]:[minute]:[second]"))
        .unwrap_or_default()
}

/// How long ago, in its two largest units. A time that lies ahead (two clocks never agree) is "just now".
pub fn age(from: OffsetDateTime, now: OffsetDateTime) -> String {
    let minutes = (now - from).whole_minutes();
    match minutes {
        ..=0 => "just now".into(),
        1..=59 => format!("{minutes} min"),
        60..=1439 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1440, minutes % 1440 / 60),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{datetime, offset};

    use super::{age, local_time, utc_time};

    #[test]
    fn times_are_local_and_ages_are_never_negative() {
        let at = datetime!(2026-11-20 23:30 UTC);
        assert_eq!(local_time(at, offset!(+1)), "2026-11-21 00:30:00");
        assert_eq!(utc_time(at), "2026-11-20 23:30:00 UTC");
        assert_eq!(age(at, datetime!(2026-11-20 23:00 UTC)), "just now");
        assert_eq!(age(at, datetime!(2026-11-20 23:59 UTC)), "29 min");
        assert_eq!(age(at, datetime!(2026-11-21 01:35 UTC)), "2 h 5 min");
        assert_eq!(age(at, datetime!(2026-11-23 01:35 UTC)), "2 d 2 h");
    }
}
