//! A clock that stands still while there is work, and jumps to the next timer when there is none.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use avd_logoff::ports::Clock;
use azure_simulator::Seed;
use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, poll_fn};
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

/// Where every test begins.
pub const BEGINNING: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// Whether it has rung, and who is to be told.
#[derive(Default)]
struct Timer {
    rung: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// A timer in the queue, by when it rings: at the same time, by its lot, and then in the order of being set.
struct Set {
    at: OffsetDateTime,
    lot: u64,
    number: u64,
    timer: Weak<Timer>,
}

impl Set {
    fn rank(&self) -> (OffsetDateTime, u64, u64) {
        (self.at, self.lot, self.number)
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Set {}

impl PartialOrd for Set {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Set {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// The clock and the executor in one.
pub struct VirtualTime {
    now: Cell<OffsetDateTime>,
    timers: RefCell<BinaryHeap<Reverse<Set>>>,
    set: Cell<u64>,
    lots: Option<RefCell<Seed>>,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl VirtualTime {
    /// Timers of the same time ring in the order in which they were set.
    pub fn new() -> Rc<Self> {
        Self::with_lots(None)
    }

    /// Timers of the same time ring in an order that the seed decides.
    pub fn seeded(seed: u64) -> Rc<Self> {
        Self::with_lots(Some(RefCell::new(Seed::new(seed))))
    }

    fn with_lots(lots: Option<RefCell<Seed>>) -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(BEGINNING),
            timers: RefCell::default(),
            set: Cell::new(0),
            lots,
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
        self.try_run(future).expect("everything waits and no timer is set")
    }

    /// Runs a future to its end; `None` if it waits for something that never comes.
    pub fn try_run<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        let mut context = Context::from_waker(&waker);
        loop {
            while flag.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                    return Some(value);
                }
            }
            if !self.ring_next() {
                return None;
            }
        }
    }

    /// Rings the next timer that somebody still waits for; `false` if there is none.
    fn ring_next(&self) -> bool {
        loop {
            let Some(Reverse(next)) = self.timers.borrow_mut().pop() else {
                return false;
            };
            // Nobody waits for it any more, so time does not come to it either.
            let Some(timer) = next.timer.upgrade() else { continue };
            self.now.set(self.now.get().max(next.at));
            timer.rung.set(true);
            if let Some(waker) = timer.waker.borrow_mut().take() {
                waker.wake();
            }
            return true;
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
        let number = self.set.get();
        self.set.set(number + 1);
        self.timers.borrow_mut().push(Reverse(Set {
            at: self.now.get() + duration,
            lot: self.lots.as_ref().map_or(0, |lots| lots.borrow_mut().bits()),
            number,
            timer: Rc::downgrade(&timer),
        }));
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::time::Duration;

    use avd_logoff::ports::Clock as _;
    use futures::future::join_all;

    use super::{BEGINNING, VirtualTime};

    /// The order in which ten timers ring, the first five and the last five at the same time each.
    fn order(time: &Rc<VirtualTime>) -> Vec<usize> {
        let rung = RefCell::new(Vec::new());
        time.run(join_all((0..10).map(|number| {
            let sleep = time.sleep(Duration::from_secs(1 + number as u64 / 5));
            let rung = &rung;
            async move {
                sleep.await;
                rung.borrow_mut().push(number);
            }
        })));
        rung.into_inner()
    }

    #[test]
    fn equal_times_ring_in_the_order_of_setting_or_as_the_seed_says() {
        assert_eq!(order(&VirtualTime::new()), (0..10).collect::<Vec<_>>());
        let mut seeded = order(&VirtualTime::seeded(1));
        assert_eq!(seeded, order(&VirtualTime::seeded(1)));
        assert_ne!(seeded, order(&VirtualTime::seeded(2)));
        assert!(seeded[..5].iter().all(|number| *number < 5), "time still decides first");
        seeded.sort_unstable();
        assert_eq!(seeded, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn time_does_not_come_to_a_timer_that_was_given_up() {
        let time = VirtualTime::new();
        drop(time.sleep(Duration::from_secs(1)));
        time.run(time.sleep(Duration::from_secs(3)));
        assert_eq!(time.now(), BEGINNING + Duration::from_secs(3));
        drop(time.sleep(Duration::from_secs(1)));
        assert_eq!(time.try_run(std::future::pending::<()>()), None);
        assert_eq!(time.now(), BEGINNING + Duration::from_secs(3));
    }
}
