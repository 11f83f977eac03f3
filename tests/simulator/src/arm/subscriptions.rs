//! Tenants and subscriptions (Azure/azure-rest-api-specs, subscriptions 2022-12-01).

use super::errors::ArmError;
use super::{Answer, Call};
use crate::reply::json;
use crate::simulator::Simulator;
use crate::world::Subscription;
use serde_json::{Value, json};

impl Simulator {
    pub(crate) fn tenants(&self, call: &Call) -> Answer {
        let tenant = &self.world.tenant;
        let row = json!({
            "id": format!("/tenants/{}", tenant.id),
            "tenantId": tenant.id,
            "countryCode": "CH",
            "displayName": tenant.name,
            "domains": [tenant.domain],
            "tenantCategory": "Home",
            "defaultDomain": tenant.domain,
            "tenantType": "AAD",
        });
        self.page(call, vec![row])
    }

    /// Only those in which the caller has a role, be it on a single pool.
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
        self.world
            .sees(&call.caller.upn, &format!("/subscriptions/{}", subscription.id))
    }

    fn subscription_row(&self, subscription: &Subscription) -> Value {
        json!({
            "id": format!("/subscriptions/{}", subscription.id),
            "authorizationSource": "RoleBased",
            "managedByTenants": [],
            "subscriptionId": subscription.id,
            "tenantId": self.world.tenant.id,
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
