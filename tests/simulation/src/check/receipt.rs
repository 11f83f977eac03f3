//! Invariants about the receipt: it equals the model's history, the intent stands in it first, and everything ends.

use std::rc::Rc;

use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::receipt::{Receipt, Record, Warned};
use avd_logoff::desk::workspace::Workspace;
use avd_logoff::ports::Storage;
use avd_logoff_bench::ports::MemoryStorage;
use time::{Duration, OffsetDateTime};

use super::{Case, Invariant};
use crate::run::Figures;

/// How long after the admin's last act something may still be under way. One read takes at most 8 tries of 75 seconds
/// with waits of up to two minutes between them, and a search makes a handful of them one after the other; measured
/// runs end far sooner.
const BOUND: Duration = Duration::hours(2);

pub(super) const NO_EFFECT: Invariant = Invariant {
    name: "no-effect",
    sentence: "A record that says that nothing was done (cancelled, refused, failed, already gone, replaced, wrong person) \
               has no effect of ours in the model.",
    broken: |case| {
        let nothing_done = [
            Outcome::Cancelled,
            Outcome::Refused,
            Outcome::Failed,
            Outcome::AlreadyGone,
            Outcome::Replaced,
            Outcome::WrongPerson,
        ];
        let receipt = receipt(case)?;
        effects(case).find_map(|(number, record)| {
            let of = receipt.records.get(record)?;
            let kind = case.evidence.exchanges[number].sent.as_ref()?.kind();
            if kind != of.act {
                // The message before a log off has a word of its own.
                return (of.warned == Some(Warned::NotInUse))
                    .then(|| format!("message #{number} was shown, and record {record} says that nobody was told"));
            }
            let outcome = of.outcome?;
            nothing_done
                .contains(&outcome)
                .then(|| format!("#{number} took effect, and record {record} says {}", outcome.word()))
        })
    },
};

pub(super) const AN_END: Invariant = Invariant {
    name: "an-end",
    sentence: "In the end every record has an outcome that is an end, it is the last word that was said of it, and every \
               effect in the model has a record.",
    broken: |case| {
        let receipt = receipt(case).unwrap_or_default();
        if let Some((number, record)) = effects(case).find(|(_, record)| receipt.records.get(*record).is_none()) {
            return Some(format!("#{number} took effect, and there is no record {record}"));
        }
        case.evidence.story.quiet_at.get()?;
        let open = receipt.records.iter().position(Record::is_under_way)?;
        Some(format!("record {open} stays {:?}", receipt.records[open].outcome))
    },
};

pub(super) const INTENT_FIRST: Invariant = Invariant {
    name: "intent-first",
    sentence: "When an act is sent, the receipt in the tab's storage names its session already.",
    broken: |case| {
        let mut exchanges = case.evidence.exchanges.iter().enumerate();
        let (number, _) = exchanges.find(|(_, one)| one.acts() && !one.written_down)?;
        Some(format!("#{number}"))
    },
};

pub(super) const ENDS: Invariant = Invariant {
    name: "ends",
    sentence: "Everything ends within two hours after the admin's last act, and nothing waits for ever.",
    broken: |case| {
        let story = case.evidence.story;
        if !case.evidence.ended {
            return Some("everything waits, and nothing will come".into());
        }
        match story.quiet_at.get() {
            None => Some("the admin has lost patience".into()),
            Some(at) if at - story.last_act.get() > BOUND => Some(format!("it took until {at}")),
            Some(_) => None,
        }
    },
};

/// The receipt as the tab has kept it, without the marks of another reload.
fn receipt(case: &Case<'_>) -> Option<Receipt> {
    let kept = MemoryStorage {
        values: case.evidence.storage.values.borrow().clone().into(),
        ..MemoryStorage::default()
    };
    let storage: Rc<dyn Storage> = Rc::new(kept);
    let untouched: Vec<usize> = (0..case.evidence.story.confirmed.borrow().len()).collect();
    Workspace::new(storage).receipt(&untouched, OffsetDateTime::UNIX_EPOCH)
}

/// Acts that took effect, each with the record that it belongs to.
fn effects<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (usize, usize)> + 'a {
    let exchanges = case.evidence.exchanges.iter().enumerate();
    exchanges.filter_map(|(number, exchange)| {
        let took_effect = exchange.acts() && case.entry(exchange).is_some_and(|entry| entry.effect);
        took_effect.then(|| (number, case.record_of(number, exchange).unwrap_or(usize::MAX)))
    })
}

/// How long it took to end.
pub(super) fn measure(case: &Case<'_>, figures: &mut Figures) {
    let story = case.evidence.story;
    if let Some(at) = story.quiet_at.get() {
        figures.longest_end = (at - story.last_act.get()).unsigned_abs();
    }
}
