//! Requests to Resource Manager as values: what is asked, and which right it takes.

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

impl ArmRequest {
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

    use super::{ArmRequest, Method, Needs};

    #[test]
    fn a_body_is_json_and_there_is_none_unless_asked_for() {
        let request = ArmRequest::new(Method::POST, "/a", "1", Needs::new("a/action", "/"));
        assert_eq!(request.body, None);
        assert_eq!(
            request.with_json(&json!({ "a": "ü" })).body,
            Some(r#"{"a":"ü"}"#.into())
        );
    }
}
