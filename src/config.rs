//! `config.json`: from its text to a [`Config`], or to every fault in it at once, each with its JSON path.
//!
//! Knows nobody but the clouds. The sentences for the faults stand in `text`. `static/config.schema.json` says the
//! same to editors; a tidy test keeps the two together.

mod reader;

use serde_json::Value;

use crate::cloud::Cloud;
use crate::origin::Origin;

/// How the page signs in at top level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignIn {
    /// The tab itself goes to the authority and comes back.
    #[default]
    Redirect,
    /// A window of its own.
    Popup,
}

/// Where tokens are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenCache {
    /// In memory only: gone with a reload.
    #[default]
    Memory,
    /// In the tab's sessionStorage: survives a reload.
    Session,
}

/// Whether `$filter` may be tried when listing sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServerFilter {
    /// Used once the page has proved that the service honours it.
    #[default]
    Auto,
    /// Never used.
    Never,
}

/// A usable configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Application (client) id of the registration, a GUID.
    pub client_id: String,
    /// Tenant: GUID, domain, or `organizations`.
    pub tenant: String,
    /// Authority, Resource Manager and scope.
    pub cloud: Cloud,
    /// Subscription ids to look through, lower case, each once. Empty: every subscription the admin can see.
    pub subscriptions: Vec<String>,
    /// How the page signs in at top level.
    pub sign_in: SignIn,
    /// Where tokens are kept.
    pub token_cache: TokenCache,
    /// Whether to tell Entra that the page can answer claims challenges (`cp1`).
    pub declare_client_capabilities: bool,
    /// Version of the Microsoft.DesktopVirtualization API.
    pub api_version: String,
    /// Whether `$filter` may be tried.
    pub server_filter: ServerFilter,
    /// Origins that may frame the page.
    pub allowed_parents: Vec<Origin>,
    /// UPNs, or patterns with `*`, that need typed confirmation.
    pub protected_users: Vec<String>,
    /// Whether the confirmation may be skipped for simple cases.
    pub allow_skipping_confirmation: bool,
}

/// The API version used unless the configuration names another: the one that every official SDK uses
/// (`@azure/arm-desktopvirtualization` 1.2.0, azure-mgmt-desktopvirtualization 2.0.0), so surely deployed in every cloud.
pub const DEFAULT_API_VERSION: &str = "2024-04-03";

/// What is wrong at one place of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// JSON path, such as `$.cloud.authorityHost` or `$.allowedParents[1]`.
    pub path: String,
    /// What was expected there.
    pub expected: Expected,
}

/// What was expected at a place of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// JSON at all; the parser stopped at this line and column (from 1).
    Json {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// An object.
    Object,
    /// A list.
    List,
    /// A text.
    Text,
    /// true or false.
    Boolean,
    /// A value here: the key is required.
    Present,
    /// One of these keys; the key found is none of them.
    KnownKey(&'static [&'static str]),
    /// A GUID.
    Guid,
    /// A tenant GUID, a domain or `organizations`.
    Tenant,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A built-in cloud's name or a cloud object.
    CloudNameOrObject,
    /// An https origin (or http on loopback) without a path.
    Origin,
    /// An API version such as 2024-04-03.
    ApiVersion,
    /// A scope: one word, no spaces.
    Scope,
    /// A UPN or a pattern.
    UserPattern,
}

impl Config {
    /// Reads the text of a `config.json`.
    ///
    /// # Errors
    /// Every fault in it, in the order of the file's documentation.
    pub fn parse(text: &str) -> Result<Self, Vec<ConfigError>> {
        // Editors on Windows like to save a byte order mark; JSON has no use for it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value: Value = serde_json::from_str(text).map_err(|error| {
            vec![ConfigError {
                path: "$".to_owned(),
                expected: Expected::Json {
                    line: error.line(),
                    column: error.column(),
                },
            }]
        })?;
        let mut reader = reader::Reader::default();
        let config = reader.config(&value);
        match config {
            Some(config) if reader.errors.is_empty() => Ok(config),
            _ => Err(reader.errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Expected, ServerFilter, SignIn, TokenCache};

    const ID: &str = "11111111-2222-3333-4444-555555555555";

    fn paths(text: &str) -> Vec<String> {
        Config::parse(text)
            .unwrap_err()
            .into_iter()
            .map(|error| error.path)
            .collect()
    }

    #[test]
    fn the_least_configuration_gets_every_default() {
        let config = Config::parse(&format!(r#"{{"clientId":"{ID}","tenant":"contoso.onmicrosoft.com"}}"#)).unwrap();
        assert_eq!(config.cloud.name, "public");
        assert_eq!(config.api_version, "2024-04-03");
        assert_eq!(config.sign_in, SignIn::Redirect);
        assert_eq!(config.token_cache, TokenCache::Memory);
        assert_eq!(config.server_filter, ServerFilter::Auto);
        assert!(config.declare_client_capabilities && !config.allow_skipping_confirmation);
        assert!(config.subscriptions.is_empty() && config.allowed_parents.is_empty());
    }

    #[test]
    fn a_full_configuration_is_read_whole() {
        let config = Config::parse(&format!(
            r#"{{"$schema":"./config.schema.json","clientId":"{ID}","tenant":"organizations",
            "cloud":{{"name":"Lab","authorityHost":"http://login.localhost:1","resourceManager":"http://arm.localhost:2"}},
            "subscriptions":["{up}","{ID}"],"signIn":"popup","tokenCache":"session","declareClientCapabilities":false,
            "apiVersion":"2025-10-10","serverFilter":"never","allowedParents":["https://portal.contoso.example"],
            "protectedUsers":["ceo@*"],"allowSkippingConfirmation":true}}"#,
            up = ID.to_uppercase()
        ))
        .unwrap();
        assert_eq!(config.cloud.scope, "http://arm.localhost:2/user_impersonation");
        assert_eq!(config.subscriptions, [ID]);
        assert_eq!(config.allowed_parents.len(), 1);
    }

    #[test]
    fn all_faults_are_named_at_once_with_their_paths() {
        let found = paths(
            r#"{"clientId":"x","tenant":7,"cloud":{"name":"Lab","authorityHost":"http://contoso.example","resourceManager":"https://a.example/x","scopes":1},
            "subscriptions":["no"],"signIn":"iframe","tokenCache":"local","declareClientCapabilities":"yes","apiVersion":"latest",
            "serverFilter":true,"allowedParents":["https://ok.example","https://portal.example/"],"protectedUsers":{},"colour":1,"odd key":2}"#,
        );
        for path in [
            "$.clientId",
            "$.tenant",
            "$.cloud.authorityHost",
            "$.cloud.resourceManager",
            "$.cloud.scopes",
            "$.subscriptions[0]",
            "$.signIn",
            "$.tokenCache",
            "$.declareClientCapabilities",
            "$.apiVersion",
            "$.serverFilter",
            "$.allowedParents[1]",
            "$.protectedUsers",
            "$.colour",
            r#"$["odd key"]"#,
        ] {
            assert!(found.iter().any(|p| p == path), "{path} not in {found:?}");
        }
        assert_eq!(found.len(), 15, "{found:?}");
    }

    #[test]
    fn missing_keys_and_other_shapes_are_named() {
        assert_eq!(paths("{}"), ["$.clientId", "$.tenant"]);
        assert_eq!(paths("[]"), ["$"]);
        let error = Config::parse("{\n  \"clientId\": ,\n}").unwrap_err();
        assert_eq!(error[0].expected, Expected::Json { line: 2, column: 15 });
        assert_eq!(
            paths(&format!(r#"{{"clientId":"{ID}","tenant":"a.b","cloud":"mars"}}"#)),
            ["$.cloud"]
        );
    }

    #[test]
    fn tenants_that_cannot_work_are_refused() {
        for tenant in ["common", "consumers", "contoso", "", "a b.example", "contoso.example/x"] {
            assert_eq!(
                paths(&format!(r#"{{"clientId":"{ID}","tenant":"{tenant}"}}"#)),
                ["$.tenant"],
                "{tenant}"
            );
        }
    }
}
