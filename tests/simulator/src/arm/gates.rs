//! The gates after the token: throttle, api-version, rights, second factor, lock, policy.

use super::Call;
use super::errors::ArmError;
use crate::record::Operation;
use crate::simulator::Simulator;
use crate::throttle::Class;
use crate::world::{LockLevel, scope_covers};
use http::Method;
use serde_json::json;

/// The right that an operation needs (Azure documentation, role-based-access-control/permissions/compute.md).
pub(crate) fn right(operation: Operation) -> Option<&'static str> {
    Some(match operation {
        Operation::HostPoolsGet => "Microsoft.DesktopVirtualization/hostpools/read",
        Operation::SessionHostsList | Operation::SessionHostsGet => {
            "Microsoft.DesktopVirtualization/hostpools/sessionhosts/read"
        }
        Operation::UserSessionsListByHostPool => "Microsoft.DesktopVirtualization/hostpools/usersessions/read",
        Operation::UserSessionsList | Operation::UserSessionsGet => {
            "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/read"
        }
        Operation::UserSessionsDelete => "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/delete",
        Operation::UserSessionsDisconnect => {
            "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/disconnect/action"
        }
        Operation::UserSessionsSendMessage => {
            "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/sendMessage/action"
        }
        _ => return None,
    })
}

impl Simulator {
    /// Takes a token from the bucket: the header that tells what remains, or 429.
    pub(crate) fn throttle(&mut self, call: &Call) -> Result<Option<(String, u32)>, ArmError> {
        let settings = self.world.switches.throttle;
        if !settings.enabled {
            return Ok(None);
        }
        let class = match *call.request.method() {
            _ if call.target.operation == Operation::ResourceGraph => Class::Queries,
            Method::GET | Method::HEAD => Class::Reads,
            Method::DELETE => Class::Deletes,
            _ => Class::Writes,
        };
        let subscription = call.target.subscription.as_deref();
        let scope = subscription.unwrap_or(&call.caller.tenant);
        let header = match (class, subscription) {
            (Class::Queries, _) => "x-ms-user-quota-remaining".to_owned(),
            (_, Some(_)) => format!("x-ms-ratelimit-remaining-subscription-{}", class.name()),
            (_, None) => format!("x-ms-ratelimit-remaining-tenant-{}", class.name()),
        };
        match self.buckets.take(&settings, scope, &call.caller.upn, class, call.now) {
            Ok(left) => Ok(Some((header, left))),
            Err(seconds) => {
                let (code, what) = match class {
                    Class::Queries => (
                        "RateLimiting",
                        "Please provide below info when asking for support".to_owned(),
                    ),
                    _ => (
                        if subscription.is_some() {
                            "SubscriptionRequestsThrottled"
                        } else {
                            "TenantRequestsThrottled"
                        },
                        format!(
                            "Number of '{}' for '{scope}' actor '{}' exceeded. Please try again after '{seconds}' seconds \
                             after additional tokens are available.",
                            class.name(),
                            call.caller.object_id
                        ),
                    ),
                };
                Err(ArmError::new(429, code, &what)
                    .header("retry-after", &seconds.to_string())
                    .header(&header, "0"))
            }
        }
    }

    /// Everything that stands between a recognised caller and the operation.
    pub(crate) fn gates(&self, call: &Call) -> Result<(), ArmError> {
        let target = call.target;
        if target.operation == Operation::Unknown {
            return Ok(());
        }
        self.known_version(call)?;
        if let Some(id) = &target.subscription {
            let Some(known) = self
                .world
                .subscriptions
                .iter()
                .find(|one| one.id.eq_ignore_ascii_case(id))
            else {
                let message = format!("The subscription '{id}' could not be found.");
                return Err(ArmError::new(404, "SubscriptionNotFound", &message));
            };
            let tenant = self.world.tenant_of(id);
            if tenant.id != call.caller.tenant {
                return Err(self.wrong_tenant(&call.caller.tenant, &tenant.id));
            }
            let scope = target.right_scope();
            if let Some(action) = right(target.operation)
                && !self.world.allows(&call.caller.upn, action, &scope)
                && !self.empty_instead(call)
            {
                return Err(ArmError::forbidden(
                    &call.caller.upn,
                    &call.caller.object_id,
                    action,
                    &scope,
                ));
            }
            if !known.registered
                && target.operation != Operation::PermissionsList
                && target.operation != Operation::SubscriptionsGet
            {
                let message = "The subscription is not registered to use namespace 'Microsoft.DesktopVirtualization'. See \
                               https://aka.ms/rps-not-found for how to register subscriptions.";
                return Err(ArmError::new(409, "MissingSubscriptionRegistration", message));
            }
            if target.operation.acts() {
                return self.may_act(call, &scope, &known.state);
            }
        }
        if self.world.switches.reads_need_mfa && !call.caller.second_factor {
            return Err(self.second_factor_missing(call, "Users must use MFA for Azure Resource Manager"));
        }
        Ok(())
    }

    /// A subscription answers only to tokens of the tenant it trusts (errorreference.com,
    /// InvalidAuthenticationTokenTenant).
    fn wrong_tenant(&self, given: &str, wanted: &str) -> ArmError {
        let login = &self.origins.login;
        let message = format!(
            "The access token is from the wrong issuer 'https://sts.windows.net/{given}/'. It must match the tenant \
             'https://sts.windows.net/{wanted}/' associated with this subscription. Please use the authority (URL) \
             '{login}/{wanted}' to get the token. Note, if the subscription is transferred to another tenant there is no \
             impact to the services, but information about new tenant could take time to propagate (up to an hour). If \
             you just transferred your subscription and see this error message, please try back later."
        );
        ArmError::unauthorized(login, wanted, "InvalidAuthenticationTokenTenant", &message)
    }

    /// The challenge for a second factor; for a client that cannot take one, a policy's refusal.
    fn second_factor_missing(&self, call: &Call, policy: &str) -> ArmError {
        let refusal = ArmError::policy("MFA is required.", policy);
        if !call.caller.cp1 {
            return refusal;
        }
        // Seen on a PUT without a second factor (Azure/azure-sdk-for-python issue 41739).
        let claims = json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } });
        let mut challenge = ArmError::challenge(
            &self.origins.login,
            &refusal.code,
            &refusal.message,
            "insufficient_claims",
            &claims,
        );
        challenge.status = self.world.switches.challenge_status;
        challenge
    }

    /// Does the list answer with no rows to someone without the right?
    pub(crate) fn empty_instead(&self, call: &Call) -> bool {
        call.target.operation == Operation::UserSessionsListByHostPool
            && self.world.switches.list_by_pool_without_right == crate::switches::WithoutRight::Empty
    }

    fn may_act(&self, call: &Call, scope: &str, state: &str) -> Result<(), ArmError> {
        if self.world.switches.writes_need_mfa && !call.caller.second_factor {
            let policy = "Users must use MFA for Create, Update and Delete operations";
            return Err(self.second_factor_missing(call, policy));
        }
        if state == "Disabled" || state == "Warned" {
            let message = "The subscription is disabled and therefore marked as read only. You cannot perform any write \
                           actions on this subscription until it is re-enabled.";
            return Err(ArmError::new(409, "ReadOnlyDisabledSubscription", message));
        }
        let deletes = call.target.operation == Operation::UserSessionsDelete;
        let locked = self
            .world
            .locks
            .iter()
            .find(|lock| scope_covers(&lock.scope, scope) && (deletes || lock.level == LockLevel::ReadOnly));
        if let Some(lock) = locked {
            let message = format!(
                "The scope '{scope}' cannot perform {} operation because following scope(s) are locked: '{}'. Please remove \
                 the lock and try again.",
                if deletes { "delete" } else { "write" },
                lock.scope
            );
            return Err(ArmError::new(409, "ScopeLocked", &message));
        }
        match self
            .world
            .policies
            .iter()
            .find(|policy| scope_covers(&policy.scope, scope))
        {
            Some(policy) => Err(ArmError::policy(&format!("'{}'.", policy.name), &policy.name)),
            None => Ok(()),
        }
    }

    fn known_version(&self, call: &Call) -> Result<(), ArmError> {
        let Some(version) = call.parameter("api-version").filter(|version| !version.is_empty()) else {
            let message = "The api-version query parameter (?api-version=) is required for all requests.";
            return Err(ArmError::new(400, "MissingApiVersionParameter", message));
        };
        let desktop = self
            .world
            .switches
            .desktop_versions
            .iter()
            .map(String::as_str)
            .collect();
        let (known, kind): (Vec<&str>, _) = match call.target.operation {
            Operation::TenantsList | Operation::SubscriptionsList | Operation::SubscriptionsGet => {
                (vec!["2022-12-01"], "subscriptions")
            }
            Operation::PermissionsList => (vec!["2022-04-01"], "permissions"),
            Operation::ResourceGraph => (vec!["2021-03-01", "2022-10-01", "2024-04-01"], "resources"),
            _ => (desktop, "hostPools"),
        };
        if known.contains(&version) {
            return Ok(());
        }
        let message = format!(
            "No registered resource provider found for location 'global' and API version '{version}' for type '{kind}'. The \
             supported api-versions are '{}'.",
            known.join(", ")
        );
        Err(ArmError::new(400, "NoRegisteredProviderFound", &message))
    }
}
