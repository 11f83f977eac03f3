//! The public client against an authorization server that is certified for OpenID Connect and that nobody here wrote.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

mod cases;
mod support;
