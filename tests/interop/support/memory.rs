//! The small ports: a clock that can be put forward, random bytes, a map for storage, and a note of where the page
//! went.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use avd_logoff::ports::{Clock, Navigator, Post, Random, SignInWindow, Storage, StorageRefused, WindowAnswer, Windows};
use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use time::{OffsetDateTime, UtcOffset};
use url::Url;

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

/// The tab's storage.
#[derive(Default)]
pub struct MemoryStorage(pub RefCell<HashMap<String, String>>);

impl Storage for MemoryStorage {
    fn get(&self, key: &str) -> Option<String> {
        self.0.borrow().get(key).cloned()
    }

    fn set(&self, key: &str, value: &str) -> Result<(), StorageRefused> {
        self.0.borrow_mut().insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn remove(&self, key: &str) {
        self.0.borrow_mut().remove(key);
    }
}

/// Remembers where the page went, in its own window or in others.
#[derive(Default)]
pub struct MemoryNavigator(pub RefCell<Vec<Url>>);

impl Navigator for MemoryNavigator {
    fn go(&self, url: &Url) {
        self.0.borrow_mut().push(url.clone());
    }

    fn open_beside(&self, url: &Url) {
        self.go(url);
    }
}

/// Opens windows and remembers what was opened; `respond` is what `redirect.html` does in the last one.
#[derive(Default)]
pub struct MemoryWindows {
    opened: RefCell<Vec<(Url, String)>>,
    answer: RefCell<Option<oneshot::Sender<WindowAnswer>>>,
}

impl MemoryWindows {
    /// The address that was opened last, and the name under which an answer is waited for.
    pub fn opened(&self) -> (Url, String) {
        self.opened.borrow().last().cloned().expect("a window was opened")
    }

    /// Hands an answer to the page that waits.
    pub fn respond(&self, response: &str) {
        let answer = self.answer.take().expect("a window stands open");
        // A page that has given the window up does not hear it.
        drop(answer.send(WindowAnswer::Response(response.to_owned())));
    }
}

impl Windows for MemoryWindows {
    fn open(&self, url: &Url, id: &str, _post: Post) -> Box<dyn SignInWindow> {
        let (sender, receiver) = oneshot::channel();
        self.opened.borrow_mut().push((url.clone(), id.to_owned()));
        self.answer.replace(Some(sender));
        Box::new(Window(RefCell::new(Some(receiver))))
    }
}

struct Window(RefCell<Option<oneshot::Receiver<WindowAnswer>>>);

impl SignInWindow for Window {
    fn is_withheld(&self) -> bool {
        false
    }

    fn answer(&self) -> LocalBoxFuture<'static, WindowAnswer> {
        let receiver = self.0.take().expect("it is asked once");
        receiver
            .map(|answer| answer.unwrap_or(WindowAnswer::Closed))
            .boxed_local()
    }
}
