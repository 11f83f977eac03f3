//! [`Http`] by `fetch`: without cookies, without cache, without following redirects, without a referrer.

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use gloo_net::http::RequestBuilder;
use web_sys::{AbortController, ReferrerPolicy, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

use crate::ports::{Http, NoAnswer, Request, Response};

/// The browser's `fetch`.
pub(super) struct Fetch;

impl Http for Fetch {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, NoAnswer>> {
        send(request).boxed_local()
    }
}

async fn send(request: Request) -> Result<Response, NoAnswer> {
    // Dropping this future drops the guard, and only that aborts the request.
    let abort = AbortOnDrop(AbortController::new().map_err(|e| unreachable(format!("{e:?}")))?);
    let mut builder = RequestBuilder::new(&request.uri().to_string())
        .method(request.method().clone())
        .abort_signal(Some(&abort.0.signal()))
        .mode(RequestMode::Cors)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Error)
        .referrer_policy(ReferrerPolicy::NoReferrer);
    for (name, value) in request.headers() {
        if let Ok(value) = value.to_str() {
            builder = builder.header(name.as_str(), value);
        }
    }
    let body = request.into_body();
    let outgoing = if body.is_empty() {
        builder.build()
    } else {
        builder.body(String::from_utf8(body).map_err(|e| unreachable(e.to_string()))?)
    };
    let answer = outgoing.map_err(failed)?.send().await.map_err(failed)?;
    let mut response = http::Response::builder().status(answer.status());
    for (name, value) in answer.headers().entries() {
        response = response.header(name, value);
    }
    // A connection that breaks inside the body is an answer that did not come.
    let body = answer.binary().await.map_err(failed)?;
    response.body(body).map_err(|e| unreachable(e.to_string()))
}

struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn failed(error: gloo_net::Error) -> NoAnswer {
    let offline = web_sys::window().is_some_and(|window| !window.navigator().on_line());
    if offline {
        NoAnswer::Offline
    } else {
        unreachable(error.to_string())
    }
}

fn unreachable(detail: String) -> NoAnswer {
    NoAnswer::Unreachable(detail)
}
