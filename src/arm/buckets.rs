//! Token buckets as the page reckons them, one for each scope and kind of operation: pure, and told what time it is.
//!
//! The real ones are Azure's. These here keep the page from ever meeting them, and learn where they are smaller than
//! documented. Each also knows what the tab keeps of it for the next load of the page.

use std::time::Duration;

use http::HeaderMap;
use serde::{Deserialize, Serialize};
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
    /// The level that another load of the page would begin with now.
    kept: i64,
    /// Whether the tab has to be told more than the level.
    is_news: bool,
}

/// A bucket as the tab keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// In millionths of a token; below zero where more was set aside than there was.
    level: i64,
    /// In millionths of a token per millisecond.
    rate: i64,
    /// When that was so: Unix time in milliseconds.
    at: i64,
    /// For how many milliseconds from then on nothing goes out.
    closed: u64,
}

impl Bucket {
    /// A full one.
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
            kept: size * TOKEN,
            is_news: false,
        }
    }

    /// One that an earlier load of the page has drawn from; `None` if what was kept is no time.
    pub fn resume(class: Class, kept: Kept) -> Option<Self> {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(kept.at) * 1_000_000).ok()?;
        let full = Self::new(class, at);
        let level = kept.level.clamp(-full.size, full.size);
        Some(Self {
            rate: kept.rate.clamp(SLOWEST.min(full.documented_rate), full.documented_rate),
            level,
            kept: level,
            closed: Duration::from_millis(kept.closed),
            ..full
        })
    }

    /// What the tab has to keep now, as of the time up to which it was [advanced](Self::advance).
    pub fn to_keep(&self) -> Kept {
        // Upwards: a token less for a moment, never one too many.
        let milliseconds = (self.at.unix_timestamp_nanos() + 999_999).div_euclid(1_000_000);
        Kept {
            level: self.kept,
            rate: self.rate,
            at: i64::try_from(milliseconds).unwrap_or_default(),
            closed: u64::try_from(self.closed.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Sees to it that the tab never tells of more tokens than there are, whenever the page ends. So that not every
    /// request has to be written down, those of a whole second are set aside at a time. Says whether [`Self::to_keep`]
    /// has changed by that.
    pub fn sets_aside(&mut self) -> bool {
        let changes = self.is_news || self.level < self.kept;
        if changes {
            self.kept = self.level - self.documented_rate * 1000;
            self.is_news = false;
        }
        changes
    }

    /// Whether it is as good as new, to another load of the page.
    pub fn is_untouched(&self) -> bool {
        self.kept == self.size && self.rate == self.documented_rate && !self.is_closed()
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
        let refill = i64::from(milliseconds) * self.rate;
        self.level = (self.level + refill).min(self.size);
        self.kept = (self.kept + refill).min(self.size);
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
            self.is_news = true;
            self.rate = (self.rate / 2).max(SLOWEST.min(self.documented_rate));
            self.level = 0;
            self.close_for(asked.unwrap_or_else(|| back_off(self.refusals, jitter)));
        } else if let Some(asked) = asked {
            self.close_for(asked);
        }
    }

    /// Nothing goes out for so long.
    pub fn close_for(&mut self, asked: Duration) {
        self.is_news |= asked > self.closed;
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
mod tests;
