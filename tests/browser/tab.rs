//! What belongs to the tab: its storage, its address, its randomness, and how text is compared.

use crate::script::{holds, script, text};
use avd_logoff::browser::{nfc, page_address, ports, redirect_uri, relay_address, surroundings};
use avd_logoff::ports::{StorageRefused, unguessable};
use std::collections::HashSet;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn what_is_kept_is_there_until_it_is_removed() {
    let storage = ports().storage;
    assert_eq!(storage.get("test.kept"), None);
    for value in ["", "über \u{1f600} \"quoted\"\n", "second"] {
        assert_eq!(storage.set("test.kept", value), Ok(()));
        assert_eq!(storage.get("test.kept").as_deref(), Some(value));
        // Another adapter over the same tab sees it: it outlives the page.
        assert_eq!(ports().storage.get("test.kept").as_deref(), Some(value));
    }
    assert_eq!(text("sessionStorage.getItem('test.kept')"), "second");
    assert!(
        holds("localStorage.getItem('test.kept') === null"),
        "other tabs must not see it"
    );
    storage.remove("test.kept");
    storage.remove("test.kept");
    assert_eq!(storage.get("test.kept"), None);
}

#[wasm_bindgen_test]
fn a_full_storage_says_so_and_keeps_what_it_had() {
    let storage = ports().storage;
    storage.set("test.full", "small").unwrap();
    // Browsers give a page about ten megabytes.
    assert_eq!(storage.set("test.full", &"x".repeat(32_000_000)), Err(StorageRefused));
    assert_eq!(storage.get("test.full").as_deref(), Some("small"));
    storage.remove("test.full");
}

#[wasm_bindgen_test]
fn random_bytes_differ_each_time() {
    let random = ports().random;
    let made: HashSet<String> = (0..100).map(|_| unguessable(&*random)).collect();
    assert_eq!(made.len(), 100);
    let mut bytes = [0; 4096];
    random.fill(&mut bytes);
    let values: HashSet<u8> = bytes.into_iter().collect();
    assert!(values.len() > 200, "only {} of 256 values in 4096 bytes", values.len());
}

#[wasm_bindgen_test]
fn the_redirect_uri_lies_beside_the_page_whatever_its_address_carries() {
    let before = text("location.href");
    script("history.replaceState(null, '', '?from=mail&x=%2F#/user/someone@contoso.example'); null");
    let page = page_address().unwrap();
    assert_eq!((page.query(), page.fragment()), (None, None));
    assert_eq!(page.as_str(), text("location.origin + location.pathname"));
    let redirect = redirect_uri().unwrap();
    assert!(redirect.as_str().ends_with("/redirect.html"), "{redirect}");
    assert_eq!(
        redirect.as_str(),
        text("new URL('redirect.html', location.origin + location.pathname).href")
    );

    script("history.replaceState(null, '', '/some/folder/index.html?x'); null");
    assert_eq!(redirect_uri().unwrap().path(), "/some/folder/redirect.html");
    assert_eq!(relay_address().unwrap().path(), "/some/folder/relay.html");
    script(&format!("history.replaceState(null, '', {before:?}); null"));
}

#[wasm_bindgen_test]
fn a_tab_has_nobody_around_it_and_is_its_own_site() {
    assert!(holds("window.top === window"));
    let around = surroundings();
    assert!(
        around.parents.is_empty() && around.same_site && !around.sandboxed,
        "{around:?}"
    );
    // In frames of other sites it is tried out in a real portal (tests/e2e); the probe leaves nothing behind here either.
    assert!(holds("!document.cookie.includes('avd-logoff')"));
}

#[wasm_bindgen_test]
fn the_navigator_goes_where_it_is_told() {
    let before = text("location.href");
    let mut there = page_address().unwrap();
    // Within the page, because a test that leaves its page ends there.
    there.set_fragment(Some("gone"));
    ports().navigator.go(&there);
    assert_eq!(text("location.hash"), "#gone");
    script(&format!("history.replaceState(null, '', {before:?}); null"));
}

#[wasm_bindgen_test]
fn letters_and_their_accents_are_put_together() {
    assert_eq!(nfc("u\u{308}ber.user@contoso.example"), "über.user@contoso.example");
    assert_eq!(nfc("über.user@contoso.example"), "über.user@contoso.example");
    assert_eq!(nfc("A\u{30a}"), "Å");
    assert_eq!(nfc("plain"), "plain");
}
