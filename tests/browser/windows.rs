//! Sign-in windows, as far as a test without a person can see: which answers are heard, and from where.

use crate::script::{holds, script};
use avd_logoff::browser::ports;
use avd_logoff::ports::{Post, WindowAnswer};
use futures::FutureExt as _;
use futures::future::{Either, select};
use std::time::Duration;
use url::Url;
use wasm_bindgen_test::wasm_bindgen_test;

/// What the window shows; what it shows is not what these tests are about.
fn nowhere() -> Url {
    Url::parse("about:blank").unwrap()
}

/// Says something on a channel, as `redirect.html` does in its window.
fn broadcast(channel: &str, message: &str) {
    script(&format!(
        "const channel = new BroadcastChannel('{channel}'); channel.postMessage({message}); null"
    ));
}

#[wasm_bindgen_test]
async fn the_answer_on_the_channel_of_that_name_is_heard_once_and_acknowledged() {
    script(
        "window.heard = []; window.other = new BroadcastChannel('popup.one'); window.other.onmessage = e => window.heard.push(e.data); null",
    );
    let window = ports().windows.open(&nowhere(), "popup.one", Post::Broadcast);
    assert!(holds("sessionStorage.getItem('avd-logoff.window') === null"));
    let answer = window.answer();
    broadcast("popup.two", "'code=other'");
    broadcast("popup.one", "{ code: 'no text' }");
    broadcast("popup.one", "'code=right&state=popup.one'");
    assert_eq!(
        answer.await,
        WindowAnswer::Response("code=right&state=popup.one".into())
    );
    // The word that a window waits for before it closes.
    while !holds("window.heard.includes(true)") {
        ports().clock.sleep(Duration::from_millis(5)).await;
    }
    script("window.other.close(); null");
}

#[wasm_bindgen_test]
async fn a_window_that_was_given_up_is_not_heard_any_more() {
    let window = ports().windows.open(&nowhere(), "popup.late", Post::Broadcast);
    let answer = window.answer();
    script(
        "window.heard = []; window.other = new BroadcastChannel('popup.late'); window.other.onmessage = e => window.heard.push(e.data); null",
    );
    drop(window);
    broadcast("popup.late", "'code=late'");
    // The broadcast has arrived where it is heard; the acknowledgement would follow at once.
    while !holds("window.heard.includes('code=late')") {
        ports().clock.sleep(Duration::from_millis(5)).await;
    }
    let a_moment = ports().clock.sleep(Duration::from_millis(50));
    assert!(matches!(
        select(answer, a_moment.boxed_local()).await,
        Either::Left((WindowAnswer::Closed, _)) | Either::Right(_)
    ));
    assert!(!holds("window.heard.includes(true)"));
    script("window.other.close(); null");
}

#[wasm_bindgen_test]
async fn what_does_not_come_from_the_relay_window_itself_is_not_believed() {
    let window = ports().windows.open(&nowhere(), "popup.relay", Post::Relay);
    // From this very origin, with the right words, but not from that window.
    script(
        "window.postMessage({ type: 'avd-logoff.response', id: 'popup.relay', response: 'code=forged' }, location.origin); null",
    );
    broadcast("popup.relay", "'code=forged'");
    let a_moment = ports().clock.sleep(Duration::from_millis(100));
    assert!(matches!(
        select(window.answer(), a_moment.boxed_local()).await,
        Either::Right(_)
    ));
}
