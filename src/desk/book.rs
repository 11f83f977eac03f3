//! The receipt with an index over it, so that a table of many rows can ask for each row's record after every step of a
//! log off. It answers as [`Receipt::latest`] does; a test keeps the two together.

use std::collections::HashMap;

use super::findings::Row;
use super::receipt::{Receipt, Record};
use crate::arm::Timestamp;

/// Which records are about which id. It changes only when records are added: what a record is about never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    by_key: HashMap<String, Vec<usize>>,
}

impl Index {
    /// Of a receipt.
    pub fn of(receipt: &Receipt) -> Self {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, record) in receipt.records.iter().enumerate() {
            by_key.entry(record.id.to_lowercase()).or_default().push(at);
        }
        Self { by_key }
    }
}

/// A receipt and its index.
#[derive(Clone, Copy)]
pub struct Book<'a> {
    receipt: &'a Receipt,
    index: &'a Index,
}

impl<'a> Book<'a> {
    /// Both together.
    pub fn new(receipt: &'a Receipt, index: &'a Index) -> Self {
        Self { receipt, index }
    }

    /// The newest record about a row's session, with its place: same id, same beginning.
    pub fn latest(&self, row: &Row) -> Option<(usize, &'a Record)> {
        let places = self.index.by_key.get(&row.key())?;
        places.iter().rev().find_map(|&at| {
            let record = self.receipt.records.get(at)?;
            let started = record.started.as_deref().map(Timestamp::new);
            (started.as_ref() == row.session.created.as_ref()).then_some((at, record))
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Book, Index};
    use crate::arm::{ApplicationType, SessionId, SessionState, Timestamp, UserSession};
    use crate::desk::act::Act;
    use crate::desk::findings::{Findings, Row};
    use crate::desk::plan::{Circumstances, Plan};
    use crate::desk::receipt::Receipt;
    use crate::desk::search::Event;

    fn row(id: &str, created: Option<&str>) -> Row {
        let mut findings = Findings::new(Vec::new());
        findings.apply(Event::Sessions(vec![UserSession {
            id: SessionId::parse(&format!(
                "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool/sessionhosts/{id}"
            ))
            .unwrap(),
            user: Some("a@x.example".into()),
            directory_user: None,
            state: SessionState::Active,
            application: ApplicationType::Desktop,
            created: created.map(Timestamp::new),
        }]));
        findings.rows()[0].clone()
    }

    #[test]
    fn it_answers_as_the_receipt_does() {
        let rows = [
            row("vm-1/usersessions/1", Some("2026-11-20T08:00:00Z")),
            row("VM-1/usersessions/1", Some("2026-11-20T08:00:00.0000000Z")),
            row("vm-1/usersessions/1", Some("2026-11-20T09:00:00Z")),
            row("vm-1/usersessions/1", None),
            row("vm-1/usersessions/2", Some("2026-11-20T08:00:00Z")),
        ];
        let mut receipt = Receipt::default();
        for row in [&rows[0], &rows[2], &rows[1], &rows[3]] {
            let plan = Plan::freeze([row], Act::log_off(false), &Circumstances::default());
            drop(receipt.intend(&plan.confirm("").unwrap(), datetime!(2026-11-20 10:00 UTC)));
        }
        let index = Index::of(&receipt);
        let book = Book::new(&receipt, &index);
        let mut found = Vec::new();
        for row in &rows {
            let slow = receipt.latest(&row.key(), row.session.created.as_ref());
            assert_eq!(book.latest(row), slow);
            found.push(slow.map(|(at, _)| at));
        }
        assert_eq!(found, [Some(2), Some(2), Some(1), Some(3), None]);
    }
}
