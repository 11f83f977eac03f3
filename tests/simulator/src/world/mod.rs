//! Everything that exists: directory, applications, roles, subscriptions, host pools, hosts and sessions.
//! No request is known here; the login and ARM faces answer from this state. Time passes only by [`World::advance`].

mod build;
mod directory;
mod estate;
mod events;
mod open_enum;
mod roles;
mod sessions;
mod tenants;

pub use directory::{Application, Consent, Guest, Person, RedirectKind, RedirectUri, Tenant};
pub use estate::{Host, HostKey, HostPool, HostStatus, Lock, LockLevel, Policy, PoolKey, PoolKind, Subscription};
pub use events::Event;
pub(crate) use roles::scope_covers;
pub use roles::{Assignment, RoleDefinition, custom_operator_role};
pub use sessions::{
    ApplicationType, Behaviour, DeleteRequest, EndReason, Ended, Life, Message, ReportedUpn, Session, SessionKey,
    SessionState,
};

use crate::seed::Seed;
use crate::switches::Switches;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The state of the simulated Azure.
#[derive(Clone, Debug)]
pub struct World {
    /// The company's tenant.
    pub tenant: Tenant,
    /// The people of all tenants.
    pub people: Vec<Person>,
    /// Tenants beside the company's; see [`World::add_tenant`].
    pub other_tenants: Vec<Tenant>,
    /// Who is a guest where.
    pub guests: Vec<Guest>,
    /// Registered applications.
    pub applications: Vec<Application>,
    /// Role definitions, built-in and custom.
    pub roles: Vec<RoleDefinition>,
    /// Who has which role where, by UPN at home. A role at `/` holds in every tenant.
    pub assignments: Vec<Assignment>,
    /// Subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// Locks on subscriptions, groups or pools.
    pub locks: Vec<Lock>,
    /// Policies that deny deletes and actions.
    pub policies: Vec<Policy>,
    /// How Azure behaves where that is not settled.
    pub switches: Switches,
    /// Tenant ids by UPN in lower case, for those whose home is not the company's tenant.
    pub(crate) homes: BTreeMap<String, String>,
    /// Tenant ids by subscription id in lower case, for those that are not the company's.
    pub(crate) owners: BTreeMap<String, String>,
    pub(crate) pools: Vec<HostPool>,
    pub(crate) hosts: Vec<Host>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) history: Vec<Life>,
    pub(crate) due: Vec<(OffsetDateTime, Event)>,
    pub(crate) now: Option<OffsetDateTime>,
    pub(crate) seed: Seed,
    pub(crate) next_session: u64,
}

impl World {
    /// An empty world: one tenant, the built-in roles, nobody and nothing in it.
    pub fn new(seed: u64) -> Self {
        Self {
            tenant: Tenant::default(),
            people: Vec::new(),
            other_tenants: Vec::new(),
            guests: Vec::new(),
            applications: Vec::new(),
            roles: roles::built_in(),
            assignments: Vec::new(),
            subscriptions: Vec::new(),
            locks: Vec::new(),
            policies: Vec::new(),
            switches: Switches::default(),
            homes: BTreeMap::new(),
            owners: BTreeMap::new(),
            pools: Vec::new(),
            hosts: Vec::new(),
            sessions: Vec::new(),
            history: Vec::new(),
            due: Vec::new(),
            now: None,
            seed: Seed::new(seed),
            next_session: 0,
        }
    }
}
