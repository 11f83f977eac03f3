//! What the tests stand on: virtual time, the ports as memory, and a bench with an admin signed in.

pub mod bench;
pub mod ports;
pub mod sign_in;
pub mod virtual_time;

pub use bench::{Bench, Lab};

pub use virtual_time::VirtualTime;
