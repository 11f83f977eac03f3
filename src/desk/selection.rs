//! Which sessions are chosen. By identity and not by row: where a later answer shows another session under the same
//! id, the row is no longer chosen.

use std::collections::HashMap;

use super::book::Book;
use super::findings::{Findings, Row};
use super::outcome::Outcome;
use crate::arm::guard::Identity;

/// Why a row cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotChoosable {
    /// It names no user, so that the guard would have nothing to compare.
    NobodyNamed,
    /// It is being worked on.
    UnderWay,
    /// It has ended.
    Over,
}

/// Why `row` cannot be chosen now; `None` if it can.
pub fn why_not(row: &Row, book: Book<'_>) -> Option<NotChoosable> {
    if !row.can_be_chosen() {
        return Some(NotChoosable::NobodyNamed);
    }
    let (_, record) = book.latest(row)?;
    if record.is_under_way() {
        Some(NotChoosable::UnderWay)
    } else {
        record
            .outcome
            .is_some_and(Outcome::is_over)
            .then_some(NotChoosable::Over)
    }
}

/// How much of what can be chosen is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Nothing, or nothing can be.
    None,
    /// Some of it.
    Some,
    /// All of it.
    All,
}

/// The chosen sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    chosen: HashMap<String, Identity>,
}

impl Selection {
    /// Chooses or leaves one row. A row that cannot be chosen stays as it is.
    pub fn set(&mut self, row: &Row, book: Book<'_>, on: bool) {
        match Identity::of(&row.session) {
            Some(identity) if on && why_not(row, book).is_none() => {
                self.chosen.insert(row.key(), identity);
            }
            _ => {
                self.chosen.remove(&row.key());
            }
        }
    }

    /// Chooses or leaves every row.
    pub fn set_all(&mut self, findings: &Findings, book: Book<'_>, on: bool) {
        for row in findings.rows() {
            self.set(row, book, on);
        }
    }

    /// Whether exactly this session is chosen.
    pub fn holds(&self, row: &Row) -> bool {
        self.chosen
            .get(&row.key())
            .is_some_and(|chosen| Identity::of(&row.session).as_ref() == Some(chosen))
    }

    /// The chosen rows that can still be chosen, in the order of the table.
    pub fn rows<'a>(&self, findings: &'a Findings, book: Book<'_>) -> Vec<&'a Row> {
        let rows = findings.rows().iter();
        rows.filter(|row| self.holds(row) && why_not(row, book).is_none())
            .collect()
    }

    /// How much is chosen.
    pub fn extent(&self, findings: &Findings, book: Book<'_>) -> Extent {
        let can = findings
            .rows()
            .iter()
            .filter(|row| why_not(row, book).is_none())
            .count();
        match self.rows(findings, book).len() {
            0 => Extent::None,
            chosen if chosen == can => Extent::All,
            _ => Extent::Some,
        }
    }

    /// Whether there is anything to choose.
    pub fn has_choice(findings: &Findings, book: Book<'_>) -> bool {
        findings.rows().iter().any(|row| why_not(row, book).is_none())
    }

    /// Which sessions are chosen.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.chosen.values()
    }

    /// Chooses sessions whose rows are still to come: a row is chosen when it turns out to be exactly one of these.
    pub fn restore(&mut self, identities: Vec<Identity>) {
        self.chosen = identities.into_iter().map(|one| (one.id.key(), one)).collect();
    }

    /// Chooses nothing; gives back how many were chosen.
    pub fn clear(&mut self) -> usize {
        let count = self.chosen.len();
        self.chosen.clear();
        count
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Extent, NotChoosable, Selection, why_not};
    use crate::arm::{ApplicationType, SessionId, SessionState, Timestamp, UserSession};
    use crate::desk::act::Act;
    use crate::desk::book::{Book, Index};
    use crate::desk::carry_out::{News, Progress};
    use crate::desk::findings::Findings;
    use crate::desk::outcome::Outcome;
    use crate::desk::plan::{Circumstances, Plan};
    use crate::desk::receipt::Receipt;
    use crate::desk::search::Event;

    const HOST: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool/sessionhosts/vm-1";

    fn session(number: u32, user: Option<&str>, created: &str) -> UserSession {
        UserSession {
            id: SessionId::parse(&format!("{HOST}/usersessions/{number}")).unwrap(),
            user: user.map(str::to_owned),
            directory_user: None,
            state: SessionState::Active,
            application: ApplicationType::Desktop,
            created: Some(Timestamp::new(created)),
        }
    }

    fn three() -> Findings {
        let mut findings = Findings::new(Vec::new());
        findings.apply(Event::Sessions(vec![
            session(1, Some("a@x.example"), "2026-11-20T08:00:00Z"),
            session(2, Some("a@x.example"), "2026-11-20T08:00:00Z"),
            session(3, None, "2026-11-20T08:00:00Z"),
        ]));
        findings
    }

    #[test]
    fn all_means_all_that_can_be_chosen() {
        let (findings, receipt, index) = (three(), Receipt::default(), Index::default());
        let book = Book::new(&receipt, &index);
        let mut selection = Selection::default();
        selection.set_all(&findings, book, true);
        assert_eq!(selection.rows(&findings, book).len(), 2);
        assert_eq!(selection.extent(&findings, book), Extent::All);
        selection.set(&findings.rows()[0], book, false);
        assert_eq!(selection.extent(&findings, book), Extent::Some);
        assert_eq!(why_not(&findings.rows()[2], book), Some(NotChoosable::NobodyNamed));
    }

    #[test]
    fn another_session_under_the_same_id_is_not_chosen() {
        let (mut findings, receipt, index) = (three(), Receipt::default(), Index::default());
        let book = Book::new(&receipt, &index);
        let mut selection = Selection::default();
        selection.set_all(&findings, book, true);
        findings.apply(Event::Sessions(vec![session(
            1,
            Some("a@x.example"),
            "2026-11-20T09:00:00Z",
        )]));
        findings.apply(Event::Sessions(vec![session(
            2,
            Some("b@x.example"),
            "2026-11-20T08:00:00Z",
        )]));
        assert_eq!(selection.extent(&findings, book), Extent::None);
    }

    #[test]
    fn what_is_under_way_or_over_cannot_be_chosen_and_what_was_cancelled_can() {
        let findings = three();
        let mut receipt = Receipt::default();
        let row = &findings.rows()[0];
        let plan = Plan::freeze([row], Act::log_off(false), &Circumstances::default());
        let at = datetime!(2026-11-20 10:00 UTC);
        drop(receipt.intend(&plan.confirm("").unwrap(), at));
        let index = Index::of(&receipt);
        let why = |receipt: &Receipt| why_not(row, Book::new(receipt, &index));
        assert_eq!(why(&receipt), Some(NotChoosable::UnderWay));
        let hear = |outcome| {
            let mut heard = receipt.clone();
            heard.apply(Progress {
                record: 0,
                news: News::Outcome(outcome, None),
                at,
                request_id: String::new(),
                correlation_id: None,
            });
            heard
        };
        assert_eq!(why(&hear(Outcome::Gone)), Some(NotChoosable::Over));
        assert_eq!(why(&hear(Outcome::StillThere)), None);
        assert_eq!(why(&hear(Outcome::Cancelled)), None);
    }
}
