//! The plan: exactly which sessions, frozen when the dialog opens, and how much it takes to confirm it.
//!
//! An act takes a [`Confirmed`] plan, and only [`Plan::confirm`] makes one.

use std::collections::HashSet;

use super::act::{Act, Kind, Message, Warning};
use super::findings::Row;
use crate::arm::guard::{Identity, same_name};
use crate::arm::{ApplicationType, HostPoolType, HostStatus, SessionState, Timestamp};
use crate::wildcard;

/// One session of a plan, as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Which session.
    pub identity: Identity,
    /// Name of its subscription.
    pub subscription: String,
    /// Its state then.
    pub state: SessionState,
    /// Desktop or RemoteApp.
    pub application: ApplicationType,
    /// Whose the hosts of its pool are, where that is known.
    pub pool_type: Option<HostPoolType>,
    /// How its host was; `None` if that is not known.
    pub host_status: Option<HostStatus>,
    /// When its host was last heard of.
    pub last_heart_beat: Option<Timestamp>,
}

/// Who plans, and what the deployment says about it.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// The signed-in person's user name.
    pub operator: String,
    /// UPNs, or patterns with `*`, that need typed confirmation.
    pub protected_users: Vec<String>,
    /// Whether the confirmation may be skipped for simple cases.
    pub allow_skipping: bool,
}

/// Why a plan takes more than a click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Friction {
    /// Sessions of more than one user.
    SeveralUsers,
    /// Force, although a host is healthy (or not known to be otherwise).
    ForceOnHealthyHost,
    /// A protected user.
    ProtectedUser,
    /// The admin's own session.
    OwnSession,
}

/// Why a session that was chosen is in no plan of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeftOut {
    /// Nobody works in it, so nobody would see a message.
    NotActive,
    /// It is disconnected already.
    AlreadyDisconnected,
}

/// A frozen plan to do something to sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    act: Act,
    sessions: Vec<Planned>,
    left_out: Vec<(Identity, LeftOut)>,
    friction_without_force: Vec<Friction>,
    may_skip: bool,
}

/// A plan that the admin has confirmed.
#[derive(Clone, Debug)]
pub struct Confirmed(Plan);

impl Plan {
    /// Freezes a plan for these rows. Rows that name nobody are in none: nothing may be done to them. Rows for which
    /// the act would be nothing are left out and told.
    pub fn freeze<'a>(rows: impl IntoIterator<Item = &'a Row>, act: Act, circumstances: &Circumstances) -> Self {
        let (mut sessions, mut left_out) = (Vec::new(), Vec::new());
        for row in rows {
            let Some(identity) = Identity::of(&row.session) else {
                continue;
            };
            match why_left_out(act.kind(), &row.session.state) {
                Some(why) => left_out.push((identity, why)),
                None => sessions.push(Planned::new(identity, row)),
            }
        }
        let mut plan = Self {
            act,
            sessions,
            left_out,
            friction_without_force: Vec::new(),
            may_skip: circumstances.allow_skipping,
        };
        let users = plan.users();
        let protected = |user: &&str| {
            circumstances
                .protected_users
                .iter()
                .any(|pattern| wildcard::matches(pattern, user))
        };
        let own = |user: &&str| same_name(user, &circumstances.operator);
        let frictions = [
            (users.len() > 1, Friction::SeveralUsers),
            (users.iter().any(protected), Friction::ProtectedUser),
            (users.iter().any(own), Friction::OwnSession),
        ];
        plan.friction_without_force = frictions
            .into_iter()
            .filter_map(|(holds, friction)| holds.then_some(friction))
            .collect();
        plan
    }

    /// The sessions.
    pub fn sessions(&self) -> &[Planned] {
        &self.sessions
    }

    /// Sessions that were chosen and are not in it, each with the reason.
    pub fn left_out(&self) -> &[(Identity, LeftOut)] {
        &self.left_out
    }

    /// What is to be done to them.
    pub fn act(&self) -> &Act {
        &self.act
    }

    /// Which act that is.
    pub fn kind(&self) -> Kind {
        self.act.kind()
    }

    /// Whether they are removed with force.
    pub fn force(&self) -> bool {
        self.act.force()
    }

    /// Ticks or clears "Force", where there is one.
    pub fn set_force(&mut self, on: bool) {
        if let Act::LogOff { force, .. } = &mut self.act {
            *force = on;
        }
    }

    /// Puts a message before a log off, or takes it away.
    pub fn set_warning(&mut self, message_first: Option<Warning>) {
        if let Act::LogOff { warning, .. } = &mut self.act {
            *warning = message_first;
        }
    }

    /// Whether somebody works in any of them, so that a message before makes sense.
    pub fn has_active(&self) -> bool {
        self.sessions
            .iter()
            .any(|planned| planned.state == SessionState::Active)
    }

    /// Changes the message that goes with it, where there is one.
    pub fn write_message(&mut self, write: impl FnOnce(&mut Message)) {
        if let Some(message) = self.act.message_mut() {
            write(message);
        }
    }

    /// The users, each once, in the order of the sessions.
    pub fn users(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let users = self.sessions.iter().map(|planned| planned.identity.user.as_str());
        users.filter(|user| seen.insert(user.to_lowercase())).collect()
    }

    /// Why it takes typing; empty if a click is enough.
    pub fn friction(&self) -> Vec<Friction> {
        let mut friction = self.friction_without_force.clone();
        let on_healthy = self.sessions.iter().any(|planned| {
            // A host whose status is not known may well be healthy.
            planned
                .host_status
                .as_ref()
                .is_none_or(|status| !status.is_out_of_reach())
        });
        if self.force() && on_healthy {
            friction.push(Friction::ForceOnHealthyHost);
        }
        friction
    }

    /// The text to type, if it takes typing: the user, or for several users the number of sessions.
    pub fn text_to_type(&self) -> Option<String> {
        if self.friction().is_empty() {
            return None;
        }
        match *self.users() {
            [user] => Some(user.to_owned()),
            _ => Some(self.sessions.len().to_string()),
        }
    }

    /// Whether the deployment lets this plan go without a dialog: only where a click would have been enough, and
    /// nothing but a plain log off is wanted.
    pub fn may_skip_dialog(&self) -> bool {
        self.may_skip && self.act == Act::log_off(false) && self.friction().is_empty()
    }

    /// Whether nothing is missing and `typed` is what the plan asks for: without regard to letter case and blanks
    /// around it.
    pub fn is_confirmed_by(&self, typed: &str) -> bool {
        !self.sessions.is_empty()
            && self.act.is_complete()
            && self
                .text_to_type()
                .is_none_or(|text| same_name(text.trim(), typed.trim()))
    }

    /// The admin's word.
    ///
    /// # Errors
    /// The plan itself, if `typed` is not what it asks for.
    pub fn confirm(self, typed: &str) -> Result<Confirmed, Box<Self>> {
        if self.is_confirmed_by(typed) {
            Ok(Confirmed(self))
        } else {
            Err(Box::new(self))
        }
    }
}

impl Planned {
    fn new(identity: Identity, row: &Row) -> Self {
        Self {
            identity,
            subscription: row.subscription.clone(),
            state: row.session.state.clone(),
            application: row.session.application.clone(),
            pool_type: row.pool_type,
            host_status: row.host.as_ref().map(|host| host.status.clone()),
            last_heart_beat: row.host.as_ref().and_then(|host| host.last_heart_beat.clone()),
        }
    }
}

fn why_left_out(kind: Kind, state: &SessionState) -> Option<LeftOut> {
    match kind {
        Kind::SendMessage if *state != SessionState::Active => Some(LeftOut::NotActive),
        Kind::Disconnect if *state == SessionState::Disconnected => Some(LeftOut::AlreadyDisconnected),
        _ => None,
    }
}

impl Confirmed {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}

#[cfg(test)]
mod tests;
