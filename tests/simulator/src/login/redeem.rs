//! Turning a code or a refresh token into tokens: single use, short life, the same client, redirect URI, tenant and
//! verifier, and whatever claims were asked for.

use super::claims::Wanted;
use super::errors::LoginError;
use super::token::Earned;
use crate::simulator::Simulator;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

type Fields = BTreeMap<String, String>;

/// Life of a single-page application's refresh token (Microsoft entra-docs, refresh-tokens.md).
const REFRESH_HOURS: i64 = 24;

impl Simulator {
    pub(crate) fn redeem_code(
        &mut self,
        now: OffsetDateTime,
        tenant: &str,
        origin: Option<&str>,
        fields: &Fields,
    ) -> Result<Earned, LoginError> {
        let text = fields.get("code").ok_or_else(|| LoginError::missing("code"))?;
        let Some(code) = self.login.codes.get(text).cloned() else {
            let text = "The provided value for the input parameter 'code' or 'refresh_token' is not valid.";
            return Err(LoginError::new("invalid_grant", 9_002_313, text));
        };
        self.check_origin(&code.grant, origin)?;
        if code.redeemed {
            let text = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an \
                        existing refresh token.";
            return Err(LoginError::new("invalid_grant", 54_005, text));
        }
        // Any attempt uses the code up, or a verifier could be guessed.
        if let Some(kept) = self.login.codes.get_mut(text) {
            kept.redeemed = true;
        }
        if now >= code.expires {
            let text = "The provided authorization code or refresh token has expired due to inactivity.";
            return Err(LoginError::new("invalid_grant", 70_008, text));
        }
        if !code.grant.tenant.eq_ignore_ascii_case(tenant) {
            let text = "The provided authorization code is intended to use against another tenant, thus rejected.";
            return Err(LoginError::new("invalid_grant", 700_005, text));
        }
        if fields.get("client_id") != Some(&code.grant.client_id) {
            let text = "The provided authorization code was issued to another client.";
            return Err(LoginError::new("invalid_grant", 700_003, text));
        }
        if fields.get("redirect_uri") != Some(&code.grant.redirect_uri) {
            let text =
                "The reply address does not match the reply address provided when requesting Authorization code.";
            return Err(LoginError::new("invalid_client", 500_112, text));
        }
        check_verifier(
            code.challenge.as_deref(),
            fields.get("code_verifier").map(String::as_str),
        )?;
        let mut grant = code.grant;
        if let Some(scope) = fields.get("scope") {
            grant.scopes = self.check_scopes(scope, false)?;
        }
        let wanted = self.wanted(fields)?;
        grant.cp1 |= wanted.cp1;
        if wanted.needs_second_factor(grant.mfa, &grant.acrs) {
            return Err(step_up(fields));
        }
        let mut acrs = code.asked;
        acrs.extend(wanted.acrs);
        let refresh_until = grant.signed_in.max(now - Duration::minutes(10)) + Duration::hours(REFRESH_HOURS);
        Ok(Earned {
            grant,
            nonce: code.nonce,
            acrs,
            refresh_until,
        })
    }

    /// A refresh token is good at every tenant that knows the person, and gives tokens for that tenant.
    pub(crate) fn redeem_refresh_token(
        &mut self,
        now: OffsetDateTime,
        tenant: &str,
        origin: Option<&str>,
        fields: &Fields,
    ) -> Result<Earned, LoginError> {
        let text = fields
            .get("refresh_token")
            .ok_or_else(|| LoginError::missing("refresh_token"))?;
        let Some(kept) = self.login.refresh.get(text).cloned() else {
            let text = "The provided value for the input parameter 'code' or 'refresh_token' is not valid.";
            return Err(LoginError::new("invalid_grant", 9_002_313, text));
        };
        self.check_origin(&kept.grant, origin)?;
        if fields.get("client_id") != Some(&kept.grant.client_id) {
            let text = "The provided refresh token was issued to another client.";
            return Err(LoginError::new("invalid_grant", 700_003, text));
        }
        if now >= kept.expires {
            let text = "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited \
                        lifetime of 1.00:00:00, which can't be extended. It is now expired and a new sign in request must \
                        be sent by the SPA to the sign in page.";
            return Err(LoginError::new("invalid_grant", 700_084, text).suberror("bad_token"));
        }
        if self.login.is_revoked(&kept.grant.upn, kept.grant.signed_in) {
            let text = "The provided grant has expired due to it being revoked, a fresh auth token is needed.";
            return Err(LoginError::new("invalid_grant", 50_173, text).suberror("bad_token"));
        }
        let mut grant = kept.grant;
        grant.directory = self.directory_at(tenant, &grant.upn);
        self.check_membership(&grant.directory, &grant.upn)?;
        if let Some(scope) = fields.get("scope") {
            grant.scopes = self.check_scopes(scope, false)?;
        }
        let wanted = self.wanted(fields)?;
        grant.cp1 = wanted.cp1;
        let stale = wanted
            .not_before
            .is_some_and(|since| grant.signed_in.unix_timestamp() < since);
        if stale || wanted.needs_second_factor(grant.mfa, &grant.acrs) {
            return Err(step_up(fields));
        }
        Ok(Earned {
            grant,
            nonce: None,
            acrs: wanted.acrs,
            refresh_until: kept.expires,
        })
    }

    fn wanted(&self, fields: &Fields) -> Result<Wanted, LoginError> {
        Wanted::parse(fields.get("claims").map(String::as_str))
            .ok_or_else(|| LoginError::new("invalid_request", 50_146, "The 'claims' parameter is not valid JSON."))
    }
}

/// The claims asked for can only be had by a person at the login page; they are handed back to be sent there.
fn step_up(fields: &Fields) -> LoginError {
    LoginError::second_factor().claims(fields.get("claims").map(String::as_str).unwrap_or("{}"))
}

/// RFC 7636, S256.
fn check_verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), LoginError> {
    let Some(challenge) = challenge else { return Ok(()) };
    let verifier = verifier.ok_or_else(|| LoginError::missing("code_verifier"))?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(allowed) {
        return Err(LoginError::new(
            "invalid_grant",
            501_471,
            "Invalid size of Code_Verifier parameter.",
        ));
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != challenge {
        let text = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
        return Err(LoginError::new("invalid_grant", 501_481, text));
    }
    Ok(())
}
