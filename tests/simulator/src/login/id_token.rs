//! The id_token: the right claims in the form of a JWT, with a signature that is only noise. A single-page application
//! has the token straight from the token endpoint and does not check it (Microsoft entra-docs, id-tokens.md).

use super::issued::Grant;
use crate::simulator::Simulator;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;

impl Simulator {
    /// The name of a tenant's issuer.
    pub(crate) fn issuer(&self, tenant: &str) -> String {
        format!("{}/{tenant}/v2.0", self.origins.login)
    }

    pub(crate) fn id_token(&mut self, now: OffsetDateTime, grant: &Grant, nonce: Option<&str>, seconds: i64) -> String {
        let person = self.world.person(&grant.upn);
        let tenant = &grant.directory;
        let object_id = self
            .world
            .object_id_in(tenant, &grant.upn)
            .unwrap_or_default()
            .to_owned();
        let home = &self.world.home_of(&grant.upn).id;
        let mut claims = json!({
            "iss": self.issuer(tenant),
            "aud": grant.client_id,
            "iat": now.unix_timestamp(),
            "nbf": now.unix_timestamp(),
            "exp": now.unix_timestamp() + seconds,
            "tid": tenant,
            "oid": object_id,
            // Pairwise: another value for each application, here made from the object id.
            "sub": URL_SAFE_NO_PAD.encode(object_id.chars().rev().collect::<String>()),
            "preferred_username": grant.upn,
            "name": person.map(|person| person.name.clone()).unwrap_or_default(),
            "login_hint": grant.upn,
            "ver": "2.0",
        });
        if home != tenant {
            // Who vouches for a guest (entra-docs, id-token-claims-reference.md).
            claims["idp"] = json!(format!("https://sts.windows.net/{home}/"));
        }
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        let head = json!({ "typ": "JWT", "alg": "RS256", "kid": "simulated" });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{}", part(&head), part(&claims), self.seed.letters(342))
    }
}
