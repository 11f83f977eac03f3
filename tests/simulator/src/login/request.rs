//! An authorization request, read and checked in Entra's order: first what must end on a page of the login server,
//! then what may be told to the redirect URI.

use super::claims::Wanted;
use super::errors::LoginError;
use super::is_shared;
use crate::simulator::Simulator;
use crate::world::RedirectKind;
use std::collections::BTreeMap;

/// A checked authorization request.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizeRequest {
    pub(crate) tenant: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    /// Else the answer goes into the query.
    pub(crate) fragment: bool,
    pub(crate) state: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) login_hint: Option<String>,
    pub(crate) domain_hint: Option<String>,
    pub(crate) wanted: Wanted,
}

impl AuthorizeRequest {
    /// Where its answer goes.
    pub(crate) fn way_back(&self) -> WayBack {
        WayBack {
            to: self.redirect_uri.clone(),
            fragment: self.fragment,
            state: self.state.clone(),
            tenant: self.tenant.clone(),
        }
    }
}

/// Where and how an answer is sent.
#[derive(Clone, Debug)]
pub(crate) struct WayBack {
    pub(crate) to: String,
    pub(crate) fragment: bool,
    pub(crate) state: Option<String>,
    /// The authority's tenant segment.
    pub(crate) tenant: String,
}

/// Why a request is not good.
pub(crate) enum Refusal {
    /// Said on a page: the redirect URI cannot be trusted.
    Page(LoginError),
    /// Said to the redirect URI.
    Redirect { back: WayBack, error: LoginError },
}

impl Simulator {
    /// Reads and checks an authorization request.
    pub(crate) fn read_authorize(&self, tenant: &str, query: &str) -> Result<AuthorizeRequest, Box<Refusal>> {
        let given: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let get = |name: &str| given.get(name).filter(|value| !value.is_empty()).cloned();
        let kind = self
            .trusted(tenant, get("client_id"), get("redirect_uri"))
            .map_err(|error| Box::new(Refusal::Page(error)))?;
        let client_id = get("client_id").unwrap_or_default();
        let redirect_uri = get("redirect_uri").unwrap_or_default();

        let mode = get("response_mode").unwrap_or_else(|| "query".to_owned());
        let fragment = mode == "fragment";
        let state = get("state");
        let refuse = |error: LoginError| {
            let back = WayBack {
                to: redirect_uri.clone(),
                fragment,
                state: state.clone(),
                tenant: tenant.to_owned(),
            };
            Box::new(Refusal::Redirect { back, error })
        };
        if mode != "fragment" && mode != "query" {
            let text = format!("'{mode}' is not a supported value of 'response_mode' when requesting a token.");
            return Err(refuse(LoginError::new("unsupported_response_mode", 70_007, &text)));
        }
        match get("response_type").as_deref() {
            Some("code") => {}
            None => return Err(refuse(LoginError::missing("response_type"))),
            Some(other) => {
                let text = format!("response_type '{other}' is not enabled for the application.");
                return Err(refuse(LoginError::new("unsupported_response_type", 700_054, &text)));
            }
        }
        let scopes = self
            .check_scopes(get("scope").as_deref().unwrap_or_default(), true)
            .map_err(&refuse)?;
        let challenge = get("code_challenge");
        check_challenge(challenge.as_deref(), get("code_challenge_method").as_deref(), kind).map_err(&refuse)?;
        let prompt = get("prompt");
        if let Some(prompt) = &prompt
            && !["none", "login", "select_account", "consent"].contains(&prompt.as_str())
        {
            let text = format!("The value '{prompt}' of the parameter 'prompt' is not supported.");
            return Err(refuse(LoginError::new("invalid_request", 90_023, &text)));
        }
        if prompt.as_deref() == Some("select_account") && get("login_hint").is_some() {
            let text = "The parameters 'login_hint' and 'prompt=select_account' cannot be used together.";
            return Err(refuse(LoginError::new("invalid_request", 90_023, text)));
        }
        let Some(wanted) = Wanted::parse(get("claims").as_deref()) else {
            return Err(refuse(LoginError::new(
                "invalid_request",
                50_146,
                "The 'claims' parameter is not valid JSON.",
            )));
        };
        Ok(AuthorizeRequest {
            tenant: tenant.to_owned(),
            client_id,
            redirect_uri: redirect_uri.clone(),
            fragment,
            state: state.clone(),
            scopes,
            nonce: get("nonce"),
            challenge,
            prompt,
            login_hint: get("login_hint"),
            domain_hint: get("domain_hint"),
            wanted,
        })
    }

    /// Tenant, client and redirect URI: as long as one of them is wrong, nobody is sent anywhere.
    fn trusted(
        &self,
        tenant: &str,
        client_id: Option<String>,
        redirect_uri: Option<String>,
    ) -> Result<RedirectKind, LoginError> {
        if !self.names_tenant(tenant) {
            let text = format!("Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID.");
            return Err(LoginError::new("invalid_request", 90_002, &text));
        }
        let client_id = client_id.ok_or_else(|| LoginError::missing("client_id"))?;
        let Some(application) = self.world.applications.iter().find(|one| one.client_id == client_id) else {
            return Err(self.unknown_client(tenant, &client_id));
        };
        if !application.multi_tenant && !is_shared(tenant) && !self.is_company(tenant) {
            return Err(self.unknown_client(tenant, &client_id));
        }
        if is_shared(tenant) && !application.multi_tenant {
            let text = format!(
                "Application '{client_id}'({}) is not configured as a multi-tenant application. Usage of the /common \
                 endpoint is not supported for such apps. Use a tenant-specific endpoint.",
                application.name
            );
            return Err(LoginError::new("invalid_request", 50_194, &text));
        }
        let redirect_uri = redirect_uri.ok_or_else(|| LoginError::missing("redirect_uri"))?;
        match application
            .redirect_uris
            .iter()
            .find(|registered| registered.uri == redirect_uri)
        {
            Some(registered) => Ok(registered.kind),
            None => Err(LoginError::new(
                "invalid_request",
                50_011,
                &format!(
                    "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs \
                     configured for the application '{client_id}'."
                ),
            )),
        }
    }

    pub(crate) fn unknown_client(&self, tenant: &str, client_id: &str) -> LoginError {
        let directory = self.world.tenant_named(tenant).unwrap_or(&self.world.tenant);
        let text = format!(
            "Application with identifier '{client_id}' was not found in the directory '{}'.",
            directory.name
        );
        LoginError::new("unauthorized_client", 700_016, &text)
    }

    /// The scopes, if they are `openid` (where `openid` is needed) and those of exactly one resource, which must be ARM.
    pub(crate) fn check_scopes(&self, text: &str, openid: bool) -> Result<Vec<String>, LoginError> {
        let scopes: Vec<String> = text.split_ascii_whitespace().map(str::to_owned).collect();
        if scopes.is_empty() {
            return Err(LoginError::missing("scope"));
        }
        let invalid = |why: &str| {
            let text = format!("The provided value for the input parameter 'scope' is not valid. {why}");
            LoginError::new("invalid_scope", 70_011, &text)
        };
        if openid && !scopes.iter().any(|scope| scope == "openid") {
            return Err(invalid("The scope 'openid' is missing."));
        }
        let standard = ["openid", "profile", "email", "offline_access"];
        let resource: Vec<&String> = scopes
            .iter()
            .filter(|scope| !standard.contains(&scope.as_str()))
            .collect();
        let Some(first) = resource.first() else {
            return Err(invalid("No resource is named in it."));
        };
        let parts = |scope: &str| {
            scope
                .rsplit_once('/')
                .map(|(at, name)| (at.trim_end_matches('/').to_owned(), name.to_owned()))
        };
        let Some((at, _)) = parts(first) else {
            return Err(invalid(&format!("The scope {first} does not exist.")));
        };
        for scope in &resource {
            let Some((other, name)) = parts(scope) else {
                return Err(invalid(&format!("The scope {scope} does not exist.")));
            };
            if !other.eq_ignore_ascii_case(&at) {
                let text = "Provided value for the input parameter scope is not valid because it contains more than one \
                            resource.";
                return Err(LoginError::new("invalid_request", 28_000, text));
            }
            if !other.eq_ignore_ascii_case(&self.origins.arm) {
                let text = format!(
                    "The resource principal named {other} was not found in the tenant named {}.",
                    self.world.tenant.name
                );
                return Err(LoginError::new("invalid_resource", 500_011, &text));
            }
            if name != "user_impersonation" && name != ".default" {
                let text = format!("The application asked for scope '{scope}' that doesn't exist on the resource.");
                return Err(LoginError::new("invalid_client", 650_053, &text));
            }
            if name == ".default" && resource.len() > 1 {
                return Err(invalid(
                    ".default scope can't be combined with resource-specific scopes.",
                ));
            }
        }
        Ok(scopes)
    }
}

/// PKCE: a must for single-page applications, and only with SHA-256.
fn check_challenge(challenge: Option<&str>, method: Option<&str>, kind: RedirectKind) -> Result<(), LoginError> {
    let Some(challenge) = challenge else {
        if kind == RedirectKind::Spa {
            let text = "Proof Key for Code Exchange is required for cross-origin authorization code redemption.";
            return Err(LoginError::new("invalid_request", 9_002_325, text));
        }
        return Ok(());
    };
    if method != Some("S256") {
        let text = "The 'code_challenge_method' must be 'S256'.";
        return Err(LoginError::new("invalid_request", 9_002_313, text));
    }
    // A SHA-256 in base64url without padding has 43 characters.
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if challenge.len() != 43 || !challenge.bytes().all(good) {
        return Err(LoginError::new(
            "invalid_request",
            501_491,
            "Invalid size of Code_Challenge parameter.",
        ));
    }
    Ok(())
}
