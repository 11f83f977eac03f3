//! The ports that are not as in all other tests (`tests/bench`): a real clock that can be put forward, and random bytes.

use std::cell::Cell;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use avd_logoff::ports::{Clock, Random};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use time::{OffsetDateTime, UtcOffset};

/// This computer's clock, plus what a case has let pass.
#[derive(Default)]
pub struct PushedClock(pub Cell<Duration>);

impl Clock for PushedClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + self.0.get()
    }

    fn local_offset(&self, _at: OffsetDateTime) -> UtcOffset {
        UtcOffset::UTC
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed_local()
    }
}

/// Random enough for a test: the standard library draws new keys for every hasher.
pub struct HashedRandom;

impl Random for HashedRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            let drawn = RandomState::new().hash_one(piece.len()).to_le_bytes();
            piece.copy_from_slice(&drawn[..piece.len()]);
        }
    }
}
