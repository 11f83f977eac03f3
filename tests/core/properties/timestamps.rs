//! Times: two are equal exactly if they name one instant, to the ninth digit and in whatever form.

use avd_logoff::arm::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use time::UtcOffset;

use super::{holds, soup};

/// A time as its parts: seconds since 1970, nanoseconds, and how many minutes ahead of UTC it is written.
type Parts = (i64, u32, i32);

fn parts() -> impl Strategy<Value = Parts> {
    let seconds = prop_oneof![3 => 0i64..4_000_000_000, 1 => -60_000_000_000i64..250_000_000_000];
    let offset = prop_oneof![Just(0), -1439i32..1440];
    (seconds, 0u32..1_000_000_000, offset)
}

/// As RFC 3339, by arithmetic of its own. `digits` is the least number of digits of the fraction.
fn written((seconds, nanoseconds, offset): Parts, digits: usize, letters: [char; 2]) -> String {
    let local = seconds + i64::from(offset) * 60;
    let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let mut fraction = format!("{nanoseconds:09}").trim_end_matches('0').to_owned();
    while fraction.len() < digits {
        fraction.push('0');
    }
    let dot = if fraction.is_empty() { "" } else { "." };
    let zone = match offset {
        0 => letters[1].to_string(),
        _ => {
            let sign = if offset < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
        }
    };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!(
        "{year:04}-{month:02}-{day:02}{}{hour:02}:{minute:02}:{second:02}{dot}{fraction}{zone}",
        letters[0]
    )
}

/// Year, month and day of a day since 1970-01-01: counts the days of years and months off, one after the other.
fn date(mut days: i64) -> (i64, i64, i64) {
    // 400 years have 146,097 days, in every calendar that begins anywhere.
    let mut year = 1970 + days.div_euclid(146_097) * 400;
    days = days.rem_euclid(146_097);
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let months = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= months[month] {
        days -= months[month];
        month += 1;
    }
    (year, month as i64 + 1, days + 1)
}

#[test]
fn one_instant_is_equal_to_itself_in_every_way_of_writing_it() {
    holds(
        4,
        (parts(), -1439i32..1440, 0usize..=9, 0usize..=9),
        |(parts, elsewhere, one, two)| {
            let (seconds, nanoseconds, _) = parts;
            let (a, b) = (
                written(parts, one, ['T', 'Z']),
                written((seconds, nanoseconds, elsewhere), two, ['T', 'Z']),
            );
            let (here, there) = (Timestamp::new(&a), Timestamp::new(&b));
            prop_assert_eq!((here.as_str(), there.as_str()), (&*a, &*b));
            let instant = here.instant().map(|at| at.unix_timestamp_nanos());
            prop_assert_eq!(
                instant,
                Some(i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)),
                "{}",
                a
            );
            prop_assert_eq!(here, there);
            Ok(())
        },
    );
}

#[test]
fn a_difference_in_any_digit_is_a_difference() {
    let places = (0u32..9, 1u32..10);
    holds(
        4,
        (parts(), -1439i32..1440, places),
        |(parts, elsewhere, (place, more))| {
            let (seconds, nanoseconds, _) = parts;
            let unit = 10u32.pow(place);
            let digit = nanoseconds / unit % 10;
            let changed = nanoseconds - digit * unit + (digit + more) % 10 * unit;
            prop_assume!(changed != nanoseconds);
            let one = written(parts, 9, ['T', 'Z']);
            let two = written((seconds, changed, elsewhere), 0, ['T', 'Z']);
            prop_assert_ne!(Timestamp::new(&one), Timestamp::new(&two));
            let later = written((seconds + i64::from(more), nanoseconds, elsewhere), 0, ['T', 'Z']);
            prop_assert_ne!(Timestamp::new(&one), Timestamp::new(&later));
            Ok(())
        },
    );
}

const PIECES: &[&str] = &[
    "2026-11-20",
    "T",
    "t",
    "Z",
    "z",
    " ",
    "08:15:00",
    "23:59:60",
    "24:00:00",
    "9999-12-31",
    "0000-01-01",
    "0001-01-01",
    "1998-12-31",
    ".",
    ".5",
    ".50",
    ".123456789",
    ".1234567890",
    "0",
    "9",
    "+00:00",
    "-00:00",
    "-23:59",
    "+23:59",
    ":",
    "-",
    "+14:00",
];

const DAYS: &[&str] = &["2026-11-20", "9999-12-31", "0000-01-01", "0001-01-01", "1998-12-31"];
const TIMES: &[&str] = &["08:15:00", "23:59:59", "23:59:60", "24:00:00", "00:00:00"];
const FRACTIONS: &[&str] = &["", ".5", ".50", ".999999999", ".9999999991", ".9999999992", "."];

/// Texts that are nearly times.
fn nearly() -> impl Strategy<Value = String> {
    let zone = select(&["Z", "z", "+23:59", "-23:59", "+00:00", ""][..]);
    let whole = (select(DAYS), select(TIMES), select(FRACTIONS), zone)
        .prop_map(|(day, time, fraction, zone)| format!("{day}T{time}{fraction}{zone}"));
    prop_oneof![2 => whole, 1 => soup(PIECES, 6)]
}

#[test]
fn two_times_of_day_are_never_taken_for_one() {
    let time = || (select(TIMES), select(FRACTIONS));
    holds(8, (select(DAYS), time(), time()), |(day, one, two)| {
        let text = |(time, fraction): (&str, &str)| format!("{day}T{time}{fraction}Z");
        let digits = |(time, fraction): (&str, &str)| format!("{time}{}", fraction.trim_end_matches('0'));
        let (a, b) = (Timestamp::new(&text(one)), Timestamp::new(&text(two)));
        prop_assert!(digits(one) == digits(two) || a != b, "{:?} and {:?}", a, b);
        Ok(())
    });
}

#[test]
fn what_cannot_be_read_is_kept_and_equal_to_itself_alone() {
    holds(8, (nearly(), nearly()), |(one, two)| {
        let (a, b) = (Timestamp::new(&one), Timestamp::new(&two));
        prop_assert_eq!((a.as_str(), b.as_str()), (&*one, &*two));
        prop_assert_eq!(&a, &Timestamp::new(&one));
        if a.instant().is_none() || b.instant().is_none() {
            prop_assert_eq!(a == b, one == two, "{} and {}", one, two);
        }
        Ok(())
    });
}

#[test]
fn a_time_that_was_read_can_be_shown_anywhere_on_earth() {
    holds(4, (nearly(), -1439i32..1440), |(text, offset)| {
        if let Some(at) = Timestamp::new(&text).instant() {
            let shown = at.checked_to_offset(UtcOffset::from_whole_seconds(offset * 60).unwrap());
            prop_assert!(shown.is_some(), "{} ends the page", text);
        }
        Ok(())
    });
}

#[test]
fn both_letter_cases_of_t_and_z_are_one_time_or_none() {
    holds(1, parts(), |parts| {
        let (large, small) = (written(parts, 7, ['T', 'Z']), written(parts, 7, ['t', 'z']));
        let (large, small) = (Timestamp::new(&large), Timestamp::new(&small));
        prop_assert!(small.instant().is_none() || small == large);
        Ok(())
    });
}
