//! Coverage: where the search has looked, where it was not let, and what may therefore be said.
//!
//! The one place that decides whether "No sessions" may be said.

use std::collections::HashMap;

use crate::arm::request::Needs;
use crate::arm::{ArmError, ArmErrorKind, HostPool, HostPoolId};

/// How reading one host pool ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Every session in it was seen.
    Read,
    /// Every session of the wanted users in it was seen: Azure was asked for theirs only. What names nobody was not.
    ReadByFilter,
    /// A right is missing.
    Refused(Needs),
    /// It could not be read this time.
    Failed(Box<ArmError>),
    /// There is no such host pool: deleted meanwhile, or known from a source that is behind. It does not count.
    NotThere,
}

impl Reading {
    /// How reading a host pool ended that Azure says it does not know. `listed` is its subscription's own list of host
    /// pools, if it could be read: only a list without the pool, with the 404 of the pool itself, makes it *not there*.
    /// Else the pool stays one that could not be read.
    pub(super) fn of_unknown_pool(error: Box<ArmError>, pool: &HostPoolId, listed: Option<&[HostPool]>) -> Self {
        let is_listed = |listed: &[HostPool]| listed.iter().any(|one| one.id == *pool);
        match listed {
            Some(listed) if error.kind == ArmErrorKind::NotFound && !is_listed(listed) => Self::NotThere,
            _ => Self::Failed(error),
        }
    }
}

/// A subscription that could not be looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionGap {
    /// Its id; `None` if the list of subscriptions itself could not be read.
    pub subscription: Option<String>,
    /// Why.
    pub reason: GapReason,
}

/// Why a subscription was not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// The configuration names it, and the person cannot see it.
    NotVisible,
    /// Its host pools could not be listed.
    Failed(Box<ArmError>),
}

/// Where the search is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Under way.
    #[default]
    Searching,
    /// Stopped by the admin.
    Stopped,
    /// At its end.
    Finished,
}

/// Where the search has looked.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pools: Vec<(HostPool, Option<Reading>)>,
    by_key: HashMap<String, usize>,
    gaps: Vec<SubscriptionGap>,
    subscriptions: usize,
    phase: Phase,
    graph_failure: Option<Box<ArmError>>,
    address: Option<Address>,
}

/// What was looked for at an address instead of by a search.
#[derive(Clone, Debug, Default)]
struct Address {
    failure: Option<Box<ArmError>>,
}

/// What may be said about the whole search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing yet: it is under way.
    Searching,
    /// Everything was looked into.
    Complete,
    /// Some pools or subscriptions were not, or the search was stopped.
    Partial,
    /// The person sees no subscription at all.
    NoSubscriptions,
    /// The person sees no host pool at all.
    NoHostPools,
    /// Nothing was searched: one session was opened by its address.
    OneSession,
}

/// What has to be looked at again after a search that came to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Host pools that failed.
    pub pools: Vec<HostPool>,
    /// Subscriptions whose host pools could not be listed.
    pub subscriptions: Vec<String>,
    /// Comparing keys of the host pools that are known: those of `pools`, and those that are done with.
    pub known: Vec<String>,
}

impl Coverage {
    /// Of one session that is opened by its address: no host pool is looked into.
    pub(super) fn of_address() -> Self {
        Self {
            address: Some(Address::default()),
            ..Self::default()
        }
    }

    pub(super) fn know_subscriptions(&mut self, count: usize) {
        self.subscriptions = count;
    }

    pub(super) fn know_gap(&mut self, gap: SubscriptionGap) {
        self.gaps.push(gap);
    }

    pub(super) fn know_pools(&mut self, pools: Vec<HostPool>) {
        for pool in pools {
            let key = pool.id.key();
            if !self.by_key.contains_key(&key) {
                self.by_key.insert(key, self.pools.len());
                self.pools.push((pool, None));
            }
        }
    }

    pub(super) fn know_reading(&mut self, pool: &HostPoolId, reading: Option<Reading>) {
        if let Some(slot) = self.by_key.get(&pool.key()).and_then(|&at| self.pools.get_mut(at)) {
            slot.1 = reading;
        }
    }

    pub(super) fn know_graph_failure(&mut self, error: Box<ArmError>) {
        self.graph_failure = Some(error);
    }

    pub(super) fn know_address_failure(&mut self, error: Box<ArmError>) {
        if let Some(address) = &mut self.address {
            address.failure = Some(error);
        }
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase = phase;
    }

    /// Where the search is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether nothing was searched, because one session was opened by its address.
    pub fn is_of_address(&self) -> bool {
        self.address.is_some()
    }

    /// Why the session at the address could not be read.
    pub fn address_failure(&self) -> Option<&ArmError> {
        self.address.as_ref()?.failure.as_deref()
    }

    /// Why Azure Resource Graph, the second source of host pools, told nothing or not all. It is no gap: every
    /// subscription's own list counts. For the technical detail.
    pub fn graph_failure(&self) -> Option<&ArmError> {
        self.graph_failure.as_deref()
    }

    /// Subscriptions that were looked into.
    pub fn subscriptions(&self) -> usize {
        self.subscriptions
    }

    fn count(&self, which: impl Fn(Option<&Reading>) -> bool) -> usize {
        self.pools.iter().filter(|(_, reading)| which(reading.as_ref())).count()
    }

    /// Host pools known so far.
    pub fn known(&self) -> usize {
        self.count(|reading| reading != Some(&Reading::NotThere))
    }

    /// Host pools of which every session that is looked for was seen.
    pub fn read(&self) -> usize {
        self.count(|reading| matches!(reading, Some(Reading::Read | Reading::ReadByFilter)))
    }

    /// How many of those were asked for the wanted users' sessions only.
    pub fn read_by_filter(&self) -> usize {
        self.count(|reading| reading == Some(&Reading::ReadByFilter))
    }

    /// Host pools that are done with, however it ended.
    pub fn done(&self) -> usize {
        self.count(|reading| reading.is_some_and(|reading| *reading != Reading::NotThere))
    }

    /// Host pools that were refused, each with the missing right.
    pub fn refused(&self) -> impl Iterator<Item = (&HostPool, &Needs)> {
        self.pools.iter().filter_map(|(pool, reading)| match reading {
            Some(Reading::Refused(needs)) => Some((pool, needs)),
            _ => None,
        })
    }

    /// Host pools that failed, each with the reason.
    pub fn failed(&self) -> impl Iterator<Item = (&HostPool, &ArmError)> {
        self.pools.iter().filter_map(|(pool, reading)| match reading {
            Some(Reading::Failed(error)) => Some((pool, &**error)),
            _ => None,
        })
    }

    /// Subscriptions that were not looked into.
    pub fn gaps(&self) -> &[SubscriptionGap] {
        &self.gaps
    }

    /// What may be said. "Complete" takes everything: no pool left out, no subscription left out, not stopped.
    pub fn verdict(&self) -> Verdict {
        match self.phase {
            Phase::Searching => Verdict::Searching,
            _ if self.is_of_address() => Verdict::OneSession,
            Phase::Stopped => Verdict::Partial,
            Phase::Finished if !self.gaps.is_empty() => Verdict::Partial,
            Phase::Finished if self.subscriptions == 0 => Verdict::NoSubscriptions,
            Phase::Finished if self.known() == 0 => Verdict::NoHostPools,
            Phase::Finished if self.read() == self.known() => Verdict::Complete,
            Phase::Finished => Verdict::Partial,
        }
    }

    /// Whether everything was looked into.
    pub fn is_complete(&self) -> bool {
        self.verdict() == Verdict::Complete
    }

    /// Forgets how the failed pools and the failed lists of host pools ended, so that they can be tried again; gives
    /// back which they are. Only after a search that came to its end and knew all subscriptions: any other may not even
    /// know what it has missed, and would look complete afterwards. Then there is nothing, and nothing changes.
    pub(super) fn reopen_failed(&mut self) -> Option<Part> {
        let failed = |gap: &SubscriptionGap| matches!(gap.reason, GapReason::Failed(_));
        let knows_all = !self.gaps.iter().any(|gap| failed(gap) && gap.subscription.is_none());
        if self.phase != Phase::Finished || self.is_of_address() || !knows_all {
            return None;
        }
        self.phase = Phase::Searching;
        let reopened = self.gaps.extract_if(.., |gap| failed(gap));
        let subscriptions = reopened.filter_map(|gap| gap.subscription).collect();
        let mut pools = Vec::new();
        for (pool, reading) in &mut self.pools {
            if matches!(reading, None | Some(Reading::Failed(_))) {
                *reading = None;
                pools.push(pool.clone());
            }
        }
        let known = self.by_key.keys().cloned().collect();
        Some(Part {
            pools,
            subscriptions,
            known,
        })
    }
}
