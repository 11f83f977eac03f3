//! The search: through all subscriptions, all host pools, all sessions, as a stream of events.
//!
//! Dropping the stream stops it and aborts its requests. What it could not read is told, never left out.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::join_all;
use futures::stream::Stream;

use super::coverage::{GapReason, Reading, SubscriptionGap};
use super::telling::{Teller, telling};
use super::typed::Wanted;
use crate::arm::request::Needs;
use crate::arm::{
    ArmClient, ArmError, ArmErrorKind, HostPool, HostPoolId, SessionHost, Subscription, UserSession, host_pools,
    permissions, session_hosts, subscriptions, user_sessions,
};

/// What to look for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Whose sessions.
    pub wanted: Vec<Wanted>,
    /// Subscription ids in lower case; empty for every one the person can see.
    pub subscriptions: Vec<String>,
}

/// What the search has found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// These subscriptions are looked into.
    Subscriptions(Vec<Subscription>),
    /// This one is not.
    Gap(SubscriptionGap),
    /// These host pools are known.
    HostPools(Vec<HostPool>),
    /// These sessions are the wanted users'.
    Sessions(Vec<UserSession>),
    /// A host pool is done with.
    Done(HostPoolId, Reading),
    /// The session hosts of a pool that has hits.
    Hosts(Vec<SessionHost>),
    /// That was all.
    Finished,
}

/// Searches everywhere.
pub fn search(client: &ArmClient, query: Query) -> impl Stream<Item = Event> + use<> {
    let client = client.for_new_action();
    telling(|teller| async move {
        let search = Search {
            client,
            wanted: query.wanted,
            teller,
        };
        search.everywhere(&query.subscriptions).await;
        search.teller.tell(Event::Finished);
    })
}

/// Searches the given host pools only: those of an earlier search that failed.
pub fn search_again(
    client: &ArmClient,
    wanted: Vec<Wanted>,
    pools: Vec<HostPool>,
) -> impl Stream<Item = Event> + use<> {
    let client = client.for_new_action();
    telling(|teller| async move {
        let search = Search { client, wanted, teller };
        search.pools(pools).await;
        search.teller.tell(Event::Finished);
    })
}

struct Search {
    client: ArmClient,
    wanted: Vec<Wanted>,
    teller: Teller<Event>,
}

impl Search {
    async fn everywhere(&self, only: &[String]) {
        let visible = match subscriptions::list(&self.client).await {
            Ok(visible) => visible,
            Err(error) => {
                let reason = GapReason::Failed(Box::new(error));
                return self.teller.tell(Event::Gap(SubscriptionGap {
                    subscription: None,
                    reason,
                }));
            }
        };
        for id in only.iter().filter(|id| !visible.iter().any(|s| s.id == **id)) {
            let gap = SubscriptionGap {
                subscription: Some(id.clone()),
                reason: GapReason::NotVisible,
            };
            self.teller.tell(Event::Gap(gap));
        }
        let chosen: Vec<Subscription> = visible
            .into_iter()
            .filter(|s| only.is_empty() || only.contains(&s.id))
            .collect();
        self.teller.tell(Event::Subscriptions(chosen.clone()));
        // The gate in the client bounds how many requests are under way; here everything may wait for it at once.
        join_all(chosen.iter().map(|subscription| self.subscription(subscription))).await;
    }

    async fn subscription(&self, subscription: &Subscription) {
        match host_pools::list(&self.client, &subscription.id).await {
            Ok(pools) => {
                self.teller.tell(Event::HostPools(pools.clone()));
                self.pools(pools).await;
            }
            // Azure Virtual Desktop was never used there: that is a complete answer, and it is "none".
            Err(error) if error.kind == ArmErrorKind::NotRegistered => (),
            Err(error) => {
                let reason = GapReason::Failed(Box::new(error));
                self.teller.tell(Event::Gap(SubscriptionGap {
                    subscription: Some(subscription.id.clone()),
                    reason,
                }));
            }
        }
    }

    async fn pools(&self, pools: Vec<HostPool>) {
        join_all(pools.iter().map(|pool| self.pool(pool))).await;
    }

    async fn pool(&self, pool: &HostPool) {
        let seen = Rc::new(RefCell::new(Seen::default()));
        let reading = self.read_pool(pool, &seen).await;
        self.teller.tell(Event::Done(pool.id.clone(), reading));
        // How the hosts are is only worth asking where there is somebody to log off.
        if seen.borrow().hits
            && !seen.borrow().hosts_told
            && let Ok(hosts) = session_hosts::list(&self.client, &pool.id).await
        {
            self.teller.tell(Event::Hosts(hosts));
        }
    }

    /// By host pool; where that is refused, or comes back empty without the right to see anything, by session host.
    async fn read_pool(&self, pool: &HostPool, seen: &RefCell<Seen>) -> Reading {
        let listed = user_sessions::list_by_host_pool(&self.client, &pool.id, |rows| self.rows(rows, seen)).await;
        match listed {
            Ok(()) if seen.borrow().any => Reading::Read,
            Ok(()) => match permissions::at_host_pool(&self.client, &pool.id).await {
                Ok(permissions) if permissions.allow(user_sessions::LIST_BY_HOST_POOL) => Reading::Read,
                // Azure empties lists silently where a right is missing, so an empty list alone proves nothing.
                _ => self.read_by_host(pool, seen).await,
            },
            Err(error) if error.kind == ArmErrorKind::Forbidden => self.read_by_host(pool, seen).await,
            Err(error) => Reading::Failed(Box::new(error)),
        }
    }

    async fn read_by_host(&self, pool: &HostPool, seen: &RefCell<Seen>) -> Reading {
        let hosts = match session_hosts::list(&self.client, &pool.id).await {
            Ok(hosts) => hosts,
            Err(error) => return unread(error),
        };
        // The same doubt again: no hosts, or hosts without sessions, only count with the right to see them.
        let permissions = permissions::at_host_pool(&self.client, &pool.id).await;
        let needed = if hosts.is_empty() {
            session_hosts::READ
        } else {
            user_sessions::READ
        };
        let lists = hosts
            .iter()
            .map(|host| user_sessions::list_by_session_host(&self.client, &host.id, |rows| self.rows(rows, seen)));
        let failure = join_all(lists).await.into_iter().find_map(Result::err);
        self.teller.tell(Event::Hosts(hosts));
        seen.borrow_mut().hosts_told = true;
        match (failure, permissions) {
            (Some(error), _) => unread(error),
            (None, Ok(permissions)) if permissions.allow(needed) => Reading::Read,
            (None, Ok(_)) => Reading::Refused(Needs::new(needed, pool.id.as_str())),
            (None, Err(error)) => unread(error),
        }
    }

    fn rows(&self, rows: Vec<UserSession>, seen: &RefCell<Seen>) {
        seen.borrow_mut().any |= !rows.is_empty();
        let hits: Vec<UserSession> = rows
            .into_iter()
            .filter(|session| self.wanted.iter().any(|wanted| wanted.matches(session)))
            .collect();
        if !hits.is_empty() {
            seen.borrow_mut().hits = true;
            self.teller.tell(Event::Sessions(hits));
        }
    }
}

/// What was seen in one host pool.
#[derive(Default)]
struct Seen {
    any: bool,
    hits: bool,
    hosts_told: bool,
}

fn unread(error: ArmError) -> Reading {
    if error.kind == ArmErrorKind::Forbidden {
        Reading::Refused(error.needs)
    } else {
        Reading::Failed(Box::new(error))
    }
}
