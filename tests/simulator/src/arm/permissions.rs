//! What the caller may do at a scope (Azure/azure-rest-api-specs, authorization 2022-04-01).

use super::errors::ArmError;
use super::{Answer, Call};
use crate::simulator::Simulator;
use serde_json::json;

const READ: &str = "Microsoft.Authorization/permissions/read";

impl Simulator {
    pub(crate) fn permissions(&self, call: &Call) -> Answer {
        let (upn, scope) = (&call.caller.upn, &call.target.scope);
        let may = if self.world.switches.permissions_need_right {
            self.world.allows(upn, READ, scope)
        } else {
            self.world.sees(upn, scope)
        };
        if !may {
            return Err(ArmError::forbidden(upn, &call.caller.object_id, READ, scope));
        }
        let rows = self.world.roles_at(upn, scope).map(|role| {
            json!({ "actions": role.actions, "notActions": role.not_actions, "dataActions": [], "notDataActions": [] })
        });
        self.page(call, rows.collect())
    }
}
