//! [`Clock`] by `Date` and `setTimeout`.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use js_sys::{Date, Promise};
use time::{OffsetDateTime, UtcOffset};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::ports::Clock;

/// The browser's clock.
pub(super) struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> OffsetDateTime {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "milliseconds since 1970 fit with room to spare"
        )]
        let milliseconds = Date::now() as i128;
        OffsetDateTime::from_unix_timestamp_nanos(milliseconds * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn local_offset(&self, at: OffsetDateTime) -> UtcOffset {
        #[allow(clippy::cast_precision_loss, reason = "a Date is a double by nature")]
        let date = Date::new(&JsValue::from_f64(at.unix_timestamp() as f64 * 1000.0));
        #[allow(clippy::cast_possible_truncation, reason = "minutes from UTC, less than a day")]
        let minutes_behind = date.get_timezone_offset() as i32;
        UtcOffset::from_whole_seconds(-minutes_behind * 60).unwrap_or(UtcOffset::UTC)
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let milliseconds = i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
        let promise = Promise::new(&mut |resolve, _| {
            if let Some(window) = web_sys::window() {
                // A timer that cannot be set would resolve never; the caller's own time limits cover that.
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
            }
        });
        JsFuture::from(promise).map(drop).boxed_local()
    }
}
