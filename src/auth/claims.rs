//! The `claims` parameter: what this client can do, and what a resource asked for.

/// The `claims` request that declares `cp1`: "I can answer claims challenges" (msal-common `RequestParameterBuilder`).
const CP1: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;

/// The value of the `claims` parameter, if one is to be sent.
pub(super) fn claims_parameter(declare_capabilities: bool) -> Option<&'static str> {
    declare_capabilities.then_some(CP1)
}
