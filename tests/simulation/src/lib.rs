//! Whole days at the desk, each decided by one seed, against the simulated Azure under virtual time.
//!
//! [`run()`] makes one run of one seed and checks it against the model's own history; [`many()`] makes many on all cores.
//! What is simulated, what is checked and what is not: `README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a simulation that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

mod admin;
mod check;
mod many;
mod network;
mod page;
mod run;
mod scenario;
mod story;
mod tab;
mod tasks;
mod weather;

pub use check::{Checks, Violation};
pub use many::{Found, Totals, many};
pub use run::{Figures, Run, run};
