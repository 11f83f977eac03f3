//! The gate through which every request passes, so that only so many are under way at once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use futures::channel::oneshot;

/// Lets a fixed number through at a time, first come, first served.
pub(super) struct Gate {
    free: Cell<usize>,
    waiting: RefCell<VecDeque<oneshot::Sender<Pass>>>,
}

impl Gate {
    pub fn new(places: usize) -> Rc<Self> {
        Rc::new(Self {
            free: Cell::new(places),
            waiting: RefCell::default(),
        })
    }

    /// Waits for a place. It is given back when the pass is dropped.
    pub async fn enter(self: &Rc<Self>) -> Pass {
        if self.free.get() > 0 {
            self.free.set(self.free.get() - 1);
            return Pass(Rc::clone(self));
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().push_back(sender);
        match receiver.await {
            Ok(pass) => pass,
            // The gate cannot go away while `self` holds it; a lost sender would only mean one request more at once.
            Err(_) => Pass(Rc::clone(self)),
        }
    }
}

/// A place taken at the gate.
pub(super) struct Pass(Rc<Gate>);

impl Drop for Pass {
    fn drop(&mut self) {
        // Whoever stopped waiting has dropped its receiver: the place goes on to the next in the queue. The borrow ends
        // before the pass travels, because a pass that comes back is dropped here again.
        loop {
            let next = self.0.waiting.borrow_mut().pop_front();
            let Some(waiting) = next else { break };
            if !waiting.is_canceled() {
                drop(waiting.send(Self(Rc::clone(&self.0))));
                return;
            }
        }
        self.0.free.set(self.0.free.get() + 1);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::Gate;

    #[test]
    fn places_are_counted_and_handed_on_in_order() {
        let gate = Gate::new(1);
        let first = gate.enter().now_or_never().unwrap();
        let mut second = Box::pin(gate.enter());
        let mut third = Box::pin(gate.enter());
        assert!(second.as_mut().now_or_never().is_none());
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        assert!(third.as_mut().now_or_never().is_none());
        let pass = second.as_mut().now_or_never().unwrap();
        drop(pass);
        assert!(third.as_mut().now_or_never().is_some());
    }

    #[test]
    fn who_stops_waiting_blocks_nobody() {
        let gate = Gate::new(1);
        let first = gate.enter().now_or_never().unwrap();
        let mut given_up = Box::pin(gate.enter());
        assert!(given_up.as_mut().now_or_never().is_none());
        drop(given_up);
        drop(first);
        assert!(gate.enter().now_or_never().is_some());
    }

    #[test]
    fn a_pass_on_its_way_to_someone_who_gave_up_comes_back() {
        let gate = Gate::new(1);
        let first = gate.enter().now_or_never().unwrap();
        let mut given_up = Box::pin(gate.enter());
        assert!(given_up.as_mut().now_or_never().is_none());
        drop(first);
        drop(given_up);
        assert!(gate.enter().now_or_never().is_some());
    }
}
