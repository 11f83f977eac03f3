//! What a search has found so far: its events folded into rows and coverage.

use std::collections::HashMap;

use super::coverage::{Coverage, Phase, Verdict};
use super::search::Event;
use super::typed::Wanted;
use crate::arm::{HostPool, SessionHost, UserSession};

/// One session in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The session.
    pub session: UserSession,
    /// Name of its subscription; its id if the name is not known.
    pub subscription: String,
    /// Its host, once its status is known.
    pub host: Option<SessionHost>,
}

impl Row {
    /// Tells rows apart: the id for comparing.
    pub fn key(&self) -> String {
        self.session.id.key()
    }

    /// Whether its host is known to be out of reach: the session is a leftover then.
    pub fn is_stale(&self) -> bool {
        self.host.as_ref().is_some_and(|host| host.status.is_out_of_reach())
    }

    /// Whether it can be chosen: a session that names nobody can be looked at and no more.
    pub fn can_be_chosen(&self) -> bool {
        self.session.user.is_some()
    }
}

/// What may be said where no row is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// Complete coverage: there is none.
    NoSessions,
    /// None in what could be read, which was not everything.
    NoneFoundWhereRead,
    /// The person sees no subscription.
    NoSubscriptions,
    /// The person sees no host pool.
    NoHostPools,
}

/// Rows and coverage of one search.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    wanted: Vec<Wanted>,
    rows: Vec<Row>,
    by_key: HashMap<String, usize>,
    subscriptions: HashMap<String, String>,
    hosts: HashMap<String, SessionHost>,
    coverage: Coverage,
}

impl Findings {
    /// Of a search that just begins.
    pub fn new(wanted: Vec<Wanted>) -> Self {
        Self {
            wanted,
            ..Self::default()
        }
    }

    /// Whose sessions these are.
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The sessions, in the order in which they came: a row never moves.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of that key.
    pub fn row(&self, key: &str) -> Option<&Row> {
        self.by_key.get(key).and_then(|&at| self.rows.get(at))
    }

    /// Where the search has looked.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Whether the search still goes on.
    pub fn is_under_way(&self) -> bool {
        self.coverage.phase() == Phase::Searching
    }

    /// What to say where there is no row; `None` while there are rows or the search is under way.
    pub fn nothing(&self) -> Option<Nothing> {
        if !self.rows.is_empty() {
            return None;
        }
        match self.coverage.verdict() {
            Verdict::Searching => None,
            Verdict::Complete => Some(Nothing::NoSessions),
            Verdict::Partial => Some(Nothing::NoneFoundWhereRead),
            Verdict::NoSubscriptions => Some(Nothing::NoSubscriptions),
            Verdict::NoHostPools => Some(Nothing::NoHostPools),
        }
    }

    /// Takes in one event.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Subscriptions(subscriptions) => {
                self.coverage.know_subscriptions(subscriptions.len());
                self.subscriptions
                    .extend(subscriptions.into_iter().map(|s| (s.id, s.name)));
            }
            Event::Gap(gap) => self.coverage.know_gap(gap),
            Event::HostPools(pools) => self.coverage.know_pools(pools),
            Event::Sessions(sessions) => sessions.into_iter().for_each(|session| self.add(session)),
            Event::Done(pool, reading) => self.coverage.know_reading(&pool, reading),
            Event::Hosts(hosts) => {
                for host in hosts {
                    self.hosts.insert(host.id.key(), host);
                }
                for row in &mut self.rows {
                    row.host = self.hosts.get(&host_key(&row.session)).cloned();
                }
            }
            Event::Finished => self.coverage.enter(Phase::Finished),
        }
    }

    /// The admin has stopped the search: what was not read stays unread.
    pub fn stop(&mut self) {
        if self.coverage.phase() == Phase::Searching {
            self.coverage.enter(Phase::Stopped);
        }
    }

    /// Makes ready to read the failed pools of a finished search again; gives back which they are. Whether that is
    /// enough is decided by [`again`](super::again::again).
    pub(super) fn try_failed_again(&mut self) -> Vec<HostPool> {
        self.coverage.reopen_failed()
    }

    /// The same session can be listed twice, in other letter cases: it is one row, with what was heard last.
    fn add(&mut self, session: UserSession) {
        let key = session.id.key();
        let subscription = session.id.subscription().to_lowercase();
        let row = Row {
            subscription: self.subscriptions.get(&subscription).cloned().unwrap_or(subscription),
            host: self.hosts.get(&host_key(&session)).cloned(),
            session,
        };
        match self.by_key.get(&key).and_then(|&at| self.rows.get_mut(at)) {
            Some(known) => *known = row,
            None => {
                self.by_key.insert(key, self.rows.len());
                self.rows.push(row);
            }
        }
    }
}

/// The key of a session's host: its id up to the host segment.
fn host_key(session: &UserSession) -> String {
    let key = session.id.key();
    match key.rsplitn(3, '/').last() {
        Some(host) => host.to_owned(),
        None => key,
    }
}
