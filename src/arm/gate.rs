//! The gate through which every request passes: it keeps to the token buckets, bounds how many are under way, and lets
//! acts go before the reads that serve them, and those before the search.
//!
//! Decides nothing about what is sent. All of its waits ([`Entering`]) end when the waiting future is dropped, and whatever
//! was set aside for it is given back.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use time::OffsetDateTime;

use super::buckets::Bucket;
use super::entering::Entering;
use super::levels::Levels;
use super::parallel::Parallel;
use super::request::BucketKey;
use crate::ports::{Clock, Ports, Random, Storage};

/// Places that only acts and what serves them may take, however many the search has: an act never waits for it.
const PLACES_FOR_ACTS: usize = 16;

/// So many times in a row others may be let through before the search; then it is its turn.
const MOST_OVERTAKEN: u32 = 32;

/// Who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// An act with its guard.
    Act,
    /// Reads that serve acts.
    ForActs,
    /// Everything else.
    Search,
}

/// A place in the queue. Whoever has to come back keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    pub rank: Rank,
    number: u64,
}

/// What is waited for.
#[derive(Clone, Debug)]
pub(super) struct Want {
    /// The bucket that a token is wanted of.
    pub bucket: BucketKey,
    /// Another that one is wanted of at the same time.
    pub also: Option<BucketKey>,
    /// Whether a place is wanted; who has one already wants none.
    pub place: bool,
}

/// Waiting makes no sense: the bucket is closed for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closed(pub Duration);

/// The gate of one client.
pub(super) struct Gate {
    pub(super) clock: Rc<dyn Clock>,
    pub(super) random: Rc<dyn Random>,
    levels: Levels,
    pub(super) state: RefCell<State>,
}

pub(super) struct State {
    pub lanes: Vec<Lane>,
    by_key: HashMap<BucketKey, usize>,
    pub parallel: Parallel,
    /// Places taken by the search.
    pub searching: usize,
    /// Places taken by acts and what serves them.
    pub acting: usize,
    /// The number of the next request that leaves.
    pub next_request: u64,
    next_ticket: u64,
    overtaken: u32,
    /// The one of the waiting that holds the watch for all: a timer for each of hundreds would be a waste.
    pub keeper: Option<Ticket>,
}

/// A bucket and who waits for it.
pub(super) struct Lane {
    pub key: BucketKey,
    pub bucket: Bucket,
    /// Requests of this bucket without an answer yet.
    pub under_way: u32,
    pub waiting: BTreeMap<Ticket, Waiting>,
}

/// One that waits.
pub(super) struct Waiting {
    also: Option<usize>,
    place: bool,
    slot: Rc<Slot>,
}

/// Where the gate says what becomes of one that waits.
#[derive(Default)]
pub(super) struct Slot {
    pub fate: Cell<Option<Result<(), Closed>>>,
    pub waker: RefCell<Option<Waker>>,
}

impl Slot {
    fn wake(&self) {
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

impl Gate {
    /// One that knows what an earlier load of the page in this tab has drawn.
    pub fn new(ports: &Ports) -> Rc<Self> {
        let Ports {
            clock, random, storage, ..
        } = ports;
        Self::with(Rc::clone(clock), Rc::clone(random), Rc::clone(storage))
    }

    fn with(clock: Rc<dyn Clock>, random: Rc<dyn Random>, storage: Rc<dyn Storage>) -> Rc<Self> {
        let levels = Levels::new(storage);
        let mut state = State::new();
        for (key, bucket) in levels.kept() {
            state.add(key, bucket);
        }
        Rc::new(Self {
            clock,
            random,
            levels,
            state: RefCell::new(state),
        })
    }

    /// What the tab keeps of the buckets is forgotten, on sign-out; this load of the page still knows.
    pub fn forget_levels(&self) {
        self.levels.forget();
    }

    /// A place at the end of the queue.
    pub fn ticket(&self, rank: Rank) -> Ticket {
        let mut state = self.state.borrow_mut();
        state.next_ticket += 1;
        Ticket {
            rank,
            number: state.next_ticket,
        }
    }

    /// Waits until what is wanted is there. It is given back when the pass is dropped.
    pub fn enter(self: &Rc<Self>, ticket: Ticket, want: &Want) -> Entering {
        let now = self.clock.now();
        let mut state = self.state.borrow_mut();
        let lane = state.lane(&want.bucket, now);
        let also = want.also.as_ref().map(|key| state.lane(key, now));
        let slot = Rc::new(Slot::default());
        let waiting = Waiting {
            also,
            place: want.place,
            slot: Rc::clone(&slot),
        };
        state.lanes[lane].waiting.insert(ticket, waiting);
        // Whoever comes first in rank holds the watch, so that an act depends on nobody else's being looked after.
        state.keeper = Some(state.keeper.map_or(ticket, |keeper| keeper.min(ticket)));
        drop(state);
        self.dispatch();
        let lanes = std::iter::once(lane).chain(also).collect();
        Entering::new(Rc::clone(self), ticket, lanes, want.place, slot)
    }

    /// Lets through whoever may go now, and sees to it that somebody holds the watch for the rest.
    pub(super) fn dispatch(&self) {
        let now = self.clock.now();
        let mut state = self.state.borrow_mut();
        let mut called = state.turn_away(now);
        while let Some(slot) = state.let_one_through() {
            called.push(slot);
        }
        called.extend(state.watch());
        // Whoever is woken may come back here at once.
        drop(state);
        for slot in called {
            slot.wake();
        }
    }

    /// Keeps the levels where what the tab says of this bucket is no longer true.
    pub(super) fn keep_levels(&self, lane: usize) {
        let now = self.clock.now();
        let mut state = self.state.borrow_mut();
        let bucket = &mut state.lanes[lane].bucket;
        bucket.advance(now);
        if !bucket.sets_aside() {
            return;
        }
        for lane in &mut state.lanes {
            lane.bucket.advance(now);
        }
        let used = state.lanes.iter().filter(|lane| !lane.bucket.is_untouched());
        self.levels.keep(used.map(|lane| (&lane.key, &lane.bucket)));
    }
}

impl State {
    fn new() -> Self {
        Self {
            lanes: Vec::new(),
            by_key: HashMap::new(),
            parallel: Parallel::new(),
            searching: 0,
            acting: 0,
            next_request: 0,
            next_ticket: 0,
            overtaken: 0,
            keeper: None,
        }
    }

    fn lane(&mut self, key: &BucketKey, now: OffsetDateTime) -> usize {
        if let Some(lane) = self.by_key.get(key) {
            return *lane;
        }
        self.add(key.clone(), Bucket::new(key.class, now))
    }

    fn add(&mut self, key: BucketKey, bucket: Bucket) -> usize {
        let lane = self.lanes.len();
        self.by_key.insert(key.clone(), lane);
        self.lanes.push(Lane {
            key,
            bucket,
            under_way: 0,
            waiting: BTreeMap::new(),
        });
        lane
    }

    /// Lets time pass for the buckets; ends the waiting where it makes no sense any more.
    fn turn_away(&mut self, now: OffsetDateTime) -> Vec<Rc<Slot>> {
        for lane in &mut self.lanes {
            lane.bucket.advance(now);
        }
        let closed: Vec<_> = self.lanes.iter().map(|lane| lane.bucket.refuses()).collect();
        let mut called = Vec::new();
        for (at, lane) in self.lanes.iter_mut().enumerate() {
            let also_closed = |waiting: &Waiting| waiting.also.and_then(|also| closed[also]);
            for (_, waiting) in lane
                .waiting
                .extract_if(.., |_, waiting| closed[at].is_some() || also_closed(waiting).is_some())
            {
                let wait = closed[at].max(also_closed(&waiting)).unwrap_or_default();
                waiting.slot.fate.set(Some(Err(Closed(wait))));
                called.push(waiting.slot);
            }
        }
        called
    }

    fn let_one_through(&mut self) -> Option<Rc<Slot>> {
        let mut heads: Vec<(Ticket, usize)> = self
            .lanes
            .iter()
            .enumerate()
            .filter_map(|(at, lane)| Some((*lane.waiting.keys().next()?, at)))
            .collect();
        heads.sort_unstable();
        // The search waits, but not for ever. Within a bucket the head decides, so there its rank is looked up.
        let search_first = self.overtaken >= MOST_OVERTAKEN;
        if search_first {
            let mut search: Vec<_> = self
                .lanes
                .iter()
                .enumerate()
                .filter_map(|(at, lane)| Some((*lane.waiting.keys().find(|t| t.rank == Rank::Search)?, at)))
                .collect();
            search.sort_unstable();
            search.append(&mut heads);
            heads = search;
        }
        let mut held = BTreeSet::new();
        for (ticket, at) in heads {
            let Some(waiting) = self.lanes[at].waiting.get(&ticket) else {
                continue;
            };
            let no_place = waiting.place && !self.has_place(ticket.rank);
            if no_place || held.contains(&at) || !self.lanes[at].bucket.wait().is_zero() {
                continue;
            }
            if let Some(also) = waiting.also.filter(|also| !self.lanes[*also].bucket.wait().is_zero()) {
                // The next token there is for this one: nobody who comes later takes it away.
                held.insert(also);
                continue;
            }
            let waiting = self.lanes[at].waiting.remove(&ticket)?;
            self.lanes[at].bucket.take();
            if let Some(also) = waiting.also {
                self.lanes[also].bucket.take();
            }
            if waiting.place {
                *self.places(ticket.rank) += 1;
            }
            let search_waits = || self.tickets().any(|ticket| ticket.rank == Rank::Search);
            self.overtaken = match ticket.rank {
                Rank::Search => 0,
                _ if search_waits() => self.overtaken + 1,
                _ => 0,
            };
            waiting.slot.fate.set(Some(Ok(())));
            return Some(waiting.slot);
        }
        None
    }

    fn has_place(&self, rank: Rank) -> bool {
        let limit = self.parallel.limit();
        match rank {
            Rank::Search => self.searching < limit,
            _ => self.acting < PLACES_FOR_ACTS || self.searching + self.acting < limit,
        }
    }

    /// How many places those of this rank have taken.
    pub fn places(&mut self, rank: Rank) -> &mut usize {
        match rank {
            Rank::Search => &mut self.searching,
            _ => &mut self.acting,
        }
    }

    fn tickets(&self) -> impl Iterator<Item = Ticket> {
        self.lanes
            .iter()
            .filter_map(|lane| lane.waiting.keys().next_back())
            .copied()
    }

    /// Calls the one that holds the watch, to look again how long; appoints another if there is none.
    fn watch(&mut self) -> Option<Rc<Slot>> {
        let find = |ticket| self.lanes.iter().find_map(|lane| lane.waiting.get(&ticket));
        if let Some(waiting) = self.keeper.and_then(find) {
            return Some(Rc::clone(&waiting.slot));
        }
        let next = self.tickets().next();
        self.keeper = next;
        let waiting = self
            .keeper
            .and_then(|ticket| self.lanes.iter().find_map(|lane| lane.waiting.get(&ticket)));
        waiting.map(|waiting| Rc::clone(&waiting.slot))
    }

    /// How long until time alone lets somebody through, or might.
    pub fn next_wait(&self) -> Option<Duration> {
        let waits = self.lanes.iter().filter_map(|lane| {
            let head = lane.waiting.values().next()?;
            let also = head.also.map(|also| self.lanes[also].bucket.wait());
            Some(lane.bucket.wait().max(also.unwrap_or_default()))
        });
        waits.filter(|wait| !wait.is_zero()).min()
    }
}

#[cfg(test)]
mod tests;
