//! The built page in WebKitGTK against the simulated Azure: what people do, and what Azure is asked while they do it.
//!
//! `cargo xtask test e2e-webkit` builds the page and runs these tests. Each has a fresh Azure, its own servers and its own
//! browser; each asserts on the simulator's record and not only on what the page says. The cases are the same for every
//! engine; `harness/engine.rs` says what differs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

mod cases;
#[path = "harness/webkit.rs"]
mod engine;
mod harness;

/// The browser that this program tests in.
const ENGINE: engine::WebKit = engine::WebKit;
