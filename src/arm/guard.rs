//! The guard: reads a session again, immediately before something is done to it, and lets only the very same pass.
//!
//! Nothing else can make a [`Guarded`], and nothing that changes a session works without one. Between this read and
//! the act lies one round trip, in which the session may end and its id be taken by another: Resource Manager offers
//! no precondition on sessions (no etag, no `If-Match`), so that window stays open. It has a bound: what the guard has
//! seen soon counts no longer.

use std::time::Duration;

use time::OffsetDateTime;

use super::client::ArmClient;
use super::error::ArmError;
use super::ids::SessionId;
use super::timestamp::Timestamp;
use super::user_sessions::{self, UserSession};

/// How old the guard's question may be when something is done on its answer.
const LONGEST_AGE: Duration = Duration::from_secs(10);

/// Which session exactly: id, user and creation time. The id alone is not enough, because Windows uses numbers again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The full resource id.
    pub id: SessionId,
    /// The user, by `userPrincipalName`.
    pub user: String,
    /// When it began.
    pub created: Option<Timestamp>,
}

impl Identity {
    /// Of a session that names its user; `None` for one that does not, on which nothing may be done.
    pub fn of(session: &UserSession) -> Option<Self> {
        let user = session.user.clone()?;
        Some(Self {
            id: session.id.clone(),
            user,
            created: session.created.clone(),
        })
    }

    /// Compares for acting: any doubt is a difference.
    fn verdict(&self, found: UserSession, asked_at: OffsetDateTime) -> Verdict {
        let same_user = found.user.as_deref().is_some_and(|user| same_name(user, &self.user));
        if !same_user {
            Verdict::WrongPerson
        } else if found.created != self.created {
            Verdict::Replaced(Box::new(found))
        } else {
            Verdict::Same(Guarded {
                session: found,
                asked_at,
            })
        }
    }

    /// Compares for proving an end: any doubt is "still there". Another session under the id means that this one is
    /// gone; a field that is merely missing means nothing.
    pub fn is_surely_another(&self, found: &UserSession) -> bool {
        let other_user = found.user.as_deref().is_some_and(|user| !same_name(user, &self.user));
        let other_time = matches!((&self.created, &found.created), (Some(mine), Some(theirs)) if mine != theirs);
        other_user || other_time
    }
}

/// User names are equal without regard to letter case, and never by a part of them.
pub fn same_name(one: &str, two: &str) -> bool {
    one.to_lowercase() == two.to_lowercase()
}

/// What the guard saw.
#[derive(Debug)]
pub enum Verdict {
    /// The same session: go on, at once.
    Same(Guarded),
    /// There is no session under that id any more.
    Gone,
    /// The id belongs to somebody else now, or names nobody.
    WrongPerson,
    /// The same user, but a session that began at another time.
    Replaced(Box<UserSession>),
}

/// A session that was seen a moment ago to be the one that was meant.
#[derive(Debug)]
pub struct Guarded {
    session: UserSession,
    asked_at: OffsetDateTime,
}

impl Guarded {
    /// Its id, as the guard's read gave it.
    pub fn id(&self) -> &SessionId {
        &self.session.id
    }

    /// Whether the guard's question left so short a time ago that its answer may still be acted on. An answer can be on its
    /// way for more than a minute, and a computer can sleep with it in its hands.
    pub fn is_fresh(&self, now: OffsetDateTime) -> bool {
        let age = now - self.asked_at;
        !age.is_negative() && age <= LONGEST_AGE
    }

    /// The session as the guard saw it.
    pub fn session(&self) -> &UserSession {
        &self.session
    }
}

/// Reads the session again and compares.
///
/// # Errors
/// [`ArmError`] if it could not be read; nothing may be sent then.
pub async fn check(client: &ArmClient, identity: &Identity) -> Result<Verdict, ArmError> {
    let asked_at = client.ports().clock.now();
    Ok(match user_sessions::get(client, &identity.id).await? {
        None => Verdict::Gone,
        Some(found) => identity.verdict(found, asked_at),
    })
}
