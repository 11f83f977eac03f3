//! A pass of the gate: a place and tokens, given back if they are not used, and what the answer teaches the gate.

use std::rc::Rc;
use std::time::Duration;

use time::OffsetDateTime;

use super::buckets::remaining;
use super::gate::{Gate, Rank};
use super::request::BucketKey;
use super::retry::retry_after;
use crate::ports::Response;

/// A pass. Made by the gate alone.
pub(super) struct Pass {
    gate: Rc<Gate>,
    /// Lanes of which a token is held, in the order in which they were wanted.
    tokens: Vec<usize>,
    place: Option<Rank>,
    under_way: Option<UnderWay>,
}

/// A request without an answer.
struct UnderWay {
    lane: usize,
    number: u64,
    left_at: OffsetDateTime,
}

impl Pass {
    pub fn new(gate: Rc<Gate>, tokens: Vec<usize>, place: Option<Rank>) -> Self {
        Self {
            gate,
            tokens,
            place,
            under_way: None,
        }
    }

    /// A pass of its own for the last of the tokens, unless nothing of its bucket may go out any more, or it is for
    /// another bucket.
    pub fn split(&mut self, bucket: &BucketKey) -> Option<Self> {
        let lane = *self.tokens.last().filter(|_| self.tokens.len() > 1)?;
        let state = self.gate.state.borrow();
        let usable = state.lanes[lane].key == *bucket && !state.lanes[lane].bucket.is_closed();
        drop(state);
        usable.then(|| {
            self.tokens.pop();
            Self::new(Rc::clone(&self.gate), vec![lane], None)
        })
    }

    /// How long the bucket of the first token has been closed for since this pass was given; `None` if it is open.
    pub fn closed(&self) -> Option<Duration> {
        let state = self.gate.state.borrow();
        let bucket = &state.lanes[*self.tokens.first()?].bucket;
        bucket.is_closed().then(|| bucket.wait())
    }

    /// Whether its first token is of this bucket.
    pub fn is_for(&self, bucket: &BucketKey) -> bool {
        let state = self.gate.state.borrow();
        self.tokens
            .first()
            .is_some_and(|&lane| state.lanes[lane].key == *bucket)
    }

    /// The request leaves: its token is spent.
    pub fn leave(&mut self) {
        if self.tokens.is_empty() {
            return;
        }
        let lane = self.tokens.remove(0);
        let mut state = self.gate.state.borrow_mut();
        state.lanes[lane].under_way += 1;
        let number = state.next_request;
        state.next_request += 1;
        drop(state);
        // Before it leaves: nothing can be written down after the page is gone.
        self.gate.keep_levels(lane);
        self.back();
        let left_at = self.gate.clock.now();
        self.under_way = Some(UnderWay { lane, number, left_at });
    }

    /// Its answer is there.
    pub fn heard(&mut self, response: &Response) {
        let Some(UnderWay { lane, number, left_at }) = &self.under_way else {
            return;
        };
        let now = self.gate.clock.now();
        let took = Duration::try_from(now - *left_at).unwrap_or_default();
        let asked = retry_after(response.headers());
        let mut state = self.gate.state.borrow_mut();
        let (next, taken) = (state.next_request, state.searching);
        let at = *lane;
        let lane = &mut state.lanes[at];
        // What is asked for counts from now.
        lane.bucket.advance(now);
        match response.status().as_u16() {
            429 => {
                let mut jitter = [0];
                self.gate.random.fill(&mut jitter);
                lane.bucket
                    .throttled(*number, next, asked, f64::from(jitter[0]) / 255.0);
                state.parallel.pushed_back(*number, next);
            }
            503 => {
                if let Some(asked) = asked {
                    lane.bucket.close_for(asked);
                }
                state.parallel.pushed_back(*number, next);
            }
            _ => {
                let left = remaining(&lane.key, response.headers());
                lane.bucket.answered(*number, left, lane.under_way.saturating_sub(1));
                state.parallel.answered(*number, took, taken);
            }
        }
        drop(state);
        self.gate.keep_levels(at);
        self.back();
    }

    /// Nothing is under way with it any more.
    fn back(&mut self) {
        if let Some(UnderWay { lane, .. }) = self.under_way.take() {
            let mut state = self.gate.state.borrow_mut();
            state.lanes[lane].under_way -= 1;
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.back();
        let mut state = self.gate.state.borrow_mut();
        for &lane in &self.tokens {
            state.lanes[lane].bucket.give_back();
        }
        if let Some(rank) = self.place {
            *state.places(rank) -= 1;
        }
        drop(state);
        self.gate.dispatch();
    }
}
