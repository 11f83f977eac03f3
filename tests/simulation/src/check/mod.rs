//! The invariants, each a function with a name and a sentence, over the model's history and what the page did and said.

mod acts;
mod grace;
mod receipt;
mod words;

use std::collections::HashMap;

use avd_logoff::arm::Timestamp;
use avd_logoff::arm::guard::{Identity, same_name};
use avd_logoff_bench::ports::MemoryStorage;
use azure_simulator::world::{Life, SessionKey};
use azure_simulator::{Recorded, World};
use time::{Duration, OffsetDateTime};

use crate::network::Exchange;
use crate::run::Figures;
use crate::story::Story;

/// Which of the invariants that can be switched are on: all of them, unless something else is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Checks {
    /// No 429 by the page's own pacing where the buckets are as documented.
    pub pacing: bool,
}

impl Default for Checks {
    fn default() -> Self {
        Self { pacing: true }
    }
}

/// What did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant's name.
    pub name: &'static str,
    /// The invariant.
    pub sentence: &'static str,
    /// What was seen instead.
    pub seen: String,
}

/// Everything that an invariant is checked against.
pub(crate) struct Evidence<'a> {
    pub world: &'a World,
    pub record: &'a [Recorded],
    pub exchanges: &'a [Exchange],
    pub story: &'a Story,
    pub storage: &'a MemoryStorage,
    pub nameless: &'a [SessionKey],
    pub documented_buckets: bool,
    pub ended: bool,
}

/// An invariant.
pub(crate) struct Invariant {
    pub name: &'static str,
    pub sentence: &'static str,
    pub broken: fn(&Case<'_>) -> Option<String>,
}

/// All of them.
const INVARIANTS: [&Invariant; 21] = [
    &acts::RIGHT_PERSON,
    &acts::CONFIRMED,
    &acts::LOOKED_BETWEEN,
    &acts::NOT_AFTER_STOP,
    &grace::ACTIVE,
    &grace::ONCE,
    &grace::TOLD_FIRST,
    &grace::GRACE,
    &grace::OVERSLEPT,
    &words::GONE,
    &words::STILL_THERE,
    &words::NONE,
    &words::ALL_SHOWN,
    &words::NOT_AT_ADDRESS,
    &words::SEEN_DISCONNECTED,
    &words::REQUESTED,
    &receipt::NO_EFFECT,
    &receipt::AN_END,
    &receipt::INTENT_FIRST,
    &receipt::ENDS,
    &acts::PACING,
];

/// The evidence, with what several invariants need.
pub(crate) struct Case<'a> {
    pub evidence: &'a Evidence<'a>,
    pub checks: Checks,
    /// Record by the request id that worked on it.
    pub records: HashMap<&'a str, usize>,
}

/// Checks them all.
pub(crate) fn check(evidence: &Evidence<'_>, checks: Checks, figures: &mut Figures) -> Vec<Violation> {
    let words = evidence.story.words.borrow();
    let case = Case {
        evidence,
        checks,
        records: words
            .iter()
            .map(|word| (word.request_id.as_str(), word.record))
            .collect(),
    };
    acts::measure(&case, figures);
    words::count(&case, figures);
    grace::count(&case, figures);
    receipt::measure(&case, figures);
    let broken = INVARIANTS.iter().filter_map(|invariant| {
        (invariant.broken)(&case).map(|seen| Violation {
            name: invariant.name,
            sentence: invariant.sentence,
            seen,
        })
    });
    broken.collect()
}

impl Case<'_> {
    /// What the model holds about an exchange, if it was carried out.
    fn entry(&self, exchange: &Exchange) -> Option<&Recorded> {
        self.evidence.record.get(exchange.entry?)
    }

    /// The record that an act belongs to: by its request id, else the newest that was confirmed for that id before.
    fn record_of(&self, number: usize, exchange: &Exchange) -> Option<usize> {
        let by_id = self.records.get(exchange.request_id.as_str()).copied();
        by_id.or_else(|| {
            let confirmed = self.evidence.story.confirmed.borrow();
            let mut earlier = confirmed.iter().rev();
            let sent = exchange.sent.as_ref()?;
            let found = earlier
                .find(|one| one.before <= number && is_named(&one.identity, &exchange.path) && one.permits(sent));
            found.map(|one| one.record)
        })
    }

    /// The sessions in the model's history that an identity may mean: one, or where Azure tells no creation times, all of
    /// that user under that id.
    fn lives(&self, identity: &Identity) -> Vec<&Life> {
        let history = self.evidence.world.history().iter();
        let meant = history.filter(|life| {
            life.arm_id.eq_ignore_ascii_case(identity.id.as_str())
                && same_name(&life.upn, &identity.user)
                && began_then(identity.created.as_ref(), life)
        });
        meant.collect()
    }

    /// The last answer about this session that reached the page by `at` under this request id: the exchange.
    fn last_look(&self, request_id: &str, identity: &Identity, at: OffsetDateTime) -> Option<&Exchange> {
        let mut exchanges = self.evidence.exchanges.iter().rev();
        exchanges.find(|one| {
            one.request_id == request_id
                && is_named(identity, &one.path)
                && one.answered_at.is_some_and(|answered| answered <= at)
        })
    }
}

/// Whether the whole id is this path, which is in lower case. Not by the core's own comparing, which is under test.
fn is_named(identity: &Identity, path: &str) -> bool {
    identity.id.as_str().to_lowercase() == path
}

/// Whether a session was there at that time.
fn lived(life: &Life, at: OffsetDateTime) -> bool {
    life.created <= at && life.ended.as_ref().is_none_or(|ended| ended.at > at)
}

/// Whether this can be when the session began, as far as Azure writes it: seven digits of a second, or nothing.
fn began_then(created: Option<&Timestamp>, life: &Life) -> bool {
    created.is_none_or(|created| {
        let told = created.instant();
        told.is_some_and(|told| (life.created - told).abs() < Duration::MICROSECOND)
    })
}
