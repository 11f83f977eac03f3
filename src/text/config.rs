//! Faults of the configuration, in words.

use crate::config::{ConfigError, Expected};

/// What was expected at the fault's place.
pub fn config_error(error: &ConfigError) -> String {
    match &error.expected {
        Expected::Json { line, column } => {
            format!("This is not JSON: reading stopped at line {line}, column {column}. Comments and trailing commas are not allowed.")
        }
        Expected::Object => "Expected an object: { … }.".into(),
        Expected::List => "Expected a list: [ … ].".into(),
        Expected::Text => "Expected a text that is not empty.".into(),
        Expected::Boolean => "Expected true or false, without quotation marks.".into(),
        Expected::Present => "This key is required and missing.".into(),
        Expected::KnownKey(known) => format!("This key is unknown. Known here: {}.", known.join(", ")),
        Expected::Guid => "Expected a GUID such as 00000000-0000-0000-0000-000000000000.".into(),
        Expected::Tenant => {
            "Expected a tenant id (GUID), a domain such as contoso.onmicrosoft.com, or \"organizations\". \"common\" and \"consumers\" cannot work: personal accounts get no token for Azure Resource Manager.".into()
        }
        Expected::OneOf(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("Expected {}.", words.join(" or "))
        }
        Expected::CloudNameOrObject => {
            "Expected \"public\", \"usGovernment\", \"china\", or an object with name, authorityHost, resourceManager and perhaps scope.".into()
        }
        Expected::Origin => {
            "Expected an origin such as https://portal.contoso.com: https (http only for this computer), no path, no slash at the end.".into()
        }
        Expected::ApiVersion => "Expected an API version such as 2024-04-03.".into(),
        Expected::Scope => "Expected one OAuth scope without spaces.".into(),
        Expected::UserPattern => "Expected a user principal name, or a pattern with *, without spaces.".into(),
    }
}
