//! What the tests stand on: virtual time and the ports as memory (`tests/bench`), and a bench with an admin signed in.

pub mod bench;
pub mod sign_in;

pub use avd_logoff_bench::ports;
pub use bench::{Bench, Lab};
