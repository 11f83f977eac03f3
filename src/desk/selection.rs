//! Which sessions are chosen. By identity and not by row: where a later answer shows another session under the same
//! id, the row is no longer chosen.

use std::collections::{HashMap, HashSet};

use super::book::Book;
use super::findings::{Findings, Row};
use super::listing::View;
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

/// Chosen rows that are not to be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HiddenChosen {
    /// Because a filter leaves them out.
    pub by_filter: usize,
    /// Because they come after those that are shown.
    pub further_down: usize,
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

    /// Chooses or leaves every one of these rows, and no other: those that the filters let through
    /// ([`listing::matching`](super::listing::matching)), so that nothing is chosen which nobody sees.
    pub fn set_all(&mut self, rows: &[&Row], book: Book<'_>, on: bool) {
        for row in rows {
            self.set(row, book, on);
        }
    }

    /// Whether exactly this session is chosen.
    pub fn holds(&self, row: &Row) -> bool {
        // Making keys of tens of thousands of rows takes its time.
        !self.chosen.is_empty()
            && self
                .chosen
                .get(&row.key())
                .is_some_and(|chosen| Identity::of(&row.session).as_ref() == Some(chosen))
    }

    /// The chosen rows that can still be chosen, in the order of the table.
    pub fn rows<'a>(&self, findings: &'a Findings, book: Book<'_>) -> Vec<&'a Row> {
        let rows = findings.rows().iter();
        rows.filter(|row| self.holds(row) && why_not(row, book).is_none())
            .collect()
    }

    /// How much of these rows is chosen.
    pub fn extent(&self, rows: &[&Row], book: Book<'_>) -> Extent {
        if self.chosen.is_empty() {
            return Extent::None;
        }
        let (mut can, mut chosen) = (0, 0);
        for row in rows.iter().filter(|row| why_not(row, book).is_none()) {
            can += 1;
            chosen += usize::from(self.holds(row));
        }
        match chosen {
            0 => Extent::None,
            chosen if chosen == can => Extent::All,
            _ => Extent::Some,
        }
    }

    /// Whether there is anything to choose among these rows.
    pub fn has_choice(rows: &[&Row], book: Book<'_>) -> bool {
        rows.iter().any(|row| why_not(row, book).is_none())
    }

    /// Which of the chosen rows are not to be seen, where `view` is set and the rows with the keys in `shown` are shown.
    pub fn hidden(&self, findings: &Findings, book: Book<'_>, view: &View, shown: &[String]) -> HiddenChosen {
        let mut hidden = HiddenChosen::default();
        if self.chosen.is_empty() {
            return hidden;
        }
        let text = view.needle();
        let shown: HashSet<&str> = shown.iter().map(String::as_str).collect();
        for row in self.rows(findings, book) {
            if !view.takes(row, &text) {
                hidden.by_filter += 1;
            } else if !shown.contains(row.key().as_str()) {
                hidden.further_down += 1;
            }
        }
        hidden
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

    use super::{Extent, HiddenChosen, NotChoosable, Selection, why_not};
    use crate::arm::{ApplicationType, SessionId, SessionState, Timestamp, UserSession};
    use crate::desk::act::Act;
    use crate::desk::book::{Book, Index};
    use crate::desk::carry_out::{News, Progress};
    use crate::desk::findings::{Findings, Row};
    use crate::desk::listing::{View, matching};
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

    fn all(findings: &Findings) -> Vec<&Row> {
        findings.rows().iter().collect()
    }

    #[test]
    fn all_means_what_the_filter_shows_and_what_it_hides_stays_as_it_is() {
        let (findings, receipt, index) = (three(), Receipt::default(), Index::default());
        let book = Book::new(&receipt, &index);
        let mut more = findings.clone();
        more.apply(Event::Sessions(vec![session(
            4,
            Some("b@x.example"),
            "2026-11-20T08:00:00Z",
        )]));
        let view = View {
            text: "a@x".into(),
            most: 1,
            ..View::default()
        };
        let shown = matching(more.rows(), &view);
        let mut selection = Selection::default();
        selection.set_all(&shown, book, true);
        let users = |selection: &Selection| -> Vec<Option<String>> {
            let rows = selection.rows(&more, book);
            rows.iter().map(|row| row.session.user.clone()).collect()
        };
        // Those further down count as shown; the other user is hidden.
        assert_eq!(
            users(&selection),
            [Some("a@x.example".into()), Some("a@x.example".into())]
        );
        assert_eq!(selection.extent(&shown, book), Extent::All);
        assert_eq!(selection.extent(&all(&more), book), Extent::Some);
        selection.set_all(&all(&more), book, true);
        selection.set_all(&shown, book, false);
        assert_eq!(
            users(&selection),
            [Some("b@x.example".into())],
            "what is hidden stays chosen"
        );
        assert!(!Selection::has_choice(&[], book));
    }

    #[test]
    fn chosen_rows_that_are_not_shown_are_counted() {
        let (findings, receipt, index) = (three(), Receipt::default(), Index::default());
        let book = Book::new(&receipt, &index);
        let mut selection = Selection::default();
        selection.set_all(&all(&findings), book, true);
        let view = |text: &str| View {
            text: text.into(),
            ..View::default()
        };
        let hidden = |text: &str, shown: &[String]| selection.hidden(&findings, book, &view(text), shown);
        let keys: Vec<String> = findings.rows().iter().map(|row| row.key()).collect();
        assert_eq!(hidden("", &keys), HiddenChosen::default());
        let (by_filter, further_down) = (0, 1);
        assert_eq!(
            hidden("a@x", &keys[..1]),
            HiddenChosen {
                by_filter,
                further_down
            }
        );
        let (by_filter, further_down) = (2, 0);
        assert_eq!(
            hidden("nobody", &[]),
            HiddenChosen {
                by_filter,
                further_down
            }
        );
    }

    #[test]
    fn all_means_all_that_can_be_chosen() {
        let (findings, receipt, index) = (three(), Receipt::default(), Index::default());
        let book = Book::new(&receipt, &index);
        let mut selection = Selection::default();
        selection.set_all(&all(&findings), book, true);
        assert_eq!(selection.rows(&findings, book).len(), 2);
        assert_eq!(selection.extent(&all(&findings), book), Extent::All);
        selection.set(&findings.rows()[0], book, false);
        assert_eq!(selection.extent(&all(&findings), book), Extent::Some);
        assert_eq!(why_not(&findings.rows()[2], book), Some(NotChoosable::NobodyNamed));
    }

    #[test]
    fn another_session_under_the_same_id_is_not_chosen() {
        let (mut findings, receipt, index) = (three(), Receipt::default(), Index::default());
        let book = Book::new(&receipt, &index);
        let mut selection = Selection::default();
        selection.set_all(&all(&findings), book, true);
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
        assert_eq!(selection.extent(&all(&findings), book), Extent::None);
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
