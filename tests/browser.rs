//! The adapters of src/browser in a real browser: each port does what the core may expect of it.
//!
//! `cargo xtask test browser` runs this in headless Chromium; webdriver.json in the root says how that is started.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

#[path = "browser/configuration.rs"]
mod configuration;
#[path = "browser/fetch.rs"]
mod fetch;
#[path = "browser/script.rs"]
mod script;
#[path = "browser/tab.rs"]
mod tab;
#[path = "browser/time.rs"]
mod time;
#[path = "browser/windows.rs"]
mod windows;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
