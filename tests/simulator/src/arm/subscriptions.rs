//! Tenants and subscriptions (Azure/azure-rest-api-specs, subscriptions 2022-12-01).

use super::errors::ArmError;
use super::{Answer, Call};
use crate::reply::json;
use crate::simulator::Simulator;
use crate::world::Subscription;
use serde_json::{Value, json};

impl Simulator {
    /// Those that know the caller as member or guest, whichever of them the token is for. It needs no role.
    pub(crate) fn tenants(&self, call: &Call) -> Answer {
        let upn = &call.caller.upn;
        let mine = self
            .world
            .tenants()
            .filter(|tenant| tenant.id == call.caller.tenant || self.world.object_id_in(&tenant.id, upn).is_some());
        let rows = mine.map(|tenant| {
            json!({
                "id": format!("/tenants/{}", tenant.id),
                "tenantId": tenant.id,
                "countryCode": "CH",
                "displayName": tenant.name,
                "domains": [tenant.domain],
                // Whether a guest sees another word is not documented; `ManagedBy` belongs to Azure Lighthouse.
                "tenantCategory": "Home",
                "defaultDomain": tenant.domain,
                "tenantType": "AAD",
            })
        });
        self.page(call, rows.collect())
    }

    /// Only those of the token's tenant in which the caller has a role, be it on a single pool.
    pub(crate) fn subscriptions(&self, call: &Call) -> Answer {
        let seen = self.world.subscriptions.iter().filter(|one| self.sees(call, one));
        self.page(call, seen.map(|one| self.subscription_row(one)).collect())
    }

    pub(crate) fn subscription(&self, call: &Call) -> Answer {
        let id = call.target.subscription.as_deref().unwrap_or_default();
        let known = self
            .world
            .subscriptions
            .iter()
            .find(|one| one.id.eq_ignore_ascii_case(id));
        match known.filter(|one| self.sees(call, one)) {
            Some(known) => Ok((json(200, &self.subscription_row(known)), false)),
            None => Err(ArmError::forbidden(
                &call.caller.upn,
                &call.caller.object_id,
                "Microsoft.Resources/subscriptions/read",
                &format!("/subscriptions/{id}"),
            )),
        }
    }

    fn sees(&self, call: &Call, subscription: &Subscription) -> bool {
        self.world.tenant_of(&subscription.id).id == call.caller.tenant
            && self
                .world
                .sees(&call.caller.upn, &format!("/subscriptions/{}", subscription.id))
    }

    fn subscription_row(&self, subscription: &Subscription) -> Value {
        json!({
            "id": format!("/subscriptions/{}", subscription.id),
            "authorizationSource": "RoleBased",
            "managedByTenants": [],
            "subscriptionId": subscription.id,
            "tenantId": self.world.tenant_of(&subscription.id).id,
            "displayName": subscription.name,
            "state": subscription.state,
            "subscriptionPolicies": {
                "locationPlacementId": "Public_2014-09-01",
                "quotaId": "EnterpriseAgreement_2014-09-01",
                "spendingLimit": "Off",
            },
        })
    }
}
