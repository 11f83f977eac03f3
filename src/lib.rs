//! The map of the crate. See ARCHITECTURE.md for who may know whom.

pub mod arm;
pub mod auth;
#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod cloud;
pub mod config;
pub mod desk;
pub mod embedding;
pub mod guid;
pub mod origin;
#[cfg(target_arch = "wasm32")]
pub mod page;
pub mod ports;
pub mod text;
pub mod wildcard;
