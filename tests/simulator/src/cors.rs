//! Which cross-origin answers Resource Manager gives. No Microsoft document states its CORS policy, above all not which
//! response headers a page may read, so that is a setting.

use crate::reply::{empty, header, set};
use http::{Request, Response};
use serde::Deserialize;

/// Settings of the ARM face.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct CorsSettings {
    /// Off: no CORS header at all, as behind a proxy that strips them; every call of a page fails.
    pub enabled: bool,
    /// Response headers that a page may read beyond the safelisted ones. None by default.
    pub exposed: Vec<String>,
    /// How long a browser may keep a preflight's answer, in seconds.
    pub max_age: u32,
}

impl Default for CorsSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            exposed: Vec::new(),
            max_age: 3600,
        }
    }
}

impl CorsSettings {
    /// Headers that Azure's own clients read when they can.
    pub fn exposing_everything_useful() -> Self {
        let exposed = [
            "WWW-Authenticate",
            "Retry-After",
            "x-ms-request-id",
            "x-ms-correlation-request-id",
            "x-ms-client-request-id",
            "x-ms-ratelimit-remaining-subscription-reads",
            "x-ms-ratelimit-remaining-subscription-deletes",
            "x-ms-ratelimit-remaining-subscription-writes",
            "x-ms-ratelimit-remaining-tenant-reads",
            "x-ms-user-quota-remaining",
        ];
        Self {
            exposed: exposed.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }

    /// The answer to a preflight.
    pub(crate) fn preflight(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let mut response = empty(200);
        if self.enabled {
            set(&mut response, "access-control-allow-origin", "*");
            set(
                &mut response,
                "access-control-allow-methods",
                "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS",
            );
            if let Some(asked) = header(request, "access-control-request-headers") {
                set(&mut response, "access-control-allow-headers", asked);
            }
            set(&mut response, "access-control-max-age", &self.max_age.to_string());
        }
        response
    }

    /// Adds the headers that let a page read the answer.
    pub(crate) fn open(&self, response: &mut Response<Vec<u8>>) {
        if self.enabled {
            set(response, "access-control-allow-origin", "*");
            if !self.exposed.is_empty() {
                set(response, "access-control-expose-headers", &self.exposed.join(","));
            }
        }
    }
}
