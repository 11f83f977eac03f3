//! What comes back from the simulator: a response after a delay, or nothing at all.

use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// The answer to one request.
#[derive(Debug)]
pub struct Reply {
    /// Simulated time between request and answer. The model itself never waits: the caller does.
    pub delay: Duration,
    /// The response, or why there is none.
    pub result: Result<Response<Vec<u8>>, NoAnswer>,
}

/// The caller gets no response: the connection broke, or the browser hides the response (CORS).
/// Whether the request had its effect is in the record, and only there: a caller cannot know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer {
    /// For people who read a failing test; the code under test must not look at it.
    pub why: String,
}

impl NoAnswer {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

/// A response with a body of the given type.
pub(crate) fn response(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !content_type.is_empty() {
        set(&mut response, "content-type", content_type);
    }
    response
}

/// A JSON response.
pub(crate) fn json(status: u16, body: &Value) -> Response<Vec<u8>> {
    response(status, "application/json; charset=utf-8", body.to_string())
}

/// A response without a body.
pub(crate) fn empty(status: u16) -> Response<Vec<u8>> {
    response(status, "", Vec::new())
}

/// Sets a header; a name or value that HTTP does not allow is left out.
pub(crate) fn set(response: &mut Response<Vec<u8>>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        response.headers_mut().insert(name, value);
    }
}

/// The request header's text, if it is there and readable.
pub(crate) fn header<'r>(request: &'r http::Request<Vec<u8>>, name: &str) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}
