//! Whether work ended because a person has to sign in first: what the page then says once, instead of once per pool.

use super::coverage::{Coverage, GapReason};
use super::outcome::Reason;
use super::receipt::Record;
use super::step_up::SignInNeeded;

/// Of a search.
pub fn in_coverage(coverage: &Coverage) -> Option<SignInNeeded> {
    let gaps = coverage.gaps().iter().filter_map(|gap| match &gap.reason {
        GapReason::Failed(error) => Some(&**error),
        GapReason::NotVisible => None,
    });
    let failed = coverage.failed().map(|(_, error)| error);
    gaps.chain(failed)
        .chain(coverage.address_failure())
        .find_map(SignInNeeded::of)
}

/// Of a log off, or of watching.
pub fn in_records<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<SignInNeeded> {
    records.into_iter().find_map(|record| match &record.reason {
        Some(Reason::Arm(error)) => SignInNeeded::of(error),
        _ => None,
    })
}
