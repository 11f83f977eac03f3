//! `fetch` as a browser does it for a page: with `Origin`, without cookies, without following redirects, with a
//! preflight where the request is not a simple one, and without an answer for whom the server does not let at it.

use std::cell::RefCell;
use std::rc::Rc;

use avd_logoff::ports::{Http, NoAnswer, Request, Response};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

/// Requests of a page at one origin.
pub struct Fetch {
    client: reqwest::Client,
    origin: String,
    sent: Rc<RefCell<Vec<Sent>>>,
}

/// A request that went out, and the status that came back.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Where to.
    pub url: Url,
    /// The form in its body.
    pub body: String,
    /// The status of the answer, whether the page was let at it or not.
    pub status: Option<StatusCode>,
}

impl Fetch {
    /// For a page at `origin`.
    pub fn new(origin: &str) -> Self {
        Self {
            client: plain_client(),
            origin: origin.to_owned(),
            sent: Rc::default(),
        }
    }

    /// Everything that was sent, without preflights.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.borrow().clone()
    }
}

/// A client that follows nothing and keeps nothing.
pub fn plain_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

impl Http for Fetch {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, NoAnswer>> {
        let (client, origin, sent) = (self.client.clone(), self.origin.clone(), Rc::clone(&self.sent));
        async move {
            let (parts, body) = request.into_parts();
            let url = Url::parse(&parts.uri.to_string()).unwrap();
            let at = sent.borrow().len();
            sent.borrow_mut().push(Sent {
                url: url.clone(),
                body: String::from_utf8_lossy(&body).into_owned(),
                status: None,
            });
            let extra = headers_that_need_leave(&parts.headers);
            if !extra.is_empty() || ![Method::GET, Method::HEAD, Method::POST].contains(&parts.method) {
                preflight(&client, &origin, &url, &parts.method, &extra).await?;
            }
            let answer = client
                .request(parts.method, url)
                .headers(parts.headers)
                .header("origin", &origin)
                .body(body)
                .send()
                .await
                .map_err(|error| NoAnswer::Unreachable(error.to_string()))?;
            sent.borrow_mut()[at].status = Some(answer.status());
            if answer.status().is_redirection() {
                return Err(NoAnswer::Unreachable("redirected".into()));
            }
            let_in(answer.headers(), &origin)?;
            let mut response = http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                if is_shown(name.as_str(), answer.headers()) {
                    response = response.header(name, value);
                }
            }
            let body = answer
                .bytes()
                .await
                .map_err(|error| NoAnswer::Unreachable(error.to_string()))?;
            Ok(response.body(body.to_vec()).unwrap())
        }
        .boxed_local()
    }

    fn online(&self) -> LocalBoxFuture<'static, ()> {
        std::future::ready(()).boxed_local()
    }
}

/// Asks for leave to send a request that a form could not have sent.
async fn preflight(
    client: &reqwest::Client,
    origin: &str,
    url: &Url,
    method: &Method,
    extra: &[String],
) -> Result<(), NoAnswer> {
    let answer = client
        .request(Method::OPTIONS, url.clone())
        .header("origin", origin)
        .header("access-control-request-method", method.as_str())
        .header("access-control-request-headers", extra.join(","))
        .send()
        .await
        .map_err(|error| NoAnswer::Unreachable(error.to_string()))?;
    let_in(answer.headers(), origin)?;
    let methods = list(answer.headers(), "access-control-allow-methods");
    let headers = list(answer.headers(), "access-control-allow-headers");
    let method_let = *method == Method::POST
        || methods
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(method.as_str()));
    if answer.status().is_success() && method_let && extra.iter().all(|name| headers.contains(name)) {
        Ok(())
    } else {
        Err(NoAnswer::Unreachable("refused by the preflight".into()))
    }
}

/// Whether the page may see the answer at all. No cookies go with these requests, so `*` would do.
fn let_in(headers: &HeaderMap, origin: &str) -> Result<(), NoAnswer> {
    match list_as_written(headers, "access-control-allow-origin").as_slice() {
        [only] if only == origin || only == "*" => Ok(()),
        _ => Err(NoAnswer::Unreachable(
            "no access-control-allow-origin for this page".into(),
        )),
    }
}

/// The names, in lower case, of headers that a form could not have sent.
fn headers_that_need_leave(headers: &HeaderMap) -> Vec<String> {
    const FORM_TYPES: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    let harmless = |name: &str, value: &str| match name {
        "accept" | "accept-language" | "content-language" => true,
        "content-type" => FORM_TYPES.contains(&value.split(';').next().unwrap_or_default().trim()),
        _ => false,
    };
    let mut names: Vec<String> = headers
        .iter()
        .filter(|(name, value)| !harmless(name.as_str(), value.to_str().unwrap_or_default()))
        .map(|(name, _)| name.as_str().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Whether a page sees this header of the answer.
fn is_shown(name: &str, headers: &HeaderMap) -> bool {
    const ALWAYS: [&str; 7] = [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ];
    ALWAYS.contains(&name)
        || list(headers, "access-control-expose-headers")
            .iter()
            .any(|shown| shown == name)
}

fn list(headers: &HeaderMap, name: &str) -> Vec<String> {
    list_as_written(headers, name)
        .iter()
        .map(|text| text.to_ascii_lowercase())
        .collect()
}

fn list_as_written(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|text| text.trim().to_owned())
        .collect()
}
