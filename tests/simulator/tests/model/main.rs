//! The simulator against what it promises: each strictness has a test that fails without it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

mod accounts;
mod authorize;
mod challenges;
mod company;
mod cors;
mod desk;
mod examples;
mod faults;
mod gates;
mod lists;
mod loops;
mod pages;
mod sessions;
mod support;
mod tenants;
mod tokens;
