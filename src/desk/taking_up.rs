//! Taking up after a reload: whose receipt goes on, and what has to be looked at again.

use time::UtcOffset;

use super::outcome::Outcome;
use super::receipt::{Operator, Receipt};
use super::watch::Watchable;

/// The receipt to go on with: the kept one if it is this person's, else a new one. Names may change; the ids of person
/// and tenant do not.
pub fn take_up(kept: Receipt, operator: Operator, offset: UtcOffset) -> Receipt {
    let key = |operator: &Operator| {
        (
            operator.object_id.clone(),
            operator.tenant_id.clone(),
            operator.cloud.clone(),
        )
    };
    if kept.records.is_empty() || key(&kept.operator) != key(&operator) {
        Receipt::new(operator, offset)
    } else {
        kept
    }
}

/// Records of which nobody knows what happened: a look, which sends nothing, may still find the session gone. Not only
/// those that a reload is known to have interrupted: some browsers end the requests of a page before the page itself,
/// which then has just time enough to write down that no answer came.
pub fn interrupted(receipt: &Receipt) -> Vec<Watchable> {
    let mut watchable = receipt.watchable();
    watchable.retain(|session| {
        receipt
            .records
            .get(session.record)
            .is_some_and(|record| record.outcome == Some(Outcome::Unknown))
    });
    watchable
}

#[cfg(test)]
mod tests {
    use time::UtcOffset;

    use super::take_up;
    use crate::desk::receipt::{Operator, Receipt};

    fn operator(name: &str, id: &str) -> Operator {
        Operator {
            username: name.into(),
            object_id: id.into(),
            tenant_id: "t".into(),
            cloud: "public".into(),
        }
    }

    #[test]
    fn another_person_begins_a_new_receipt() {
        let kept = Receipt {
            operator: operator("old@x.example", "1"),
            ..Receipt::default()
        };
        let taken = take_up(kept, operator("new@x.example", "2"), UtcOffset::UTC);
        assert_eq!(taken.operator.object_id, "2");
        assert!(taken.records.is_empty());
    }
}
