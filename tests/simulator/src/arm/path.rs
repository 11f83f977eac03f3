//! From a path to what it means. Names are compared without regard to case and decoded segment by segment.

use crate::record::Operation;
use http::Method;
use percent_encoding::percent_decode_str;

/// What a request addresses. The parts are decoded and otherwise as received.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) operation: Operation,
    pub(crate) subscription: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) pool: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) session: Option<String>,
    /// The scope of a permissions list.
    pub(crate) scope: String,
}

impl Target {
    pub(crate) fn parse(method: &Method, path: &str) -> Self {
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let lower: Vec<String> = parts.iter().map(|part| part.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let at = |place: usize| parts.get(place).cloned();
        let mut target = Self {
            operation: Operation::Unknown,
            subscription: None,
            group: None,
            pool: None,
            host: None,
            session: None,
            scope: String::new(),
        };
        if lower.first() == Some(&"subscriptions") {
            target.subscription = at(1);
        }
        if lower.get(2) == Some(&"resourcegroups") {
            target.group = at(3);
        }
        if let [
            "subscriptions",
            _,
            "resourcegroups",
            _,
            "providers",
            AVD,
            "hostpools",
            rest @ ..,
        ] = lower.as_slice()
        {
            target.pool = at(7).filter(|_| !rest.is_empty());
            if let [_, "sessionhosts", _, ..] = rest {
                target.host = at(9);
            }
            if let [_, "sessionhosts", _, "usersessions", _, ..] = rest {
                target.session = at(11);
            }
        }
        target.operation = operation(method, &lower);
        if let [scope @ .., "providers", "microsoft.authorization", "permissions"] = lower.as_slice() {
            target.scope = format!("/{}", parts[..scope.len()].join("/"));
        }
        target
    }

    /// The scope at which the right for this operation is needed, in the words of the request.
    pub(crate) fn right_scope(&self) -> String {
        if self.operation == Operation::PermissionsList {
            return self.scope.clone();
        }
        let mut scope = String::new();
        let pieces = [
            ("/subscriptions/", &self.subscription),
            ("/resourceGroups/", &self.group),
            ("/providers/Microsoft.DesktopVirtualization/hostPools/", &self.pool),
            ("/sessionHosts/", &self.host),
            ("/userSessions/", &self.session),
        ];
        for (name, value) in pieces {
            if let Some(value) = value {
                scope.push_str(name);
                scope.push_str(value);
            }
        }
        scope
    }
}

const AVD: &str = "microsoft.desktopvirtualization";

/// Paths of Azure/azure-rest-api-specs: desktopvirtualization, subscriptions, authorization, resourcegraph.
fn operation(method: &Method, lower: &[&str]) -> Operation {
    let get = *method == Method::GET;
    let post = *method == Method::POST;
    match lower {
        ["tenants"] if get => Operation::TenantsList,
        ["subscriptions"] if get => Operation::SubscriptionsList,
        ["subscriptions", _] if get => Operation::SubscriptionsGet,
        ["providers", "microsoft.resourcegraph", "resources"] if post => Operation::ResourceGraph,
        [.., "providers", "microsoft.authorization", "permissions"] if get => Operation::PermissionsList,
        ["subscriptions", _, "providers", AVD, "hostpools"] if get => Operation::HostPoolsList,
        [
            "subscriptions",
            _,
            "resourcegroups",
            _,
            "providers",
            AVD,
            "hostpools",
            rest @ ..,
        ] => match rest {
            [] if get => Operation::HostPoolsListByResourceGroup,
            [_] if get => Operation::HostPoolsGet,
            [_, "usersessions"] if get => Operation::UserSessionsListByHostPool,
            [_, "sessionhosts"] if get => Operation::SessionHostsList,
            [_, "sessionhosts", _] if get => Operation::SessionHostsGet,
            [_, "sessionhosts", _, "usersessions"] if get => Operation::UserSessionsList,
            [_, "sessionhosts", _, "usersessions", _] if get => Operation::UserSessionsGet,
            [_, "sessionhosts", _, "usersessions", _] if *method == Method::DELETE => Operation::UserSessionsDelete,
            [_, "sessionhosts", _, "usersessions", _, "disconnect"] if post => Operation::UserSessionsDisconnect,
            [_, "sessionhosts", _, "usersessions", _, "sendmessage"] if post => Operation::UserSessionsSendMessage,
            _ => Operation::Unknown,
        },
        _ => Operation::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_values_kept_in_theirs() {
        let path = "/SUBSCRIPTIONS/s/resourceGroups/Rg%20One/providers/microsoft.desktopvirtualization/HostPools/P/sessionHosts/Host.A/userSessions/6";
        let target = Target::parse(&Method::DELETE, path);
        assert_eq!(target.operation, Operation::UserSessionsDelete);
        assert_eq!(target.group.as_deref(), Some("Rg One"));
        assert_eq!(target.host.as_deref(), Some("Host.A"));
        assert_eq!(target.session.as_deref(), Some("6"));
    }

    #[test]
    fn an_encoded_slash_does_not_split_a_segment() {
        let path =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.DesktopVirtualization/hostPools/p%2FsessionHosts";
        assert_eq!(Target::parse(&Method::GET, path).operation, Operation::HostPoolsGet);
    }

    #[test]
    fn a_method_that_does_not_exist_is_no_operation() {
        assert_eq!(
            Target::parse(&Method::DELETE, "/subscriptions/s").operation,
            Operation::Unknown
        );
    }
}
