//! Subscriptions, host pools and session hosts, and what guards them.

use super::World;
use super::open_enum::open_enum;
use serde::Serialize;

/// A host pool's place in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PoolKey(pub(crate) usize);

/// A session host's place in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct HostKey(pub(crate) usize);

/// A subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Its GUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `Enabled`, `Warned`, `PastDue`, `Disabled` or `Deleted`.
    pub state: String,
    /// Is Microsoft.DesktopVirtualization registered in it?
    pub registered: bool,
}

open_enum!(
    /// Kind of host pool (Azure/azure-rest-api-specs, HostPool.tsp).
    PoolKind { Personal, Pooled, BYODesktop }
);

/// A host pool.
#[derive(Clone, Debug)]
pub struct HostPool {
    /// Its key.
    pub key: PoolKey,
    /// The subscription's GUID.
    pub subscription: String,
    /// The resource group.
    pub resource_group: String,
    /// Its name.
    pub name: String,
    /// Its friendly name.
    pub friendly_name: Option<String>,
    /// Its region.
    pub location: String,
    /// Its kind.
    pub kind: PoolKind,
    /// Whether the lists of its subscription and its resource group name it; else only Resource Graph and it itself do.
    pub listed: bool,
    pub(crate) object_id: String,
}

open_enum!(
    /// Health of a session host (Azure/azure-rest-api-specs, SessionHost.tsp).
    HostStatus {
        Available, Unavailable, Shutdown, Disconnected, Upgrading, UpgradeFailed, NoHeartbeat, NotJoinedToDomain,
        DomainTrustRelationshipLost, SxSStackListenerNotReady, FSLogixNotHealthy, NeedsAssistance,
    }
);

impl HostStatus {
    /// Can the service reach the host? If not, a plain log off does nothing.
    pub fn reachable(&self) -> bool {
        !matches!(
            self,
            Self::Unavailable | Self::Shutdown | Self::Disconnected | Self::NoHeartbeat
        )
    }
}

/// A session host.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its key.
    pub key: HostKey,
    /// The pool it belongs to.
    pub pool: PoolKey,
    /// Its name: an FQDN when domain-joined, a bare name when Entra-joined. The service compares it with its case.
    pub name: String,
    /// Its health.
    pub status: HostStatus,
    /// Takes new sessions (false = draining).
    pub allow_new_session: bool,
    /// Owner of a personal desktop.
    pub assigned_user: Option<String>,
    pub(crate) object_id: String,
    pub(crate) machine_id: String,
}

/// A resource lock.
#[derive(Clone, Debug)]
pub struct Lock {
    /// Where it stands; it covers everything below.
    pub scope: String,
    /// What it forbids.
    pub level: LockLevel,
}

/// What a lock forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockLevel {
    /// Deletes.
    CanNotDelete,
    /// Deletes and POST actions.
    ReadOnly,
}

/// An Azure Policy assignment that denies deletes and actions.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where it is assigned.
    pub scope: String,
    /// Its name.
    pub name: String,
}

impl World {
    /// All host pools.
    pub fn host_pools(&self) -> &[HostPool] {
        &self.pools
    }

    /// All session hosts.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// A host pool.
    pub fn pool(&self, key: PoolKey) -> Option<&HostPool> {
        self.pools.get(key.0)
    }

    /// A host pool, to be changed.
    pub fn pool_mut(&mut self, key: PoolKey) -> Option<&mut HostPool> {
        self.pools.get_mut(key.0)
    }

    /// The host pool of this name, whatever its case.
    pub fn pool_named(&self, name: &str) -> Option<&HostPool> {
        self.pools.iter().find(|pool| pool.name.eq_ignore_ascii_case(name))
    }

    /// Takes all host pools away, with their hosts and sessions.
    pub fn remove_host_pools(&mut self) {
        self.pools.clear();
        self.hosts.clear();
        self.sessions.clear();
        self.history.clear();
    }

    /// A session host.
    pub fn host(&self, key: HostKey) -> Option<&Host> {
        self.hosts.get(key.0)
    }

    /// A session host, to be changed.
    pub fn host_mut(&mut self, key: HostKey) -> Option<&mut Host> {
        self.hosts.get_mut(key.0)
    }

    /// The session hosts of a pool.
    pub fn hosts_of(&self, pool: PoolKey) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(move |host| host.pool == pool)
    }

    /// The pool's ARM id, in the letter cases that the service sends (Azure/azure-powershell issue 18134).
    pub fn pool_id(&self, key: PoolKey) -> String {
        self.pool(key).map_or_else(String::new, |pool| {
            format!(
                "/subscriptions/{}/resourcegroups/{}/providers/Microsoft.DesktopVirtualization/hostpools/{}",
                pool.subscription, pool.resource_group, pool.name
            )
        })
    }

    /// The host's ARM id, in the letter cases that the service sends.
    pub fn host_id(&self, key: HostKey) -> String {
        self.host(key).map_or_else(String::new, |host| {
            format!("{}/sessionhosts/{}", self.pool_id(host.pool), host.name)
        })
    }
}
