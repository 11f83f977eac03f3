//! A portal that frames the page, as an intranet does: one frame that fills the window, and what a test needs to talk
//! through it.

use crate::login::escape;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderName, HeaderValue};

/// How a portal is served and what it frames.
#[derive(Clone, Debug)]
pub struct PortalSettings {
    /// Its host name, such as `portal.contoso.localhost`.
    pub host: String,
    /// The URL it frames.
    pub frame: String,
    /// The frame's `sandbox` attribute; an empty text forbids everything.
    pub sandbox: Option<String>,
    /// The portal's own `Cross-Origin-Opener-Policy`.
    pub opener_policy: Option<String>,
    /// The portal's own `Referrer-Policy`.
    pub referrer_policy: Option<String>,
}

impl PortalSettings {
    /// A portal with no sandbox and no policies.
    pub fn new(host: impl Into<String>, frame: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            frame: frame.into(),
            sandbox: None,
            opener_policy: None,
            referrer_policy: None,
        }
    }
}

pub(super) fn router(settings: PortalSettings) -> Router {
    Router::new().route(
        "/",
        get(move || {
            let answered = answer(&settings);
            async move { answered }
        }),
    )
}

fn answer(settings: &PortalSettings) -> Response {
    let mut response = Response::new(Body::from(page(settings)));
    let mut set = |name: &'static str, value: Option<&str>| {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    };
    set("content-type", Some("text/html; charset=utf-8"));
    set("cache-control", Some("no-store"));
    set("cross-origin-opener-policy", settings.opener_policy.as_deref());
    set("referrer-policy", settings.referrer_policy.as_deref());
    response
}

/// The script keeps what it is told and tells the frame, which must still show the framed origin to hear it.
fn page(settings: &PortalSettings) -> String {
    let sandbox = settings
        .sandbox
        .as_ref()
        .map_or_else(String::new, |tokens| format!(" sandbox=\"{}\"", escape(tokens)));
    let origin = url::Url::parse(&settings.frame).map_or_else(
        |_| String::new(),
        |url| match url.origin() {
            origin if origin.is_tuple() => origin.ascii_serialization(),
            _ => String::new(),
        },
    );
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Portal</title><style>html,body{{height:100%;margin:0}}body{{display:flex;\
         flex-direction:column}}h1{{font:1rem system-ui,sans-serif;margin:.5rem}}iframe{{flex:1;border:0}}</style><script>\
         window.received=[];addEventListener('message',({{origin,data}})=>received.push({{origin,data}}));\
         window.tell=message=>document.querySelector('iframe').contentWindow.postMessage(message,{origin})</script></head>\
         <body><h1>Portal</h1><iframe title=\"AVD Log off\" src=\"{}\"{sandbox}></iframe></body></html>",
        escape(&settings.frame),
        origin = serde_json::Value::from(origin)
    )
}
