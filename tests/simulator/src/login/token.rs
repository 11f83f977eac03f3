//! The token endpoint: what a request must look like, who may call it, and what the answer looks like.

use super::errors::LoginError;
use super::is_shared;
use super::issued::{AccessToken, Grant, RefreshToken, token_text};
use crate::preflight::asks_for_method;
use crate::reply::{empty, header, json, set};
use crate::simulator::{Outcome, Simulator};
use crate::world::RedirectKind;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, Request, Response};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use time::{Duration, OffsetDateTime};

/// What a token request has earned.
pub(crate) struct Earned {
    pub(crate) grant: Grant,
    pub(crate) nonce: Option<String>,
    /// Authentication contexts that were asked for and are there.
    pub(crate) acrs: BTreeSet<String>,
    pub(crate) refresh_until: OffsetDateTime,
}

impl Simulator {
    pub(crate) fn token(&mut self, now: OffsetDateTime, tenant: &str, request: &Request<Vec<u8>>) -> Outcome {
        let origin = header(request, "origin").map(str::to_owned);
        let fields: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let earned = self.check_form(tenant, request, &fields).and_then(|()| {
            match fields.get("grant_type").map(String::as_str) {
                Some("authorization_code") => self.redeem_code(now, tenant, origin.as_deref(), &fields),
                Some("refresh_token") => self.redeem_refresh_token(now, tenant, origin.as_deref(), &fields),
                Some(_) => {
                    let text = "The provided grant_type is not supported.";
                    Err(LoginError::new("unsupported_grant_type", 70_003, text))
                }
                None => Err(LoginError::missing("grant_type")),
            }
        });
        let mut outcome = match earned {
            Ok(earned) => {
                let body = self.tokens(now, &earned, fields.contains_key("client_info"));
                Outcome::of(json(200, &body)).by(&earned.grant.upn)
            }
            Err(error) => Outcome::of(error.json(now, &mut self.seed)),
        };
        self.open_to(origin.as_deref(), &mut outcome.response);
        outcome
    }

    fn check_form(
        &self,
        tenant: &str,
        request: &Request<Vec<u8>>,
        fields: &BTreeMap<String, String>,
    ) -> Result<(), LoginError> {
        if request.method() != Method::POST {
            return Err(LoginError::new(
                "invalid_request",
                900_561,
                "The endpoint only accepts POST requests.",
            ));
        }
        let kind = header(request, "content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.split(';').next().unwrap_or_default().trim() != "application/x-www-form-urlencoded" {
            let text = "The request body must be of type application/x-www-form-urlencoded.";
            return Err(LoginError::new("invalid_request", 900_144, text));
        }
        if !self.names_tenant(tenant) {
            return Err(LoginError::new(
                "invalid_request",
                90_002,
                &format!("Tenant '{tenant}' not found."),
            ));
        }
        let client = fields
            .get("client_id")
            .ok_or_else(|| LoginError::missing("client_id"))?;
        let Some(application) = self.world.applications.iter().find(|one| one.client_id == *client) else {
            return Err(self.unknown_client(tenant, client));
        };
        if !application.multi_tenant && !is_shared(tenant) && !self.is_company(tenant) {
            return Err(self.unknown_client(tenant, client));
        }
        if is_shared(tenant) && !application.multi_tenant {
            let text = "The application is not configured as a multi-tenant application.";
            return Err(LoginError::new("invalid_request", 50_194, text));
        }
        if fields.contains_key("client_secret") {
            let text = "Public clients can't send a client secret.";
            return Err(LoginError::new("invalid_request", 90_023, text));
        }
        Ok(())
    }

    /// Tokens that came about through a single-page redirect URI are given to that origin only, and to a browser only;
    /// those of another type are never given to a browser (entra-docs, reply-url.md; AADSTS9002326 and 9002327).
    pub(crate) fn check_origin(&self, grant: &Grant, origin: Option<&str>) -> Result<(), LoginError> {
        let known = self
            .world
            .applications
            .iter()
            .find(|one| one.client_id == grant.client_id);
        let registered = known.and_then(|one| one.redirect_uris.iter().find(|uri| uri.uri == grant.redirect_uri));
        let kind = registered.map_or(RedirectKind::Spa, |registered| registered.kind);
        let cross = |origin: &str| {
            let text = format!(
                "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request \
                 origin: '{origin}'."
            );
            LoginError::new("invalid_request", 9_002_326, &text)
        };
        match (kind, origin) {
            (RedirectKind::Spa, None) => {
                let text = "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via \
                            cross-origin requests.";
                Err(LoginError::new("invalid_request", 9_002_327, text))
            }
            (RedirectKind::Spa, Some(origin)) if origin_of(&grant.redirect_uri) != origin => Err(cross(origin)),
            (RedirectKind::Spa, Some(_)) => Ok(()),
            (_, Some(origin)) => Err(cross(origin)),
            (_, None) => Ok(()),
        }
    }

    fn tokens(&mut self, now: OffsetDateTime, earned: &Earned, client_info: bool) -> serde_json::Value {
        let seconds = match self.world.switches.access_token_seconds {
            Some(seconds) => i64::from(seconds),
            // 60 to 90 minutes (entra-docs, access-tokens.md).
            None => i64::try_from(self.seed.between(3600, 5399)).unwrap_or(3600),
        };
        let grant = &earned.grant;
        let access = token_text(&mut self.seed);
        let expires = now + Duration::seconds(seconds);
        self.login.access.insert(
            access.clone(),
            AccessToken {
                grant: grant.clone(),
                acrs: earned.acrs.clone(),
                expires,
            },
        );
        let granted: Vec<_> = grant
            .scopes
            .iter()
            .filter(|scope| scope.contains("://"))
            .cloned()
            .collect();
        let mut body = json!({
            "token_type": "Bearer",
            "scope": granted.join(" ").replace("/.default", "/user_impersonation"),
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": access,
        });
        if grant.scopes.iter().any(|scope| scope == "offline_access") {
            let refresh = format!("1.{}", self.seed.letters(160));
            let kept = RefreshToken {
                grant: grant.clone(),
                expires: earned.refresh_until,
            };
            self.login.refresh.insert(refresh.clone(), kept);
            body["refresh_token"] = json!(refresh);
            body["refresh_token_expires_in"] = json!((earned.refresh_until - now).whole_seconds());
        }
        if grant.scopes.iter().any(|scope| scope == "openid") {
            body["id_token"] = json!(self.id_token(now, grant, earned.nonce.as_deref(), seconds));
        }
        if self.world.switches.refresh_in {
            body["refresh_in"] = json!(seconds / 2);
        }
        if client_info {
            let oid = self
                .world
                .person(&grant.upn)
                .map(|person| person.object_id.clone())
                .unwrap_or_default();
            // The account at home, whatever the tenant of the token.
            let info = json!({ "uid": oid, "utid": self.world.home_of(&grant.upn).id }).to_string();
            body["client_info"] = json!(URL_SAFE_NO_PAD.encode(info));
        }
        body
    }

    /// CORS: only origins of registered single-page redirect URIs may read the answer.
    pub(crate) fn open_to(&self, origin: Option<&str>, response: &mut Response<Vec<u8>>) {
        let Some(origin) = origin else { return };
        let uris = self
            .world
            .applications
            .iter()
            .flat_map(|application| &application.redirect_uris);
        if uris
            .into_iter()
            .any(|uri| uri.kind == RedirectKind::Spa && origin_of(&uri.uri) == origin)
        {
            set(response, "access-control-allow-origin", origin);
            set(response, "vary", "Origin");
        }
    }

    pub(crate) fn token_preflight(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let token = request
            .uri()
            .path()
            .to_ascii_lowercase()
            .ends_with("/oauth2/v2.0/token");
        if !token || !asks_for_method(request) {
            return empty(405);
        }
        let mut answer = empty(200);
        self.open_to(header(request, "origin"), &mut answer);
        set(&mut answer, "access-control-allow-methods", "POST, OPTIONS");
        if let Some(asked) = header(request, "access-control-request-headers") {
            set(&mut answer, "access-control-allow-headers", asked);
        }
        answer
    }
}

/// The origin of a URI, as a browser writes it.
pub(crate) fn origin_of(uri: &str) -> String {
    url::Url::parse(uri).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
}
