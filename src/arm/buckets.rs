//! Token buckets as the page reckons them, one for each scope and kind of operation: pure, and told what time it is.
//!
//! The real ones are Azure's. These here keep the page from ever meeting them, and learn where they are smaller than
//! documented.

use std::time::Duration;

use http::HeaderMap;
use time::OffsetDateTime;

use super::request::{BucketKey, Class, Scope};
use super::retry::{LONGEST_RETRY_AFTER, back_off};

/// A token, in the unit of the levels.
const TOKEN: i64 = 1_000_000;

/// The slowest that a bucket is taken for, in millionths of a token per millisecond: one request in two seconds.
const SLOWEST: i64 = 500;

/// After so many refusals in a row, without one answer in between, whatever waits is refused too.
const MOST_REFUSALS: u32 = 8;

/// So many answers in a row let a bucket that was taken for slower become faster again, by an eighth.
const ANSWERS_TO_GROW: u32 = 20;

/// Size in tokens, and refill in millionths of a token per millisecond (so 1000 is one token per second).
///
/// Documented are 250 + 25/s for reads, 200 + 10/s for deletes and for writes
/// (learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling). The size here is smaller
/// by what one second refills: requests that leave evenly arrive unevenly, and that reserve lets their ways differ by a
/// second. Resource Graph allows 15 queries in 5 seconds and does not say where the five seconds begin
/// (governance/resource-graph/concepts/guidance-for-throttled-requests.md); 7 + 1.5/s stays within it for every five.
fn documented(class: Class) -> (i64, i64) {
    match class {
        Class::Reads => (225, 25_000),
        Class::Deletes | Class::Writes => (190, 10_000),
        Class::Queries => (7, 1_500),
    }
}

/// One bucket.
pub(super) struct Bucket {
    size: i64,
    documented_rate: i64,
    rate: i64,
    level: i64,
    at: OffsetDateTime,
    /// How much longer nothing goes out. A length and not a time, so that a clock that is set holds nothing up.
    closed: Duration,
    refusals: u32,
    answers: u32,
    /// Requests with a lower number had left before the last refusal was heard: they say nothing new.
    news_from: u64,
}

impl Bucket {
    pub fn new(class: Class, now: OffsetDateTime) -> Self {
        let (size, rate) = documented(class);
        Self {
            size: size * TOKEN,
            documented_rate: rate,
            rate,
            level: size * TOKEN,
            at: now,
            closed: Duration::ZERO,
            refusals: 0,
            answers: 0,
            news_from: 0,
        }
    }

    /// Lets time pass. A clock that was set back gains nothing and costs nothing.
    pub fn advance(&mut self, now: OffsetDateTime) {
        let passed = (now - self.at).whole_milliseconds();
        let Ok(milliseconds) = u32::try_from(passed.min(i128::from(u32::MAX))) else {
            self.at = now;
            return;
        };
        let passed = Duration::from_millis(milliseconds.into());
        self.at += passed;
        self.level = (self.level + i64::from(milliseconds) * self.rate).min(self.size);
        self.closed = self.closed.saturating_sub(passed);
    }

    /// How long until a request may go out; zero if one may now.
    pub fn wait(&self) -> Duration {
        let missing = (TOKEN - self.level).max(0);
        let refill = u64::try_from((missing + self.rate - 1) / self.rate).unwrap_or(0);
        self.closed.max(Duration::from_millis(refill))
    }

    /// Whether Azure has said that nothing goes out now, however many tokens there are.
    pub fn is_closed(&self) -> bool {
        !self.closed.is_zero()
    }

    /// For how long this bucket is closed, if that is longer, or came more often, than waiting makes sense.
    pub fn refuses(&self) -> Option<Duration> {
        let hopeless = self.closed > LONGEST_RETRY_AFTER || self.refusals >= MOST_REFUSALS;
        (hopeless && self.is_closed()).then_some(self.closed)
    }

    /// Takes a token; asked for only where [`Self::wait`] is zero.
    pub fn take(&mut self) {
        self.level -= TOKEN;
    }

    /// Gives a token back that was not used.
    pub fn give_back(&mut self) {
        self.level = (self.level + TOKEN).min(self.size);
    }

    /// An answer came to the request with this number, which the bucket has let through.
    ///
    /// `remaining` is what Azure says it has left. It only ever lowers the level: others draw from the same bucket (the
    /// portal, another tab), and of that the page knows nothing. It never raises it, because answers overtake each other
    /// and a number read late says nothing about what has left since. `under_way` requests may not be counted in it yet.
    pub fn answered(&mut self, number: u64, remaining: Option<u32>, under_way: u32) {
        if let Some(remaining) = remaining {
            let left = i64::from(remaining.saturating_sub(under_way)) * TOKEN;
            self.level = self.level.min(left);
        }
        if number < self.news_from {
            return;
        }
        self.refusals = 0;
        self.answers += 1;
        if self.answers >= ANSWERS_TO_GROW {
            self.answers = 0;
            self.rate = (self.rate + self.rate / 8).min(self.documented_rate);
        }
    }

    /// Too many requests, says Azure (429). `asked` is its Retry-After where that can be read; else the wait doubles from
    /// refusal to refusal. `next` is the number of the next request that leaves: those that have left before it may be
    /// refused for the very same reason.
    pub fn throttled(&mut self, number: u64, next: u64, asked: Option<Duration>, jitter: f64) {
        if number >= self.news_from {
            self.news_from = next;
            self.refusals += 1;
            self.answers = 0;
            self.rate = (self.rate / 2).max(SLOWEST.min(self.documented_rate));
            self.level = 0;
            self.close_for(asked.unwrap_or_else(|| back_off(self.refusals, jitter)));
        } else if let Some(asked) = asked {
            self.close_for(asked);
        }
    }

    /// Nothing goes out for so long.
    pub fn close_for(&mut self, asked: Duration) {
        self.closed = self.closed.max(asked);
    }
}

/// What Azure says is left in the bucket, where the browser lets that be read.
pub(super) fn remaining(key: &BucketKey, headers: &HeaderMap) -> Option<u32> {
    let scope = match key.scope {
        Scope::Subscription(_) => "subscription",
        Scope::Tenant => "tenant",
    };
    let name = match key.class {
        Class::Reads => format!("x-ms-ratelimit-remaining-{scope}-reads"),
        Class::Deletes => format!("x-ms-ratelimit-remaining-{scope}-deletes"),
        Class::Writes => format!("x-ms-ratelimit-remaining-{scope}-writes"),
        Class::Queries => "x-ms-user-quota-remaining".to_owned(),
    };
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue};
    use time::macros::datetime;
    use time::{Duration as Span, OffsetDateTime};

    use super::{Bucket, BucketKey, Class, LONGEST_RETRY_AFTER, Scope, remaining};

    const START: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn drain(bucket: &mut Bucket) -> u32 {
        let mut taken = 0;
        while bucket.wait().is_zero() {
            bucket.take();
            taken += 1;
        }
        taken
    }

    #[test]
    fn a_bucket_is_full_at_first_and_refills_at_its_rate() {
        let mut bucket = Bucket::new(Class::Reads, START);
        assert_eq!(drain(&mut bucket), 225);
        assert_eq!(bucket.wait(), Duration::from_millis(40));
        bucket.advance(START + Span::milliseconds(39));
        assert_eq!(bucket.wait(), Duration::from_millis(1));
        bucket.advance(START + Span::milliseconds(1039));
        assert_eq!(drain(&mut bucket), 25);
        bucket.advance(START + Span::hours(1));
        assert_eq!(drain(&mut bucket), 225);
        assert_eq!(drain(&mut Bucket::new(Class::Deletes, START)), 190);
        assert_eq!(drain(&mut Bucket::new(Class::Writes, START)), 190);
    }

    #[test]
    fn no_five_seconds_hold_more_than_fifteen_queries() {
        let mut bucket = Bucket::new(Class::Queries, START);
        let mut sent = Vec::new();
        for millisecond in 0..60_000 {
            let now = START + Span::milliseconds(millisecond);
            bucket.advance(now);
            for _ in 0..drain(&mut bucket) {
                sent.push(now);
            }
        }
        assert!(sent.len() > 90);
        for window in sent.windows(16) {
            assert!(window[15] - window[0] >= Span::seconds(5), "{window:?}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_gains_nothing_and_holds_nothing_up() {
        let mut bucket = Bucket::new(Class::Reads, START);
        drain(&mut bucket);
        bucket.close_for(seconds(10));
        bucket.advance(START - Span::hours(1));
        assert_eq!(bucket.wait(), seconds(10));
        bucket.advance(START - Span::hours(1) + Span::seconds(10));
        assert_eq!(bucket.wait(), Duration::ZERO);
    }

    #[test]
    fn what_azure_says_is_left_lowers_the_level_and_never_raises_it() {
        let mut bucket = Bucket::new(Class::Reads, START);
        bucket.answered(0, Some(40), 10);
        assert_eq!(drain(&mut bucket), 30);
        bucket.answered(1, Some(200), 0);
        assert_eq!(drain(&mut bucket), 0);
        bucket.answered(2, Some(0), 5);
        assert_eq!(bucket.wait(), Duration::from_millis(40));
    }

    #[test]
    fn a_refusal_closes_the_bucket_for_as_long_as_it_asks() {
        let mut bucket = Bucket::new(Class::Reads, START);
        bucket.throttled(0, 1, Some(seconds(17)), 0.0);
        assert!(bucket.is_closed());
        bucket.advance(START + Span::milliseconds(16_999));
        assert_eq!(bucket.wait(), Duration::from_millis(1));
        bucket.advance(START + Span::seconds(17));
        assert_eq!(bucket.wait(), Duration::ZERO);
        // A later answer may ask for longer, never for shorter.
        bucket.close_for(seconds(5));
        bucket.close_for(seconds(2));
        assert_eq!(bucket.wait(), seconds(5));
    }

    #[test]
    fn refusals_without_a_readable_wait_back_off_and_slow_down_once_for_all_that_were_under_way() {
        let mut bucket = Bucket::new(Class::Reads, START);
        for number in 0..16 {
            bucket.throttled(number, 16, None, 1.0);
        }
        assert_eq!(bucket.wait(), seconds(1));
        bucket.advance(START + Span::seconds(1));
        assert_eq!(drain(&mut bucket), 12, "half the rate for one second");
        bucket.throttled(16, 28, None, 1.0);
        assert_eq!(bucket.wait(), seconds(2));
        bucket.answered(28, None, 0);
        bucket.throttled(29, 30, None, 1.0);
        assert_eq!(bucket.wait(), seconds(2), "the row was broken, the wait not yet over");
    }

    #[test]
    fn answers_let_it_become_as_fast_as_documented_again_and_no_faster() {
        let mut bucket = Bucket::new(Class::Deletes, START);
        bucket.throttled(0, 1, Some(seconds(1)), 0.0);
        for number in 1..200 {
            bucket.answered(number, None, 0);
        }
        bucket.advance(START + Span::seconds(1));
        drain(&mut bucket);
        bucket.advance(START + Span::seconds(2));
        assert_eq!(drain(&mut bucket), 10);
    }

    #[test]
    fn waiting_ends_where_it_would_be_too_long_or_was_in_vain_too_often() {
        let mut bucket = Bucket::new(Class::Reads, START);
        bucket.close_for(LONGEST_RETRY_AFTER);
        assert_eq!(bucket.refuses(), None);
        bucket.close_for(seconds(3600));
        assert_eq!(bucket.refuses(), Some(seconds(3600)));

        let mut bucket = Bucket::new(Class::Reads, START);
        for number in 0..8 {
            assert_eq!(bucket.refuses(), None);
            bucket.throttled(number, number + 1, Some(seconds(3)), 0.0);
        }
        assert_eq!(bucket.refuses(), Some(seconds(3)));
        bucket.advance(START + Span::seconds(3));
        assert_eq!(bucket.refuses(), None, "then one may try again");
    }

    #[test]
    fn what_is_left_is_read_from_the_header_of_the_bucket() {
        let mut headers = HeaderMap::new();
        let mut set = |name: &'static str, value| headers.insert(name, HeaderValue::from_static(value));
        set("x-ms-ratelimit-remaining-subscription-reads", "249");
        set("x-ms-ratelimit-remaining-tenant-deletes", "7");
        set("x-ms-user-quota-remaining", "soon");
        let key = |scope: &Scope, class| BucketKey {
            scope: scope.clone(),
            class,
        };
        let subscription = Scope::Subscription("s".into());
        assert_eq!(remaining(&key(&subscription, Class::Reads), &headers), Some(249));
        assert_eq!(remaining(&key(&Scope::Tenant, Class::Reads), &headers), None);
        assert_eq!(remaining(&key(&Scope::Tenant, Class::Deletes), &headers), Some(7));
        assert_eq!(remaining(&key(&Scope::Tenant, Class::Queries), &headers), None);
    }
}
