//! `config.json`: from its text to a [`Config`], or to every fault in it at once, each with its JSON path.
//!
//! Knows nobody but the clouds. The sentences for the faults stand in `text`. `static/config.schema.json` says the
//! same to editors; a tidy test keeps the two together.

use serde_json::{Map, Value};

use crate::cloud::Cloud;
use crate::guid::is_guid;
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

const KEYS: &[&str] = &[
    "$schema",
    "clientId",
    "tenant",
    "cloud",
    "subscriptions",
    "signIn",
    "tokenCache",
    "declareClientCapabilities",
    "apiVersion",
    "serverFilter",
    "allowedParents",
    "protectedUsers",
    "allowSkippingConfirmation",
];
const CLOUD_KEYS: &[&str] = &["name", "authorityHost", "resourceManager", "scope"];

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
        let mut reader = Reader::default();
        let config = reader.config(&value);
        match config {
            Some(config) if reader.errors.is_empty() => Ok(config),
            _ => Err(reader.errors),
        }
    }
}

/// Walks the JSON and gathers faults. Every method answers `None` only after it has noted one.
#[derive(Default)]
struct Reader {
    errors: Vec<ConfigError>,
}

impl Reader {
    fn fault<T>(&mut self, path: &str, expected: Expected) -> Option<T> {
        self.errors.push(ConfigError {
            path: path.to_owned(),
            expected,
        });
        None
    }

    fn config(&mut self, value: &Value) -> Option<Config> {
        let Value::Object(map) = value else {
            return self.fault("$", Expected::Object);
        };
        self.keys(map, "$", KEYS);
        // Each part is read before any is given up, so that all faults are told at once.
        let client_id = self.required(map, "$", "clientId", |r, v, p| r.guid(v, p));
        let tenant = self.required(map, "$", "tenant", Self::tenant);
        let cloud = match map.get("cloud") {
            None => Cloud::built_in("public"),
            Some(value) => self.cloud(value, "$.cloud"),
        };
        let subscriptions = self.list(map, "subscriptions", |r, v, p| r.guid(v, p));
        let sign_in = self.one_of(map, "signIn", &["redirect", "popup"], |word| {
            if word == "popup" {
                SignIn::Popup
            } else {
                SignIn::Redirect
            }
        });
        let token_cache = self.one_of(map, "tokenCache", &["memory", "session"], |word| {
            if word == "session" {
                TokenCache::Session
            } else {
                TokenCache::Memory
            }
        });
        let declare_client_capabilities = self.boolean(map, "declareClientCapabilities", true);
        let api_version = match map.get("apiVersion") {
            None => Some(DEFAULT_API_VERSION.to_owned()),
            Some(value) => self.text_that(value, "$.apiVersion", Expected::ApiVersion, is_api_version),
        };
        let server_filter = self.one_of(map, "serverFilter", &["auto", "never"], |word| {
            if word == "never" {
                ServerFilter::Never
            } else {
                ServerFilter::Auto
            }
        });
        let allowed_parents = self.list(map, "allowedParents", |r, v, p| r.origin(v, p));
        let protected_users = self.list(map, "protectedUsers", |r, v, p| {
            r.text_that(v, p, Expected::UserPattern, |text| {
                !text.trim().is_empty() && !text.contains(char::is_whitespace)
            })
        });
        let allow_skipping_confirmation = self.boolean(map, "allowSkippingConfirmation", false);

        let mut subscriptions = subscriptions?;
        let mut seen = std::collections::HashSet::new();
        subscriptions.retain(|id| seen.insert(id.clone()));
        Some(Config {
            client_id: client_id?,
            tenant: tenant?,
            cloud: cloud?,
            subscriptions,
            sign_in: sign_in?,
            token_cache: token_cache?,
            declare_client_capabilities: declare_client_capabilities?,
            api_version: api_version?,
            server_filter: server_filter?,
            allowed_parents: allowed_parents?,
            protected_users: protected_users?,
            allow_skipping_confirmation: allow_skipping_confirmation?,
        })
    }

    fn cloud(&mut self, value: &Value, path: &str) -> Option<Cloud> {
        match value {
            Value::String(name) => match Cloud::built_in(name) {
                Some(cloud) => Some(cloud),
                None => self.fault(path, Expected::CloudNameOrObject),
            },
            Value::Object(map) => {
                self.keys(map, path, CLOUD_KEYS);
                let name = self.required(map, path, "name", |r, v, p| {
                    r.text_that(v, p, Expected::Text, |t| !t.is_empty())
                });
                let authority = self.required(map, path, "authorityHost", |r, v, p| r.origin(v, p));
                let manager = self.required(map, path, "resourceManager", |r, v, p| r.origin(v, p));
                let scope = match map.get("scope") {
                    None => Some(None),
                    Some(value) => self
                        .text_that(value, &format!("{path}.scope"), Expected::Scope, |text| {
                            !text.is_empty() && !text.contains(char::is_whitespace)
                        })
                        .map(Some),
                };
                Some(Cloud::custom(&name?, authority?, manager?, scope?))
            }
            _ => self.fault(path, Expected::CloudNameOrObject),
        }
    }

    fn keys(&mut self, map: &Map<String, Value>, path: &str, known: &'static [&'static str]) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            self.errors.push(ConfigError {
                path: child(path, key),
                expected: Expected::KnownKey(known),
            });
        }
    }

    fn required<T>(
        &mut self,
        map: &Map<String, Value>,
        path: &str,
        key: &str,
        read: impl FnOnce(&mut Self, &Value, &str) -> Option<T>,
    ) -> Option<T> {
        let path = child(path, key);
        match map.get(key) {
            Some(value) => read(self, value, &path),
            None => self.fault(&path, Expected::Present),
        }
    }

    fn list<T>(
        &mut self,
        map: &Map<String, Value>,
        key: &str,
        read: impl Fn(&mut Self, &Value, &str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let path = child("$", key);
        match map.get(key) {
            None => Some(Vec::new()),
            Some(Value::Array(items)) => {
                let read: Vec<Option<T>> = items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| read(self, item, &format!("{path}[{i}]")))
                    .collect();
                read.into_iter().collect()
            }
            Some(_) => self.fault(&path, Expected::List),
        }
    }

    fn one_of<T: Default>(
        &mut self,
        map: &Map<String, Value>,
        key: &str,
        words: &'static [&'static str],
        choose: impl Fn(&str) -> T,
    ) -> Option<T> {
        match map.get(key) {
            None => Some(T::default()),
            Some(Value::String(word)) if words.contains(&word.as_str()) => Some(choose(word)),
            Some(_) => self.fault(&child("$", key), Expected::OneOf(words)),
        }
    }

    fn boolean(&mut self, map: &Map<String, Value>, key: &str, default: bool) -> Option<bool> {
        match map.get(key) {
            None => Some(default),
            Some(Value::Bool(value)) => Some(*value),
            Some(_) => self.fault(&child("$", key), Expected::Boolean),
        }
    }

    fn text_that(
        &mut self,
        value: &Value,
        path: &str,
        expected: Expected,
        fits: impl Fn(&str) -> bool,
    ) -> Option<String> {
        match value {
            Value::String(text) if fits(text) => Some(text.clone()),
            _ => self.fault(path, expected),
        }
    }

    fn guid(&mut self, value: &Value, path: &str) -> Option<String> {
        self.text_that(value, path, Expected::Guid, is_guid)
            .map(|text| text.to_ascii_lowercase())
    }

    fn tenant(&mut self, value: &Value, path: &str) -> Option<String> {
        self.text_that(value, path, Expected::Tenant, is_tenant)
    }

    fn origin(&mut self, value: &Value, path: &str) -> Option<Origin> {
        match value.as_str().and_then(Origin::parse) {
            Some(origin) => Some(origin),
            None => self.fault(path, Expected::Origin),
        }
    }
}

/// `$.key`, or `$["odd key"]` where the key would not read as one word.
fn child(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    if plain {
        format!("{path}.{key}")
    } else {
        format!("{path}[{}]", Value::from(key))
    }
}

/// A tenant as it stands in an authority's path. `common` and `consumers` are left out: personal accounts cannot get
/// a token for Resource Manager.
pub fn is_tenant(text: &str) -> bool {
    let domain = text.contains('.')
        && text.len() <= 253
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
    text == "organizations" || is_guid(text) || domain
}

/// `YYYY-MM-DD`, with `-preview` at most.
fn is_api_version(text: &str) -> bool {
    let date = text.strip_suffix("-preview").unwrap_or(text);
    date.len() == 10
        && date.bytes().enumerate().all(|(i, byte)| {
            if matches!(i, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
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
