//! The ARM face: Azure Resource Manager with Microsoft.DesktopVirtualization, as far as sessions are concerned.
//! A request passes the gates in this order: token, throttle, path, api-version, rights, second factor, lock, policy;
//! then the operation answers from the world.

mod acts;
mod bearer;
pub(crate) mod errors;
mod filter;
mod gates;
mod graph;
mod graph_query;
mod host_pools;
pub(crate) mod paging;
pub(crate) mod path;
mod permissions;
mod session_hosts;
mod subscriptions;
mod user_sessions;

use crate::record::Operation;
use crate::reply::{header, set};
use crate::simulator::{Outcome, Simulator};
use crate::world::SessionKey;
use errors::{ArmError, arm_error};
use http::{Request, Response};
use path::Target;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Who calls, according to the token.
pub(crate) struct Caller {
    pub(crate) upn: String,
    /// The id of the tenant that the token is for.
    pub(crate) tenant: String,
    /// In that tenant.
    pub(crate) object_id: String,
    /// Does the token have what a challenge for a second factor asks for?
    pub(crate) second_factor: bool,
    pub(crate) cp1: bool,
}

/// A request as an operation sees it.
pub(crate) struct Call<'r> {
    pub(crate) now: OffsetDateTime,
    pub(crate) target: &'r Target,
    pub(crate) request: &'r Request<Vec<u8>>,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) caller: Caller,
}

impl Call<'_> {
    /// A query parameter; names do not mind their case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(&name.to_ascii_lowercase()).map(String::as_str)
    }
}

/// What an operation answers: the response, and whether it changed a session.
pub(crate) type Answer = Result<(Response<Vec<u8>>, bool), ArmError>;

impl Simulator {
    /// Resource Manager's answer.
    pub(crate) fn arm_answer(&mut self, now: OffsetDateTime, target: &Target, request: &Request<Vec<u8>>) -> Outcome {
        let caller = match self.caller(now, target, request) {
            Ok(caller) => caller,
            Err(error) => return Outcome::of(arm_error(&error)),
        };
        let query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        let query = query
            .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
            .collect();
        let call = Call {
            now,
            target,
            request,
            query,
            caller,
        };
        let mut remaining = None;
        let answer = match self.throttle(&call) {
            Ok(left) => {
                remaining = left;
                self.gates(&call).and_then(|()| self.operate(&call))
            }
            Err(error) => Err(error),
        };
        let (mut response, effect) = answer.unwrap_or_else(|error| (arm_error(&error), false));
        if let Some((name, count)) = remaining {
            set(&mut response, &name, &count.to_string());
        }
        let mut outcome = Outcome::of(response).by(&call.caller.upn);
        outcome.effect = effect;
        outcome
    }

    fn operate(&mut self, call: &Call) -> Answer {
        match call.target.operation {
            Operation::TenantsList => self.tenants(call),
            Operation::SubscriptionsList => self.subscriptions(call),
            Operation::SubscriptionsGet => self.subscription(call),
            Operation::HostPoolsList | Operation::HostPoolsListByResourceGroup => self.host_pools(call),
            Operation::HostPoolsGet => self.host_pool(call),
            Operation::SessionHostsList => self.session_hosts(call),
            Operation::SessionHostsGet => self.session_host(call),
            Operation::UserSessionsListByHostPool => self.user_sessions_of_pool(call),
            Operation::UserSessionsList => self.user_sessions_of_host(call),
            Operation::UserSessionsGet => self.user_session(call),
            Operation::UserSessionsDelete => self.delete(call),
            Operation::UserSessionsDisconnect => self.disconnect(call),
            Operation::UserSessionsSendMessage => self.send_message(call),
            Operation::PermissionsList => self.permissions(call),
            Operation::ResourceGraph => self.resource_graph(call),
            _ => Err(ArmError::new(404, "NotFound", "The requested resource does not exist.")),
        }
    }

    /// The live session that a path addresses.
    pub(crate) fn addressed(&self, target: &Target) -> Option<SessionKey> {
        self.find_session(target).ok()
    }

    /// Headers of every answer of ARM.
    pub(crate) fn finish_arm(&mut self, request: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>) {
        let (id, correlation) = (self.seed.guid(), self.seed.guid());
        set(response, "x-ms-request-id", &id);
        set(response, "x-ms-correlation-request-id", &correlation);
        set(
            response,
            "x-ms-routing-request-id",
            &format!("WESTEUROPE:20261120T080000Z:{correlation}"),
        );
        set(response, "cache-control", "no-cache");
        set(response, "pragma", "no-cache");
        set(response, "x-content-type-options", "nosniff");
        set(
            response,
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        );
        let wanted =
            header(request, "x-ms-return-client-request-id").is_some_and(|yes| yes.eq_ignore_ascii_case("true"));
        if let Some(client) = header(request, "x-ms-client-request-id").filter(|_| wanted) {
            set(response, "x-ms-client-request-id", client);
        }
        self.cors.open(response);
    }
}
