//! Message first: tells the users, gives them time, and hands on what is still to be logged off then.
//!
//! Messages go to sessions that are in use at that moment; where none is, nobody waits. A message is sent once for each
//! confirmed log off and never again. That one failed is for the admin to judge: it neither stops the log off by itself
//! nor passes in silence.

use std::time::Duration;

use futures::future::{Either, join_all, select};
use futures::stream::{self, StreamExt as _};
use futures::{FutureExt as _, pin_mut};

use super::act::Act;
use super::carry_out::{Control, News, PARALLEL, Progress};
use super::outcome::Outcome;
use super::receipt::{Intended, IntendedSession, Warned};
use super::run::{Run, Sent};
use super::telling::Teller;
use crate::arm::ArmClient;

/// How often it is looked, during the time that is given, whether the sessions still exist.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Does what comes before the log off; gives back the sessions that it is for. Those that ended meanwhile, or were
/// stopped, have had their last word.
pub(super) async fn first(
    client: &ArmClient,
    intended: Intended,
    teller: &Teller<Progress>,
    control: &Control,
) -> Vec<IntendedSession> {
    let Intended { sessions, .. } = intended;
    let Some(minutes) = sessions.iter().filter_map(minutes).max() else {
        return sessions;
    };
    let first = First {
        client,
        teller,
        control,
    };
    let sessions = first.tell_users(sessions).await;
    let time = first.give_time(&sessions, minutes).await;
    control.grace.end();
    match time {
        Time::Over => {
            for session in &sessions {
                first.run(session.record).tell(News::GraceOver);
            }
            sessions
        }
        Time::Stopped => {
            for session in &sessions {
                first.run(session.record).end_unsent(Outcome::Cancelled, control);
            }
            Vec::new()
        }
        // What was seen is the end of it: the guard could take whoever comes under the id next for the one that left.
        Time::NobodyLeft(runs) => {
            for run in runs {
                run.end_unsent(Outcome::AlreadyGone, control);
            }
            Vec::new()
        }
    }
}

/// How the time that users are given ended.
enum Time<'a> {
    /// It is over, or nobody needs it: the log off begins.
    Over,
    /// The log off is not wanted any more.
    Stopped,
    /// Every session was seen to be gone, by these.
    NobodyLeft(Vec<Run<'a>>),
}

/// How long this session's user is given; `None` if nobody is to be told, or the time is over.
fn minutes(session: &IntendedSession) -> Option<u8> {
    let warning = session.act.warning().filter(|_| !session.grace_over);
    warning.map(|warning| warning.grace_minutes)
}

impl Time<'_> {
    fn of(goes_on: bool) -> Self {
        if goes_on { Self::Over } else { Self::Stopped }
    }
}

struct First<'a> {
    client: &'a ArmClient,
    teller: &'a Teller<Progress>,
    control: &'a Control,
}

impl<'a> First<'a> {
    fn run(&self, record: usize) -> Run<'a> {
        Run::new(self.client, record, self.teller)
    }

    /// Sends the message wherever somebody is at work and was not told yet; gives back what is still there.
    async fn tell_users(&self, sessions: Vec<IntendedSession>) -> Vec<IntendedSession> {
        let told = stream::iter(sessions).map(|session| self.tell_user(session));
        let mut sessions: Vec<IntendedSession> =
            told.buffer_unordered(PARALLEL).filter_map(async |s| s).collect().await;
        sessions.sort_by_key(|session| session.record);
        sessions
    }

    async fn tell_user(&self, mut session: IntendedSession) -> Option<IntendedSession> {
        let Some(warning) = session.act.warning().filter(|_| session.warned.is_none()) else {
            return Some(session);
        };
        let run = self.run(session.record);
        let act = Act::SendMessage(warning.message.clone());
        let warned = match run.send(&session.identity, &act, self.control).await {
            Sent::Accepted(_) => Warned::Accepted,
            Sent::NotNeeded | Sent::NotFound => Warned::NotInUse,
            Sent::Open(error) => Warned::failed(error),
            Sent::Ended(Outcome::Refused | Outcome::Failed, reason) => Warned::Failed(reason),
            Sent::Ended(outcome, reason) => {
                self.control.step_up.no_longer_unsent(session.record);
                run.tell(News::Outcome(outcome, reason));
                return None;
            }
        };
        // The message is on its way or not; for the log off nothing was sent.
        self.control.step_up.not_sent(session.record);
        run.tell(News::Warned(warned.clone()));
        session.warned = Some(warned);
        Some(session)
    }

    /// Waits as long as users were promised.
    async fn give_time(&self, sessions: &[IntendedSession], minutes: u8) -> Time<'a> {
        let Control { stop, grace, .. } = self.control;
        let waits = || sessions.iter().filter(|session| !session.grace_over);
        let failed = waits()
            .filter(|session| matches!(session.warned, Some(Warned::Failed(_))))
            .count();
        let accepted = waits()
            .filter(|session| matches!(session.warned, Some(Warned::Accepted)))
            .count();
        if failed > 0 && !grace.go_on_without(failed, failed + accepted, stop).await {
            return Time::Stopped;
        }
        if accepted == 0 {
            return Time::of(!stop.is_pressed());
        }
        let time = Duration::from_secs(60 * u64::from(minutes));
        let over = grace.wait(&*self.client.ports().clock, time, stop).fuse();
        let nobody_left = self.nobody_left(sessions);
        pin_mut!(over, nobody_left);
        match select(over, nobody_left).await {
            Either::Left((goes_on, _)) => Time::of(goes_on),
            Either::Right((runs, _)) => Time::NobodyLeft(runs),
        }
    }

    /// Resolves when all sessions have ended by themselves: then nobody needs the time any more.
    async fn nobody_left(&self, sessions: &[IntendedSession]) -> Vec<Run<'a>> {
        let runs: Vec<Run<'a>> = sessions.iter().map(|session| self.run(session.record)).collect();
        loop {
            self.client.ports().clock.sleep(LOOK_EVERY).await;
            let looks = runs.iter().zip(sessions);
            let looks = looks.map(|(run, session)| run.sees_no_more(&session.identity));
            if join_all(looks).await.into_iter().all(|ended| ended) {
                return runs;
            }
        }
    }
}
