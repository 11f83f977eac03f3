//! `Http` by `fetch`: whatever the answer, it is an answer; no answer is said as such; dropping the future aborts.

use crate::script::{FakeFetch, holds, script, text};
use avd_logoff::browser::{page_address, ports};
use avd_logoff::ports::{NoAnswer, Request, Response};
use futures::FutureExt as _;
use wasm_bindgen_test::wasm_bindgen_test;

fn request(method: &str, address: &str, body: &str) -> Request {
    let request = http::Request::builder().method(method).uri(address);
    let request = request.header("authorization", "Bearer never-a-real-one");
    request.body(body.as_bytes().to_vec()).unwrap()
}

async fn send(method: &str, address: &str, body: &str) -> Result<Response, NoAnswer> {
    ports().http.send(request(method, address, body)).await
}

#[wasm_bindgen_test]
async fn an_answer_is_read_with_status_headers_and_body() {
    let answer = send("GET", page_address().unwrap().as_str(), "").await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(
        answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(String::from_utf8_lossy(answer.body()).to_lowercase().contains("<html"));
}

#[wasm_bindgen_test]
async fn an_error_status_is_an_answer_too() {
    let missing = page_address().unwrap().join("there-is-no-such-file").unwrap();
    assert_eq!(send("GET", missing.as_str(), "").await.unwrap().status(), 404);
}

#[wasm_bindgen_test]
async fn a_refused_connection_is_no_answer() {
    // Nothing listens on this port: the test's own servers have others.
    let no_answer = send("GET", "http://127.0.0.1:65534/", "").await.unwrap_err();
    // A machine without any network but its own calls itself offline, and then the page says that.
    match no_answer {
        NoAnswer::Unreachable(detail) => assert!(holds("navigator.onLine") && !detail.is_empty()),
        NoAnswer::Offline => assert!(!holds("navigator.onLine")),
        NoAnswer::TimedOut => panic!("nothing has set a time limit"),
    }
}

#[wasm_bindgen_test]
async fn a_body_that_breaks_off_is_no_answer() {
    let _fake =
        FakeFetch::new("async () => new Response(new ReadableStream({ pull(c) { c.error(new Error('cut')); } }))");
    let broken = send("GET", "http://127.0.0.1:65534/", "").await;
    assert!(broken.is_err(), "{broken:?}");
}

#[wasm_bindgen_test]
async fn requests_go_without_cookies_cache_redirects_and_referrer() {
    let _fake = FakeFetch::new("async () => new Response('{}', { status: 200, headers: { 'x-one': '1' } })");
    let answer = send("DELETE", "http://127.0.0.1:65534/path?query=1", "").await.unwrap();
    assert_eq!(
        (answer.headers()["x-one"].to_str().unwrap(), answer.body().as_slice()),
        ("1", b"{}".as_slice())
    );
    let sent = "(({ method, url, mode, credentials, cache, redirect, referrerPolicy, headers }) => \
                [method, url, mode, credentials, cache, redirect, referrerPolicy, headers.get('authorization')].join(' '))\
                (window.fetched[0])";
    assert_eq!(
        text(sent),
        "DELETE http://127.0.0.1:65534/path?query=1 cors omit no-store error no-referrer Bearer never-a-real-one"
    );
}

#[wasm_bindgen_test]
async fn a_body_is_sent_as_it_is() {
    let _fake = FakeFetch::new("async (request) => new Response(await request.clone().text())");
    let answer = send("POST", "http://127.0.0.1:65534/", "grant_type=x&name=ü")
        .await
        .unwrap();
    assert_eq!(String::from_utf8_lossy(answer.body()), "grant_type=x&name=ü");
}

#[wasm_bindgen_test]
fn dropping_the_future_aborts_the_request() {
    let _fake = FakeFetch::new("() => new Promise(() => {})");
    let mut waiting = ports().http.send(request("GET", "http://127.0.0.1:65534/", ""));
    assert!((&mut waiting).now_or_never().is_none(), "nothing can have answered");
    assert_eq!(script("window.fetched.length").as_f64(), Some(1.0));
    assert!(!holds("window.fetched[0].signal.aborted"));
    drop(waiting);
    assert!(holds("window.fetched[0].signal.aborted"));
}

/// While it lives, the browser says that it has no network; the listeners for `online` that stand are counted.
struct NoNetwork;

impl NoNetwork {
    fn new() -> Self {
        script(
            "window.onlineListeners = 0; \
             window.realAdd = window.addEventListener; window.realRemove = window.removeEventListener; \
             window.addEventListener = function (kind, ...rest) { \
                 window.onlineListeners += kind === 'online'; return window.realAdd(kind, ...rest); }; \
             window.removeEventListener = function (kind, ...rest) { \
                 window.onlineListeners -= kind === 'online'; return window.realRemove(kind, ...rest); }; \
             Object.defineProperty(navigator, 'onLine', { value: false, configurable: true }); null",
        );
        Self
    }
}

impl Drop for NoNetwork {
    fn drop(&mut self) {
        script(
            "delete navigator.onLine; window.addEventListener = window.realAdd; \
             window.removeEventListener = window.realRemove; null",
        );
    }
}

#[wasm_bindgen_test]
async fn being_online_again_is_waited_for_and_dropping_the_wait_ends_the_listening() {
    let _no_network = NoNetwork::new();
    let http = ports().http;
    let mut waiting = http.online();
    assert!(waiting.as_mut().now_or_never().is_none());
    assert!(holds("window.onlineListeners === 1"));
    script("Object.defineProperty(navigator, 'onLine', { value: true, configurable: true }); null");
    script("window.dispatchEvent(new Event('online')); null");
    waiting.await;
    assert!(holds("window.onlineListeners === 0"));
    assert!(http.online().now_or_never().is_some());

    script("Object.defineProperty(navigator, 'onLine', { value: false, configurable: true }); null");
    let mut given_up = http.online();
    assert!(given_up.as_mut().now_or_never().is_none());
    drop(given_up);
    assert!(holds("window.onlineListeners === 0"));
}
