//! Host pools (Azure/azure-rest-api-specs, HostPool.tsp).

use super::errors::ArmError;
use super::{Answer, Call};
use crate::reply::json;
use crate::simulator::Simulator;
use crate::world::{HostPool, PoolKind};
use serde_json::{Value, json};

const READ: &str = "Microsoft.DesktopVirtualization/hostpools/read";

impl Simulator {
    /// Pools of a subscription or resource group. ARM leaves out what the caller may not read instead of refusing, as
    /// long as the caller has any role there (Azure/azure-monitor-baseline-alerts issue 288).
    pub(crate) fn host_pools(&self, call: &Call) -> Answer {
        let target = call.target;
        let scope = target.right_scope();
        let upn = &call.caller.upn;
        if !self.world.sees(upn, &scope) {
            return Err(ArmError::forbidden(upn, &call.caller.object_id, READ, &scope));
        }
        let same = |one: &str, wanted: &Option<String>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.to_lowercase() == one.to_lowercase())
        };
        let subscription = |pool: &&HostPool| same(&pool.subscription, &target.subscription);
        let there: Vec<&HostPool> = self
            .world
            .host_pools()
            .iter()
            .filter(subscription)
            .filter(|pool| same(&pool.resource_group, &target.group) && pool.listed)
            .collect();
        if let (Some(group), true) = (&target.group, there.is_empty()) {
            return Err(group_not_found(group));
        }
        let seen = there
            .into_iter()
            .filter(|pool| self.world.allows(upn, READ, &self.world.pool_id(pool.key)));
        self.page(call, seen.map(|pool| self.host_pool_row(pool)).collect())
    }

    pub(crate) fn host_pool(&self, call: &Call) -> Answer {
        let pool = self.find_pool(call.target)?;
        Ok((json(200, &self.host_pool_row(pool)), false))
    }

    /// The pool that a path addresses.
    pub(crate) fn find_pool(&self, target: &super::path::Target) -> Result<&HostPool, ArmError> {
        fn same(one: &str, part: &Option<String>) -> bool {
            let part = part.as_deref().unwrap_or_default();
            one.eq_ignore_ascii_case(part) || one.to_lowercase() == part.to_lowercase()
        }
        let mut in_group = self
            .world
            .host_pools()
            .iter()
            .filter(|pool| {
                pool.subscription
                    .eq_ignore_ascii_case(target.subscription.as_deref().unwrap_or_default())
                    && same(&pool.resource_group, &target.group)
            })
            .peekable();
        if in_group.peek().is_none() {
            return Err(group_not_found(target.group.as_deref().unwrap_or_default()));
        }
        in_group.find(|pool| same(&pool.name, &target.pool)).ok_or_else(|| {
            let message = format!(
                "The Resource 'Microsoft.DesktopVirtualization/hostPools/{}' under resource group '{}' was not found. For \
                 more details please go to https://aka.ms/ARMResourceNotFoundFix",
                target.pool.as_deref().unwrap_or_default(),
                target.group.as_deref().unwrap_or_default()
            );
            ArmError::new(404, "ResourceNotFound", &message)
        })
    }

    fn host_pool_row(&self, pool: &HostPool) -> Value {
        let personal = pool.kind == PoolKind::Personal;
        json!({
            "name": pool.name,
            "id": self.world.pool_id(pool.key),
            "type": "Microsoft.DesktopVirtualization/hostpools",
            "location": pool.location,
            "tags": {},
            "systemData": system_data(),
            "properties": {
                "objectId": pool.object_id,
                "friendlyName": pool.friendly_name,
                "description": null,
                "hostPoolType": pool.kind,
                "personalDesktopAssignmentType": if personal { json!("Automatic") } else { Value::Null },
                "customRdpProperty": null,
                "maxSessionLimit": if personal { 1 } else { 16 },
                "loadBalancerType": if personal { "Persistent" } else { "BreadthFirst" },
                "validationEnvironment": false,
                "ring": null,
                // Newer versions give no registration token here.
                "registrationInfo": { "expirationTime": null, "token": null, "registrationTokenOperation": "None" },
                "vmTemplate": null,
                "ssoadfsAuthority": null,
                "ssoClientId": null,
                "ssoClientSecretKeyVaultPath": null,
                "ssoSecretType": null,
                "preferredAppGroupType": "Desktop",
                "startVMOnConnect": personal,
                "cloudPcResource": false,
                "agentUpdate": { "type": "Default", "useSessionHostLocalTime": false, "maintenanceWindowTimeZone": null, "maintenanceWindows": [] },
            },
        })
    }
}

pub(crate) fn system_data() -> Value {
    json!({
        "createdBy": null,
        "createdByType": null,
        "createdAt": "2024-01-01T17:18:19.1234567Z",
        "lastModifiedBy": null,
        "lastModifiedByType": null,
        "lastModifiedAt": null,
    })
}

fn group_not_found(group: &str) -> ArmError {
    ArmError::new(
        404,
        "ResourceGroupNotFound",
        &format!("Resource group '{group}' could not be found."),
    )
}
