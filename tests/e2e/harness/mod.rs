//! What every test stands on: a fresh Azure, the built page, a browser of its own, and means to use and to watch them.

mod bench;
pub mod chromedriver;
pub mod clock;
pub mod devtools;
mod evidence;
pub mod find;
pub mod keyboard;
mod parts;
mod ports;
pub mod record;
pub mod steps;
pub mod table;
pub mod wait;

pub use bench::{Bench, bench};
pub use find::{Name, Role, Within};
pub use wait::{until, until_so};
