//! ARM's errors (Azure/azure-resource-manager-rpc, common-api-details.md): `{ "error": { "code", "message" } }`.

use crate::reply::{json, set};
use crate::seed::Seed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Response;
use serde_json::{Value, json};

/// An error answer.
#[derive(Clone, Debug)]
pub(crate) struct ArmError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) headers: Vec<(String, String)>,
    /// Boxed, because the error travels in many results and this part is rare.
    pub(crate) additional: Option<Box<Value>>,
}

impl ArmError {
    pub(crate) fn new(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            headers: Vec::new(),
            additional: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// 401 with a claims challenge (Microsoft entra-docs, claims-challenge.md; Azure/azure-sdk-for-python issue 41739).
    pub(crate) fn challenge(login: &str, code: &str, message: &str, error: &str, claims: &Value) -> Self {
        let encoded = STANDARD.encode(claims.to_string());
        let value = format!(
            "Bearer realm=\"\", authorization_uri=\"{login}/common/oauth2/authorize\", error=\"{error}\", claims=\"{encoded}\""
        );
        Self::new(401, code, message).header("www-authenticate", &value)
    }

    /// 401 without claims.
    pub(crate) fn unauthorized(login: &str, tenant: &str, code: &str, message: &str) -> Self {
        let value = format!(
            "Bearer authorization_uri=\"{login}/{tenant}\", error=\"invalid_token\", error_description=\"{message}\""
        );
        Self::new(401, code, message).header("www-authenticate", &value)
    }

    /// 403 for a missing right.
    pub(crate) fn forbidden(upn: &str, object_id: &str, action: &str, scope: &str) -> Self {
        let message = format!(
            "The client '{upn}' with object id '{object_id}' does not have authorization to perform action '{action}' over \
             scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        );
        Self::new(403, "AuthorizationFailed", &message)
    }

    /// 403 of a policy.
    pub(crate) fn policy(reason: &str, name: &str) -> Self {
        let message =
            format!("Resource was disallowed by policy. Reasons: {reason} See error details for policy resource IDs.");
        let mut error = Self::new(403, "RequestDisallowedByPolicy", &message);
        let info = json!([{ "type": "PolicyViolation", "info": { "policyAssignmentDisplayName": name } }]);
        error.additional = Some(Box::new(info));
        error
    }

    /// What the AVD service itself says (Azure/RDS-Templates issues 540 and 570).
    pub(crate) fn avd(status: u16, seed: &mut Seed, what: &str) -> Self {
        Self::new(
            status,
            &status.to_string(),
            &format!("ActivityId: {} Error: {what}", seed.guid()),
        )
    }

    pub(crate) fn bad_request(message: &str) -> Self {
        Self::new(400, "BadRequest", message)
    }
}

/// The response.
pub(crate) fn arm_error(error: &ArmError) -> Response<Vec<u8>> {
    let mut body = json!({ "error": { "code": error.code, "message": error.message } });
    if let Some(additional) = &error.additional {
        body["error"]["additionalInfo"] = (**additional).clone();
    }
    let mut response = json(error.status, &body);
    for (name, value) in &error.headers {
        set(&mut response, name, value);
    }
    response
}
