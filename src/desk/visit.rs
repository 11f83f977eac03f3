//! Reading one host pool: by its own list, with Azure's filter or without; by session host where that is refused or in
//! doubt. And what goes with hits: how the hosts are, and what the person may do there.

use std::cell::{Cell, RefCell};

use futures::future::{join, join_all};

use super::coverage::Reading;
use super::search::{Event, Search};
use crate::arm::filter_trust::{Sample, Trust, names};
use crate::arm::permissions::{self, Permissions};
use crate::arm::request::Needs;
use crate::arm::{
    ArmError, ArmErrorKind, HostPool, SessionHost, SessionHostId, UserSession, host_pools, session_hosts, user_sessions,
};

/// How a host pool is known.
#[derive(Clone, Copy)]
pub(super) enum Known<'a> {
    /// Its subscription lists it.
    Listed,
    /// Only Resource Graph names it; with the subscription's own list, if that could be read.
    ByGraph(Option<&'a [HostPool]>),
}

/// One host pool, being read.
pub(super) struct Visit<'a> {
    search: &'a Search,
    pool: &'a HostPool,
    known: Known<'a>,
    /// Whether any session was seen, whosever: an empty list may have been emptied for want of a right.
    any: Cell<bool>,
    hits: Cell<bool>,
    hosts_told: Cell<bool>,
    sample: RefCell<Sample>,
    permissions: RefCell<Option<Result<Permissions, ArmError>>>,
}

impl<'a> Visit<'a> {
    pub fn new(search: &'a Search, pool: &'a HostPool, known: Known<'a>) -> Self {
        Self {
            search,
            pool,
            known,
            any: Cell::default(),
            hits: Cell::default(),
            hosts_told: Cell::default(),
            sample: RefCell::default(),
            permissions: RefCell::default(),
        }
    }

    /// Reads the pool and tells all about it.
    pub async fn pay(self, may_filter: bool) {
        let mut reading = match self.read_filtered(may_filter).await {
            Some(reading) => reading,
            None => self.read_whole().await,
        };
        if let Reading::Failed(error) = &reading
            && error.kind == ArmErrorKind::NotFound
        {
            reading = self.not_found(error.clone()).await;
        }
        if reading == Reading::ReadByFilter {
            self.search.filtered.borrow_mut().push(self.pool.clone());
        }
        let proves = reading == Reading::Read && may_filter;
        self.tell(Event::Done(self.pool.id.clone(), reading));
        join(self.tell_more(), async {
            if proves {
                self.prove_filter().await;
            }
        })
        .await;
    }

    fn tell(&self, event: Event) {
        self.search.teller.tell(event);
    }

    /// Asks Azure for the wanted users only. `None` if it may not be asked so, or has answered so that it must not be
    /// asked again: then nothing is known of the pool.
    async fn read_filtered(&self, may_filter: bool) -> Option<Reading> {
        let client = &self.search.client;
        let trust = client.filter_trust();
        if !may_filter || self.search.filters.is_empty() {
            return None;
        }
        for upn in &self.search.filters {
            if trust.state() != Trust::Trusted {
                return None;
            }
            let mut foreign = false;
            let listed = user_sessions::list_by_host_pool_filtered(client, &self.pool.id, upn, |rows| {
                foreign |= !rows.iter().all(|row| names(row, upn));
                self.take(rows);
            });
            let listed = listed.await;
            if foreign || listed.as_ref().is_err_and(|error| error.status == Some(400)) {
                trust.end();
                return None;
            }
            if let Err(error) = listed {
                return Some(self.after(error).await);
            }
        }
        if self.any.get() || self.may_list().await {
            Some(Reading::ReadByFilter)
        } else {
            Some(self.read_by_host().await)
        }
    }

    /// By host pool; where that is refused, or comes back empty without the right to see anything, by session host.
    async fn read_whole(&self) -> Reading {
        let take = |rows: Vec<UserSession>| {
            self.sample.borrow_mut().take(&rows);
            self.take(rows);
        };
        self.any.set(false);
        match user_sessions::list_by_host_pool(&self.search.client, &self.pool.id, take).await {
            Ok(()) if self.any.get() || self.may_list().await => Reading::Read,
            // Azure empties lists silently where a right is missing, so an empty list alone proves nothing.
            Ok(()) => self.read_by_host().await,
            Err(error) => self.after(error).await,
        }
    }

    async fn after(&self, error: ArmError) -> Reading {
        if error.kind == ArmErrorKind::Forbidden {
            self.read_by_host().await
        } else {
            Reading::Failed(Box::new(error))
        }
    }

    async fn may_list(&self) -> bool {
        let permissions = self.permissions().await;
        permissions.is_ok_and(|permissions| permissions.allow(user_sessions::LIST_BY_HOST_POOL))
    }

    async fn read_by_host(&self) -> Reading {
        let client = &self.search.client;
        // The same doubt again: no hosts, or hosts without sessions, only count with the right to see them.
        let (hosts, permissions) = join(session_hosts::list(client, &self.pool.id), self.permissions()).await;
        let hosts = match hosts {
            Ok(hosts) => hosts,
            Err(error) => return unread(error),
        };
        let needed = if hosts.is_empty() {
            session_hosts::READ
        } else {
            user_sessions::READ
        };
        let list = |host| user_sessions::list_by_session_host(client, host, |rows| self.take(rows));
        let ids: Vec<SessionHostId> = hosts.iter().map(|host| host.id.clone()).collect();
        self.tell_hosts(hosts);
        let failure = join_all(ids.iter().map(list)).await.into_iter().find_map(Result::err);
        match (failure, permissions) {
            (Some(error), _) => unread(error),
            (None, Ok(permissions)) if permissions.allow(needed) => Reading::Read,
            (None, Ok(_)) => Reading::Refused(Needs::new(needed, self.pool.id.as_str())),
            (None, Err(error)) => unread(error),
        }
    }

    /// Azure does not know the pool, or not what is in it: the subscription's own list has the last word.
    async fn not_found(&self, error: Box<ArmError>) -> Reading {
        let pool = &self.pool.id;
        match self.known {
            Known::ByGraph(listed) => Reading::of_unknown_pool(error, pool, listed),
            Known::Listed => {
                let listed = host_pools::list(&self.search.client, pool.subscription()).await.ok();
                Reading::of_unknown_pool(error, pool, listed.as_deref())
            }
        }
    }

    /// Once per visit: what comes up empty, and what has hits, may both want it.
    async fn permissions(&self) -> Result<Permissions, ArmError> {
        let known = self.permissions.borrow().clone();
        if let Some(known) = known {
            return known;
        }
        let fetched = permissions::at_host_pool(&self.search.client, &self.pool.id).await;
        *self.permissions.borrow_mut() = Some(fetched.clone());
        fetched
    }

    /// How the hosts are and what may be done is only worth asking where there is somebody to log off.
    async fn tell_more(&self) {
        if !self.hits.get() {
            return;
        }
        let hosts = async {
            if !self.hosts_told.get()
                && let Ok(hosts) = session_hosts::list(&self.search.client, &self.pool.id).await
            {
                self.tell_hosts(hosts);
            }
        };
        let rights = async {
            if let Ok(permissions) = self.permissions().await {
                self.tell(Event::Rights(self.pool.id.clone(), permissions.rights()));
            }
        };
        join(hosts, rights).await;
    }

    fn tell_hosts(&self, hosts: Vec<SessionHost>) {
        self.hosts_told.set(true);
        self.tell(Event::Hosts(hosts));
    }

    /// The first list that names a user is the one to prove the filter with.
    async fn prove_filter(&self) {
        let client = &self.search.client;
        let sample = self.sample.borrow().clone();
        let (false, Some(upn)) = (self.search.filters.is_empty(), sample.question()) else {
            return;
        };
        let Some(proof) = client.filter_trust().begin_proof() else {
            return;
        };
        let mut answer = Vec::new();
        let take = |mut rows| answer.append(&mut rows);
        let listed = user_sessions::list_by_host_pool_filtered(client, &self.pool.id, &upn, take).await;
        proof.conclude(listed.is_ok() && sample.is_exactly(&answer));
    }

    fn take(&self, rows: Vec<UserSession>) {
        self.any.set(self.any.get() || !rows.is_empty());
        let met = |user| {
            self.search.met.borrow_mut().insert(user);
        };
        let (hits, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| self.search.wanted.matches(row, met));
        let unnamed: Vec<_> = others.into_iter().filter(|row| row.user.is_none()).collect();
        if !hits.is_empty() {
            self.hits.set(true);
            self.tell(Event::Sessions(hits));
        }
        if !unnamed.is_empty() {
            self.tell(Event::Unnamed(unnamed));
        }
    }
}

fn unread(error: ArmError) -> Reading {
    if error.kind == ArmErrorKind::Forbidden {
        Reading::Refused(error.needs)
    } else {
        Reading::Failed(Box::new(error))
    }
}
