//! What the table shows of the rows: which, in what order, and how many. A view and nothing else: it finds nothing, and
//! what it hides stays found and chosen, which is why it counts that.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use time::OffsetDateTime;

use super::findings::Row;
use super::outcome::Outcome;

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Whose it is.
    User,
    /// Name of the host pool.
    HostPool,
    /// Name of the session host.
    SessionHost,
    /// The session's number on its host.
    SessionId,
    /// What it is doing.
    State,
    /// Desktop or RemoteApp.
    Application,
    /// When it began.
    Started,
    /// How the host is.
    HostStatus,
    /// Name of the subscription.
    Subscription,
    /// What became of it.
    Outcome,
}

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// How many rows are shown at first, and how many more each time.
pub const STEP: usize = 200;

/// What a person has set about the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Only rows that contain this in user, host pool, session host, state or subscription; blanks around it and letter
    /// case do not count. Empty for all.
    pub text: String,
    /// Only rows in this state, in Azure's word; empty for all.
    pub state: String,
    /// Sorted by this column; else in the order in which they came.
    pub sort: Option<(Column, Direction)>,
    /// At most so many.
    pub most: usize,
}

impl Default for View {
    fn default() -> Self {
        Self {
            text: String::new(),
            state: String::new(),
            sort: None,
            most: STEP,
        }
    }
}

impl View {
    /// Sorts by `column`; the other way round if it is sorted by it.
    pub fn sort_by(&mut self, column: Column) {
        let direction = match self.sort {
            Some((sorted, Direction::Ascending)) if sorted == column => Direction::Descending,
            _ => Direction::Ascending,
        };
        self.sort = Some((column, direction));
    }

    /// Shows more rows.
    pub fn show_more(&mut self) {
        self.most = self.most.saturating_add(STEP);
    }

    /// Whether any row may be left out.
    pub fn filters(&self) -> bool {
        !self.text.trim().is_empty() || !self.state.is_empty()
    }

    /// Lets every row through again.
    pub fn clear_filter(&mut self) {
        self.text.clear();
        self.state.clear();
    }

    /// Whether `other` takes the same rows in the same order, however many of them.
    pub fn agrees_with(&self, other: &Self) -> bool {
        (&self.text, &self.state, self.sort) == (&other.text, &other.state, other.sort)
    }

    /// The text to look for, ready to be compared.
    pub(super) fn needle(&self) -> String {
        self.text.trim().to_lowercase()
    }

    /// Whether the filters let `row` through; `text` is [`View::needle`].
    pub(super) fn takes(&self, row: &Row, text: &str) -> bool {
        let session = &row.session;
        let holds = |field: &str| field.to_lowercase().contains(text);
        let optional = |field: &Option<String>| field.as_deref().is_some_and(holds);
        (self.state.is_empty() || self.state == session.state.as_str())
            && (text.is_empty()
                || optional(&session.user)
                || optional(&session.directory_user)
                || holds(session.id.host_pool())
                || holds(session.id.session_host())
                || holds(session.state.as_str())
                || holds(&row.subscription))
    }
}

/// The rows to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<'a> {
    /// In their order.
    pub rows: Vec<&'a Row>,
    /// How many rows the filters let through, shown or not.
    pub matching: usize,
    /// How many rows there are.
    pub total: usize,
}

impl Listing<'_> {
    /// How many rows "show more" would bring now.
    pub fn more(&self) -> usize {
        (self.matching - self.rows.len()).min(STEP)
    }
}

/// Every row that the filters of `view` let through, shown or not, in the order in which they came. "Select all" is
/// about these: what a filter hides is never chosen without being seen.
pub fn matching<'a>(rows: &'a [Row], view: &View) -> Vec<&'a Row> {
    let text = view.needle();
    rows.iter().filter(|row| view.takes(row, &text)).collect()
}

/// What `view` shows of `rows`. Those in `kept`, which are keys, stay before all others in the order of `kept`: while
/// rows still come, none moves away under the pointer.
pub fn list<'a>(
    rows: &'a [Row],
    view: &View,
    kept: &[String],
    outcome: impl Fn(&Row) -> Option<Outcome>,
) -> Listing<'a> {
    let mut shown = matching(rows, view);
    let matching = shown.len();
    if let Some((column, direction)) = view.sort {
        shown = sorted(shown, column, direction, outcome);
    }
    if !kept.is_empty() {
        let places: HashMap<&str, usize> = kept.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
        let place = |row: &&Row| places.get(row.key().as_str()).copied().unwrap_or(usize::MAX);
        shown.sort_by_cached_key(place);
    }
    shown.truncate(view.most);
    Listing {
        rows: shown,
        matching,
        total: rows.len(),
    }
}

/// The states that occur, in Azure's words, for a choice among them.
pub fn states(rows: &[Row]) -> Vec<&str> {
    let states: BTreeSet<&str> = rows.iter().map(|row| row.session.state.as_str()).collect();
    states.into_iter().filter(|state| !state.is_empty()).collect()
}

/// What a row is sorted by. Numbers come before texts; what is not there comes last, in either direction.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Instant(OffsetDateTime),
    Number(u64),
    Text(String),
}

fn sorted(
    rows: Vec<&Row>,
    column: Column,
    direction: Direction,
    outcome: impl Fn(&Row) -> Option<Outcome>,
) -> Vec<&Row> {
    let mut keyed: Vec<(Option<Key>, &Row)> = rows.into_iter().map(|row| (key(row, column, &outcome), row)).collect();
    // Stable, so that rows which are equal here keep the order in which they came.
    keyed.sort_by(|(one, _), (other, _)| match (one, other) {
        (Some(one), Some(other)) if direction == Direction::Ascending => one.cmp(other),
        (Some(one), Some(other)) => other.cmp(one),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    keyed.into_iter().map(|(_, row)| row).collect()
}

fn key(row: &Row, column: Column, outcome: impl Fn(&Row) -> Option<Outcome>) -> Option<Key> {
    let session = &row.session;
    let text = |text: &str| Some(Key::Text(text.to_lowercase())).filter(|_| !text.is_empty());
    match column {
        Column::User => text(session.user.as_ref().or(session.directory_user.as_ref())?),
        Column::HostPool => text(session.id.host_pool()),
        Column::SessionHost => text(session.id.session_host()),
        Column::SessionId => {
            let id = session.id.session();
            id.parse().map(Key::Number).ok().or_else(|| text(id))
        }
        Column::State => text(session.state.as_str()),
        Column::Application => text(session.application.as_str()),
        Column::Started => session.created.as_ref()?.instant().map(Key::Instant),
        Column::HostStatus => text(row.host.as_ref()?.status.as_str()),
        Column::Subscription => text(&row.subscription),
        Column::Outcome => text(outcome(row)?.word()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, STEP, View, list, matching, states};
    use crate::arm::{ApplicationType, SessionId, SessionState, Timestamp, UserSession};
    use crate::desk::findings::{Findings, Row};
    use crate::desk::outcome::Outcome;
    use crate::desk::typed::Whose;

    fn session(host: &str, number: &str, user: Option<&str>, created: Option<&str>) -> UserSession {
        let id = format!(
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/Pool/sessionhosts/{host}/usersessions/{number}"
        );
        UserSession {
            id: SessionId::parse(&id).unwrap(),
            user: user.map(str::to_owned),
            directory_user: Some("CONTOSO\\Someone".into()).filter(|_| user.is_none()),
            state: SessionState::Active,
            application: ApplicationType::Desktop,
            created: created.map(Timestamp::new),
        }
    }

    fn rows() -> Vec<Row> {
        let mut findings = Findings::new(Whose::Everyone);
        let mut disconnected = session("vm-b", "2", Some("Zoë@x.example"), Some("2026-11-20T09:30:00+02:00"));
        disconnected.state = SessionState::Disconnected;
        findings.apply(crate::desk::search::Event::Sessions(vec![
            session("VM-A", "10", Some("b@x.example"), Some("2026-11-20T08:00:00Z")),
            disconnected,
            session("vm-b", "console", None, None),
            session("vm-a", "9", Some("A@x.example"), Some("2026-11-20T07:45:00.5Z")),
        ]));
        findings.rows().to_vec()
    }

    fn shown(view: &View) -> Vec<String> {
        let rows = rows();
        let listing = list(&rows, view, &[], |_| None);
        listing
            .rows
            .iter()
            .map(|row| row.session.id.session().to_owned())
            .collect()
    }

    #[test]
    fn each_column_is_sorted_by_what_it_means_and_back_again() {
        let cases = [
            (Column::User, ["9", "10", "console", "2"], ["2", "console", "10", "9"]),
            (
                Column::SessionId,
                ["2", "9", "10", "console"],
                ["console", "10", "9", "2"],
            ),
            // By the instant, not by the text; what is not known stays last.
            (
                Column::Started,
                ["2", "9", "10", "console"],
                ["10", "9", "2", "console"],
            ),
            // Equal rows keep their order, in both directions.
            (
                Column::SessionHost,
                ["10", "9", "2", "console"],
                ["2", "console", "10", "9"],
            ),
            (Column::State, ["10", "console", "9", "2"], ["2", "10", "console", "9"]),
            (
                Column::HostStatus,
                ["10", "2", "console", "9"],
                ["10", "2", "console", "9"],
            ),
        ];
        for (column, up, down) in cases {
            let mut view = View::default();
            view.sort_by(column);
            assert_eq!(shown(&view), up, "{column:?}");
            view.sort_by(column);
            assert_eq!(shown(&view), down, "{column:?}");
            view.sort_by(column);
            assert_eq!(shown(&view), up, "{column:?}");
        }
    }

    #[test]
    fn outcomes_are_a_column_too() {
        let rows = rows();
        let mut view = View::default();
        view.sort_by(Column::Outcome);
        let outcome = |row: &Row| (row.session.id.session() == "console").then_some(Outcome::Gone);
        let listing = list(&rows, &view, &[], outcome);
        assert_eq!(listing.rows[0].session.id.session(), "console");
    }

    #[test]
    fn filters_look_for_a_part_of_any_name_in_any_case() {
        let view = |text: &str, state: &str| View {
            text: text.into(),
            state: state.into(),
            ..View::default()
        };
        for (text, found) in [
            ("", vec!["10", "2", "console", "9"]),
            (" ZOË ", vec!["2"]),
            ("contoso\\some", vec!["console"]),
            ("vm-A", vec!["10", "9"]),
            ("discon", vec!["2"]),
            ("POOL", vec!["10", "2", "console", "9"]),
            ("11111111-2222", vec!["10", "2", "console", "9"]),
            ("nowhere", vec![]),
        ] {
            assert_eq!(shown(&view(text, "")), found, "{text}");
        }
        assert_eq!(shown(&view("", "Disconnected")), ["2"]);
        assert!(shown(&view("vm-a", "Disconnected")).is_empty());
        assert_eq!(states(&rows()), ["Active", "Disconnected"]);
    }

    #[test]
    fn what_matches_is_known_beyond_what_is_shown() {
        let rows = rows();
        let view = View {
            text: "vm-a".into(),
            most: 1,
            ..View::default()
        };
        let numbers: Vec<_> = matching(&rows, &view)
            .iter()
            .map(|row| row.session.id.session())
            .collect();
        assert_eq!(numbers, ["10", "9"]);
        let listing = list(&rows, &view, &[], |_| None);
        assert_eq!(
            (listing.rows.len(), listing.matching, listing.total, listing.more()),
            (1, 2, 4, 1)
        );
        assert!(view.filters() && !View::default().filters());
    }

    #[test]
    fn a_row_that_is_shown_keeps_its_place_while_others_come() {
        let rows = rows();
        let mut view = View {
            most: 3,
            ..View::default()
        };
        view.sort_by(Column::SessionId);
        let numbers = |rows: &[Row], kept: &[String]| -> Vec<String> {
            let listing = list(rows, &view, kept, |_| None);
            listing
                .rows
                .iter()
                .map(|row| row.session.id.session().to_owned())
                .collect()
        };
        let kept: Vec<String> = [&rows[0], &rows[2]].iter().map(|row| row.key()).collect();
        assert_eq!(numbers(&rows, &kept), ["10", "console", "2"]);
        assert_eq!(numbers(&rows, &[]), ["2", "9", "10"]);
    }

    #[test]
    fn a_browser_gets_no_more_rows_than_were_asked_for() {
        let rows: Vec<Row> = std::iter::repeat_with(rows).take(STEP).flatten().collect();
        let mut view = View::default();
        let count = |view: &View| {
            let listing = list(&rows, view, &[], |_| None);
            (listing.rows.len(), listing.more())
        };
        assert_eq!(count(&view), (STEP, STEP));
        view.show_more();
        view.show_more();
        view.show_more();
        assert_eq!(count(&view), (4 * STEP, 0));
    }
}
