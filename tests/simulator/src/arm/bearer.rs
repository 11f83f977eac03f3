//! The first gate: an issued, unexpired, unrevoked token.

use super::Caller;
use super::errors::ArmError;
use super::path::Target;
use crate::reply::header;
use crate::simulator::Simulator;
use crate::stamp::stamp;
use http::Request;
use serde_json::json;
use time::OffsetDateTime;

impl Simulator {
    pub(crate) fn caller(
        &self,
        now: OffsetDateTime,
        target: &Target,
        request: &Request<Vec<u8>>,
    ) -> Result<Caller, ArmError> {
        // The challenge names the tenant that the subscription trusts.
        let tenant = match &target.subscription {
            Some(subscription) => self.world.tenant_of(subscription),
            None => &self.world.tenant,
        };
        let refuse = |code: &str, message: &str| ArmError::unauthorized(&self.origins.login, &tenant.id, code, message);
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
        let object_id = self.world.object_id_in(&grant.directory, &grant.upn);
        let asked = token.acrs.contains("p1");
        Ok(Caller {
            upn: grant.upn.clone(),
            tenant: grant.directory.clone(),
            object_id: object_id.unwrap_or_default().to_owned(),
            second_factor: asked || (grant.mfa && !self.world.switches.challenge_needs_acrs),
            cp1: grant.cp1,
        })
    }
}
