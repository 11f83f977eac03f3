//! What `cargo xtask test` runs, in this order.

use crate::fault::{Outcome, fault};
use crate::tools::{Tool, WASM};
use crate::workspace::Workspace;
use std::process::Command;

/// Makes the command of a step.
type Make = fn(&Workspace) -> Command;

/// What a step does and how it is counted.
#[derive(Clone, Copy)]
pub enum Action {
    /// Builds the page; counts as one.
    Page,
    /// Counts as one: it succeeds or not.
    Check(Make),
    /// Counts what the test programs report.
    Tests(Make),
}

/// One step.
pub struct Step {
    /// Its short name, to be chosen by.
    pub name: &'static str,
    /// What it does.
    pub title: &'static str,
    /// How long it usually takes.
    pub usual: &'static str,
    /// What it needs.
    pub needs: &'static [Tool],
    /// The step that must have succeeded before, if it was run.
    pub after: Option<&'static str>,
    /// What it runs.
    pub action: Action,
}

/// All steps. Quick ones first, so that a slip shows early; the browser last, because it needs the page.
pub const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        title: "the format of all Rust files",
        usual: "usually 1 second",
        needs: &[Tool::Rustfmt],
        after: None,
        action: Action::Check(fmt),
    },
    Step {
        name: "clippy",
        title: "lints, as compiled for this machine",
        usual: "usually 1 to 2 minutes the first time",
        needs: &[Tool::Clippy],
        after: None,
        action: Action::Check(clippy),
    },
    Step {
        name: "clippy-wasm",
        title: "lints, as compiled for the browser",
        usual: "usually 1 to 2 minutes the first time",
        needs: &[Tool::Clippy, Tool::WasmTarget],
        after: None,
        action: Action::Check(clippy_wasm),
    },
    Step {
        name: "docs",
        title: "the documentation and its links",
        usual: "usually half a minute the first time",
        needs: &[],
        after: None,
        action: Action::Check(docs),
    },
    Step {
        name: "native",
        title: "the core against the simulator's model, the simulator itself, mutations, the tidy tests",
        usual: "usually 2 minutes the first time",
        needs: &[],
        after: None,
        action: Action::Tests(native),
    },
    Step {
        name: "simulate",
        title: "thousands of days at the desk, from a fresh random seed",
        usual: "usually 1 to 2 minutes the first time",
        needs: &[],
        after: None,
        action: Action::Check(crate::simulate::step),
    },
    Step {
        name: "interop",
        title: "the core against a certified authorization server",
        usual: "usually half a minute the first time",
        needs: &[Tool::Provider],
        after: None,
        action: Action::Tests(interop),
    },
    Step {
        name: "dist",
        title: "the release page",
        usual: crate::page::USUAL,
        needs: crate::tools::FOR_PAGE,
        after: None,
        action: Action::Page,
    },
    Step {
        name: "browser",
        title: "the adapters in Chromium",
        usual: "usually 1 to 2 minutes the first time",
        needs: &[Tool::WasmTarget, Tool::WasmBindgen, Tool::Chromium],
        after: None,
        action: Action::Tests(browser),
    },
    Step {
        name: "e2e-chromium",
        title: "the built page in Chromium against the simulator",
        usual: "usually 5 to 6 minutes",
        needs: &[Tool::Chromium, Tool::Provider],
        after: Some("dist"),
        action: Action::Tests(e2e_chromium),
    },
    Step {
        name: "e2e-firefox",
        title: "the same in Firefox",
        usual: "usually 6 to 7 minutes",
        needs: &[Tool::Firefox, Tool::Geckodriver, Tool::Provider],
        after: Some("dist"),
        action: Action::Tests(e2e_firefox),
    },
    Step {
        name: "e2e-webkit",
        title: "the same in WebKitGTK",
        usual: "usually 5 to 6 minutes",
        needs: &[Tool::WebKit, Tool::Provider],
        after: Some("dist"),
        action: Action::Tests(e2e_webkit),
    },
];

/// Names for several steps at once.
pub const GROUPS: &[(&str, &[&str])] = &[("e2e", &["e2e-chromium", "e2e-firefox", "e2e-webkit"])];

/// The steps with these names, in the order above, and those they come after; all if none is named.
pub fn choose(names: &[String]) -> Outcome<Vec<&'static Step>> {
    let group = |name: &str| GROUPS.iter().find(|(group, _)| *group == name).map(|(_, steps)| *steps);
    let is_step = |name: &str| STEPS.iter().any(|step| step.name == name);
    if let Some(unknown) = names.iter().find(|name| !is_step(name) && group(name).is_none()) {
        let known: Vec<&str> = STEPS
            .iter()
            .map(|step| step.name)
            .chain(GROUPS.iter().map(|(name, _)| *name))
            .collect();
        return Err(fault(format!(
            "There is no step `{unknown}`. The steps are: {}",
            known.join(" ")
        )));
    }
    let wanted = |name: &str| {
        let covers = |chosen: &String| chosen == name || group(chosen).is_some_and(|steps| steps.contains(&name));
        names.iter().any(covers)
    };
    let before = |name: &str| STEPS.iter().any(|step| step.after == Some(name) && wanted(step.name));
    Ok(STEPS
        .iter()
        .filter(|step| names.is_empty() || wanted(step.name) || before(step.name))
        .collect())
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = workspace.cargo();
    // Colours and progress bars are noise in a log, and would stand in the way of reading the counts.
    cargo
        .args(arguments)
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_TERM_PROGRESS_WHEN", "never");
    cargo
}

fn fmt(workspace: &Workspace) -> Command {
    cargo(workspace, &["fmt", "--all", "--check", "--", "--color", "never"])
}

fn clippy(workspace: &Workspace) -> Command {
    cargo(
        workspace,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
    )
}

fn clippy_wasm(workspace: &Workspace) -> Command {
    // Not tests/core: that one runs the core natively, against the simulator's model, which is not built for the browser.
    let targets = ["--lib", "--bins", "--test", "browser"];
    let mut arguments = vec!["clippy", "--package", "avd-logoff", "--target", WASM];
    arguments.extend(targets);
    arguments.extend(["--", "-D", "warnings"]);
    cargo(workspace, &arguments)
}

fn docs(workspace: &Workspace) -> Command {
    // With the private items: the documentation is for those who carry the code on, and its links lead there.
    let arguments = [
        "doc",
        "--workspace",
        "--no-deps",
        "--all-features",
        "--document-private-items",
    ];
    let mut command = cargo(workspace, &arguments);
    command.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links");
    command
}

fn native(workspace: &Workspace) -> Command {
    cargo(
        workspace,
        &[
            "test",
            "--workspace",
            "--exclude",
            "avd-logoff-e2e",
            "--exclude",
            "avd-logoff-interop",
            "--all-features",
            "--no-fail-fast",
        ],
    )
}

fn interop(workspace: &Workspace) -> Command {
    cargo(
        workspace,
        &["test", "--package", "avd-logoff-interop", "--no-fail-fast"],
    )
}

fn browser(workspace: &Workspace) -> Command {
    // webdriver.json in the root says how Chromium is started.
    let mut command = cargo(
        workspace,
        &["test", "--package", "avd-logoff", "--target", WASM, "--test", "browser"],
    );
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    // Tests that forgot to ask for a browser must not run under Node, where they would prove nothing.
    command.env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
    // Seconds that are generous for a busy machine; the runner's own 5 for the driver to answer are not.
    command
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    command
}

fn e2e_chromium(workspace: &Workspace) -> Command {
    e2e(workspace, "chromium", cores())
}

fn e2e_firefox(workspace: &Workspace) -> Command {
    e2e(workspace, "firefox", halved(cores()))
}

fn e2e_webkit(workspace: &Workspace) -> Command {
    e2e(workspace, "webkit", halved(cores()))
}

/// The tests of one engine, so many at a time.
fn e2e(workspace: &Workspace, engine: &str, at_once: usize) -> Command {
    let mut command = cargo(workspace, &["test", "--package", "avd-logoff-e2e", "--test", engine]);
    command.args(["--", "--test-threads", &at_once.to_string()]);
    command
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Firefox and WebKitGTK keep more than one core busy each; two at a time still wait for each other often enough.
fn halved(cores: usize) -> usize {
    (cores / 2).max(cores.min(2))
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, STEPS, choose, halved};

    fn names(chosen: &[&str]) -> Vec<&'static str> {
        let chosen: Vec<String> = chosen.iter().map(|name| (*name).to_owned()).collect();
        choose(&chosen).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn no_name_is_every_step() {
        assert_eq!(names(&[]).len(), STEPS.len());
    }

    #[test]
    fn chosen_steps_keep_their_order_and_bring_what_they_test() {
        assert_eq!(names(&["clippy", "fmt"]), ["fmt", "clippy"]);
        assert_eq!(names(&["e2e-firefox"]), ["dist", "e2e-firefox"]);
    }

    #[test]
    fn a_group_is_all_its_steps() {
        assert_eq!(names(&["e2e"]), ["dist", "e2e-chromium", "e2e-firefox", "e2e-webkit"]);
        let steps: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        for (name, members) in GROUPS {
            assert!(crate::HELP.contains(name) && members.iter().all(|member| steps.contains(member)));
        }
    }

    #[test]
    fn browsers_that_need_more_than_a_core_get_it() {
        assert_eq!([1, 2, 4, 8].map(halved), [1, 2, 2, 4]);
    }

    #[test]
    fn an_unknown_step_is_an_error() {
        assert!(choose(&["clipy".to_owned()]).is_err());
    }

    #[test]
    fn the_help_names_every_step() {
        for step in STEPS {
            assert!(crate::HELP.contains(step.name), "{}", step.name);
        }
    }
}
