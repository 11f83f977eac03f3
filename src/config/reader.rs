//! The walk through the JSON of a configuration, gathering every fault on the way.

use serde_json::{Map, Value};

use super::{Config, ConfigError, DEFAULT_API_VERSION, Expected, ServerFilter, SignIn, TokenCache};
use crate::cloud::Cloud;
use crate::guid::is_guid;
use crate::origin::Origin;

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

/// Walks the JSON and gathers faults. Every method answers `None` only after it has noted one.
#[derive(Default)]
pub(super) struct Reader {
    pub errors: Vec<ConfigError>,
}

impl Reader {
    fn fault<T>(&mut self, path: &str, expected: Expected) -> Option<T> {
        self.errors.push(ConfigError {
            path: path.to_owned(),
            expected,
        });
        None
    }

    pub fn config(&mut self, value: &Value) -> Option<Config> {
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
