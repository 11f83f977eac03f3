//! Resource Manager's token buckets, one per subscription (or tenant), principal and kind of operation
//! (learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling), and Resource Graph's own
//! limit.

use crate::switches::Throttle;
use std::collections::{BTreeMap, VecDeque};
use time::{Duration, OffsetDateTime};

/// Kind of operation, as the buckets know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Reads,
    Deletes,
    Writes,
    Queries,
}

impl Class {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Deletes => "deletes",
            Self::Writes => "writes",
            Self::Queries => "queries",
        }
    }
}

/// Resource Graph counts for itself: 15 queries in 5 seconds per user (Azure documentation,
/// governance/resource-graph/concepts/guidance-for-throttled-requests.md). Where its five seconds begin is not said, so
/// here it is any five.
const QUERIES: usize = 15;
const QUERIES_WITHIN: Duration = Duration::seconds(5);

/// All buckets that have been touched. Levels are in thousandths of a token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buckets {
    levels: BTreeMap<(String, String, Class), (i128, OffsetDateTime)>,
    queries: BTreeMap<(String, String), VecDeque<OffsetDateTime>>,
}

impl Buckets {
    /// Takes a token: what remains, or after how many seconds to come again.
    pub(crate) fn take(
        &mut self,
        settings: &Throttle,
        scope: &str,
        principal: &str,
        class: Class,
        now: OffsetDateTime,
    ) -> Result<u32, u32> {
        let (size, rate) = match class {
            Class::Reads => (settings.reads, settings.reads_per_second),
            Class::Deletes => (settings.deletes, settings.deletes_per_second),
            Class::Writes => (settings.writes, settings.writes_per_second),
            Class::Queries => return self.query(scope, principal, now),
        };
        let (full, rate) = (i128::from(size) * 1000, i128::from(rate.max(1)));
        let key = (scope.to_ascii_lowercase(), principal.to_lowercase(), class);
        let (level, since) = self.levels.entry(key).or_insert((full, now));
        let passed = (now - *since).whole_milliseconds().max(0);
        *level = (*level + passed * rate).min(full);
        *since = now.max(*since);
        if *level < 1000 {
            let wait = (1000 - *level).div_euclid(rate * 1000) + 1;
            return Err(u32::try_from(wait).unwrap_or(u32::MAX));
        }
        *level -= 1000;
        Ok(u32::try_from(*level / 1000).unwrap_or(u32::MAX))
    }

    fn query(&mut self, scope: &str, principal: &str, now: OffsetDateTime) -> Result<u32, u32> {
        let key = (scope.to_ascii_lowercase(), principal.to_lowercase());
        let asked = self.queries.entry(key).or_default();
        while asked.front().is_some_and(|first| now - *first >= QUERIES_WITHIN) {
            asked.pop_front();
        }
        if let Some(first) = asked.front().filter(|_| asked.len() >= QUERIES) {
            let left = QUERIES_WITHIN - (now - *first);
            let wait = left.whole_seconds() + i64::from(left.subsec_nanoseconds() > 0);
            return Err(u32::try_from(wait).unwrap_or(u32::MAX));
        }
        asked.push_back(now);
        Ok(u32::try_from(QUERIES - asked.len()).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_bucket_empties_and_refills_for_its_own_principal_and_scope_only() {
        let settings = Throttle {
            reads: 2,
            reads_per_second: 1,
            ..Throttle::default()
        };
        let start = datetime!(2026-11-20 08:00 UTC);
        let mut buckets = Buckets::default();
        let mut take = |who: &str, scope: &str, at| buckets.take(&settings, scope, who, Class::Reads, at);
        assert_eq!(take("a", "s", start), Ok(1));
        assert_eq!(take("a", "s", start), Ok(0));
        assert_eq!(take("a", "s", start), Err(2));
        assert_eq!(take("b", "s", start), Ok(1));
        assert_eq!(take("a", "t", start), Ok(1));
        assert_eq!(take("a", "s", start + Duration::SECOND), Ok(0));
    }

    #[test]
    fn resource_graph_answers_fifteen_queries_in_any_five_seconds() {
        let start = datetime!(2026-11-20 08:00 UTC);
        let mut buckets = Buckets::default();
        let mut ask = |who: &str, at| buckets.take(&Throttle::default(), "t", who, Class::Queries, at);
        let early = start + Duration::seconds(3);
        for left in (0..15).rev() {
            assert_eq!(ask("a", if left < 5 { early } else { start }), Ok(left));
        }
        assert_eq!(ask("a", early), Err(2));
        assert_eq!(ask("b", early), Ok(14));
        assert_eq!(ask("a", start + Duration::seconds(5)), Ok(9));
        let tenth = start + Duration::seconds(5);
        for left in (0..9).rev() {
            assert_eq!(ask("a", tenth), Ok(left));
        }
        assert_eq!(ask("a", tenth), Err(3));
    }
}
