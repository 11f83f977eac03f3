//! Coverage: where the search has looked, where it was not let, and what may therefore be said.
//!
//! The one place that decides whether "No sessions" may be said.

use std::collections::HashMap;

use crate::arm::request::Needs;
use crate::arm::{ArmError, HostPool, HostPoolId};

/// How reading one host pool ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Every session in it was seen.
    Read,
    /// A right is missing.
    Refused(Needs),
    /// It could not be read this time.
    Failed(Box<ArmError>),
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
}

impl Coverage {
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

    pub(super) fn know_reading(&mut self, pool: &HostPoolId, reading: Reading) {
        if let Some(slot) = self.by_key.get(&pool.key()).and_then(|&at| self.pools.get_mut(at)) {
            slot.1 = Some(reading);
        }
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase = phase;
    }

    /// Where the search is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Subscriptions that were looked into.
    pub fn subscriptions(&self) -> usize {
        self.subscriptions
    }

    /// Host pools known so far.
    pub fn known(&self) -> usize {
        self.pools.len()
    }

    /// Host pools of which every session was seen.
    pub fn read(&self) -> usize {
        self.pools
            .iter()
            .filter(|(_, reading)| matches!(reading, Some(Reading::Read)))
            .count()
    }

    /// Host pools that are done with, however it ended.
    pub fn done(&self) -> usize {
        self.pools.iter().filter(|(_, reading)| reading.is_some()).count()
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
            Phase::Stopped => Verdict::Partial,
            Phase::Finished if !self.gaps.is_empty() => Verdict::Partial,
            Phase::Finished if self.subscriptions == 0 => Verdict::NoSubscriptions,
            Phase::Finished if self.pools.is_empty() => Verdict::NoHostPools,
            Phase::Finished if self.read() == self.known() => Verdict::Complete,
            Phase::Finished => Verdict::Partial,
        }
    }

    /// Whether everything was looked into.
    pub fn is_complete(&self) -> bool {
        self.verdict() == Verdict::Complete
    }

    /// Forgets how the failed pools ended, so that they can be tried again; gives back which they are. Only after a
    /// search that came to its end: one that was stopped may not even know of all pools, and would look complete
    /// afterwards. Then nothing is given back and nothing changes.
    pub(super) fn reopen_failed(&mut self) -> Vec<HostPool> {
        if self.phase != Phase::Finished {
            return Vec::new();
        }
        self.phase = Phase::Searching;
        self.pools
            .iter_mut()
            .filter_map(|(pool, reading)| {
                matches!(reading, None | Some(Reading::Failed(_))).then(|| {
                    *reading = None;
                    pool.clone()
                })
            })
            .collect()
    }
}
