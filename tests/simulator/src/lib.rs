//! A small Azure for tests and demonstrations: Entra sign-in and Azure Resource Manager with Azure Virtual Desktop.
//!
//! * [`world`]: everything that exists. No request, no clock, no randomness but a seed.
//! * [`Simulator`]: answers HTTP requests from the world, keeps a [`record`](Simulator::record), and has bad days on
//!   demand ([`Fault`]). [`Simulator::handle`] is the server's side, [`Simulator::fetch`] what a page in a browser gets,
//!   [`Simulator::sign_in_as`] a person at the login page.
//! * [`scenario`]: ready-made worlds.
//! * `server` (feature of that name): the same over loopback sockets.
//!
//! What is modelled, how strictly, and what is not: `README.md`.

mod arm;
mod cors;
mod faults;
mod latency;
mod login;
mod mischief;
mod person;
mod preflight;
mod record;
mod reply;
pub mod scenario;
mod seed;
#[cfg(feature = "server")]
pub mod server;
mod simulator;
mod stamp;
mod switches;
mod throttle;
pub mod world;

pub use cors::CorsSettings;
pub use faults::{Fault, FaultAction};
pub use login::{LoginPageError, TokenTraits};
pub use record::{Face, Operation, Recorded, SessionSnapshot};
pub use reply::{NoAnswer, Reply};
pub use seed::Seed;
pub use simulator::{Origins, Simulator};
pub use switches::{DESKTOP_VERSIONS, FilterSupport, Switches, Throttle, WithoutRight};
pub use world::World;
