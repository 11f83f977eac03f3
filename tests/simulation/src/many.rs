//! Many runs on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::check::Checks;
use crate::run::{Figures, Run, run};

/// A run that did not hold, with its trace.
pub type Found = Run;

/// So many violations are worth telling at once.
const MOST_FOUND: usize = 3;

/// What many runs came to.
#[derive(Debug)]
pub struct Totals {
    /// How many there were.
    pub runs: u64,
    /// How many violated something.
    pub violations: u64,
    /// The first of those, with their traces.
    pub found: Vec<Found>,
    /// All runs together.
    pub figures: Figures,
    /// How long it took.
    pub took: Duration,
}

/// Makes the runs of `count` seeds from `first` on. With `stop_at_first`, no more after a violation. `begins` hears the number
/// of each run, from 0 on, when it begins.
pub fn many(first: u64, count: u64, checks: Checks, stop_at_first: bool, begins: impl Fn(u64) + Sync) -> Totals {
    let begun = Instant::now();
    let next = AtomicU64::new(0);
    let totals = Mutex::new(Totals {
        runs: 0,
        violations: 0,
        found: Vec::new(),
        figures: Figures::default(),
        took: Duration::ZERO,
    });
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut mine = Figures::default();
                let mut runs = 0;
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        break;
                    }
                    begins(at);
                    let made = run(first.wrapping_add(at), checks, false);
                    runs += 1;
                    mine.add(&made.figures);
                    if !made.violations.is_empty() {
                        let mut totals = totals.lock().expect("no thread fails while it adds");
                        totals.violations += 1;
                        if totals.found.len() < MOST_FOUND {
                            totals.found.push(run(made.seed, checks, true));
                        }
                        if stop_at_first {
                            next.store(count, Ordering::Relaxed);
                        }
                    }
                }
                let mut totals = totals.lock().expect("no thread fails while it adds");
                totals.runs += runs;
                totals.figures.add(&mine);
            });
        }
    });
    let mut totals = totals.into_inner().expect("no thread fails while it adds");
    totals.took = begun.elapsed();
    totals
}
