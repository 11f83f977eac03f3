//! Native tests: the core against the simulated Azure under virtual time, and tidy tests over the source tree.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

mod acts;
mod arm;
mod challenges;
mod coverage;
mod dialog_words;
mod direct;
mod edge_case_table;
mod edge_cases;
mod everyone;
mod filter;
mod interruption;
mod log_off;
mod message_first;
mod pacing;
mod pool_sources;
mod properties;
mod receipt;
mod receipt_schema;
mod redirects;
mod rights;
mod search;
mod sign_in;
mod soups;
mod support;
mod tenants;
mod tidy;
mod tokens;
mod windows;
