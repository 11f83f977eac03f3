//! A clock that stands still while there is work, and jumps to the next timer when there is none.

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

/// Where every test begins.
pub const BEGINNING: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

#[derive(Default)]
struct Timer {
    rung: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// The clock and the executor in one.
pub struct VirtualTime {
    now: Cell<OffsetDateTime>,
    timers: RefCell<Vec<(OffsetDateTime, Weak<Timer>)>>,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl VirtualTime {
    pub fn new() -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(BEGINNING),
            timers: RefCell::default(),
        })
    }

    /// Lets time pass with nothing going on, as when a computer sleeps.
    pub fn pass(&self, duration: Duration) {
        self.now.set(self.now.get() + duration);
    }

    /// Turns the clock back, as a person or a time server may.
    pub fn turn_back(&self, duration: Duration) {
        self.now.set(self.now.get() - duration);
    }

    /// Runs a future to its end. Panics if it waits for something that never comes.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        let mut context = Context::from_waker(&waker);
        loop {
            while flag.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                    return value;
                }
            }
            self.ring_next();
        }
    }

    fn ring_next(&self) {
        let mut timers = self.timers.borrow_mut();
        timers.retain(|(_, timer)| timer.strong_count() > 0);
        let next = timers.iter().enumerate().min_by_key(|(_, (at, _))| *at).map(|(i, _)| i);
        let (at, timer) = timers.remove(next.expect("everything waits and no timer is set"));
        drop(timers);
        self.now.set(self.now.get().max(at));
        if let Some(timer) = timer.upgrade() {
            timer.rung.set(true);
            if let Some(waker) = timer.waker.borrow_mut().take() {
                waker.wake();
            }
        }
    }
}

impl Clock for VirtualTime {
    fn now(&self) -> OffsetDateTime {
        self.now.get()
    }

    fn local_offset(&self, _at: OffsetDateTime) -> UtcOffset {
        UtcOffset::from_whole_seconds(3600).unwrap()
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let timer = Rc::new(Timer::default());
        self.timers
            .borrow_mut()
            .push((self.now.get() + duration, Rc::downgrade(&timer)));
        poll_fn(move |context| {
            if timer.rung.get() {
                return Poll::Ready(());
            }
            *timer.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .boxed_local()
    }
}
