//! The plan: exactly which sessions, frozen when the dialog opens, and how much it takes to confirm it.
//!
//! A log off takes a [`Confirmed`] plan, and only [`Plan::confirm`] makes one.

use std::collections::HashSet;

use super::findings::Row;
use crate::arm::guard::{Identity, same_name};
use crate::arm::{ApplicationType, HostStatus, SessionState, Timestamp};
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

/// A frozen plan to log sessions off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    sessions: Vec<Planned>,
    force: bool,
    friction_without_force: Vec<Friction>,
    may_skip: bool,
}

/// A plan that the admin has confirmed.
#[derive(Clone, Debug)]
pub struct Confirmed(Plan);

impl Plan {
    /// Freezes a plan for these rows. Rows that name nobody are left out: nothing may be done to them.
    pub fn freeze<'a>(rows: impl IntoIterator<Item = &'a Row>, force: bool, circumstances: &Circumstances) -> Self {
        let sessions: Vec<Planned> = rows
            .into_iter()
            .filter_map(|row| {
                Some(Planned {
                    identity: Identity::of(&row.session)?,
                    subscription: row.subscription.clone(),
                    state: row.session.state.clone(),
                    application: row.session.application.clone(),
                    host_status: row.host.as_ref().map(|host| host.status.clone()),
                    last_heart_beat: row.host.as_ref().and_then(|host| host.last_heart_beat.clone()),
                })
            })
            .collect();
        let mut plan = Self {
            sessions,
            force,
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

    /// Whether they are removed with force.
    pub fn force(&self) -> bool {
        self.force
    }

    /// Ticks or clears "Force".
    pub fn set_force(&mut self, force: bool) {
        self.force = force;
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
        if self.force && on_healthy {
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
    /// never with force.
    pub fn may_skip_dialog(&self) -> bool {
        self.may_skip && !self.force && self.friction().is_empty()
    }

    /// Whether `typed` is what the plan asks for: without regard to letter case and blanks around it.
    pub fn is_confirmed_by(&self, typed: &str) -> bool {
        !self.sessions.is_empty()
            && self
                .text_to_type()
                .is_none_or(|text| same_name(text.trim(), typed.trim()))
    }

    /// The admin's word.
    ///
    /// # Errors
    /// The plan itself, if `typed` is not what it asks for.
    pub fn confirm(self, typed: &str) -> Result<Confirmed, Self> {
        if self.is_confirmed_by(typed) {
            Ok(Confirmed(self))
        } else {
            Err(self)
        }
    }
}

impl Confirmed {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Circumstances, Friction, Plan};
    use crate::arm::{
        ApplicationType, HostStatus, SessionHost, SessionHostId, SessionId, SessionState, Timestamp, UserSession,
    };
    use crate::desk::findings::Row;

    const HOST: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool/sessionhosts/vm-1";

    fn row(number: u32, user: Option<&str>, status: Option<HostStatus>) -> Row {
        Row {
            session: UserSession {
                id: SessionId::parse(&format!("{HOST}/usersessions/{number}")).unwrap(),
                user: user.map(str::to_owned),
                directory_user: None,
                state: SessionState::Active,
                application: ApplicationType::Desktop,
                created: Some(Timestamp::new("2026-11-20T08:00:00Z")),
            },
            subscription: "One".into(),
            host: status.map(|status| SessionHost {
                id: SessionHostId::parse(HOST).unwrap(),
                status,
                last_heart_beat: None,
                allow_new_session: None,
            }),
        }
    }

    fn plan(rows: &[Row], force: bool) -> Plan {
        let circumstances = Circumstances {
            operator: "operator@contoso.example".into(),
            protected_users: vec!["board-*@contoso.example".into()],
            allow_skipping: true,
        };
        Plan::freeze(rows, force, &circumstances)
    }

    #[test]
    fn one_users_sessions_take_a_click() {
        let rows = [
            row(1, Some("a@contoso.example"), None),
            row(2, Some("A@contoso.example"), None),
        ];
        let plan = plan(&rows, false);
        assert_eq!((plan.friction(), plan.text_to_type()), (vec![], None));
        assert!(plan.may_skip_dialog() && plan.confirm("").is_ok());
    }

    #[test]
    fn risk_asks_for_typing() {
        let off = || Some(HostStatus::Shutdown);
        let cases = [
            (
                vec![row(1, Some("a@x.example"), off()), row(2, Some("b@x.example"), off())],
                false,
                Some(Friction::SeveralUsers),
                Some("2"),
            ),
            (
                vec![row(1, Some("a@x.example"), Some(HostStatus::Available))],
                true,
                Some(Friction::ForceOnHealthyHost),
                Some("a@x.example"),
            ),
            (
                vec![row(1, Some("a@x.example"), None)],
                true,
                Some(Friction::ForceOnHealthyHost),
                Some("a@x.example"),
            ),
            (vec![row(1, Some("a@x.example"), off())], true, None, None),
            (
                vec![row(1, Some("Board-1@Contoso.example"), off())],
                false,
                Some(Friction::ProtectedUser),
                Some("Board-1@Contoso.example"),
            ),
            (
                vec![row(1, Some("OPERATOR@contoso.example"), off())],
                false,
                Some(Friction::OwnSession),
                Some("OPERATOR@contoso.example"),
            ),
        ];
        for (rows, force, friction, text) in cases {
            let plan = plan(&rows, force);
            assert_eq!(plan.friction(), friction.into_iter().collect::<Vec<_>>());
            assert_eq!(plan.text_to_type().as_deref(), text);
            assert_eq!(plan.may_skip_dialog(), text.is_none() && !force);
            if let Some(text) = text {
                assert!(!plan.is_confirmed_by("") && !plan.is_confirmed_by(&text[1..]));
                assert!(plan.is_confirmed_by(&format!(" {} ", text.to_uppercase())));
            }
        }
    }

    #[test]
    fn rows_that_name_nobody_are_in_no_plan_and_an_empty_plan_cannot_be_confirmed() {
        let plan = plan(&[row(1, None, None)], false);
        assert!(plan.sessions().is_empty());
        assert!(plan.confirm("").is_err());
    }
}
