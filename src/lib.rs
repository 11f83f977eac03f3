//! The map of the crate. See ARCHITECTURE.md for who may know whom.

pub mod arm;
pub mod auth;
pub mod cloud;
pub mod config;
pub mod desk;
pub mod guid;
pub mod origin;
pub mod ports;
pub mod wildcard;
