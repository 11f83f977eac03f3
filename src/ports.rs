//! What the core asks of the outside world, one trait per thing.
//!
//! The core is pure: it has no clock, no randomness, no network and no storage but these. In the browser each is a
//! small adapter in `src/browser`, a file per trait; in tests they are a virtual clock, a seeded generator, a map and
//! the simulated Azure.

use std::rc::Rc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};
use url::Url;

/// An HTTP request, complete with its body.
pub type Request = http::Request<Vec<u8>>;

/// An HTTP response, complete with its body. Header fields that CORS hides are simply not there.
pub type Response = http::Response<Vec<u8>>;

/// Why a request ended without any answer. A browser tells no more than this: a failed name look-up, a proxy, a
/// content blocker and a missing CORS header all look alike to a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NoAnswer {
    /// The browser says that it has no network.
    Offline,
    /// The request failed on its way there or back; with the browser's own words, for the technical detail.
    Unreachable(String),
    /// Nothing came within the time that was allowed.
    TimedOut,
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Offline => f.write_str("offline"),
            Self::Unreachable(detail) => write!(f, "unreachable: {detail}"),
            Self::TimedOut => f.write_str("timed out"),
        }
    }
}

impl std::error::Error for NoAnswer {}

/// Sends requests. Dropping the future aborts the request.
pub trait Http {
    /// Sends one request and reads the whole answer, whatever its status.
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, NoAnswer>>;
    /// Resolves when there is a network again; at once, where nothing says that there is none. That it resolves does
    /// not mean that a request will be answered. Dropping the future ends the listening.
    fn online(&self) -> LocalBoxFuture<'static, ()>;
}

/// Tells the time and waits.
pub trait Clock {
    /// The time now, in UTC.
    fn now(&self) -> OffsetDateTime;
    /// How far local time is from UTC at that time.
    fn local_offset(&self, at: OffsetDateTime) -> UtcOffset;
    /// Resolves after `duration`. Dropping the future cancels the wait.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()>;
}

/// Unguessable bytes.
pub trait Random {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The storage would not take what was given to it: it is full, or switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageRefused;

/// Text kept for this tab: over a reload, not over its end, and seen by no other tab.
pub trait Storage {
    /// What is kept under `key`.
    fn get(&self, key: &str) -> Option<String>;
    /// Keeps `value` under `key`.
    ///
    /// # Errors
    /// [`StorageRefused`] if it could not be kept; the caller decides what that means.
    fn set(&self, key: &str, value: &str) -> Result<(), StorageRefused>;
    /// Forgets `key`.
    fn remove(&self, key: &str);
}

/// Leaves the page.
pub trait Navigator {
    /// Sends this tab to `url`. The page goes on running until the browser has left it.
    fn go(&self, url: &Url);
    /// Opens `url` in a window of its own and thinks no more of it.
    fn open_beside(&self, url: &Url);
}

/// How the answer of a sign-in window comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// Broadcast on a channel named by the id; for a page in the same partition of the browser as the window.
    Broadcast,
    /// Handed on by the relay window, which this page has opened and can reach; for a page framed by another site.
    Relay,
}

/// What a sign-in window came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowAnswer {
    /// The authority's response, as raw parameters. Not yet believed.
    Response(String),
    /// It was surely closed without one. Only a relay window tells; of others no page can know.
    Closed,
}

/// A window in which a person signs in. Dropping it closes the window, as far as browsers let.
pub trait SignInWindow {
    /// Whether the browser gave no window to hold. It may stand there all the same (a portal's
    /// `Cross-Origin-Opener-Policy` has that effect), so this is a reason to tell, not to give up.
    fn is_withheld(&self) -> bool;
    /// Resolves once, with what it came to.
    fn answer(&self) -> LocalBoxFuture<'static, WindowAnswer>;
}

/// Opens windows.
pub trait Windows {
    /// Opens `url` and listens for the answer with this `id`, which has to be unguessable. Listens first, and opens
    /// before it returns: browsers let windows open only while they handle a person's click.
    fn open(&self, url: &Url, id: &str, post: Post) -> Box<dyn SignInWindow>;
}

/// All of them, handed through the house together.
#[derive(Clone)]
pub struct Ports {
    /// See [`Http`].
    pub http: Rc<dyn Http>,
    /// See [`Clock`].
    pub clock: Rc<dyn Clock>,
    /// See [`Random`].
    pub random: Rc<dyn Random>,
    /// See [`Storage`].
    pub storage: Rc<dyn Storage>,
    /// See [`Navigator`].
    pub navigator: Rc<dyn Navigator>,
    /// See [`Windows`].
    pub windows: Rc<dyn Windows>,
}

/// 32 random bytes (256 bits) as base64url without padding: 43 characters that are safe in URLs.
pub fn unguessable(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A random GUID (version 4) in lower-case hexadecimal, as Azure writes request ids.
pub fn guid(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Random, guid, unguessable};

    struct Ones;
    impl Random for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xff);
        }
    }

    #[test]
    fn a_guid_has_its_version_and_variant() {
        assert_eq!(guid(&Ones), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn unguessable_text_carries_256_bits_and_fits_a_url() {
        assert_eq!(unguessable(&Ones), "_".repeat(42) + "8");
    }
}
