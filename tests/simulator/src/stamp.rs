//! Times as Azure writes them: UTC, with as many fraction digits as the service happens to send.

use time::OffsetDateTime;

/// `2008-09-22T14:01:54.9571247Z` with `digits` fraction digits (0 to 9, cut off, not rounded).
pub(crate) fn stamp(at: OffsetDateTime, digits: u8) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let mut text = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    );
    if digits > 0 {
        let fraction = format!("{:09}", at.nanosecond());
        text.push('.');
        text.extend(fraction.chars().take(usize::from(digits)));
    }
    text.push('Z');
    text
}

/// `2026-11-20 08:00:00Z`, the form in Entra's error JSON.
pub(crate) fn entra_stamp(at: OffsetDateTime) -> String {
    stamp(at, 0).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn digits_are_cut_not_rounded() {
        let at = datetime!(2008-09-22 14:01:54.957124799 UTC);
        assert_eq!(stamp(at, 7), "2008-09-22T14:01:54.9571247Z");
        assert_eq!(stamp(at, 2), "2008-09-22T14:01:54.95Z");
        assert_eq!(stamp(at, 0), "2008-09-22T14:01:54Z");
        assert_eq!(entra_stamp(at), "2008-09-22 14:01:54Z");
    }
}
