//! The search: through all subscriptions, all host pools, all sessions, as a stream of events.
//!
//! Dropping the stream stops it and aborts its requests. What it could not read is told, never left out. Reading one
//! host pool is the business of `visit`.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, Shared, join, join_all};
use futures::stream::{self, Stream, StreamExt as _};

use super::coverage::{GapReason, Part, Reading, SubscriptionGap};
use super::telling::{Teller, telling};
use super::typed::{Index, Wanted, Whose};
use super::visit::{Known, Visit};
use crate::arm::filter_trust::{Trust, may_ask_for};
use crate::arm::resource_graph::{self, Known as Graph};
use crate::arm::{
    ArmClient, ArmError, ArmErrorKind, HostPool, HostPoolId, Rights, SessionHost, Subscription, UserSession,
    host_pools, subscriptions,
};

/// Users up to which Azure is asked for theirs alone; one list for each, so that more of them are no saving.
const MOST_FILTERED: usize = 4;

/// Host pools of a subscription that are visited at once. The client has a gate of its own; this one lets pools that
/// come later know what was learned from those before: whether the filter is believed.
const VISITS: usize = 32;

/// What to look for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Whose sessions.
    pub whose: Whose,
    /// Subscription ids in lower case; empty for every one the person can see.
    pub subscriptions: Vec<String>,
    /// Whether Azure may be asked for the wanted users' sessions only, once it was proved that it can do that.
    pub may_filter: bool,
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
    /// What is known of the host pool of a session that is opened by its address.
    HostPoolOfAddress(HostPool),
    /// These sessions are the wanted users'.
    Sessions(Vec<UserSession>),
    /// These name no user, and may be anybody's.
    Unnamed(Vec<UserSession>),
    /// A host pool is done with.
    Done(HostPoolId, Reading),
    /// These are read once more after all, because Azure's filter is not believed for them.
    Doubted(Vec<HostPoolId>),
    /// The session hosts of a pool that has hits.
    Hosts(Vec<SessionHost>),
    /// What the person may probably do in a pool that has hits.
    Rights(HostPoolId, Rights),
    /// The second source of host pools told nothing, or not all.
    GraphFailed(Box<ArmError>),
    /// The session at the address that was opened could not be read.
    NotOpened(Box<ArmError>),
    /// That was all.
    Finished,
}

/// Searches everywhere.
pub fn search(client: &ArmClient, query: Query) -> impl Stream<Item = Event> + use<> {
    let client = client.for_new_action();
    telling(move |teller| async move {
        let filters = if query.may_filter {
            filters(&query.whose)
        } else {
            Vec::new()
        };
        let search = Search::new(client, &query.whose, filters, teller);
        search.everywhere(&query.subscriptions).await;
        search.doubt().await;
        search.teller.tell(Event::Finished);
    })
}

/// Searches that part of an earlier search again which failed.
pub fn search_again<W: Into<Whose>>(client: &ArmClient, whose: W, part: Part) -> impl Stream<Item = Event> + use<W> {
    let client = client.for_new_action();
    let whose = whose.into();
    telling(|teller| async move {
        // Without a filter: what the whole search has found is not known here, and there is little to read.
        let search = Search::new(client, &whose, Vec::new(), teller);
        let graph = search.graph(part.subscriptions.clone());
        let known = part.known.into_iter().collect();
        let lists = part.subscriptions.iter();
        let subscriptions = join_all(lists.map(|id| search.subscription(id, &known, graph.clone())));
        join(subscriptions, search.pools(part.pools, Known::Listed)).await;
        search.tell_failure_of(graph).await;
        search.teller.tell(Event::Finished);
    })
}

/// The users to ask Azure for; none if not every one of them can be asked for.
fn filters(whose: &Whose) -> Vec<String> {
    let upn = |wanted: &Wanted| match wanted {
        Wanted::Upn(upn) if may_ask_for(upn) => Some(upn.clone()),
        _ => None,
    };
    let users = whose.users();
    let upns: Option<Vec<String>> = users.iter().map(upn).collect();
    upns.filter(|upns| upns.len() <= MOST_FILTERED).unwrap_or_default()
}

type SharedGraph = Shared<LocalBoxFuture<'static, Rc<Graph>>>;

/// One search under way.
pub(super) struct Search {
    pub client: ArmClient,
    pub wanted: Index,
    users: usize,
    /// UPNs that Azure may be asked for; empty if it may not.
    pub filters: Vec<String>,
    pub teller: Teller<Event>,
    /// Host pools of which only what the filter gave was seen.
    pub filtered: RefCell<Vec<HostPool>>,
    /// Which of the wanted users have turned up.
    pub met: RefCell<HashSet<usize>>,
}

impl Search {
    fn new(client: ArmClient, whose: &Whose, filters: Vec<String>, teller: Teller<Event>) -> Self {
        Self {
            client,
            wanted: Index::of(whose),
            users: whose.users().len(),
            filters,
            teller,
            filtered: RefCell::default(),
            met: RefCell::default(),
        }
    }

    async fn everywhere(&self, only: &[String]) {
        let visible = match subscriptions::list(&self.client).await {
            Ok(visible) => visible,
            Err(error) => return self.gap(None, GapReason::Failed(Box::new(error))),
        };
        let unseen: Vec<&String> = only.iter().filter(|id| !visible.iter().any(|s| s.id == **id)).collect();
        for id in &unseen {
            self.gap(Some(id), GapReason::NotVisible);
        }
        let chosen: Vec<Subscription> = visible
            .iter()
            .filter(|s| only.is_empty() || only.contains(&s.id))
            .cloned()
            .collect();
        self.teller.tell(Event::Subscriptions(chosen.clone()));
        let asked = chosen.iter().map(|s| &s.id).chain(unseen.iter().copied());
        let graph = self.graph(asked.cloned().collect());
        let none = HashSet::new();
        let listed = join_all(chosen.iter().map(|s| self.subscription(&s.id, &none, graph.clone())));
        let graph_only = join_all(
            unseen
                .iter()
                .map(|id| self.only_in_graph(id, None, &none, graph.clone())),
        );
        join(listed, graph_only).await;
        self.tell_failure_of(graph).await;
    }

    fn gap(&self, subscription: Option<&str>, reason: GapReason) {
        self.teller.tell(Event::Gap(SubscriptionGap {
            subscription: subscription.map(str::to_owned),
            reason,
        }));
    }

    /// One question for all, whose answer everybody waits for.
    fn graph(&self, subscriptions: Vec<String>) -> SharedGraph {
        let client = self.client.clone();
        async move { Rc::new(resource_graph::host_pools(&client, &subscriptions).await) }
            .boxed_local()
            .shared()
    }

    async fn tell_failure_of(&self, graph: SharedGraph) {
        if let Some(failure) = &graph.await.failure {
            self.teller.tell(Event::GraphFailed(failure.clone()));
        }
    }

    /// The host pools of a subscription's own list at once; those that only Resource Graph knows when both have
    /// answered. What is in `known` is not visited.
    async fn subscription(&self, id: &str, known: &HashSet<String>, graph: SharedGraph) {
        match host_pools::list(&self.client, id).await {
            Ok(listed) => {
                let mut keys = known.clone();
                let new = listed
                    .iter()
                    .filter(|pool| keys.insert(pool.id.key()))
                    .cloned()
                    .collect();
                join(
                    self.pools(new, Known::Listed),
                    self.only_in_graph(id, Some(&listed), &keys, graph),
                )
                .await;
            }
            // Azure Virtual Desktop was never used there: that is a complete answer, and it is "none".
            Err(error) if error.kind == ArmErrorKind::NotRegistered => {
                self.only_in_graph(id, Some(&[]), known, graph).await;
            }
            Err(error) => {
                self.gap(Some(id), GapReason::Failed(Box::new(error)));
                self.only_in_graph(id, None, known, graph).await;
            }
        }
    }

    async fn only_in_graph(&self, id: &str, listed: Option<&[HostPool]>, known: &HashSet<String>, graph: SharedGraph) {
        let graph = graph.await;
        let pools = graph.pools.iter();
        let pools: Vec<HostPool> = pools
            .filter(|pool| pool.id.subscription().eq_ignore_ascii_case(id) && !known.contains(&pool.id.key()))
            .cloned()
            .collect();
        self.pools(pools, Known::ByGraph(listed)).await;
    }

    async fn pools(&self, pools: Vec<HostPool>, known: Known<'_>) {
        if pools.is_empty() {
            return;
        }
        self.teller.tell(Event::HostPools(pools.clone()));
        let visit = |pool| async move { Visit::new(self, &pool, known).pay(true).await };
        stream::iter(pools).for_each_concurrent(VISITS, visit).await;
    }

    /// "None" is never said on the filter's word: if one of the wanted users has not turned up anywhere, or the filter
    /// lost its trust on the way, the pools that were asked with it are read whole.
    async fn doubt(&self) {
        let all_met = self.met.borrow().len() == self.users;
        if all_met && self.client.filter_trust().state() == Trust::Trusted {
            return;
        }
        let pools = self.filtered.take();
        if pools.is_empty() {
            return;
        }
        let ids = pools.iter().map(|pool| pool.id.clone()).collect();
        self.teller.tell(Event::Doubted(ids));
        let visit = |pool| async move { Visit::new(self, &pool, Known::Listed).pay(false).await };
        stream::iter(pools).for_each_concurrent(VISITS, visit).await;
    }
}
