//! Fetching `config.json`: there, not there, or not to be had are three things.

use crate::script::{FakeFetch, text};
use avd_logoff::browser::{ConfigMissing, load_config, page_address};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_server_without_the_file_is_told_from_one_that_fails() {
    assert_eq!(
        load_config().await,
        Err(ConfigMissing::NotThere),
        "the test's own server has none"
    );
    for (answer, expected) in [
        ("async () => new Response('', { status: 404 })", ConfigMissing::NotThere),
        ("async () => new Response('', { status: 403 })", ConfigMissing::NotThere),
        (
            "async () => new Response('', { status: 503 })",
            ConfigMissing::Unreachable,
        ),
        (
            "async () => { throw new TypeError('Failed to fetch'); }",
            ConfigMissing::Unreachable,
        ),
    ] {
        let _fake = FakeFetch::new(answer);
        assert_eq!(load_config().await, Err(expected), "{answer}");
    }
}

#[wasm_bindgen_test]
async fn the_file_lies_beside_the_page_and_is_asked_for_each_time() {
    let _fake = FakeFetch::new("async () => new Response('{ \"clientId\": 1 }')");
    assert_eq!(load_config().await.as_deref(), Ok("{ \"clientId\": 1 }"));
    let expected = page_address().unwrap().join("config.json").unwrap();
    assert_eq!(text("window.fetched[0].url"), expected.as_str());
    assert_eq!(text("window.fetched[0].cache"), "no-cache");
}
