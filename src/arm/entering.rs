//! Waiting at the gate, as a future: one of those who wait holds the watch for all, and whoever is dropped gives back
//! what was set aside for it.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use time::OffsetDateTime;

use super::gate::{Closed, Gate, Slot, Ticket};
use super::pass::Pass;

/// Waiting at the gate.
pub(super) struct Entering {
    gate: Rc<Gate>,
    ticket: Ticket,
    lanes: Vec<usize>,
    place: bool,
    pub slot: Rc<Slot>,
    watch: Option<(OffsetDateTime, LocalBoxFuture<'static, ()>)>,
    done: bool,
}

impl Entering {
    /// With a ticket that stands in the first of these lanes.
    pub fn new(gate: Rc<Gate>, ticket: Ticket, lanes: Vec<usize>, place: bool, slot: Rc<Slot>) -> Self {
        Self {
            gate,
            ticket,
            lanes,
            place,
            slot,
            watch: None,
            done: false,
        }
    }

    fn pass(&mut self) -> Pass {
        self.done = true;
        let place = self.place.then_some(self.ticket.rank);
        Pass::new(Rc::clone(&self.gate), std::mem::take(&mut self.lanes), place)
    }
}

impl Future for Entering {
    type Output = Result<Pass, Closed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match self.slot.fate.get() {
                Some(Ok(())) => return Poll::Ready(Ok(self.pass())),
                Some(Err(closed)) => {
                    self.done = true;
                    return Poll::Ready(Err(closed));
                }
                None => *self.slot.waker.borrow_mut() = Some(context.waker().clone()),
            }
            let state = self.gate.state.borrow();
            let wait = state.next_wait().filter(|_| state.keeper == Some(self.ticket));
            drop(state);
            let Some(wait) = wait else {
                self.watch = None;
                return Poll::Pending;
            };
            let until = self.gate.clock.now() + wait;
            let sooner = self.watch.as_ref().is_none_or(|(set_for, _)| until < *set_for);
            if sooner {
                self.watch = Some((until, self.gate.clock.sleep(wait)));
            }
            let rung = self
                .watch
                .as_mut()
                .is_some_and(|(_, sleep)| sleep.poll_unpin(context).is_ready());
            if !rung {
                return Poll::Pending;
            }
            self.watch = None;
            self.gate.dispatch();
        }
    }
}

impl Drop for Entering {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        if self.slot.fate.get() == Some(Ok(())) {
            // It was let through and does not go: all of it goes back.
            drop(self.pass());
            return;
        }
        let mut state = self.gate.state.borrow_mut();
        for &lane in &self.lanes {
            state.lanes[lane].waiting.remove(&self.ticket);
        }
        drop(state);
        self.gate.dispatch();
    }
}
