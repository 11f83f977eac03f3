//! A simulator at a fixed time, a page's way of asking it, and the sign-in in few words.

use azure_simulator::scenario::{CLIENT_ID, TENANT_ID};
use azure_simulator::{NoAnswer, Origins, Reply, Simulator, TokenTraits, World};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Request, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime, macros::datetime};

pub const START: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-for-rfc-7636-0123456789";
pub const AVD: &str = "2024-04-03";

pub fn origins() -> Origins {
    Origins {
        page: "http://localhost:4460".to_owned(),
        login: "http://localhost:4461".to_owned(),
        arm: "http://localhost:4462".to_owned(),
    }
}

pub fn redirect_uri() -> String {
    format!("{}/redirect.html", origins().page)
}

/// A simulator, its time, and a page that calls it.
pub struct Desk {
    pub sim: Simulator,
    pub now: OffsetDateTime,
    pub token: String,
}

/// The company, without throttle.
pub fn company() -> Desk {
    let mut world = World::company(&origins(), 7, START);
    world.switches.throttle.enabled = false;
    Desk::of(world)
}

impl Desk {
    pub fn of(world: World) -> Self {
        Self {
            sim: Simulator::new(origins(), world, 7),
            now: START,
            token: String::new(),
        }
    }

    pub fn wait(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
    }

    /// Calls from now on as this person, with a token that was not signed in for.
    pub fn signed_in(mut self, upn: &str) -> Self {
        self.become_person(upn, TokenTraits::default());
        self
    }

    pub fn become_person(&mut self, upn: &str, traits: TokenTraits) {
        self.token = self.sim.issue_token(self.now, upn, traits);
    }

    /// Straight to the server: no browser in between.
    pub fn raw(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response<Vec<u8>> {
        self.reply(method, path, headers, body).result.unwrap()
    }

    pub fn reply(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let uri = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", origins().arm)
        };
        let mut request = Request::builder().method(method).uri(uri);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.sim
            .handle(self.now, request.body(body.as_bytes().to_vec()).unwrap())
    }

    /// As a page.
    pub fn fetch(&mut self, method: &str, path: &str) -> Result<Response<Vec<u8>>, NoAnswer> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", origins().arm))
            .header("authorization", format!("Bearer {}", self.token))
            .body(Vec::new())
            .unwrap();
        self.sim.fetch(self.now, request).result
    }

    pub fn get(&mut self, path: &str) -> (u16, Value) {
        let response = self.raw("GET", path, &[], "");
        (response.status().as_u16(), json(&response))
    }

    /// All rows of a list, following `nextLink`.
    pub fn all(&mut self, path: &str) -> Vec<Value> {
        let (mut rows, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(link) = next {
            let (status, body) = self.get(&link);
            assert_eq!(status, 200, "{body}");
            rows.extend(body["value"].as_array().unwrap().clone());
            next = body["nextLink"].as_str().map(str::to_owned);
        }
        rows
    }

    pub fn token_request(&mut self, fields: &[(&str, &str)], origin: Option<&str>) -> (u16, Value) {
        let response = self.token_response(fields, origin);
        (response.status().as_u16(), json(&response))
    }

    pub fn token_response(&mut self, fields: &[(&str, &str)], origin: Option<&str>) -> Response<Vec<u8>> {
        self.token_response_at(TENANT_ID, fields, origin)
    }

    /// At another authority than the company's.
    pub fn token_response_at(
        &mut self,
        tenant: &str,
        fields: &[(&str, &str)],
        origin: Option<&str>,
    ) -> Response<Vec<u8>> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut request = Request::builder()
            .method("POST")
            .uri(format!("{}/{tenant}/oauth2/v2.0/token", origins().login))
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        self.sim
            .handle(self.now, request.body(body.into_bytes()).unwrap())
            .result
            .unwrap()
    }

    /// Signs in and gives the code.
    pub fn code(&mut self, upn: &str, changes: &[(&str, &str)]) -> String {
        let url = authorize_url(changes);
        let sent = self.sim.sign_in_as(self.now, &url, upn).unwrap();
        parameters(&sent)["code"].clone()
    }

    pub fn redeem(&mut self, code: &str, changes: &[(&str, &str)]) -> (u16, Value) {
        let redirect = redirect_uri();
        let fields = changed(
            &[
                ("client_id", CLIENT_ID),
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &redirect),
                ("code_verifier", VERIFIER),
            ],
            changes,
        );
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.token_request(&fields, Some(&origins().page))
    }

    pub fn refresh(&mut self, token: &str, changes: &[(&str, &str)]) -> (u16, Value) {
        let fields = changed(
            &[
                ("client_id", CLIENT_ID),
                ("grant_type", "refresh_token"),
                ("refresh_token", token),
            ],
            changes,
        );
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.token_request(&fields, Some(&origins().page))
    }
}

/// Changes or, with an empty value, removes fields.
fn changed(fields: &[(&str, &str)], changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: BTreeMap<String, String> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    for (name, value) in changes {
        all.insert((*name).to_owned(), (*value).to_owned());
    }
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// A good authorize URL, with changes.
pub fn authorize_url(changes: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let (redirect, scope) = (redirect_uri(), scope());
    let fields = changed(
        &[
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", &redirect),
            ("response_mode", "fragment"),
            ("scope", &scope),
            ("state", "a-state"),
            ("nonce", "a-nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ],
        changes,
    );
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    format!("{}/{TENANT_ID}/oauth2/v2.0/authorize?{query}", origins().login)
}

pub fn scope() -> String {
    format!("openid profile offline_access {}/user_impersonation", origins().arm)
}

/// The parameters behind `#` or `?`.
pub fn parameters(address: &str) -> BTreeMap<String, String> {
    let tail = address.split(['#', '?']).nth(1).unwrap_or_default();
    url::form_urlencoded::parse(tail.as_bytes()).into_owned().collect()
}

pub fn json(response: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(response.body()).unwrap_or(Value::Null)
}

pub fn header<'r>(response: &'r Response<Vec<u8>>, name: &str) -> Option<&'r str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

/// The claims in the id_token of a token answer.
pub fn id_claims(answer: &Value) -> Value {
    let token = answer["id_token"].as_str().unwrap();
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

/// The claims of a challenge in a `WWW-Authenticate` header.
pub fn challenged(response: &Response<Vec<u8>>) -> Option<Value> {
    let value = header(response, "www-authenticate")?;
    let claims = value.split("claims=\"").nth(1)?.trim_end_matches('"');
    serde_json::from_slice(&STANDARD.decode(claims).ok()?).ok()
}
