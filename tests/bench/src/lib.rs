//! What tests of the core stand on: virtual time, and the ports as memory or as a way into the simulated Azure.
//!
//! Nothing here knows what is tested. `tests/core`, `tests/simulation` and `tests/interop` put it together as they need.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

pub mod ports;
mod virtual_time;

pub use virtual_time::{BEGINNING, VirtualTime};
