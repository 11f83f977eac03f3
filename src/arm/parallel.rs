//! How many requests may be under way at once: more while answers come quickly, half as many when Azure pushes back.

use std::time::Duration;

/// At the beginning.
const FIRST: usize = 16;

/// At most.
const MOST: usize = 100;

/// At least, however often Azure pushes back.
const LEAST: usize = 4;

/// An answer within this time is a quick one.
const QUICK: Duration = Duration::from_secs(2);

/// So many quick answers let one request more go at once.
const ANSWERS_TO_GROW: u32 = 4;

/// The limit, as it stands.
pub(super) struct Parallel {
    limit: usize,
    quick: u32,
    /// Requests with a lower number had left before the limit was halved last.
    news_from: u64,
}

impl Parallel {
    pub fn new() -> Self {
        Self {
            limit: FIRST,
            quick: 0,
            news_from: 0,
        }
    }

    /// How many.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// An answer came to the request with this number after so long, while so many were under way. Only where the limit
    /// was what held others back does it prove anything about it.
    pub fn answered(&mut self, number: u64, took: Duration, under_way: usize) {
        if took > QUICK {
            self.quick = 0;
            return;
        }
        if under_way < self.limit || number < self.news_from {
            return;
        }
        self.quick += 1;
        if self.quick >= ANSWERS_TO_GROW {
            self.quick = 0;
            self.limit = (self.limit + 1).min(MOST);
        }
    }

    /// 429 or 503, once for all that were under way together. `next` is the number of the next request that leaves.
    pub fn pushed_back(&mut self, number: u64, next: u64) {
        self.quick = 0;
        if number >= self.news_from {
            self.news_from = next;
            self.limit = (self.limit / 2).max(LEAST);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Parallel;

    const SOON: Duration = Duration::from_millis(200);

    #[test]
    fn quick_answers_let_more_go_at_once_up_to_a_hundred() {
        let mut parallel = Parallel::new();
        assert_eq!(parallel.limit(), 16);
        for _ in 0..3 {
            parallel.answered(0, SOON, 16);
        }
        assert_eq!(parallel.limit(), 16);
        parallel.answered(0, SOON, 16);
        assert_eq!(parallel.limit(), 17);
        for _ in 0..1000 {
            parallel.answered(0, SOON, 100);
        }
        assert_eq!(parallel.limit(), 100);
    }

    #[test]
    fn neither_slow_answers_nor_answers_without_a_crowd_let_it_grow() {
        let mut parallel = Parallel::new();
        for _ in 0..100 {
            parallel.answered(0, SOON, 15);
            parallel.answered(0, Duration::from_secs(3), 16);
        }
        assert_eq!(parallel.limit(), 16);
        for took in [SOON, SOON, SOON, Duration::from_secs(3), SOON] {
            parallel.answered(0, took, 16);
        }
        assert_eq!(parallel.limit(), 16, "a slow one begins the count anew");
    }

    #[test]
    fn being_pushed_back_halves_it_once_for_all_that_were_under_way() {
        let mut parallel = Parallel::new();
        for number in 0..16 {
            parallel.pushed_back(number, 16);
        }
        for _ in 0..10 {
            parallel.answered(15, SOON, 16);
        }
        assert_eq!(
            parallel.limit(),
            8,
            "what had left before says nothing about the new limit"
        );
        for number in 16..100 {
            parallel.pushed_back(number, number + 1);
        }
        assert_eq!(parallel.limit(), 4);
    }
}
