//! Invariants about what was said: of sessions that are gone, of searches that found nothing, of rows.

use avd_logoff::desk::findings::{Findings, Nothing};
use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::typed::Wanted;
use azure_simulator::world::Life;
use time::OffsetDateTime;

use super::{Case, Invariant, began_then, lived};
use crate::run::Figures;
use crate::scenario::OPERATOR;
use crate::story::Word;

pub(super) const GONE: Invariant = Invariant {
    name: "gone",
    sentence: "\"Gone\" and \"already gone\" are never said of a session that still existed when the answer that it was \
               said for left Azure.",
    broken: |case| {
        about(case, &[Outcome::Gone, Outcome::AlreadyGone], |there, word| {
            (there != Some(false)).then(|| {
                format!(
                    "record {} was said to be {} at {}",
                    word.record,
                    word.outcome.word(),
                    word.at
                )
            })
        })
    },
};

pub(super) const STILL_THERE: Invariant = Invariant {
    name: "still-there",
    sentence: "\"Still there\" is never said of a session that had ended before the last look at it was answered.",
    broken: |case| {
        about(case, &[Outcome::StillThere], |there, word| {
            (there != Some(true)).then(|| format!("record {} was said to be still there at {}", word.record, word.at))
        })
    },
};

pub(super) const NONE: Invariant = Invariant {
    name: "none",
    sentence: "\"No sessions\" is never said while a session that was searched for existed during the whole search in a \
               host pool that the operator can see.",
    broken: |case| {
        let searches = case.evidence.story.searches.borrow();
        let mut nothing = searches
            .iter()
            .filter(|search| search.findings.nothing() == Some(Nothing::NoSessions));
        nothing.find_map(|search| {
            let lives = throughout(case, &search.wanted, search.first_begun, search.ended);
            let visible = lives.filter(|life| sees_pool_of(case, life)).collect::<Vec<_>>();
            let first = visible.first()?;
            Some(format!(
                "the search that ended at {} missed {} of {}",
                search.ended, first.arm_id, first.upn
            ))
        })
    },
};

pub(super) const ALL_SHOWN: Invariant = Invariant {
    name: "all-shown",
    sentence: "Every session that was searched for and existed during the whole search in a host pool that counts as read \
               is a row.",
    broken: |case| {
        let searches = case.evidence.story.searches.borrow();
        searches.iter().find_map(|search| {
            search.read.iter().find_map(|(pool, at)| {
                let mut lives = throughout(case, &search.wanted, search.begun, *at);
                let missed = lives.find(|life| is_in(life, pool) && !is_shown(life, &search.findings))?;
                Some(format!(
                    "{pool} was read at {at} without {} of {}",
                    missed.arm_id, missed.upn
                ))
            })
        })
    },
};

/// Checks each of these words with whether its session was there when the answer before it left Azure; `None` if there
/// was no such answer.
fn about(
    case: &Case<'_>,
    outcomes: &[Outcome],
    broken: impl Fn(Option<bool>, &Word) -> Option<String>,
) -> Option<String> {
    let words = case.evidence.story.words.borrow();
    let confirmed = case.evidence.story.confirmed.borrow();
    let mut said = words.iter().filter(|word| outcomes.contains(&word.outcome));
    said.find_map(|word| {
        let Some(meant) = confirmed.iter().find(|one| one.record == word.record) else {
            return Some(format!("record {} was never confirmed", word.record));
        };
        let lives = case.lives(&meant.identity);
        if lives.is_empty() {
            return Some(format!("record {} is about a session that never was", word.record));
        }
        let look = case.last_look(&word.request_id, &meant.identity.id.key(), word.at);
        let left = look.and_then(|look| case.entry(look)).map(|entry| entry.at);
        let there = left.map(|left| lives.iter().any(|life| lived(life, left)));
        broken(there, word)
    })
}

/// The sessions of these users that existed from one time to the other, and say whose they are.
fn throughout<'a>(
    case: &'a Case<'_>,
    wanted: &'a [Wanted],
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> impl Iterator<Item = &'a Life> {
    let named = |life: &&Life| !case.evidence.nameless.contains(&life.key);
    let lives = case.evidence.world.history().iter().filter(named);
    lives.filter(move |life| {
        lived(life, from) && lived(life, until) && wanted.iter().any(|wanted| is_meant(wanted, life))
    })
}

fn is_meant(wanted: &Wanted, life: &Life) -> bool {
    let name = wanted.as_str().to_lowercase();
    match wanted {
        Wanted::Upn(_) => name == life.upn.to_lowercase(),
        // As the model writes `activeDirectoryUserName`, but for the names of other sessions without a UPN.
        Wanted::DirectoryName(_) => {
            let local = life.upn.split('@').next().unwrap_or_default();
            name == format!("contoso\\{}", local.to_lowercase())
        }
    }
}

fn is_in(life: &Life, pool_key: &str) -> bool {
    life.arm_id.to_lowercase().starts_with(&format!("{pool_key}/"))
}

fn is_shown(life: &Life, findings: &Findings) -> bool {
    let row = findings.row(&life.arm_id.to_lowercase());
    row.is_some_and(|row| began_then(row.session.created.as_ref(), life))
}

fn sees_pool_of(case: &Case<'_>, life: &Life) -> bool {
    let world = case.evidence.world;
    let subscription_is_registered = |id: &str| {
        let mut subscriptions = world.subscriptions.iter();
        subscriptions.any(|one| one.id.eq_ignore_ascii_case(id) && one.registered)
    };
    world.host_pools().iter().any(|pool| {
        let id = world.pool_id(pool.key);
        is_in(life, &id.to_lowercase())
            && subscription_is_registered(&pool.subscription)
            && world.allows(OPERATOR, "Microsoft.DesktopVirtualization/hostpools/read", &id)
    })
}

/// Counts what was said.
pub(super) fn count(case: &Case<'_>, figures: &mut Figures) {
    let searches = case.evidence.story.searches.borrow();
    figures.words += case.evidence.story.words.borrow().len() as u64;
    figures.searches += searches.len() as u64;
    let none = |nothing: Option<Nothing>| nothing == Some(Nothing::NoSessions);
    figures.none += searches.iter().filter(|search| none(search.findings.nothing())).count() as u64;
}
