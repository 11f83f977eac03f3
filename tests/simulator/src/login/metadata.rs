//! OpenID metadata and keys. The keys fit no signature: see id_token.rs.

use super::errors::LoginError;
use super::is_shared;
use crate::reply::{json, set};
use crate::simulator::Simulator;
use http::Response;
use serde_json::json;
use time::OffsetDateTime;

impl Simulator {
    /// `…/v2.0/.well-known/openid-configuration`. Authorities of many tenants have a placeholder in the issuer.
    pub(crate) fn metadata(&mut self, tenant: &str) -> Response<Vec<u8>> {
        if !self.names_tenant(tenant) {
            let error = LoginError::new("invalid_tenant", 90_002, &format!("Tenant '{tenant}' not found."));
            return error.json(self.world.now.unwrap_or(OffsetDateTime::UNIX_EPOCH), &mut self.seed);
        }
        let login = &self.origins.login;
        let named = if is_shared(tenant) {
            "{tenantid}"
        } else {
            &self.world.tenant_named(tenant).unwrap_or(&self.world.tenant).id
        };
        let base = format!("{login}/{tenant}");
        let mut body = json!({
            "issuer": self.issuer(named),
            "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
            "token_endpoint": format!("{base}/oauth2/v2.0/token"),
            "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
            "jwks_uri": format!("{base}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver", "oid"],
        });
        if self.world.switches.response_issuer {
            // RFC 9207, section 3.
            body["authorization_response_iss_parameter_supported"] = json!(true);
        }
        let mut answer = json(200, &body);
        set(&mut answer, "access-control-allow-origin", "*");
        answer
    }

    pub(crate) fn keys(&self) -> Response<Vec<u8>> {
        let mut answer = json(200, &json!({ "keys": [] }));
        set(&mut answer, "access-control-allow-origin", "*");
        answer
    }
}
