//! User sessions: what they are, how they live and end, and the full history of every one of them.

use super::open_enum::open_enum;
use super::{Event, HostKey, World};
use crate::record::SessionSnapshot;
use crate::stamp::stamp;
use serde::Serialize;
use std::time::Duration;
use time::OffsetDateTime;

/// Names one session for ever, unlike its ARM id, which the next session on the host may take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SessionKey(pub(crate) u64);

open_enum!(
    /// State of a session (Azure/azure-rest-api-specs, UserSession.tsp).
    SessionState { Unknown, Active, Disconnected, Pending, LogOff, UserProfileDiskMounted }
);

open_enum!(
    /// What runs in a session (Azure/azure-rest-api-specs, UserSession.tsp).
    ApplicationType { RemoteApp, Desktop }
);

/// A live session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Unique for ever.
    pub key: SessionKey,
    /// Where it runs.
    pub host: HostKey,
    /// Its id on the host: small, and reused.
    pub number: u32,
    /// Whose it truly is.
    pub upn: String,
    /// How the service reports that.
    pub reported: ReportedUpn,
    /// `activeDirectoryUserName`.
    pub ad_user: String,
    /// What runs in it.
    pub application: ApplicationType,
    /// Its state.
    pub state: SessionState,
    /// When it began; `None` is reported as null.
    pub created: Option<OffsetDateTime>,
    /// Fraction digits in the report of that.
    pub created_digits: u8,
    /// How long it stays listed after its DELETE; else the world's switch decides.
    pub lingers: Option<Duration>,
    /// What it does when it is to be logged off.
    pub behaviour: Behaviour,
    /// The user starts a new session so long after this one ended, on this host (or the same one).
    pub comes_back: Option<(Duration, Option<HostKey>)>,
    /// Messages sent to it.
    pub messages: Vec<Message>,
}

/// How the service reports a session's user; the property is optional in UserSession.tsp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportedUpn {
    /// As it is.
    AsIs,
    /// null.
    Null,
    /// An empty text.
    Empty,
    /// The property is not there.
    Missing,
    /// In another form.
    Other(String),
}

/// What a session does when it is to be logged off. Ghosts need no value here: they follow from the host's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Goes.
    Ordinary,
    /// Stays in `LogOff` until it is forced.
    Stuck,
    /// Stays whatever is done.
    Immortal,
}

/// A message to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Who sent it.
    pub by: String,
}

/// The whole life of one session.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Life {
    /// Which session.
    pub key: SessionKey,
    /// The ARM id it had.
    pub arm_id: String,
    /// Whose it was.
    pub upn: String,
    /// The host pool's name.
    pub pool: String,
    /// When it began.
    #[serde(serialize_with = "as_text")]
    pub created: OffsetDateTime,
    /// Every accepted DELETE.
    pub delete_requests: Vec<DeleteRequest>,
    /// Every message.
    pub messages: Vec<Message>,
    /// How it ended, if it has.
    pub ended: Option<Ended>,
}

/// An accepted DELETE.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeleteRequest {
    /// When.
    #[serde(serialize_with = "as_text")]
    pub at: OffsetDateTime,
    /// By whom.
    pub by: String,
    /// With `force`.
    pub force: bool,
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ended {
    /// When.
    #[serde(serialize_with = "as_text")]
    pub at: OffsetDateTime,
    /// Why.
    pub why: EndReason,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EndReason {
    /// Logged off as asked.
    LoggedOff,
    /// Removed by force.
    Forced,
    /// By itself: the user left, or a fault or a test said so.
    Left,
}

fn as_text<S: serde::Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&stamp(*at, 7))
}

impl Session {
    /// `createTime` as the service writes it.
    pub fn create_time(&self) -> Option<String> {
        self.created.map(|at| stamp(at, self.created_digits))
    }
}

impl World {
    /// All live sessions.
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// A live session.
    pub fn session(&self, key: SessionKey) -> Option<&Session> {
        self.sessions.iter().find(|session| session.key == key)
    }

    /// A live session, to be changed.
    pub fn session_mut(&mut self, key: SessionKey) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.key == key)
    }

    /// The live sessions that truly are this user's, whatever the case and whatever the service reports.
    pub fn sessions_of(&self, upn: &str) -> Vec<&Session> {
        let wanted = upn.to_lowercase();
        self.sessions
            .iter()
            .filter(|session| session.upn.to_lowercase() == wanted)
            .collect()
    }

    /// The live session that has this ARM id now, whatever its case.
    pub fn session_at(&self, arm_id: &str) -> Option<&Session> {
        self.sessions
            .iter()
            .find(|session| self.session_id(session.key).eq_ignore_ascii_case(arm_id))
    }

    /// The session's ARM id, in the letter cases that the service sends (Azure/azure-powershell issue 18134).
    pub fn session_id(&self, key: SessionKey) -> String {
        self.session(key).map_or_else(String::new, |session| {
            format!("{}/usersessions/{}", self.host_id(session.host), session.number)
        })
    }

    /// Every session that ever was, in order of its beginning in this world.
    pub fn history(&self) -> &[Life] {
        &self.history
    }

    /// The life of one session.
    pub fn life(&self, key: SessionKey) -> Option<&Life> {
        self.history.iter().find(|life| life.key == key)
    }

    /// What the session looks like now.
    pub fn snapshot(&self, key: SessionKey) -> Option<SessionSnapshot> {
        let session = self.session(key)?;
        let host = self.host(session.host)?;
        Some(SessionSnapshot {
            key,
            arm_id: self.session_id(key),
            upn: session.upn.clone(),
            state: session.state.clone(),
            create_time: session.create_time(),
            host: host.name.clone(),
            pool: self.pool(host.pool)?.name.clone(),
        })
    }

    /// Ends a session at once, without anybody having asked.
    pub fn end_session(&mut self, key: SessionKey, at: OffsetDateTime) {
        self.end(key, at, EndReason::Left);
    }

    /// Ends a session and gives its ARM id to a new one, of another user or of the same.
    pub fn replace_session(&mut self, key: SessionKey, user: Option<&str>, at: OffsetDateTime) -> Option<SessionKey> {
        let old = self.session(key)?.clone();
        self.end(key, at, EndReason::Left);
        Some(self.put_session(old.host, old.number, user.unwrap_or(&old.upn), SessionState::Active, at))
    }

    /// An accepted DELETE. True if it changed the session.
    pub(crate) fn log_off(&mut self, key: SessionKey, force: bool, by: &str, at: OffsetDateTime) -> bool {
        if let Some(life) = self.history.iter_mut().find(|life| life.key == key) {
            life.delete_requests.push(DeleteRequest {
                at,
                by: by.to_owned(),
                force,
            });
        }
        let Some(session) = self.session(key) else { return false };
        let reachable = self.host(session.host).is_some_and(|host| host.status.reachable());
        let lingers = session
            .lingers
            .unwrap_or(Duration::from_millis(self.switches.lingers_ms));
        let (behaviour, leaving) = (session.behaviour, session.state == SessionState::LogOff);
        match behaviour {
            Behaviour::Immortal => false,
            _ if force => {
                self.end(key, at, EndReason::Forced);
                true
            }
            // The service cannot reach the host: it accepts the request and nothing comes of it (a ghost).
            _ if !reachable || leaving => false,
            _ => {
                if let Some(session) = self.session_mut(key) {
                    session.state = SessionState::LogOff;
                }
                if behaviour == Behaviour::Ordinary {
                    self.due.push((at + lingers, Event::LoggedOff(key)));
                }
                true
            }
        }
    }

    pub(crate) fn end(&mut self, key: SessionKey, at: OffsetDateTime, why: EndReason) {
        let Some(place) = self.sessions.iter().position(|session| session.key == key) else {
            return;
        };
        let session = self.sessions.remove(place);
        if let Some(life) = self.history.iter_mut().find(|life| life.key == key) {
            life.ended = Some(Ended { at, why });
        }
        if let Some((after, host)) = session.comes_back {
            let host = host.unwrap_or(session.host);
            self.due
                .push((at + after, Event::StartSession { host, upn: session.upn }));
        }
    }
}
