//! When a read is sent again: a pure decision over what came back, the attempt and a random number.
//!
//! Only reads are ever repeated by it. Whatever changes a session is repeated by the desk alone, with the guard before
//! it again.

use std::time::Duration;

use http::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::error::{ArmError, ArmErrorKind};
use crate::ports::NoAnswer;

/// How often a read is sent at most while Azure throttles. With doubling waits up to 30 s that is about two minutes.
const MOST_ATTEMPTS_THROTTLED: u32 = 8;

/// How often a read is sent at most when the service fails or does not answer, or the network comes and goes.
pub(super) const MOST_ATTEMPTS_FAILED: u32 = 4;

/// First wait, doubled each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Longest wait that the page chooses by itself.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Longest wait that an answer may ask for; a longer one ends the request as throttled.
pub(super) const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(120);

/// Whether a read that failed for the `attempt`-th time (from 1) is sent again, and after how long.
/// `jitter` is a random number from 0 to 1.
pub fn wait_before_retry(error: &ArmError, attempt: u32, jitter: f64) -> Option<Duration> {
    let most = match error.kind {
        ArmErrorKind::Throttled(_) => MOST_ATTEMPTS_THROTTLED,
        ArmErrorKind::Server | ArmErrorKind::NoAnswer(NoAnswer::Unreachable(_) | NoAnswer::TimedOut) => {
            MOST_ATTEMPTS_FAILED
        }
        // Offline waits for the browser's word and not for a time: the client does that.
        _ => return None,
    };
    if attempt >= most {
        return None;
    }
    match error.kind {
        ArmErrorKind::Throttled(Some(asked)) => (asked <= LONGEST_RETRY_AFTER).then_some(asked),
        _ => Some(back_off(attempt, jitter)),
    }
}

/// Doubling with half of it random, so that many pages that failed together do not come back together.
pub fn back_off(attempt: u32, jitter: f64) -> Duration {
    let doubled = FIRST_WAIT
        .saturating_mul(1 << attempt.saturating_sub(1).min(10))
        .min(LONGEST_WAIT);
    doubled.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
}

/// How long a read waits for the browser to be online again.
pub(super) const LONGEST_OFFLINE: Duration = Duration::from_secs(60);

/// The wait that an answer asks for, where its headers can be read: milliseconds, seconds, or a date, in the order in
/// which Microsoft's own client reads them (ts-http-runtime `throttlingRetryStrategy`).
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
        if let Some(milliseconds) = text(name).and_then(|value| value.parse().ok()) {
            return Some(Duration::from_millis(milliseconds));
        }
    }
    let value = text("retry-after")?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // The difference to the answer's own date needs no right clock on this computer.
    let at = http_date(value)?;
    let sent = http_date(text("date")?)?;
    Some((at - sent).try_into().unwrap_or(Duration::ZERO))
}

fn http_date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(&text.replace("GMT", "+0000"), &Rfc2822).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::HeaderMap;

    use super::{ArmError, ArmErrorKind, NoAnswer, back_off, retry_after, wait_before_retry};
    use crate::arm::request::Needs;

    fn error(kind: ArmErrorKind) -> ArmError {
        ArmError::unanswered(kind, Needs::new("a/read", "/"), "id")
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| (http::HeaderName::from_static(k), http::HeaderValue::from_static(v)))
            .collect()
    }

    #[test]
    fn throttling_waits_as_asked_or_backs_off() {
        let asked = error(ArmErrorKind::Throttled(Some(Duration::from_secs(17))));
        assert_eq!(wait_before_retry(&asked, 1, 0.0), Some(Duration::from_secs(17)));
        let silent = error(ArmErrorKind::Throttled(None));
        assert_eq!(wait_before_retry(&silent, 3, 1.0), Some(Duration::from_secs(4)));
        assert_eq!(wait_before_retry(&silent, 8, 1.0), None);
        let an_hour = error(ArmErrorKind::Throttled(Some(Duration::from_secs(3600))));
        assert_eq!(wait_before_retry(&an_hour, 1, 0.0), None);
    }

    #[test]
    fn failures_are_repeated_a_few_times_and_refusals_never() {
        for kind in [ArmErrorKind::Server, ArmErrorKind::NoAnswer(NoAnswer::TimedOut)] {
            assert!(wait_before_retry(&error(kind.clone()), 3, 0.5).is_some());
            assert!(wait_before_retry(&error(kind), 4, 0.5).is_none());
        }
        for kind in [
            ArmErrorKind::Forbidden,
            ArmErrorKind::NotFound,
            ArmErrorKind::NoAnswer(NoAnswer::Offline),
        ] {
            assert!(wait_before_retry(&error(kind), 1, 0.5).is_none());
        }
    }

    #[test]
    fn waits_double_within_their_bounds() {
        assert_eq!(back_off(1, 0.0), Duration::from_millis(500));
        assert_eq!(back_off(2, 1.0), Duration::from_secs(2));
        assert_eq!(back_off(u32::MAX, 1.0), Duration::from_secs(30));
    }

    #[test]
    fn every_form_of_retry_after_is_read() {
        assert_eq!(
            retry_after(&headers(&[("retry-after", "5")])),
            Some(Duration::from_secs(5))
        );
        assert_eq!(
            retry_after(&headers(&[("x-ms-retry-after-ms", "250"), ("retry-after", "5")])),
            Some(Duration::from_millis(250))
        );
        let dates = [
            ("retry-after", "Fri, 20 Nov 2026 12:00:30 GMT"),
            ("date", "Fri, 20 Nov 2026 12:00:00 GMT"),
        ];
        assert_eq!(retry_after(&headers(&dates)), Some(Duration::from_secs(30)));
        assert_eq!(retry_after(&headers(&[("retry-after", "soon")])), None);
        assert_eq!(retry_after(&headers(&[])), None);
    }
}
