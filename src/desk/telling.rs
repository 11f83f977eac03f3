//! Work that tells how it goes: a future and what it says, as one stream.

use futures::channel::mpsc;
use futures::stream::{self, Stream, StreamExt as _};

/// Lets work say something while it goes on.
pub struct Teller<T>(mpsc::UnboundedSender<T>);

impl<T> Teller<T> {
    /// Says it.
    pub fn tell(&self, event: T) {
        // Nobody listens any more only when the stream was dropped, and then the work is gone with it.
        let _ = self.0.unbounded_send(event);
    }
}

/// Runs `work` while the stream is polled; yields what it tells and ends with it. Dropping the stream drops the work.
pub fn telling<T, W, F>(work: W) -> impl Stream<Item = T> + use<T, W, F>
where
    W: FnOnce(Teller<T>) -> F,
    F: Future<Output = ()>,
{
    let (sender, receiver) = mpsc::unbounded();
    let working = stream::once(work(Teller(sender))).filter_map(async |()| None);
    stream::select(receiver, working)
}
