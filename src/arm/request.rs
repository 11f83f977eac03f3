//! Requests to Resource Manager as values: what is asked, which right it takes, and which of Azure's token buckets.

use std::borrow::Cow;

use http::Method;
use serde::{Deserialize, Serialize};

/// One request, without host, token and request id, which the client adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArmRequest {
    /// GET, POST or DELETE.
    pub method: Method,
    /// Path and query, percent-encoded.
    pub path_and_query: String,
    /// The right it takes; told to the person if Azure refuses.
    pub needs: Needs,
    /// JSON that goes with it.
    pub body: Option<Vec<u8>>,
}

/// The right that a request takes: an action on a scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Action, such as `Microsoft.DesktopVirtualization/hostpools/usersessions/read`.
    pub action: Cow<'static, str>,
    /// Scope: a resource id, or `/subscriptions/…`.
    pub scope: String,
}

impl Needs {
    /// `action` on `scope`.
    pub fn new(action: &'static str, scope: impl Into<String>) -> Self {
        Self {
            action: Cow::Borrowed(action),
            scope: scope.into(),
        }
    }
}

/// Kind of operation, as Azure's token buckets know it
/// (learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// GET.
    Reads,
    /// DELETE.
    Deletes,
    /// POST, but for queries: disconnect, send message.
    Writes,
    /// Queries to Resource Graph, which counts for itself.
    Queries,
}

/// What a token bucket is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// A subscription, by its id in lower case.
    Subscription(String),
    /// The tenant of the token: everything that is in no subscription.
    Tenant,
}

/// Which token bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BucketKey {
    /// Of what.
    pub scope: Scope,
    /// For what.
    pub class: Class,
}

impl ArmRequest {
    /// The token bucket that Azure takes it from, by method and path.
    pub fn bucket(&self) -> BucketKey {
        let path = self.path_and_query.split('?').next().unwrap_or_default();
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let (first, second) = (segments.next().unwrap_or_default(), segments.next());
        let scope = match second {
            Some(id) if first.eq_ignore_ascii_case("subscriptions") => Scope::Subscription(id.to_lowercase()),
            _ => Scope::Tenant,
        };
        let to_graph = first.eq_ignore_ascii_case("providers")
            && second.is_some_and(|provider| provider.eq_ignore_ascii_case("Microsoft.ResourceGraph"));
        let class = match self.method.as_str() {
            _ if to_graph => Class::Queries,
            "GET" | "HEAD" => Class::Reads,
            "DELETE" => Class::Deletes,
            _ => Class::Writes,
        };
        BucketKey { scope, class }
    }

    /// Whether it begins with exactly one `/`. The client writes it right behind the host: anything else could make that
    /// host another, as `@` or `.` would.
    pub fn is_below_a_host(&self) -> bool {
        let path = self.path_and_query.strip_prefix('/');
        path.is_some_and(|rest| !rest.starts_with(['/', '\\']))
    }

    /// A request of `method` to `path` in `api_version`.
    pub fn new(method: Method, path: &str, api_version: &str, needs: Needs) -> Self {
        Self {
            method,
            path_and_query: format!("{path}?api-version={api_version}"),
            needs,
            body: None,
        }
    }

    /// Adds a body. What cannot be written as JSON is sent as `null`, which Azure refuses.
    #[must_use]
    pub fn with_json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body).unwrap_or_else(|_| b"null".to_vec()));
        self
    }

    /// Adds a query parameter; neither part may need encoding.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.path_and_query.push_str(&format!("&{name}={value}"));
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ArmRequest, BucketKey, Class, Method, Needs, Scope};

    #[test]
    fn a_body_is_json_and_there_is_none_unless_asked_for() {
        let request = ArmRequest::new(Method::POST, "/a", "1", Needs::new("a/action", "/"));
        assert_eq!(request.body, None);
        assert_eq!(
            request.with_json(&json!({ "a": "ü" })).body,
            Some(r#"{"a":"ü"}"#.into())
        );
    }

    #[test]
    fn nothing_but_a_path_stands_behind_a_host() {
        let is_below =
            |path: &str| ArmRequest::new(Method::GET, path, "1", Needs::new("a/read", "/")).is_below_a_host();
        assert!(is_below("/") && is_below("/subscriptions"));
        for path in [
            "",
            "subscriptions",
            "@evil.example/",
            ".evil.example/",
            ":8443/",
            "//evil.example",
            "/\\evil.example",
        ] {
            assert!(!is_below(path), "{path}");
        }
    }

    #[test]
    fn method_and_path_say_which_bucket() {
        let of = |method: Method, path: &str| {
            let BucketKey { scope, class } = ArmRequest::new(method, path, "1", Needs::new("a/read", "/")).bucket();
            let scope = match scope {
                Scope::Subscription(id) => id,
                Scope::Tenant => "tenant".into(),
            };
            (scope, class)
        };
        assert_eq!(of(Method::GET, "/subscriptions"), ("tenant".into(), Class::Reads));
        assert_eq!(of(Method::GET, "/tenants"), ("tenant".into(), Class::Reads));
        assert_eq!(of(Method::GET, "/Subscriptions/AB-1/x"), ("ab-1".into(), Class::Reads));
        assert_eq!(of(Method::GET, "/subscriptions/ab-1"), ("ab-1".into(), Class::Reads));
        assert_eq!(
            of(Method::DELETE, "/subscriptions/ab-1/x"),
            ("ab-1".into(), Class::Deletes)
        );
        assert_eq!(
            of(Method::POST, "/subscriptions/ab-1/x/disconnect"),
            ("ab-1".into(), Class::Writes)
        );
        assert_eq!(
            of(Method::POST, "/providers/microsoft.resourcegraph/resources"),
            ("tenant".into(), Class::Queries)
        );
    }
}
