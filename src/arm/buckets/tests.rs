//! Buckets by hand: time passes only when a test says so.

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

/// What another load of the page would begin with.
fn resumed(bucket: &Bucket, now: OffsetDateTime) -> Bucket {
    let mut bucket = Bucket::resume(Class::Reads, bucket.to_keep()).expect("a time");
    bucket.advance(now);
    bucket
}

#[test]
fn what_is_kept_never_tells_of_more_than_there_is_and_is_not_written_for_each_request() {
    let mut bucket = Bucket::new(Class::Reads, START);
    let mut kept = Bucket::new(Class::Reads, START).to_keep();
    let (mut written, mut taken) = (0, 0);
    let mut now = START;
    // Some at once, some at the pace of the refill, some after a rest that fills it up, some that go back.
    for step in 0_u32..2000 {
        now += Span::milliseconds(match step % 400 {
            0 => 20_000,
            1..250 => 0,
            _ => 40,
        });
        bucket.advance(now);
        if bucket.wait().is_zero() {
            bucket.take();
            taken += 1;
        }
        if step % 7 == 0 {
            bucket.give_back();
        }
        if bucket.sets_aside() {
            kept = bucket.to_keep();
            written += 1;
        }
        let mut another = Bucket::resume(Class::Reads, kept).unwrap();
        another.advance(now);
        assert!(another.level <= bucket.level, "step {step}");
        assert!(
            bucket.level - another.level <= 26 * super::TOKEN,
            "step {step}: it costs a second at most"
        );
    }
    assert!(taken > 1000 && written * 20 < taken, "{written} for {taken}");
}

#[test]
fn another_load_waits_as_long_as_this_one_was_told_to() {
    let mut bucket = Bucket::new(Class::Reads, START);
    bucket.throttled(0, 1, Some(seconds(17)), 0.0);
    assert!(bucket.sets_aside());
    assert_eq!(resumed(&bucket, START + Span::seconds(5)).wait(), seconds(12));
    assert!(!bucket.sets_aside(), "once is enough");
    bucket.close_for(seconds(20));
    assert!(bucket.sets_aside());
    assert_eq!(resumed(&bucket, START + Span::seconds(5)).wait(), seconds(15));
    // It is as slow as this one has become, too.
    let mut another = resumed(&bucket, START + Span::seconds(60));
    drain(&mut another);
    another.advance(START + Span::seconds(61));
    assert_eq!(drain(&mut another), 12);
    // A clock that was set back shortens no wait.
    assert_eq!(resumed(&bucket, START - Span::hours(1)).wait(), seconds(20));
}

#[test]
fn what_was_kept_is_bounded_whatever_it_is() {
    let kept = |text: &str| Bucket::resume(Class::Deletes, serde_json::from_str(text).unwrap());
    let mut bucket = kept(r#"{"level":9223372036854775807,"rate":9223372036854775807,"at":0,"closed":0}"#).unwrap();
    bucket.advance(START);
    assert_eq!(drain(&mut bucket), 190);
    let mut bucket = kept(r#"{"level":-9223372036854775808,"rate":-1,"at":0,"closed":18446744073709551615}"#).unwrap();
    bucket.advance(START);
    assert!(bucket.refuses().is_some());
    assert!(kept(r#"{"level":0,"rate":0,"at":9223372036854775807,"closed":0}"#).is_none());
}

#[test]
fn only_what_was_drawn_from_is_kept_and_only_until_it_is_full_again() {
    let mut bucket = Bucket::new(Class::Reads, START);
    assert!(bucket.is_untouched());
    bucket.take();
    assert!(bucket.sets_aside() && !bucket.is_untouched());
    bucket.advance(START + Span::seconds(2));
    assert!(bucket.is_untouched());
    bucket.close_for(seconds(3));
    assert!(!bucket.is_untouched());
}
