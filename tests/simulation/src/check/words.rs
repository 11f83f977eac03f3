//! Invariants about what was said: of sessions that are gone, of searches that found nothing, of rows.

use avd_logoff::desk::carry_out::News;
use avd_logoff::desk::findings::{Findings, Nothing};
use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::receipt::Warned;
use avd_logoff::desk::typed::{Wanted, Whose};
use azure_simulator::world::{Life, SessionState};
use time::OffsetDateTime;

use super::{Case, Invariant, began_then, lived};
use crate::run::Figures;
use crate::scenario::OPERATOR;
use crate::story::{Searched, Word};

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
                    word.outcome().map(Outcome::word).unwrap_or_default(),
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
            let mut lives = throughout(case, search.findings.whose(), search.first_begun, search.ended);
            let first = lives.find(|life| sees_pool_of(case, life, &search.findings))?;
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
                let mut lives = throughout(case, search.findings.whose(), search.begun, *at);
                let missed = lives.find(|life| is_in(life, pool) && !is_shown(life, &search.findings))?;
                Some(format!(
                    "{pool} was read at {at} without {} of {}",
                    missed.arm_id, missed.upn
                ))
            })
        })
    },
};

pub(super) const NOT_AT_ADDRESS: Invariant = Invariant {
    name: "not-at-address",
    sentence: "That there is no session at an address is never said while one was there the whole time.",
    broken: |case| {
        let searches = case.evidence.story.searches.borrow();
        let mut nothing = searches
            .iter()
            .filter(|search| search.findings.nothing() == Some(Nothing::NotAtAddress));
        nothing.find_map(|search| {
            let id = search.findings.address()?;
            let mut lives = throughout(case, &Whose::Everyone, search.begun, search.ended);
            let missed = lives.find(|life| life.arm_id.eq_ignore_ascii_case(id.as_str()))?;
            Some(format!("{} of {} at {}", missed.arm_id, missed.upn, search.ended))
        })
    },
};

pub(super) const SEEN_DISCONNECTED: Invariant = Invariant {
    name: "seen-disconnected",
    sentence: "That a session was seen to be disconnected is said only if the last look at it showed that very session \
               disconnected.",
    broken: |case| {
        let words = case.evidence.story.words.borrow();
        let mut said = words.iter().filter(|word| word.saw_disconnected());
        said.find_map(|word| {
            let seen = case.evidence.story.confirmed.borrow().iter().find_map(|one| {
                let is_it = one.record == word.record;
                let look = case.last_look(&word.request_id, &one.identity, word.at);
                is_it.then_some(look.and_then(|look| case.entry(look)?.session.as_ref()))
            });
            let state = seen.flatten().map(|session| &session.state);
            (state != Some(&SessionState::Disconnected))
                .then(|| format!("record {} at {}: {state:?}", word.record, word.at))
        })
    },
};

pub(super) const REQUESTED: Invariant = Invariant {
    name: "requested",
    sentence: "That Azure took an act or a message on is said only after Azure has said so.",
    broken: |case| {
        let words = case.evidence.story.words.borrow();
        let mut said = words.iter().filter(|word| match &word.news {
            News::Outcome(Outcome::Requested, _) => !word.saw_disconnected(),
            News::Warned(warned) => *warned == Warned::Accepted,
            News::Outcome(..) | News::GraceOver => false,
        });
        said.find_map(|word| {
            let mut exchanges = case.evidence.exchanges.iter();
            let accepted = exchanges.any(|one| one.acts() && one.request_id == word.request_id && one.was_accepted());
            (!accepted).then(|| format!("record {} at {}", word.record, word.at))
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
    let mut said = words
        .iter()
        .filter(|word| word.outcome().is_some_and(|outcome| outcomes.contains(&outcome)));
    said.find_map(|word| {
        let Some(meant) = confirmed.iter().find(|one| one.record == word.record) else {
            return Some(format!("record {} was never confirmed", word.record));
        };
        let lives = case.lives(&meant.identity);
        if lives.is_empty() {
            return Some(format!("record {} is about a session that never was", word.record));
        }
        let look = case.last_look(&word.request_id, &meant.identity, word.at);
        let left = look.and_then(|look| case.entry(look)).map(|entry| entry.at);
        let there = left.map(|left| lives.iter().any(|life| lived(life, left)));
        broken(there, word)
    })
}

/// The sessions that were searched for and existed from one time to the other. Where certain users' are searched for,
/// those that say whose they are.
fn throughout<'a>(
    case: &'a Case<'_>,
    whose: &'a Whose,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> impl Iterator<Item = &'a Life> {
    let lives = case.evidence.world.history().iter();
    lives.filter(move |life| lived(life, from) && lived(life, until) && is_searched_for(case, whose, life))
}

fn is_searched_for(case: &Case<'_>, whose: &Whose, life: &Life) -> bool {
    match whose {
        Whose::Everyone => true,
        Whose::Users(users) => {
            !case.evidence.nameless.contains(&life.key) && users.iter().any(|wanted| is_meant(wanted, life))
        }
    }
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
    findings.rows().iter().any(|row| {
        let session = &row.session;
        session.id.as_str().eq_ignore_ascii_case(&life.arm_id) && began_then(session.created.as_ref(), life)
    })
}

/// Whether the operator can see the session's host pool: in the list of its subscription, or by Resource Graph where
/// that has answered.
fn sees_pool_of(case: &Case<'_>, life: &Life, findings: &Findings) -> bool {
    let world = case.evidence.world;
    let subscription_is_registered = |id: &str| {
        let mut subscriptions = world.subscriptions.iter();
        subscriptions.any(|one| one.id.eq_ignore_ascii_case(id) && one.registered)
    };
    world.host_pools().iter().any(|pool| {
        let id = world.pool_id(pool.key);
        is_in(life, &id.to_lowercase())
            && subscription_is_registered(&pool.subscription)
            && (pool.listed || findings.coverage().graph_failure().is_none())
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
    let by_filter = |findings: &Findings| findings.coverage().read_by_filter() > 0;
    let unlisted = case.evidence.world.host_pools().iter().filter(|pool| !pool.listed);
    let unlisted: Vec<String> = unlisted
        .map(|pool| case.evidence.world.pool_id(pool.key).to_lowercase())
        .collect();
    let by_graph = |search: &&Searched| search.read.iter().any(|(key, _)| unlisted.contains(key));
    figures.by_graph += searches.iter().filter(by_graph).count() as u64;
    figures.filtered += searches.iter().filter(|search| by_filter(&search.findings)).count() as u64;
}
