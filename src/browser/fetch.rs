//! [`Http`] by `fetch`: without cookies, without cache, without following redirects, without a referrer.

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{
    AbortController, AbortSignal, Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestMode,
    RequestRedirect,
};

use super::online;
use crate::ports::{Http, NoAnswer, Request, Response};

/// The browser's `fetch`.
pub(super) struct Fetch;

impl Http for Fetch {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, NoAnswer>> {
        send(request).boxed_local()
    }

    fn online(&self) -> LocalBoxFuture<'static, ()> {
        online::online()
    }
}

async fn send(request: Request) -> Result<Response, NoAnswer> {
    // Dropping this future drops the guard, and only that aborts the request.
    let abort = AbortOnDrop(AbortController::new().map_err(refused)?);
    let outgoing = outgoing(request, &abort.0.signal()).map_err(refused)?;
    let answer = gloo_net::http::Request::from(outgoing).send().await.map_err(failed)?;
    let mut response = http::Response::builder().status(answer.status());
    for (name, value) in answer.headers().entries() {
        response = response.header(name, value);
    }
    // A connection that breaks inside the body is an answer that did not come.
    let body = answer.binary().await.map_err(failed)?;
    response.body(body).map_err(|e| unreachable(e.to_string()))
}

/// The request as it is, its address untouched: gloo-net's own builder would take the query apart and add to it.
fn outgoing(request: Request, signal: &AbortSignal) -> Result<web_sys::Request, JsValue> {
    let options = RequestInit::new();
    options.set_method(request.method().as_str());
    options.set_signal(Some(signal));
    options.set_mode(RequestMode::Cors);
    options.set_credentials(RequestCredentials::Omit);
    options.set_cache(RequestCache::NoStore);
    options.set_redirect(RequestRedirect::Error);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    let headers = Headers::new()?;
    for (name, value) in request.headers() {
        if let Ok(value) = value.to_str() {
            headers.append(name.as_str(), value)?;
        }
    }
    options.set_headers(&headers);
    let address = request.uri().to_string();
    let body = request.into_body();
    if !body.is_empty() {
        options.set_body(&JsValue::from(Uint8Array::from(body.as_slice())));
    }
    web_sys::Request::new_with_str_and_init(&address, &options)
}

struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The browser would not even make the request.
fn refused(error: JsValue) -> NoAnswer {
    unreachable(format!("{error:?}"))
}

fn failed(error: gloo_net::Error) -> NoAnswer {
    if online::is_offline() {
        NoAnswer::Offline
    } else {
        unreachable(error.to_string())
    }
}

fn unreachable(detail: String) -> NoAnswer {
    NoAnswer::Unreachable(detail)
}
