//! Whether work ended because a person has to sign in again: what the page then says once, instead of once per pool.

use super::coverage::{Coverage, GapReason};
use super::outcome::Reason;
use super::receipt::Record;
use crate::arm::{ArmError, ArmErrorKind};
use crate::auth::AuthError;

/// Of a search.
pub fn in_coverage(coverage: &Coverage) -> Option<&AuthError> {
    let gaps = coverage.gaps().iter().filter_map(|gap| match &gap.reason {
        GapReason::Failed(error) => Some(&**error),
        GapReason::NotVisible => None,
    });
    let failed = coverage.failed().map(|(_, error)| error);
    gaps.chain(failed).find_map(wanted_by)
}

/// Of a log off.
pub fn in_records<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<&'a AuthError> {
    records.into_iter().find_map(|record| match &record.reason {
        Some(Reason::Arm(error)) => wanted_by(error),
        _ => None,
    })
}

fn wanted_by(error: &ArmError) -> Option<&AuthError> {
    match &error.kind {
        ArmErrorKind::Auth(error @ (AuthError::SignedOut | AuthError::InteractionRequired(_))) => Some(error),
        _ => None,
    }
}
