//! What every test stands on: a fresh Azure, the built page, a browser of its own, and means to use and to watch them.

mod bench;
pub mod challenges;
pub mod clock;
mod driver;
pub mod engine;
mod evidence;
pub mod find;
pub mod keyboard;
mod leash;
pub mod parts;
pub mod portals;
mod ports;
pub mod raw;
pub mod record;
pub mod signing_in;
pub mod steps;
pub mod table;
pub mod wait;
pub mod windows;

pub use bench::{Bench, bench, bench_at};
pub use find::{Name, Role, Within};
pub use wait::{until, until_so};
