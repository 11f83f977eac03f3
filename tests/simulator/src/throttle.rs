//! Resource Manager's token buckets, one per subscription (or tenant), principal and kind of operation
//! (learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).

use crate::switches::Throttle;
use std::collections::BTreeMap;
use time::OffsetDateTime;

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

/// All buckets that have been touched. Levels are in thousandths of a token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buckets {
    levels: BTreeMap<(String, String, Class), (i128, OffsetDateTime)>,
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
            // Resource Graph counts for itself: 15 queries in 5 seconds per user (Azure documentation,
            // governance/resource-graph/concepts/guidance-for-throttled-requests.md).
            Class::Queries => (15, 3),
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Duration, macros::datetime};

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
}
