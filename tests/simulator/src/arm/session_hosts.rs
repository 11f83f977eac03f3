//! Session hosts (Azure/azure-rest-api-specs, SessionHost.tsp).

use super::errors::ArmError;
use super::host_pools::system_data;
use super::path::Target;
use super::{Answer, Call};
use crate::reply::json;
use crate::simulator::Simulator;
use crate::stamp::stamp;
use crate::world::{Host, HostStatus};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

impl Simulator {
    pub(crate) fn session_hosts(&self, call: &Call) -> Answer {
        let pool = self.find_pool(call.target)?.key;
        let rows = self
            .world
            .hosts_of(pool)
            .map(|host| self.session_host_row(host, call.now))
            .collect();
        self.page(call, rows)
    }

    pub(crate) fn session_host(&mut self, call: &Call) -> Answer {
        self.find_pool(call.target)?;
        match self.find_host(call.target) {
            Some(host) => Ok((json(200, &self.session_host_row(host, call.now)), false)),
            None => Err(ArmError::avd(404, &mut self.seed, "Session host not found")),
        }
    }

    /// The host that a path addresses. Its name, unlike all others, must be in the right case
    /// (Azure/RDS-Templates, basicScale.ps1: "-SessionHostName param is case sensitive").
    pub(crate) fn find_host(&self, target: &Target) -> Option<&Host> {
        let pool = self.find_pool(target).ok()?.key;
        self.world
            .hosts_of(pool)
            .find(|host| Some(&host.name) == target.host.as_ref())
    }

    fn session_host_row(&self, host: &Host, now: OffsetDateTime) -> Value {
        let pool = self.world.pool(host.pool);
        let sessions = self
            .world
            .sessions()
            .iter()
            .filter(|session| session.host == host.key)
            .count();
        let heartbeat = if host.status.reachable() {
            Duration::seconds(20)
        } else {
            Duration::hours(9)
        };
        let short = host.name.split('.').next().unwrap_or(&host.name);
        let machine = pool.map(|pool| {
            format!(
                "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Compute/virtualMachines/{short}",
                pool.subscription, pool.resource_group
            )
        });
        let health = if host.status == HostStatus::Available {
            "HealthCheckSucceeded"
        } else {
            "HealthCheckFailed"
        };
        json!({
            "name": format!("{}/{}", pool.map(|pool| pool.name.as_str()).unwrap_or_default(), host.name),
            "id": self.world.host_id(host.key),
            "type": "Microsoft.DesktopVirtualization/hostpools/sessionhosts",
            "systemData": system_data(),
            "properties": {
                "objectId": host.object_id,
                // The siblings of createTime come with fewer digits (Azure/azure-powershell issue 18669).
                "lastHeartBeat": stamp(now - heartbeat, 2),
                "sessions": sessions,
                "agentVersion": "1.0.9103.3700",
                "allowNewSession": host.allow_new_session,
                "assignedUser": host.assigned_user,
                "status": host.status,
                "statusTimestamp": stamp(now - heartbeat, 2),
                "osVersion": "10.0.26100.1742",
                "sxSStackVersion": "rdp-sxs240705700",
                "updateState": "Succeeded",
                "lastUpdateTime": stamp(now - Duration::days(12), 7),
                "updateErrorMessage": null,
                "virtualMachineId": host.machine_id,
                "friendlyName": null,
                "resourceId": machine,
                "sessionHostHealthCheckResults": [{
                    "healthCheckName": "DomainJoinedCheck",
                    "healthCheckResult": health,
                    "additionalFailureDetails": {
                        "message": "",
                        "errorCode": 0,
                        "lastHealthCheckDateTime": stamp(now - heartbeat, 7),
                    },
                }],
            },
        })
    }
}
