//! Waiting: for a condition, with a deadline, and never for a time.

use std::time::{Duration, Instant};

/// Longer than anything that a test waits for takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(40);

/// Looks until there is something, and fails after the deadline, saying what was waited for.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(
            Instant::now() < end,
            "Waited {} seconds in vain: {what}.",
            PATIENCE.as_secs()
        );
        tokio::time::sleep(GLANCE).await;
    }
}

/// Looks until it is so.
pub async fn until_so(what: &str, mut look: impl AsyncFnMut() -> bool) {
    until(what, async || look().await.then_some(())).await;
}
