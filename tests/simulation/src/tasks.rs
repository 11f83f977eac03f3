//! Everything that goes on at once in a run: the admin, the page's work, requests on their way.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use futures::future::{AbortHandle, Abortable, LocalBoxFuture};
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};

/// Where tasks are begun. Clones are the same.
#[derive(Clone, Default)]
pub struct Tasks(Rc<RefCell<Vec<LocalBoxFuture<'static, ()>>>>);

impl Tasks {
    /// Begins a task.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.0.borrow_mut().push(task.boxed_local());
    }

    /// Begins a task that can be dropped in the middle.
    pub fn spawn_abortable(&self, task: impl Future<Output = ()> + 'static) -> AbortHandle {
        let (handle, registration) = AbortHandle::new_pair();
        self.spawn(Abortable::new(task, registration).map(|_| ()));
        handle
    }

    /// Ends when every task has, also those that tasks have begun.
    pub async fn all(&self) {
        let mut running = FuturesUnordered::new();
        poll_fn(|context| {
            loop {
                running.extend(self.0.take());
                match running.poll_next_unpin(context) {
                    Poll::Ready(Some(())) => (),
                    // Tasks are begun by tasks, so whatever is new came while these were polled.
                    Poll::Ready(None) if self.0.borrow().is_empty() => return Poll::Ready(()),
                    Poll::Pending if self.0.borrow().is_empty() => return Poll::Pending,
                    Poll::Ready(None) | Poll::Pending => (),
                }
            }
        })
        .await;
    }
}
