//! Invariants about what was sent: to the right session, after the admin's word, once, and not after "Stop".

use avd_logoff::arm::guard::{Identity, same_name};
use azure_simulator::SessionSnapshot;

use super::{Case, Invariant, is_named};
use crate::network::Exchange;
use crate::run::Figures;
use crate::story::{Confirmation, Sent};

pub(super) const RIGHT_PERSON: Invariant = Invariant {
    name: "right-person",
    sentence: "No act reaches a session whose user or creation time differs from what was confirmed, unless the number \
               changed hands between the guard's look and the act's arrival.",
    broken: |case| acts(case).find_map(|act| act.wrong(case)),
};

pub(super) const CONFIRMED: Invariant = Invariant {
    name: "confirmed",
    sentence: "Nothing is sent for a session that is not in a plan that was confirmed before, and nothing else than what \
               was confirmed.",
    broken: |case| {
        acts(case).find_map(|act| {
            let confirmed = case.evidence.story.confirmed.borrow();
            let is_confirmed = confirmed
                .iter()
                .any(|one| act.may_be_of(one) && is_named(&one.identity, &act.exchange.path));
            (!is_confirmed).then(|| {
                format!(
                    "#{} {:?} of {} was never confirmed",
                    act.number, act.what, act.exchange.path
                )
            })
        })
    },
};

pub(super) const LOOKED_BETWEEN: Invariant = Invariant {
    name: "looked-between",
    sentence: "No act is sent twice for one session without an answered look at it in between.",
    broken: |case| {
        let exchanges = case.evidence.exchanges;
        acts(case).find_map(|act| {
            let mut earlier = exchanges[..act.number].iter();
            let last = earlier.rposition(|one| one.acts() && one.path == act.exchange.path)?;
            let mut between = exchanges[last + 1..act.number].iter();
            let looked = between.any(|one| is_answered_look(one, act.exchange));
            (!looked).then(|| format!("#{last} and #{} for {}", act.number, act.exchange.path))
        })
    },
};

pub(super) const NOT_AFTER_STOP: Invariant = Invariant {
    name: "not-after-stop",
    sentence: "Once Stop was pressed, or the page was reloaded, nothing more is sent for what was confirmed before.",
    broken: |case| {
        let closed = case.evidence.story.closed.borrow();
        acts(case).find_map(|act| {
            let record = case.record_of(act.number, act.exchange)?;
            let by = closed
                .iter()
                .find(|closed| closed.before <= act.number && closed.records.contains(&record))?;
            Some(format!("#{} was sent for record {record} after {}", act.number, by.by))
        })
    },
};

pub(super) const PACING: Invariant = Invariant {
    name: "pacing",
    sentence: "The page's own pace provokes no 429 where Resource Manager's buckets are as documented, over reloads too.",
    broken: |case| {
        if !case.checks.pacing || !case.evidence.documented_buckets {
            return None;
        }
        let throttled = ["SubscriptionRequestsThrottled", "TenantRequestsThrottled"];
        let mut record = case.evidence.record.iter();
        let found = record.find(|entry| entry.error.as_deref().is_some_and(|code| throttled.contains(&code)))?;
        Some(format!("{:?} at {}", found.operation, found.at))
    },
};

/// One act that was sent.
pub(super) struct SentAct<'a> {
    pub number: usize,
    pub exchange: &'a Exchange,
    pub what: &'a Sent,
}

pub(super) fn acts<'a>(case: &'a Case<'_>) -> impl Iterator<Item = SentAct<'a>> {
    let exchanges = case.evidence.exchanges.iter().enumerate();
    exchanges.filter_map(|(number, exchange)| {
        let what = exchange.sent.as_ref()?;
        Some(SentAct { number, exchange, what })
    })
}

impl SentAct<'_> {
    /// Whether it is what was confirmed there, before it was sent.
    fn may_be_of(&self, one: &Confirmation) -> bool {
        one.before <= self.number && one.permits(self.what)
    }

    /// Whose session it reached, and whether that is what was confirmed.
    fn reached<'c>(&self, case: &'c Case<'_>) -> Option<(&'c SessionSnapshot, bool)> {
        let entry = case.entry(self.exchange)?;
        let session = entry.session.as_ref()?;
        let done = entry.effect || entry.status.is_some_and(|status| status < 300);
        let confirmed = case.evidence.story.confirmed.borrow();
        let meant = confirmed
            .iter()
            .any(|one| self.may_be_of(one) && is(&one.identity, session));
        done.then_some((session, meant))
    }

    /// The look that this act relied on: the last one under its request id that had been answered.
    pub fn look<'c>(&self, case: &'c Case<'_>) -> Option<&'c Exchange> {
        let earlier = case.evidence.exchanges[..self.number].iter();
        earlier.rev().find(|one| {
            one.request_id == self.exchange.request_id
                && is_answered_look(one, self.exchange)
                && one.status == Some(200)
        })
    }

    fn wrong(&self, case: &Case<'_>) -> Option<String> {
        let (session, meant) = self.reached(case)?;
        if meant {
            return None;
        }
        let seen = self.look(case).and_then(|look| case.entry(look)?.session.as_ref());
        let confirmed = case.evidence.story.confirmed.borrow();
        let right = |one: &Confirmation, seen| self.may_be_of(one) && is(&one.identity, seen);
        let was_right_then = seen.is_some_and(|seen| confirmed.iter().any(|one| right(one, seen)));
        (!was_right_then).then(|| {
            format!(
                "#{} reached {} of {}, begun {:?}, and the look before it saw {:?}",
                self.number, session.arm_id, session.upn, session.create_time, seen
            )
        })
    }
}

/// Whether `one` is a look at the session that `act` is for, answered before `act` was sent.
fn is_answered_look(one: &Exchange, act: &Exchange) -> bool {
    one.method == "GET" && one.path == act.path && one.answered_at.is_some_and(|at| at <= act.sent_at)
}

/// Whether this is that session.
fn is(identity: &Identity, session: &SessionSnapshot) -> bool {
    let created = session.create_time.as_deref().map(avd_logoff::arm::Timestamp::new);
    session.arm_id.eq_ignore_ascii_case(identity.id.as_str())
        && same_name(&session.upn, &identity.user)
        && created == identity.created
}

/// The windows that Resource Manager leaves open: from the model's answer to the guard's look to the act's arrival.
pub(super) fn measure(case: &Case<'_>, figures: &mut Figures) {
    figures.requests += case.evidence.exchanges.len() as u64;
    for act in acts(case) {
        figures.acts += 1;
        figures.messages += u64::from(act.exchange.is_message());
        figures.disconnections += u64::from(*act.what == Sent::Disconnect);
        let Some(entry) = case.entry(act.exchange) else {
            continue;
        };
        figures.effects += u64::from(entry.effect);
        let look = act.look(case).and_then(|look| case.entry(look));
        let Some(look) = look else { continue };
        let window = (entry.at - look.at).unsigned_abs();
        figures.windows += 1;
        figures.windows_total += window;
        figures.longest_window = figures.longest_window.max(window);
        figures.hits += u64::from(act.reached(case).is_some_and(|(_, meant)| !meant));
    }
}
