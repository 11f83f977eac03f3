//! The page's own origin: static files with the security headers that a good host sends, and a `config.json` that names
//! the running servers.

use super::lock;
use crate::scenario::{CLIENT_ID, TENANT_ID};
use crate::simulator::Origins;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{Method, Request, StatusCode, Uri};
use percent_encoding::percent_decode_str;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Pages that a sign-in only passes through: never kept, never framed, and without a Cross-Origin-Opener-Policy, which
/// would cut the relay from its opener.
const STOPS: [&str; 2] = ["redirect.html", "relay.html"];

/// How the page is served.
#[derive(Clone, Debug)]
pub struct PageSettings {
    /// The folder with the built page.
    pub directory: PathBuf,
    /// Where `config.json` comes from.
    pub config: PageConfig,
    /// Who may frame the page: the value of CSP's `frame-ancestors`.
    pub frame_ancestors: String,
    /// Send the security headers at all.
    pub security_headers: bool,
    /// Headers beyond those, or in their place: path (`/relay.html`), name, value. An empty value takes a header away.
    pub headers: Vec<(String, String, String)>,
}

impl PageSettings {
    /// The folder, with everything else as it should be.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            config: PageConfig::FromOrigins,
            frame_ancestors: "'none'".to_owned(),
            security_headers: true,
            headers: Vec::new(),
        }
    }
}

/// Where `config.json` comes from. The folder's own is never used.
#[derive(Clone, Debug)]
pub enum PageConfig {
    /// Made from the running servers.
    FromOrigins,
    /// Made from the running servers, with these keys of a JSON object added or replaced.
    With(serde_json::Value),
    /// This very text, be it broken.
    Text(String),
    /// 404.
    Missing,
}

/// The configuration that leads the page to these servers.
pub(crate) fn config(origins: &Origins) -> serde_json::Value {
    json!({
        "clientId": CLIENT_ID,
        "tenant": TENANT_ID,
        "cloud": { "name": "Simulated Azure", "authorityHost": origins.login, "resourceManager": origins.arm },
    })
}

pub(super) fn router(settings: Arc<Mutex<PageSettings>>, origins: Origins) -> Router {
    Router::new().fallback(move |request: Request<Body>| {
        let settings = lock(&settings).clone();
        let answered = answer(&settings, &origins, request.method(), request.uri());
        async move { answered }
    })
}

fn answer(settings: &PageSettings, origins: &Origins, method: &Method, uri: &Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    }
    let path = percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
    let relative = match path.trim_start_matches('/') {
        "" => "index.html",
        other => other,
    };
    let mut response = if relative == "config.json" {
        match configured(settings, origins) {
            Some(text) => content(Path::new(relative), text.into_bytes()),
            None => plain(StatusCode::NOT_FOUND, "Not found"),
        }
    } else if relative.split('/').any(|part| part == "..") || relative.contains('\\') {
        plain(StatusCode::NOT_FOUND, "Not found")
    } else {
        match std::fs::read(settings.directory.join(relative)) {
            Ok(bytes) => content(Path::new(relative), bytes),
            Err(_) => plain(StatusCode::NOT_FOUND, "Not found"),
        }
    };
    let stop = STOPS.contains(&relative);
    let never_kept = stop || ["config.json", "redirect.js", "relay.js"].contains(&relative);
    header(
        &mut response,
        "cache-control",
        if never_kept { "no-store" } else { "no-cache" },
    );
    if settings.security_headers {
        // Nobody frames the pages that only pass a sign-in on, whoever may frame the page itself.
        let framed_by = if stop { "'none'" } else { &settings.frame_ancestors };
        secure(&mut response, framed_by, origins);
    }
    for (path, name, value) in &settings.headers {
        if path.trim_start_matches('/') == relative {
            replace(&mut response, name, value);
        }
    }
    response
}

fn configured(settings: &PageSettings, origins: &Origins) -> Option<String> {
    let mut made = config(origins);
    match &settings.config {
        PageConfig::FromOrigins => {}
        PageConfig::With(changes) => {
            for (key, value) in changes.as_object().into_iter().flatten() {
                made[key.as_str()] = value.clone();
            }
        }
        PageConfig::Text(text) => return Some(text.clone()),
        PageConfig::Missing => return None,
    }
    Some(made.to_string())
}

fn secure(response: &mut Response, framed_by: &str, origins: &Origins) {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self' {} {}; frame-src 'none'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'none'; object-src 'none'; require-trusted-types-for 'script'; frame-ancestors {framed_by}",
        origins.login, origins.arm
    );
    header(response, "content-security-policy", &policy);
    header(response, "referrer-policy", "no-referrer");
    header(response, "x-content-type-options", "nosniff");
    header(
        response,
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    );
}

fn content(path: &Path, bytes: Vec<u8>) -> Response {
    let kind = match path.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    };
    let mut response = Response::new(Body::from(bytes));
    header(&mut response, "content-type", kind);
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    header(&mut response, "content-type", "text/plain; charset=utf-8");
    response
}

fn header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = http::HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Sets a header, or takes it away; a name or value that HTTP does not allow is left out.
fn replace(response: &mut Response, name: &str, value: &str) {
    let Ok(name) = http::HeaderName::try_from(name) else {
        return;
    };
    if value.is_empty() {
        response.headers_mut().remove(name);
    } else if let Ok(value) = http::HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}
