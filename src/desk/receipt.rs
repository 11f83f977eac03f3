//! The receipt: for each session what was intended, before anything is sent, and what became of it, afterwards.
//!
//! It is what the page shows of outcomes, what is kept over a reload, and what is copied and downloaded: one truth.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};

use super::act::{Act, Kind, Message, Warning};
use super::carry_out::{News, Progress};
use super::outcome::{Outcome, Reason};
use super::plan::{Confirmed, Planned};
use super::watch::{Goal, Watchable};
use crate::arm::guard::{Identity, same_name};
use crate::arm::{ArmError, SessionId, Timestamp, UserSession};

/// Who did it, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operator {
    /// User name of the signed-in person.
    pub username: String,
    /// Their object id.
    pub object_id: String,
    /// Id of the tenant.
    pub tenant_id: String,
    /// Name of the cloud.
    pub cloud: String,
}

/// Everything that was done in this tab since signing in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Who did it.
    pub operator: Operator,
    /// Seconds that local time was ahead of UTC.
    pub utc_offset_seconds: i32,
    /// One for each session of each confirmed plan, in order.
    pub records: Vec<Record>,
}

/// One session of one confirmed plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Full resource id as received.
    pub id: String,
    /// The user.
    pub user: String,
    /// Name of the subscription.
    pub subscription: String,
    /// Resource group.
    pub resource_group: String,
    /// Host pool.
    pub host_pool: String,
    /// Session host.
    pub session_host: String,
    /// Number of the session on its host.
    pub session_id: String,
    /// State when it was confirmed.
    pub state: String,
    /// Desktop or RemoteApp.
    pub application: String,
    /// When the session began, as Azure writes it.
    pub started: Option<String>,
    /// How its host was, if known.
    pub host_status: Option<String>,
    /// What was to be done.
    #[serde(default)]
    pub act: Kind,
    /// Whether it was removed with force.
    pub force: bool,
    /// The message that was sent with it or before it.
    pub message: Option<Message>,
    /// Minutes between a message and the log off; `None` if there was no message before it.
    pub grace_minutes: Option<u8>,
    /// What became of the message before a log off.
    pub warned: Option<Warned>,
    /// Whether the time after that message was over.
    #[serde(default)]
    pub grace_over: bool,
    /// When it was confirmed, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub intended_at: OffsetDateTime,
    /// What became of it; `None` while nothing was heard yet.
    pub outcome: Option<Outcome>,
    /// Why, where there is more to say.
    pub reason: Option<Reason>,
    /// When the outcome was seen, UTC.
    #[serde(with = "time::serde::rfc3339::option")]
    pub outcome_at: Option<OffsetDateTime>,
    /// The page's request id.
    pub request_id: Option<String>,
    /// Resource Manager's correlation id, where the browser lets it be read.
    pub correlation_id: Option<String>,
}

/// What became of the message before a log off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Warned {
    /// Azure took it on. Nobody knows whether it was read.
    Accepted,
    /// Nobody worked in the session then, so none was sent.
    NotInUse,
    /// It was refused, could not be sent, or nobody knows; with the reason.
    Failed(Option<Reason>),
}

/// A confirmed plan whose intent stands in the receipt: what an act needs to begin.
#[derive(Debug)]
pub struct Intended {
    pub(super) sessions: Vec<IntendedSession>,
    pub(super) is_kept: bool,
}

/// One session of it.
#[derive(Debug)]
pub(super) struct IntendedSession {
    pub record: usize,
    pub identity: Identity,
    pub act: Act,
    /// What became of the message before, if that is known already.
    pub warned: Option<Warned>,
    /// Whether the time after it is over.
    pub grace_over: bool,
}

impl Warned {
    /// The word in files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NotInUse => "not-in-use",
            Self::Failed(_) => "failed",
        }
    }

    pub(super) fn failed(error: ArmError) -> Self {
        Self::Failed(Some(Reason::Arm(Box::new(error))))
    }
}

impl Record {
    fn new(planned: &Planned, act: &Act, at: OffsetDateTime) -> Self {
        let id = &planned.identity.id;
        Self {
            id: id.as_str().to_owned(),
            user: planned.identity.user.clone(),
            subscription: planned.subscription.clone(),
            resource_group: id.resource_group().to_owned(),
            host_pool: id.host_pool().to_owned(),
            session_host: id.session_host().to_owned(),
            session_id: id.session().to_owned(),
            state: planned.state.as_str().to_owned(),
            application: planned.application.as_str().to_owned(),
            started: planned
                .identity
                .created
                .as_ref()
                .map(|created| created.as_str().to_owned()),
            host_status: planned.host_status.as_ref().map(|status| status.as_str().to_owned()),
            act: act.kind(),
            force: act.force(),
            message: act.message().cloned(),
            grace_minutes: act.warning().map(|warning| warning.grace_minutes),
            warned: None,
            grace_over: false,
            intended_at: at,
            outcome: None,
            reason: None,
            outcome_at: None,
            request_id: None,
            correlation_id: None,
        }
    }

    /// Which session this is about; `None` only if the record was tampered with.
    pub fn identity(&self) -> Option<Identity> {
        Some(Identity {
            id: SessionId::parse(&self.id)?,
            user: self.user.clone(),
            created: self.started.as_deref().map(Timestamp::new),
        })
    }

    /// What a later look can see; `None` for a message.
    pub fn goal(&self) -> Option<Goal> {
        Goal::of(self.act)
    }

    /// Whether work on it is still under way. What Azure took on is the end of it for a message, and for a
    /// disconnection that was seen.
    pub fn is_under_way(&self) -> bool {
        match self.outcome {
            Some(Outcome::Requested) => self.goal().is_some() && self.reason != Some(Reason::SeenDisconnected),
            outcome => outcome.is_none_or(Outcome::is_under_way),
        }
    }

    /// Whether nobody has seen the end of it and a later look may.
    pub fn can_be_watched(&self) -> bool {
        self.goal().is_some() && self.outcome.is_some_and(Outcome::can_be_watched)
    }

    /// Whether users are given time now before it is logged off.
    pub fn gives_time(&self) -> bool {
        self.outcome.is_none() && self.warned == Some(Warned::Accepted) && !self.grace_over
    }

    /// What was confirmed, as far as it is still to be done.
    fn act(&self) -> Act {
        let message = || self.message.clone().unwrap_or_default();
        match self.act {
            Kind::LogOff => Act::LogOff {
                force: self.force,
                warning: self.warning(),
            },
            Kind::Disconnect => Act::Disconnect,
            Kind::SendMessage => Act::SendMessage(message()),
        }
    }

    fn warning(&self) -> Option<Warning> {
        let grace_minutes = self.grace_minutes?;
        let message = self.message.clone()?;
        Some(Warning { message, grace_minutes })
    }
}

impl Intended {
    /// Whether the intent survives a reload of the tab.
    pub fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// The records that it is about.
    pub fn records(&self) -> Vec<usize> {
        self.sessions.iter().map(|session| session.record).collect()
    }
}

impl Receipt {
    /// An empty one.
    pub fn new(operator: Operator, offset: UtcOffset) -> Self {
        Self {
            operator,
            utc_offset_seconds: offset.whole_seconds(),
            records: Vec::new(),
        }
    }

    /// Local time's distance from UTC.
    pub fn offset(&self) -> UtcOffset {
        UtcOffset::from_whole_seconds(self.utc_offset_seconds).unwrap_or(UtcOffset::UTC)
    }

    /// Writes down what is about to be done.
    pub fn intend(&mut self, confirmed: &Confirmed, at: OffsetDateTime) -> Intended {
        let plan = confirmed.plan();
        let mut sessions = Vec::with_capacity(plan.sessions().len());
        for planned in plan.sessions() {
            sessions.push(IntendedSession {
                record: self.records.len(),
                identity: planned.identity.clone(),
                act: plan.act().clone(),
                warned: None,
                grace_over: false,
            });
            self.records.push(Record::new(planned, plan.act(), at));
        }
        Intended {
            sessions,
            is_kept: false,
        }
    }

    /// Takes up again what waited for a sign-in that made the page leave: of `unsent`, those records of which nothing
    /// was heard. They were confirmed then; the guard looks at each again. Who was told already is not told again, and
    /// gets the whole of the time anew, unless it was over.
    pub fn resume(&self, unsent: &[usize]) -> Intended {
        let records = self.records.iter().enumerate();
        let waiting = records.filter(|(at, record)| record.outcome.is_none() && unsent.contains(at));
        let sessions = waiting.filter_map(|(at, record)| {
            Some(IntendedSession {
                record: at,
                identity: record.identity()?,
                act: record.act(),
                warned: record.warned.clone(),
                grace_over: record.grace_over,
            })
        });
        Intended {
            sessions: sessions.collect(),
            is_kept: true,
        }
    }

    /// Gives up what waited for a sign-in that did not come about: nothing was sent for it.
    pub fn give_up(&mut self, unsent: &[usize], at: OffsetDateTime) {
        for &index in unsent {
            if let Some(record) = self.records.get_mut(index).filter(|record| record.outcome.is_none()) {
                record.outcome = Some(Outcome::Cancelled);
                record.outcome_at = Some(at);
            }
        }
    }

    /// Writes down what became of it. An end that was seen is never taken back by a later word.
    pub fn apply(&mut self, progress: Progress) {
        let Some(record) = self.records.get_mut(progress.record) else {
            return;
        };
        if record
            .outcome
            .is_some_and(|outcome| outcome.is_over() || outcome == Outcome::Cancelled)
        {
            return;
        }
        match progress.news {
            News::Warned(warned) => {
                record.warned = Some(warned);
                return;
            }
            News::GraceOver => {
                record.grace_over = true;
                return;
            }
            News::Outcome(outcome, reason) => {
                record.outcome = Some(outcome);
                record.reason = reason;
            }
        }
        record.outcome_at = Some(progress.at);
        record.request_id = Some(progress.request_id);
        record.correlation_id = progress.correlation_id.or(record.correlation_id.take());
    }

    /// What was left unfinished by a reload becomes "unknown": nobody watched what happened meanwhile. Not so what is
    /// in `unsent`: for that it is certain that nothing was sent.
    pub fn interrupt(&mut self, unsent: &[usize], at: OffsetDateTime) {
        let records = self.records.iter_mut().enumerate();
        for (_, record) in
            records.filter(|(at, record)| record.is_under_way() && !(unsent.contains(at) && record.outcome.is_none()))
        {
            record.outcome = Some(Outcome::Unknown);
            record.reason = Some(Reason::Interrupted);
            record.outcome_at = Some(at);
        }
    }

    /// The newest record about a session: same id, same beginning.
    pub fn latest(&self, key: &str, created: Option<&Timestamp>) -> Option<(usize, &Record)> {
        self.records.iter().enumerate().rev().find(|(_, record)| {
            record.id.to_lowercase() == key && record.started.as_deref().map(Timestamp::new).as_ref() == created
        })
    }

    /// Records of which a later look may still see the end, with what to look for.
    pub fn watchable(&self) -> Vec<Watchable> {
        let open = self
            .records
            .iter()
            .enumerate()
            .filter(|(_, record)| record.can_be_watched());
        open.filter_map(|(record, of)| {
            Some(Watchable {
                record,
                identity: of.identity()?,
                goal: of.goal()?,
            })
        })
        .collect()
    }

    /// How many records have each outcome, in the order of first appearance; `None` stands for "nothing heard yet".
    pub fn totals(&self) -> Vec<(Option<Outcome>, usize)> {
        let mut totals: Vec<(Option<Outcome>, usize)> = Vec::new();
        for record in &self.records {
            match totals.iter_mut().find(|(outcome, _)| *outcome == record.outcome) {
                Some((_, count)) => *count += 1,
                None => totals.push((record.outcome, 1)),
            }
        }
        totals
    }

    /// Whether the user of this session was logged off here, was seen to be gone, and has begun this session afterwards.
    /// A hint: it compares Azure's clock with this computer's.
    pub fn came_back(&self, session: &UserSession) -> bool {
        let begun = session.created.as_ref().and_then(Timestamp::instant);
        let (Some(begun), Some(user)) = (begun, &session.user) else {
            return false;
        };
        let logged_off = |record: &&Record| record.act == Kind::LogOff && record.outcome == Some(Outcome::Gone);
        let mut logged_off = self.records.iter().filter(logged_off);
        logged_off.any(|record| same_name(&record.user, user) && begun > record.intended_at)
    }

    /// How many sessions are done with, of how many: those of the oldest plan that is still under way and of every plan
    /// after it. `None` while nothing is.
    pub fn progress(&self) -> Option<(usize, usize)> {
        let under_way = self.records.iter().filter(|record| record.is_under_way());
        let since = under_way.map(|record| record.intended_at).min()?;
        let of_these = || self.records.iter().filter(|record| record.intended_at >= since);
        let done = of_these().filter(|record| !record.is_under_way());
        Some((done.count(), of_these().count()))
    }

    /// Whether work on any record is still under way.
    pub fn is_under_way(&self) -> bool {
        self.records.iter().any(Record::is_under_way)
    }
}
