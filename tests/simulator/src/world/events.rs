//! What happens by itself while time passes.

use super::{EndReason, HostKey, HostStatus, SessionKey, SessionState, World};
use time::OffsetDateTime;

/// Something that will happen.
#[derive(Clone, Debug)]
pub enum Event {
    /// A log off that was asked for is finished.
    LoggedOff(SessionKey),
    /// A session ends by itself.
    EndSession(SessionKey),
    /// Somebody starts a session.
    StartSession {
        /// Where.
        host: HostKey,
        /// Who.
        upn: String,
    },
    /// A session changes its state.
    SessionState(SessionKey, SessionState),
    /// A host changes its health.
    HostStatus(HostKey, HostStatus),
}

impl World {
    /// Plans an event. It happens when time has come so far and the next request arrives.
    pub fn schedule(&mut self, at: OffsetDateTime, event: Event) {
        self.due.push((at, event));
    }

    /// Lets everything happen that is due until `now`, in the order of its time. Time does not run backwards.
    pub fn advance(&mut self, now: OffsetDateTime) {
        if self.now.is_none_or(|last| last < now) {
            self.now = Some(now);
        }
        // An event can bring about another one that is due as well, so each turn takes the earliest.
        while let Some(place) = self.earliest(now) {
            let (at, event) = self.due.remove(place);
            self.happen(at, event);
        }
    }

    fn earliest(&self, now: OffsetDateTime) -> Option<usize> {
        let due = self.due.iter().enumerate().filter(|(_, (at, _))| *at <= now);
        due.min_by_key(|(_, (at, _))| *at).map(|(place, _)| place)
    }

    fn happen(&mut self, at: OffsetDateTime, event: Event) {
        match event {
            Event::LoggedOff(key) => self.end(key, at, EndReason::LoggedOff),
            Event::EndSession(key) => self.end(key, at, EndReason::Left),
            Event::StartSession { host, upn } => {
                self.add_session(host, &upn, SessionState::Active, at);
            }
            Event::SessionState(key, state) => {
                if let Some(session) = self.session_mut(key) {
                    session.state = state;
                }
            }
            Event::HostStatus(key, status) => {
                if let Some(host) = self.host_mut(key) {
                    host.status = status;
                }
            }
        }
    }
}
