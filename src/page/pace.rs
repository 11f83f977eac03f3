//! Drawing at a calm pace: what comes in quick succession is handed over together, a few times a second. The work
//! behind the stream is never held up by that.

use std::time::Duration;

use futures::future::{Either, select};
use futures::{Stream, StreamExt as _};

use crate::ports::Clock;

/// Between two hand-overs. The first of a succession is handed over at once.
const PAUSE: Duration = Duration::from_millis(120);

/// So many items are looked for in one go.
const AT_ONCE: usize = 256;

/// Hands over everything that `stream` yields, in its order, and ends with it.
pub async fn paced<T>(stream: impl Stream<Item = T>, clock: &dyn Clock, mut take: impl FnMut(Vec<T>)) {
    let mut stream = std::pin::pin!(stream.ready_chunks(AT_ONCE));
    while let Some(first) = stream.next().await {
        take(first);
        let mut gathered = Vec::new();
        let mut pause = clock.sleep(PAUSE);
        loop {
            match select(stream.next(), pause).await {
                Either::Left((Some(more), rest)) => {
                    gathered.extend(more);
                    pause = rest;
                }
                Either::Left((None, _)) => {
                    take(gathered);
                    return;
                }
                Either::Right(((), _)) if gathered.is_empty() => break,
                Either::Right(((), _)) => {
                    take(std::mem::take(&mut gathered));
                    pause = clock.sleep(PAUSE);
                }
            }
        }
    }
}
