//! Fuzz targets: what comes from outside, made up by machines, through the public API with the ports faked.
//!
//! Each of the [`targets`] takes bytes and panics when a promise is broken, which is how a fuzzer is told. [`check`]
//! says independently what a good answer is, [`answers`] are such; [`outside`] is the world in which the page runs,
//! and [`azure`] a Resource Manager with host pools in it, to which each request is an [`exchange`];
//! [`run`] makes time pass in it; [`mutate`] makes new inputs where no fuzzer does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a broken promise is told to the fuzzer by a panic"
)]

pub mod answers;
pub mod azure;
pub mod check;
pub mod exchange;
pub mod mutate;
pub mod outside;
pub mod run;
mod tab;
pub mod targets;

/// Runs a target over the files that the command line names: an input that was found, again, without the fuzzer.
///
/// # Errors
/// If a file cannot be read.
pub fn replay(target: fn(&[u8])) -> std::io::Result<()> {
    for file in std::env::args_os().skip(1) {
        target(&std::fs::read(file)?);
    }
    Ok(())
}
