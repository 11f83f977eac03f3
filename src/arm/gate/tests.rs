//! The gate by hand: every future is polled here and nowhere else, and time passes only when a test says so.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, poll_fn};
use time::macros::datetime;
use time::{OffsetDateTime, UtcOffset};

use super::{Closed, Entering, Gate, Rank, Want};
use crate::arm::pass::Pass;
use crate::arm::request::{BucketKey, Class, Scope};
use crate::ports::{Clock, Random, Storage, StorageRefused};

struct Hand(Rc<Cell<OffsetDateTime>>);

impl Clock for Hand {
    fn now(&self) -> OffsetDateTime {
        self.0.get()
    }

    fn local_offset(&self, _at: OffsetDateTime) -> UtcOffset {
        UtcOffset::UTC
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let (now, until) = (Rc::clone(&self.0), self.0.get() + duration);
        poll_fn(move |_| {
            if now.get() >= until {
                ().into()
            } else {
                std::task::Poll::Pending
            }
        })
        .boxed_local()
    }
}

impl Random for Hand {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(255);
    }
}

/// A storage for one text, and how often it was written.
#[derive(Default)]
struct Slip {
    text: RefCell<Option<String>>,
    written: Cell<usize>,
}

impl Storage for Slip {
    fn get(&self, _key: &str) -> Option<String> {
        self.text.borrow().clone()
    }

    fn set(&self, _key: &str, value: &str) -> Result<(), StorageRefused> {
        self.written.set(self.written.get() + 1);
        *self.text.borrow_mut() = Some(value.to_owned());
        Ok(())
    }

    fn remove(&self, _key: &str) {
        *self.text.borrow_mut() = None;
    }
}

struct Stand {
    gate: Rc<Gate>,
    now: Rc<Cell<OffsetDateTime>>,
    slip: Rc<Slip>,
}

fn key(class: Class) -> BucketKey {
    BucketKey {
        scope: Scope::Subscription("s".into()),
        class,
    }
}

impl Stand {
    fn new() -> Self {
        let now = Rc::new(Cell::new(datetime!(2026-11-20 12:00 UTC)));
        Self::over(now, Rc::default())
    }

    fn over(now: Rc<Cell<OffsetDateTime>>, slip: Rc<Slip>) -> Self {
        let clock = Rc::new(Hand(Rc::clone(&now)));
        let gate = Gate::with(Rc::clone(&clock) as Rc<_>, clock, Rc::clone(&slip) as Rc<_>);
        Self { gate, now, slip }
    }

    /// Another load of the page in the same tab.
    fn loaded_again(&self) -> Self {
        Self::over(Rc::clone(&self.now), Rc::clone(&self.slip))
    }

    fn read(&self, rank: Rank) -> Entering {
        let want = Want {
            bucket: key(Class::Reads),
            also: None,
            place: true,
        };
        self.gate.enter(self.gate.ticket(rank), &want)
    }

    fn turn(&self) -> Entering {
        let want = Want {
            bucket: key(Class::Deletes),
            also: Some(key(Class::Reads)),
            place: true,
        };
        self.gate.enter(self.gate.ticket(Rank::Act), &want)
    }

    /// Reads that are let through at once, until none is.
    fn fill(&self, rank: Rank) -> Vec<Pass> {
        let mut passes = Vec::new();
        while let Some(Ok(pass)) = self.read(rank).now_or_never() {
            passes.push(pass);
        }
        passes
    }

    /// Spends the tokens of all reads that may go now.
    fn drain_reads(&self) {
        loop {
            let mut passes = self.fill(Rank::Search);
            if passes.is_empty() {
                return;
            }
            passes.iter_mut().for_each(Pass::leave);
        }
    }

    fn pass_time(&self, duration: Duration) {
        self.now.set(self.now.get() + duration);
        self.gate.dispatch();
    }
}

fn is_through(entering: &mut Entering) -> bool {
    matches!(entering.now_or_never(), Some(Ok(_)))
}

#[test]
fn places_are_counted_and_handed_on_in_order() {
    let stand = Stand::new();
    let mut passes = stand.fill(Rank::Search);
    assert_eq!(passes.len(), 16);
    let (mut first, mut second) = (stand.read(Rank::Search), stand.read(Rank::Search));
    assert!(!is_through(&mut second) && !is_through(&mut first));
    passes.pop();
    assert!(!is_through(&mut second));
    assert!(is_through(&mut first), "and it goes at once, so the place goes on");
    assert!(is_through(&mut second));
}

#[test]
fn who_stops_waiting_blocks_nobody() {
    let stand = Stand::new();
    let mut passes = stand.fill(Rank::Search);
    let (given_up, mut next) = (stand.read(Rank::Search), stand.read(Rank::Search));
    drop(given_up);
    passes.pop();
    assert!(is_through(&mut next));
}

#[test]
fn who_was_let_through_and_does_not_go_gives_everything_back() {
    let stand = Stand::new();
    let mut passes = stand.fill(Rank::Search);
    let mut left = 0;
    for _ in 0..300 {
        let let_through = stand.read(Rank::Search);
        left += passes.pop().map_or(0, |_| 1);
        drop(let_through);
    }
    assert_eq!(left, 16);
    drop(passes);
    let mut all = 0;
    while let Some(Ok(mut pass)) = stand.read(Rank::Search).now_or_never() {
        pass.leave();
        all += 1;
    }
    assert_eq!(all, 225, "no token is lost, and none is gained");
}

#[test]
fn acts_go_before_the_reads_that_serve_them_and_those_before_the_search() {
    let stand = Stand::new();
    stand.drain_reads();
    let mut search = stand.read(Rank::Search);
    let mut proof = stand.read(Rank::ForActs);
    let act = stand.turn();
    stand.pass_time(Duration::from_millis(40));
    assert!(!is_through(&mut search) && !is_through(&mut proof));
    let mut turn = act.now_or_never().unwrap().unwrap();
    turn.split(&key(Class::Reads)).unwrap().leave();
    turn.leave();
    drop(turn);
    assert!(!is_through(&mut proof));
    let act = stand.turn();
    stand.pass_time(Duration::from_millis(40));
    let turn = act.now_or_never().unwrap().unwrap();
    assert!(!is_through(&mut proof));
    drop(turn);
    let mut passed = proof
        .now_or_never()
        .expect("the read that the turn had set aside")
        .unwrap();
    passed.leave();
    assert!(!is_through(&mut search));
    stand.pass_time(Duration::from_millis(40));
    assert!(is_through(&mut search));
}

#[test]
fn acts_have_places_that_the_search_cannot_take() {
    let stand = Stand::new();
    let search = stand.fill(Rank::Search);
    // Nor does the search fill them where it was let have more than it may now.
    stand.gate.state.borrow_mut().parallel.pushed_back(0, 16);
    stand.gate.state.borrow_mut().parallel.pushed_back(16, 17);
    assert!(is_through(&mut stand.turn()));
    let acting = stand.fill(Rank::ForActs);
    assert_eq!((search.len(), acting.len()), (16, 16));
    assert!(!is_through(&mut stand.turn()));
}

#[test]
fn the_search_is_not_overtaken_for_ever() {
    let stand = Stand::new();
    stand.drain_reads();
    let mut search = stand.read(Rank::Search);
    let mut others: Vec<Entering> = (0..100).map(|_| stand.read(Rank::ForActs)).collect();
    let mut before = 0;
    while !matches!(search.slot.fate.get(), Some(Ok(()))) {
        stand.pass_time(Duration::from_millis(40));
        others.retain_mut(|other| match other.now_or_never() {
            Some(Ok(mut pass)) => {
                pass.leave();
                before += 1;
                false
            }
            _ => true,
        });
    }
    assert_eq!(before, 32);
    assert!(is_through(&mut search));
}

#[test]
fn a_turn_that_waits_for_its_own_bucket_holds_no_read_up() {
    let stand = Stand::new();
    stand
        .gate
        .state
        .borrow_mut()
        .lane(&key(Class::Deletes), stand.now.get());
    stand.gate.state.borrow_mut().lanes[0]
        .bucket
        .close_for(Duration::from_secs(60));
    let mut turn = stand.turn();
    assert!(!is_through(&mut turn));
    assert!(is_through(&mut stand.read(Rank::Search)));
    stand.pass_time(Duration::from_secs(60));
    assert!(is_through(&mut turn));
}

#[test]
fn where_waiting_makes_no_sense_it_ends_for_those_who_wait_too() {
    let stand = Stand::new();
    stand.drain_reads();
    let (mut search, mut turn) = (stand.read(Rank::Search), stand.turn());
    assert!(!is_through(&mut search) && !is_through(&mut turn));
    let hour = Duration::from_secs(3600);
    stand.gate.state.borrow_mut().lanes[0].bucket.close_for(hour);
    stand.gate.dispatch();
    assert_eq!(search.now_or_never().unwrap().err(), Some(Closed(hour)));
    assert_eq!(turn.now_or_never().unwrap().err(), Some(Closed(hour)));
    assert_eq!(stand.read(Rank::Act).now_or_never().unwrap().err(), Some(Closed(hour)));
}

#[test]
fn a_page_that_is_loaded_again_knows_what_the_load_before_has_drawn() {
    let stand = Stand::new();
    stand.drain_reads();
    assert!(stand.slip.written.get() <= 10, "{}", stand.slip.written.get());
    let again = stand.loaded_again();
    assert!(!is_through(&mut again.read(Rank::Search)));
    let delete = Want {
        bucket: key(Class::Deletes),
        also: None,
        place: true,
    };
    let mut delete = again.gate.enter(again.gate.ticket(Rank::Search), &delete);
    assert!(is_through(&mut delete), "no other bucket waits");
    again.pass_time(Duration::from_secs(2));
    assert!(
        is_through(&mut again.read(Rank::Search)),
        "a second was set aside at most"
    );
}

#[test]
fn what_is_only_waited_for_writes_nothing_and_what_is_forgotten_stays_so() {
    let stand = Stand::new();
    let passes = stand.fill(Rank::Search);
    assert_eq!(stand.slip.written.get(), 0);
    drop(passes);
    stand.drain_reads();
    let waiting = stand.read(Rank::Search);
    let kept = stand.slip.text.take();
    assert!(kept.is_some_and(|text| text.contains(r#""Subscription":"s""#)));
    stand.gate.forget_levels();
    drop(waiting);
    stand.pass_time(Duration::from_secs(60));
    drop(stand.fill(Rank::Search));
    assert_eq!(*stand.slip.text.borrow(), None, "nothing was sent since");
}
