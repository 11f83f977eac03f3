//! The first gate: an issued, unexpired, unrevoked token.

use super::Caller;
use super::errors::ArmError;
use crate::reply::header;
use crate::simulator::Simulator;
use crate::stamp::stamp;
use http::Request;
use serde_json::json;
use time::OffsetDateTime;

impl Simulator {
    pub(crate) fn caller(&self, now: OffsetDateTime, request: &Request<Vec<u8>>) -> Result<Caller, ArmError> {
        let refuse = |code: &str, message: &str| {
            ArmError::unauthorized(&self.origins.login, &self.world.tenant.id, code, message)
        };
        let Some(sent) = header(request, "authorization") else {
            return Err(refuse(
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is missing.",
            ));
        };
        let Some(token) = sent
            .strip_prefix("Bearer ")
            .and_then(|text| self.login.access.get(text))
        else {
            return Err(refuse("InvalidAuthenticationToken", "The access token is invalid."));
        };
        let grant = &token.grant;
        if now >= token.expires {
            let message = format!(
                "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                stamp(token.expires, 0),
                stamp(now, 0)
            );
            return Err(refuse("ExpiredAuthenticationToken", &message));
        }
        // Without cp1 a token lives to its end, revoked or not (entra-docs, app-resilience-continuous-access-evaluation.md).
        if grant.cp1 && self.login.is_revoked(&grant.upn, grant.signed_in) {
            let since = self
                .login
                .revoked
                .get(&grant.upn.to_lowercase())
                .map_or(0, |at| at.unix_timestamp());
            let claims = json!({ "access_token": { "nbf": { "essential": true, "value": since.to_string() } } });
            let message = "The session has been revoked. Continuous access evaluation resulted in challenge.";
            let login = &self.origins.login;
            return Err(ArmError::challenge(
                login,
                "InvalidAuthenticationToken",
                message,
                "insufficient_claims",
                &claims,
            ));
        }
        let object_id = self
            .world
            .person(&grant.upn)
            .map(|person| person.object_id.clone())
            .unwrap_or_default();
        Ok(Caller {
            upn: grant.upn.clone(),
            object_id,
            mfa: grant.mfa,
            cp1: grant.cp1,
        })
    }
}
