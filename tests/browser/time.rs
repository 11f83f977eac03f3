//! `Clock` by `Date` and `setTimeout`.

use crate::script::script;
use avd_logoff::browser::ports;
use futures::FutureExt as _;
use futures::future::{Either, select};
use std::time::Duration;
use time::macros::{datetime, offset};
use wasm_bindgen_test::wasm_bindgen_test;

fn browser_milliseconds() -> f64 {
    script("Date.now()").as_f64().unwrap()
}

#[wasm_bindgen_test]
fn now_is_the_browsers_now() {
    let before = browser_milliseconds();
    let now = ports().clock.now();
    let after = browser_milliseconds();
    #[allow(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit with room to spare"
    )]
    let milliseconds = (now.unix_timestamp_nanos() / 1_000_000) as f64;
    assert!(
        (before..=after).contains(&milliseconds),
        "{before} {milliseconds} {after}"
    );
    assert!(now > datetime!(2025-01-01 00:00 UTC));
}

#[wasm_bindgen_test]
fn local_time_is_the_browsers_at_that_time_of_the_year() {
    // A computer in Adelaide, where clocks are put forward in October.
    script(
        "window.realOffset = Date.prototype.getTimezoneOffset; \
         Date.prototype.getTimezoneOffset = function () { return this.getUTCMonth() < 9 ? -570 : -630; }; null",
    );
    let there = |at| ports().clock.local_offset(at);
    let (winter, summer) = (
        there(datetime!(2026-07-15 12:00 UTC)),
        there(datetime!(2026-11-15 12:00 UTC)),
    );
    script("Date.prototype.getTimezoneOffset = window.realOffset; null");
    assert_eq!((winter, summer), (offset!(+9:30), offset!(+10:30)));
}

#[wasm_bindgen_test]
async fn a_sleep_lasts_its_time_and_the_shorter_ends_first() {
    let clock = ports().clock;
    let begun = browser_milliseconds();
    let short = clock.sleep(Duration::from_millis(60));
    let long = clock.sleep(Duration::from_secs(60));
    let Either::Left(((), long)) = select(short, long).await else {
        panic!("the longer sleep ended first");
    };
    assert!(browser_milliseconds() - begun >= 59.0);
    drop(long);
    clock.sleep(Duration::ZERO).await;
}

#[wasm_bindgen_test]
fn a_sleep_does_not_end_at_once() {
    assert!(ports().clock.sleep(Duration::from_millis(20)).now_or_never().is_none());
}
