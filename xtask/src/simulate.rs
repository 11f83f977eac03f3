//! `cargo xtask simulate`: whole days at the desk, each decided by one seed. What they are and what is checked stands in
//! tests/simulation/README.md; `cargo xtask test` makes a few thousand of them.

use crate::fault::{Outcome, fault};
use crate::workspace::Workspace;
use std::process::Command;

/// How many runs the step of `cargo xtask test` makes: some seconds.
const SEEDS_OF_THE_STEP: &str = "3000";

/// Makes the runs; `false` if one has violated something, which the program has told then.
pub fn simulate(arguments: &[String]) -> Outcome<bool> {
    let workspace = Workspace::find()?;
    if let [option, words @ ..] = arguments
        && option == "--breaks"
    {
        return crate::breaks::breaks(&workspace, &words.join(" "));
    }
    let mut program = program(&workspace);
    let status = program.args(arguments).status();
    let status = status.map_err(|error| fault(format!("cannot start the simulation: {error}")))?;
    Ok(status.success())
}

/// The runs of the test step, from a fresh random seed, which is in the log.
pub fn step(workspace: &Workspace) -> Command {
    let mut program = program(workspace);
    program
        .args(["--seeds", SEEDS_OF_THE_STEP, "--first"])
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_TERM_PROGRESS_WHEN", "never");
    program
}

/// Built with the profile of its own: as fast as a release, with the checks of a debug build.
pub fn program(workspace: &Workspace) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args([
        "run",
        "--quiet",
        "--profile",
        "simulate",
        "--package",
        "avd-logoff-simulation",
        "--",
    ]);
    cargo
}
