//! Invariants about messages, and about the time that users are given between a message and the log off.

use avd_logoff::desk::act::{Kind, Warning};
use avd_logoff::desk::carry_out::News;
use avd_logoff::desk::grace::{Stage, Word};
use avd_logoff::desk::receipt::Warned;
use azure_simulator::world::SessionState;
use time::{Duration, OffsetDateTime};

use super::acts::{SentAct, acts};
use super::{Case, Invariant};
use crate::network::Exchange;
use crate::run::Figures;
use crate::story::GraceNews;

/// How late the end of a grace period may be noticed without a question (src/desk/grace.rs), and a moment for the clock.
const LATEST: Duration = Duration::seconds(91);

pub(super) const ACTIVE: Invariant = Invariant {
    name: "message-active",
    sentence: "A message goes only to a session that the guard's look before it showed in use.",
    broken: |case| {
        messages(case).find_map(|act| {
            let seen = act.look(case).and_then(|look| case.entry(look)?.session.as_ref());
            let state = seen.map(|session| &session.state);
            (state != Some(&SessionState::Active))
                .then(|| format!("#{} to {}: {state:?}", act.number, act.exchange.path))
        })
    },
};

pub(super) const ONCE: Invariant = Invariant {
    name: "message-once",
    sentence: "For one confirmed act a message is sent once, and again only after an answer that refused it.",
    broken: |case| {
        messages(case).find_map(|act| {
            let record = case.record_of(act.number, act.exchange)?;
            let mut earlier = messages(case).filter(|one| one.number < act.number);
            let first = earlier.find(|one| {
                case.record_of(one.number, one.exchange) == Some(record) && !was_refused(one.exchange, act.exchange)
            })?;
            Some(format!("#{} and #{} for record {record}", first.number, act.number))
        })
    },
};

pub(super) const TOLD_FIRST: Invariant = Invariant {
    name: "told-first",
    sentence: "Where a message goes before the log off, nobody is logged off before it was tried; and where it could not be \
               sent, only after the admin has said to go on.",
    broken: |case| {
        log_offs(case).find_map(|log_off| match log_off.warned(case) {
            None => Some(format!("#{} without a message", log_off.act.number)),
            Some((Warned::Failed(_), since)) => {
                let wanted = log_off.was_said(case, since, |word| matches!(word, Word::GoOn | Word::Now));
                (!wanted).then(|| format!("#{} although its message had failed", log_off.act.number))
            }
            Some((Warned::Accepted | Warned::NotInUse, _)) => None,
        })
    },
};

pub(super) const GRACE: Invariant = Invariant {
    name: "grace",
    sentence: "Whoever was told is not logged off before the time of the plan has passed since Azure took the message on, \
               unless the admin has said \"now\".",
    broken: |case| {
        log_offs(case).find_map(|log_off| {
            let accepted = log_off.told_at(case)?;
            let until = accepted + Duration::minutes(log_off.warning.grace_minutes.into());
            let sent_at = log_off.act.exchange.sent_at;
            let early = sent_at < until && !log_off.was_said(case, accepted, |word| word == Word::Now);
            early.then(|| format!("#{} at {sent_at} and not at {until}", log_off.act.number))
        })
    },
};

pub(super) const OVERSLEPT: Invariant = Invariant {
    name: "overslept",
    sentence: "If the end of the time was missed by more than a minute and a half, nobody is logged off without the admin's \
               word after it.",
    broken: |case| {
        log_offs(case).find_map(|log_off| {
            let (run, until) = log_off.last_end(case)?;
            let noticed = log_off.over_at(case)?;
            let graces = case.evidence.story.graces.borrow();
            let said = |one: &crate::story::GraceMoment| {
                one.run == run && matches!(one.what, GraceNews::Said(_)) && one.at >= until && one.at <= noticed
            };
            let unasked = noticed - until > LATEST && !graces.iter().any(said);
            unasked.then(|| format!("#{}: over at {until}, noticed at {noticed}", log_off.act.number))
        })
    },
};

/// A log off that was sent, of those with a message before.
struct LogOff<'a> {
    act: SentAct<'a>,
    record: usize,
    warning: Warning,
}

fn messages<'a>(case: &'a Case<'_>) -> impl Iterator<Item = SentAct<'a>> {
    acts(case).filter(|act| act.what.kind() == Kind::SendMessage)
}

fn log_offs<'a>(case: &'a Case<'_>) -> impl Iterator<Item = LogOff<'a>> {
    acts(case)
        .filter(|act| act.what.kind() == Kind::LogOff)
        .filter_map(|act| {
            let record = case.record_of(act.number, act.exchange)?;
            let confirmed = case.evidence.story.confirmed.borrow();
            let warning = confirmed
                .iter()
                .find(|one| one.record == record)?
                .act
                .warning()?
                .clone();
            Some(LogOff { act, record, warning })
        })
}

/// Whether the first was refused, as far as the page knew when it sent the second.
fn was_refused(first: &Exchange, second: &Exchange) -> bool {
    let in_time = first.answered_at.is_some_and(|at| at <= second.sent_at);
    in_time && matches!(first.status, Some(401 | 403 | 429))
}

impl LogOff<'_> {
    /// The last word about its message before it was sent, and when that was.
    fn warned(&self, case: &Case<'_>) -> Option<(Warned, OffsetDateTime)> {
        let words = case.evidence.story.words.borrow();
        let mut earlier = words.iter().rev();
        earlier.find_map(|word| match &word.news {
            News::Warned(warned) if word.record == self.record && word.at <= self.act.exchange.sent_at => {
                Some((warned.clone(), word.at))
            }
            _ => None,
        })
    }

    /// When Azure took its message on, as the page heard.
    fn told_at(&self, case: &Case<'_>) -> Option<OffsetDateTime> {
        let earlier = messages(case).filter(|one| {
            one.number < self.act.number
                && one.exchange.was_accepted()
                && case.record_of(one.number, one.exchange) == Some(self.record)
        });
        earlier.filter_map(|one| one.exchange.answered_at).max()
    }

    /// When the page noticed that the time was over.
    fn over_at(&self, case: &Case<'_>) -> Option<OffsetDateTime> {
        let words = case.evidence.story.words.borrow();
        let mut earlier = words.iter().rev();
        let over = earlier.find(|word| {
            word.record == self.record && word.news == News::GraceOver && word.at <= self.act.exchange.sent_at
        });
        over.map(|word| word.at)
    }

    /// Whether the admin has said such a word about it since.
    fn was_said(&self, case: &Case<'_>, since: OffsetDateTime, fits: impl Fn(Word) -> bool) -> bool {
        let runs = case.evidence.story.runs.borrow();
        case.evidence.story.graces.borrow().iter().any(|one| {
            let of_this = runs.get(one.run).is_some_and(|records| records.contains(&self.record));
            let said = matches!(one.what, GraceNews::Said(word) if fits(word));
            of_this && said && one.at >= since && one.at <= self.act.exchange.sent_at
        })
    }

    /// The last end of its time that the page has shown, and in which run.
    fn last_end(&self, case: &Case<'_>) -> Option<(usize, OffsetDateTime)> {
        let runs = case.evidence.story.runs.borrow();
        let graces = case.evidence.story.graces.borrow();
        let mut earlier = graces.iter().rev();
        earlier.find_map(|one| match one.what {
            GraceNews::Stands(Stage::Until(until))
                if one.at <= self.act.exchange.sent_at
                    && runs.get(one.run).is_some_and(|records| records.contains(&self.record)) =>
            {
                Some((one.run, until))
            }
            _ => None,
        })
    }
}

/// Counts what there was.
pub(super) fn count(case: &Case<'_>, figures: &mut Figures) {
    figures.waited += log_offs(case).filter(|log_off| log_off.told_at(case).is_some()).count() as u64;
}
