//! What a search has found so far: its events folded into rows and coverage.

use std::collections::HashMap;

use super::coverage::{Coverage, Part, Phase, Verdict};
use super::rows::Rows;
use super::search::Event;
use super::typed::{Wanted, Whose};
use crate::arm::{HostPool, HostPoolId, HostPoolType, Rights, SessionHost, SessionId, UserSession};

/// One session in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The session.
    pub session: UserSession,
    /// Name of its subscription; its id if the name is not known.
    pub subscription: String,
    /// Whose the hosts of its pool are, where that is known.
    pub pool_type: Option<HostPoolType>,
    /// Its host, once its status is known.
    pub host: Option<SessionHost>,
}

impl Row {
    /// Tells rows apart: the id for comparing.
    pub fn key(&self) -> String {
        self.session.id.key()
    }

    /// The same for its host: the id up to the host segment.
    pub(super) fn host_key(&self) -> String {
        let key = self.session.id.key();
        match key.rsplitn(3, '/').last() {
            Some(host) => host.to_owned(),
            None => key,
        }
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
    /// Nothing was searched, and there is no session at the address that was opened.
    NotAtAddress,
    /// Nothing was searched, and the session at the address could not be read.
    AddressNotRead,
}

/// Rows and coverage of one search, or of one session opened by its address.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    whose: Whose,
    address: Option<SessionId>,
    rows: Rows,
    unnamed: Rows,
    subscriptions: HashMap<String, String>,
    pool_types: HashMap<String, HostPoolType>,
    hosts: HashMap<String, SessionHost>,
    rights: HashMap<String, (HostPoolId, Rights)>,
    coverage: Coverage,
}

impl Findings {
    /// Of a search that just begins.
    pub fn new(whose: impl Into<Whose>) -> Self {
        Self {
            whose: whose.into(),
            ..Self::default()
        }
    }

    /// Of one session that is just being opened by its address ([`direct::open`](super::direct::open)).
    pub fn of_address(id: SessionId) -> Self {
        Self {
            address: Some(id),
            coverage: Coverage::of_address(),
            ..Self::default()
        }
    }

    /// Whose sessions these are.
    pub fn whose(&self) -> &Whose {
        &self.whose
    }

    /// The users, where the search was about certain ones.
    pub fn wanted(&self) -> &[Wanted] {
        self.whose.users()
    }

    /// The address that was opened, if these are not the findings of a search.
    pub fn address(&self) -> Option<&SessionId> {
        self.address.as_ref()
    }

    /// Sessions that name no user, and may be anybody's: to be looked at, never to be chosen. Empty where everybody's
    /// sessions are listed, because they are rows then.
    pub fn unnamed(&self) -> &[Row] {
        self.unnamed.list()
    }

    /// In how many host pools nobody has looked for sessions that name no user, because Azure was asked for the wanted
    /// users' only.
    pub fn unnamed_not_looked_for(&self) -> usize {
        self.coverage.read_by_filter()
    }

    /// What the person may probably do to the row's session, if that could be told. A hint, never a permission.
    pub fn rights(&self, row: &Row) -> Option<Rights> {
        self.rights_at(&row.session.id)
    }

    /// The same for the session of that id.
    pub fn rights_at(&self, id: &SessionId) -> Option<Rights> {
        self.rights.get(&id.host_pool_key()).map(|(_, rights)| *rights)
    }

    /// The same for each host pool that has hits.
    pub fn rights_by_pool(&self) -> impl Iterator<Item = (&HostPoolId, Rights)> {
        self.rights.values().map(|(pool, rights)| (pool, *rights))
    }

    /// The sessions, in the order in which they came: a row never moves.
    pub fn rows(&self) -> &[Row] {
        self.rows.list()
    }

    /// The row of that key.
    pub fn row(&self, key: &str) -> Option<&Row> {
        self.rows.get(key)
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
        if !self.rows.list().is_empty() {
            return None;
        }
        match self.coverage.verdict() {
            Verdict::Searching => None,
            Verdict::Complete => Some(Nothing::NoSessions),
            Verdict::Partial => Some(Nothing::NoneFoundWhereRead),
            Verdict::NoSubscriptions => Some(Nothing::NoSubscriptions),
            Verdict::NoHostPools => Some(Nothing::NoHostPools),
            Verdict::OneSession => Some(match self.coverage.address_failure() {
                // Stopped before it was known: that is no "nothing there" either.
                None if self.coverage.phase() == Phase::Finished => Nothing::NotAtAddress,
                _ => Nothing::AddressNotRead,
            }),
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
            Event::HostPools(pools) => {
                pools.iter().for_each(|pool| self.know_type(pool));
                self.coverage.know_pools(pools);
            }
            Event::HostPoolOfAddress(pool) => self.know_type(&pool),
            Event::Sessions(sessions) => sessions.into_iter().for_each(|session| self.add(session)),
            Event::Unnamed(sessions) => sessions.into_iter().for_each(|session| self.add_unnamed(session)),
            Event::Done(pool, reading) => self.coverage.know_reading(&pool, Some(reading)),
            Event::Doubted(pools) => pools.iter().for_each(|pool| self.coverage.know_reading(pool, None)),
            Event::Hosts(hosts) => hosts.into_iter().for_each(|host| self.know_host(host)),
            Event::Rights(pool, rights) => {
                self.rights.insert(pool.key(), (pool, rights));
            }
            Event::GraphFailed(error) => self.coverage.know_graph_failure(error),
            Event::NotOpened(error) => self.coverage.know_address_failure(error),
            Event::Finished => self.coverage.enter(Phase::Finished),
        }
    }

    /// The admin has stopped the search: what was not read stays unread.
    pub fn stop(&mut self) {
        if self.coverage.phase() == Phase::Searching {
            self.coverage.enter(Phase::Stopped);
        }
    }

    /// Makes ready to read what failed in a finished search again; gives back what that is, or nothing if it would not
    /// be enough.
    pub(super) fn try_failed_again(&mut self) -> Option<Part> {
        self.coverage.reopen_failed()
    }

    fn row_of(&self, session: UserSession) -> Row {
        let subscription = session.id.subscription().to_lowercase();
        let mut row = Row {
            subscription: self.subscriptions.get(&subscription).cloned().unwrap_or(subscription),
            pool_type: self.pool_types.get(&session.id.host_pool_key()).copied(),
            host: None,
            session,
        };
        row.host = self.hosts.get(&row.host_key()).cloned();
        row
    }

    /// The same session can be listed twice, in other letter cases: it is one row, with what was heard last.
    fn add(&mut self, session: UserSession) {
        let row = self.row_of(session);
        self.unnamed.remove(&row.key());
        self.rows.put(row);
    }

    fn add_unnamed(&mut self, session: UserSession) {
        let row = self.row_of(session);
        if self.rows.get(&row.key()).is_none() {
            self.unnamed.put(row);
        }
    }

    fn know_type(&mut self, pool: &HostPool) {
        if let Some(kind) = pool.kind {
            self.pool_types.insert(pool.id.key(), kind);
        }
    }

    fn know_host(&mut self, host: SessionHost) {
        let key = host.id.key();
        self.rows.set_host(&key, &host);
        self.unnamed.set_host(&key, &host);
        self.hosts.insert(key, host);
    }
}
