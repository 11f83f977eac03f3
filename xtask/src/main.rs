//! The project's own commands: `cargo xtask demo | test | dist | fuzz | simulate | help`.
//!
//! This file only chooses the command. Every command installs what it needs first (`tools`), runs other programs through
//! `workspace` and `run`, and speaks through `say`. There are no dependencies, so that a fresh machine has it in seconds.

mod breaks;
mod browser;
mod closed;
mod demo;
mod dist;
mod fault;
mod fingerprint;
mod fuzz;
mod html;
mod install;
mod lockfile;
mod page;
mod run;
mod say;
mod simulate;
mod sizes;
mod test;
mod tools;
mod workspace;

use fault::{Outcome, fault};
use std::process::ExitCode;

/// What `cargo xtask help` prints.
const HELP: &str = "\
cargo xtask demo [--open] [--port N] [simulator options]
    Installs what is missing, builds the page and serves it with a simulated Azure until Ctrl-C.
    --open         opens the page in the browser
    --port N       serves the page at this port; --login-port, --arm-port and --control-port move the other three
    --scenario F, --seed N and every other option go to the simulator

cargo xtask test [step…]
    Installs what is missing (browsers too), runs everything and ends with `N passed, N failed`.
    Steps: fmt clippy clippy-wasm docs native simulate interop dist browser e2e-chromium e2e-firefox e2e-webkit
    e2e is short for the last three.

cargo xtask dist
    Builds the release page into dist/, checks that it is closed in itself and prints its sizes.

cargo xtask fuzz [--seconds N] [target…]
    Fuzzes what comes back from the sign-in service and from Azure with libFuzzer, each target for N seconds (60).
    Takes a C++ compiler. Targets: response token_answer id_token renewal challenge arm

cargo xtask simulate [--seeds N] [--seed S] [--no-pacing] [--first] [--show]
    Runs N whole days at the desk (1000), each decided by one seed, against the simulated Azure, on all cores, and checks
    what must always hold. Begins at a random seed, or at S. Ends with `N runs from seed S, N violations, N runs per second`.
    --no-pacing  lets the page provoke a 429     --first   ends at the first violation
    --show     prints what happens in the run of S
    --breaks [words]  breaks the code on purpose, and has to find each break; only those with these words in their names

cargo xtask help
    Prints this.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            say::problem(&fault.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Runs the command that was named; `false` is a failure that has been told already.
fn command(arguments: &[String]) -> Outcome<bool> {
    let (name, rest) = match arguments.split_first() {
        Some((name, rest)) => (name.as_str(), rest),
        None => ("help", arguments),
    };
    match name {
        "demo" => demo::demo(rest).map(|()| true),
        "test" => test::test(rest),
        "dist" => dist::dist(rest).map(|()| true),
        "fuzz" => fuzz::fuzz(rest),
        "simulate" => simulate::simulate(rest),
        // Not in the help: `demo --open` starts it beside the simulator.
        demo::OPENER => demo::open_when_ready(rest).map(|()| true),
        "help" | "-h" | "--help" => {
            say::line(HELP);
            Ok(true)
        }
        other => Err(fault(format!("There is no command `{other}`.\n\n{HELP}"))),
    }
}
