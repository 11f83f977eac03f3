//! The browser's rules for cross-origin requests (fetch.spec.whatwg.org, "HTTP fetch" and "CORS-preflight fetch"):
//! when it asks beforehand, what it takes for a yes, and which response headers it shows to the page.

use crate::reply::{NoAnswer, Reply, header};
use crate::simulator::Simulator;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use std::collections::BTreeMap;
use std::time::Duration;
use time::OffsetDateTime;

/// Preflight answers that a browser still remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct PreflightCache {
    until: BTreeMap<String, OffsetDateTime>,
}

impl Simulator {
    /// What a page at `origins.page` gets from `fetch()` with `mode: "cors"`, `credentials: "omit"`, `redirect: "error"`.
    pub fn fetch(&mut self, now: OffsetDateTime, mut request: Request<Vec<u8>>) -> Reply {
        let page = self.origins.page.clone();
        if let Ok(value) = HeaderValue::try_from(&page) {
            request.headers_mut().insert("origin", value);
        }
        let mut delay = Duration::ZERO;
        let unsafe_headers = unsafe_headers(request.headers());
        if !simple_method(request.method()) || !unsafe_headers.is_empty() {
            match self.ask_beforehand(now, &request, &unsafe_headers, &page) {
                Ok(waited) => delay += waited,
                Err((waited, why)) => {
                    return Reply {
                        delay: waited,
                        result: Err(why),
                    };
                }
            }
        }
        let reply = self.handle(now, request);
        let result = reply.result.and_then(|response| shown_to(&page, response));
        Reply {
            delay: delay + reply.delay,
            result,
        }
    }

    fn ask_beforehand(
        &mut self,
        now: OffsetDateTime,
        request: &Request<Vec<u8>>,
        unsafe_headers: &[String],
        page: &str,
    ) -> Result<Duration, (Duration, NoAnswer)> {
        let asked = unsafe_headers.join(",");
        let remembered = format!("{} {} {asked}", request.method(), request.uri());
        if self.preflights.until.get(&remembered).is_some_and(|until| now < *until) {
            return Ok(Duration::ZERO);
        }
        let mut builder = Request::builder()
            .method(Method::OPTIONS)
            .uri(request.uri().clone())
            .header("origin", page)
            .header("access-control-request-method", request.method().as_str());
        if !asked.is_empty() {
            builder = builder.header("access-control-request-headers", &asked);
        }
        let question = builder
            .body(Vec::new())
            .map_err(|error| (Duration::ZERO, NoAnswer::new(error.to_string())))?;
        let reply = self.handle(now, question);
        let refused = |why: &str| (reply.delay, NoAnswer::new(why));
        let answer = reply.result.as_ref().map_err(|lost| (reply.delay, lost.clone()))?;
        if !answer.status().is_success() || !origin_allowed(page, answer) {
            return Err(refused("CORS: the preflight was not answered with this origin"));
        }
        let methods = list(answer, "access-control-allow-methods");
        if !simple_method(request.method()) && !has(&methods, request.method().as_str()) && !has(&methods, "*") {
            return Err(refused("CORS: the method is not allowed"));
        }
        let headers = list(answer, "access-control-allow-headers");
        // `*` never stands for Authorization.
        let allowed = |name: &String| has(&headers, name) || (has(&headers, "*") && name != "authorization");
        if !unsafe_headers.iter().all(allowed) {
            return Err(refused("CORS: a request header is not allowed"));
        }
        let age = list(answer, "access-control-max-age")
            .first()
            .and_then(|age| age.parse::<i64>().ok())
            .unwrap_or(5);
        self.preflights
            .until
            .insert(remembered, now + time::Duration::seconds(age));
        Ok(reply.delay)
    }
}

/// What the page sees of the answer, or nothing.
fn shown_to(page: &str, mut response: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, NoAnswer> {
    if !origin_allowed(page, &response) {
        return Err(NoAnswer::new("CORS: the answer does not allow this origin"));
    }
    if response.status().is_redirection() {
        return Err(NoAnswer::new("a redirect, which this fetch treats as an error"));
    }
    const SAFE: [&str; 7] = [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ];
    let exposed = list(&response, "access-control-expose-headers");
    let kept: HeaderMap = response
        .headers()
        .iter()
        .filter(|(name, _)| SAFE.contains(&name.as_str()) || has(&exposed, name.as_str()) || has(&exposed, "*"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    *response.headers_mut() = kept;
    Ok(response)
}

fn origin_allowed(page: &str, response: &Response<Vec<u8>>) -> bool {
    let allowed = response
        .headers()
        .get("access-control-allow-origin")
        .and_then(|value| value.to_str().ok());
    allowed.is_some_and(|allowed| allowed == "*" || allowed == page)
}

fn simple_method(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::POST)
}

/// Names of the request headers that are not "CORS-safelisted", in the order of the preflight.
fn unsafe_headers(headers: &HeaderMap) -> Vec<String> {
    let safe = |name: &str, value: &str| match name {
        "accept" | "accept-language" | "content-language" => value.len() <= 128,
        "content-type" => {
            let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"].contains(&essence.as_str())
        }
        // Set by the browser itself, not by the page.
        "origin" | "content-length" | "host" | "user-agent" | "referer" => true,
        _ => false,
    };
    let mut names: Vec<String> = headers
        .iter()
        .filter(|(name, value)| !safe(name.as_str(), value.to_str().unwrap_or("\u{0}")))
        .map(|(name, _)| name.as_str().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn list(response: &Response<Vec<u8>>, name: &str) -> Vec<String> {
    let values = response
        .headers()
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(|item| item.trim().to_owned())
        .collect()
}

fn has(items: &[String], wanted: &str) -> bool {
    items.iter().any(|item| item.eq_ignore_ascii_case(wanted))
}

/// Is this a request that only a browser's preflight sends?
pub(crate) fn asks_for_method(request: &Request<Vec<u8>>) -> bool {
    header(request, "origin").is_some() && header(request, "access-control-request-method").is_some()
}
