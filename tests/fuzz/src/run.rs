//! Virtual time: a clock that jumps to the next timer when nothing else is left to do, and gives up on what never ends.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use avd_logoff::ports::Clock;
use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, poll_fn};
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

/// Where every run begins.
pub const BEGINNING: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// More polls than anything takes that ends.
const MOST_POLLS: usize = 20_000;

/// The clock and the executor in one.
pub struct Time {
    now: Cell<OffsetDateTime>,
    sleepers: RefCell<Vec<Weak<Sleeper>>>,
}

struct Sleeper {
    until: OffsetDateTime,
    awake: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Time {
    /// A clock that stands at [`BEGINNING`].
    pub fn new() -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(BEGINNING),
            sleepers: RefCell::default(),
        })
    }

    /// Moves the clock, forwards or back, while nothing is going on.
    pub fn shift(&self, seconds: i64) {
        self.now.set(self.now.get() + time::Duration::seconds(seconds));
    }

    /// Runs a future to its end.
    ///
    /// # Panics
    /// If it never ends: it waits for nothing, or is polled without end.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&woken));
        for _ in 0..MOST_POLLS {
            if !woken.0.swap(false, Ordering::Relaxed) {
                self.wake_next();
                continue;
            }
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return value;
            }
        }
        panic!("this never ends");
    }

    fn wake_next(&self) {
        let mut sleepers = self.sleepers.borrow_mut();
        sleepers.retain(|sleeper| sleeper.upgrade().is_some_and(|sleeper| !sleeper.awake.get()));
        let next = sleepers
            .iter()
            .filter_map(Weak::upgrade)
            .min_by_key(|sleeper| sleeper.until);
        let next = next.expect("this waits for nothing");
        self.now.set(self.now.get().max(next.until));
        next.awake.set(true);
        if let Some(waker) = next.waker.take() {
            waker.wake();
        }
    }
}

impl Clock for Time {
    fn now(&self) -> OffsetDateTime {
        self.now.get()
    }

    fn local_offset(&self, _at: OffsetDateTime) -> UtcOffset {
        UtcOffset::UTC
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let sleeper = Rc::new(Sleeper {
            until: self.now.get() + duration,
            awake: Cell::new(false),
            waker: RefCell::default(),
        });
        self.sleepers.borrow_mut().push(Rc::downgrade(&sleeper));
        poll_fn(move |context| {
            if sleeper.awake.get() {
                return Poll::Ready(());
            }
            sleeper.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .boxed_local()
    }
}
