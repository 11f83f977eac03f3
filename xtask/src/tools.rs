//! What the commands need from outside, and the versions they are pinned to. Whether a tool is there is asked here; how
//! it is installed is said in `install` and, for the browsers, in `browser`.

use crate::browser::{self, Browser};
use crate::fault::{Outcome, fault};
use crate::workspace::Workspace;
use crate::{install, lockfile, run};
use std::collections::BTreeMap;

/// The release of Trunk; the next one needs a newer compiler than rust-toolchain.toml gives.
pub const TRUNK: &str = "0.21.14";
/// The release of npm's `binaryen`, which brings wasm-opt. Trunk.toml names the same one as `version_132`.
pub const BINARYEN: &str = "132.0.0";
/// What the pinned wasm-opt answers.
const WASM_OPT_ANSWER: &str = "wasm-opt version 132 (version_132)";
/// The release of geckodriver, which Debian does not have.
pub const GECKODRIVER: &str = "0.37.1";
/// The target of the page.
pub const WASM: &str = "wasm32-unknown-unknown";

/// One thing that may be missing on a fresh machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// The formatter.
    Rustfmt,
    /// The linter.
    Clippy,
    /// The standard library for the browser.
    WasmTarget,
    /// The command-line tool of wasm-bindgen and its test runner, in the version of Cargo.lock.
    WasmBindgen,
    /// The optimiser, which runs under Node.
    WasmOpt,
    /// The bundler.
    Trunk,
    /// Chromium and its driver.
    Chromium,
    /// Firefox.
    Firefox,
    /// The driver of Firefox.
    Geckodriver,
    /// WebKitGTK's browser and driver, and a display for them.
    WebKit,
    /// The certified authorization server of tests/interop.
    Provider,
}

/// The tools to build the page.
pub const FOR_PAGE: &[Tool] = &[Tool::WasmTarget, Tool::WasmOpt, Tool::WasmBindgen, Tool::Trunk];

/// Installs tools, each at most once in a run, and remembers what could not be had.
#[derive(Debug)]
pub struct Toolbox<'a> {
    workspace: &'a Workspace,
    tried: BTreeMap<Tool, Outcome<()>>,
    browser: Option<Browser>,
}

impl<'a> Toolbox<'a> {
    /// An empty box.
    pub fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            tried: BTreeMap::new(),
            browser: None,
        }
    }

    /// Makes sure that the tool is there.
    pub fn ensure(&mut self, tool: Tool) -> Outcome<()> {
        if let Some(outcome) = self.tried.get(&tool) {
            return outcome.clone();
        }
        let outcome = self.try_to_have(tool);
        self.tried.insert(tool, outcome.clone());
        outcome
    }

    /// Makes sure that all of them are there; the first that cannot be had is the fault.
    pub fn ensure_all(&mut self, tools: &[Tool]) -> Outcome<()> {
        tools.iter().try_for_each(|tool| self.ensure(*tool))
    }

    /// Chromium, once `Tool::Chromium` has been ensured.
    pub fn browser(&self) -> Option<&Browser> {
        self.browser.as_ref()
    }

    fn try_to_have(&mut self, tool: Tool) -> Outcome<()> {
        let workspace = self.workspace;
        match tool {
            Tool::Rustfmt => component(workspace, "rustfmt", &["fmt", "--version"]),
            Tool::Clippy => component(workspace, "clippy", &["clippy", "--version"]),
            Tool::WasmTarget => wasm_target(workspace),
            Tool::WasmBindgen => wasm_bindgen(workspace),
            Tool::WasmOpt => wasm_opt(workspace),
            Tool::Trunk => trunk(workspace),
            Tool::Chromium => {
                self.browser = Some(browser::chromium(workspace)?);
                Ok(())
            }
            Tool::Firefox => browser::firefox(workspace),
            Tool::Geckodriver => geckodriver(workspace),
            Tool::WebKit => browser::webkit(workspace),
            Tool::Provider => provider(workspace),
        }
    }
}

/// A component of the toolchain: asked for by its own answer, so that a compiler without rustup works as well.
fn component(workspace: &Workspace, name: &str, question: &[&str]) -> Outcome<()> {
    let there = || {
        let mut cargo = workspace.cargo();
        cargo.args(question);
        run::answer(cargo).is_some()
    };
    if there() {
        return Ok(());
    }
    install::rustup(workspace, &["component", "add", name], name)?;
    checked(there(), name)
}

/// The wasm target is there when its standard library is.
fn wasm_target(workspace: &Workspace) -> Outcome<()> {
    let there = || {
        let mut rustc = workspace.command("rustc");
        rustc.args(["--print", "target-libdir", "--target", WASM]);
        run::answer(rustc).is_some_and(|folder| std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()))
    };
    if there() {
        return Ok(());
    }
    install::rustup(workspace, &["target", "add", WASM], WASM)?;
    checked(there(), WASM)
}

fn wasm_bindgen(workspace: &Workspace) -> Outcome<()> {
    let lock = workspace.read("Cargo.lock")?;
    let version = lockfile::version(&lock, "wasm-bindgen").ok_or_else(|| {
        fault("Cargo.lock does not name exactly one wasm-bindgen, so its command-line tool cannot be chosen.")
    })?;
    let there = || {
        ["wasm-bindgen", "wasm-bindgen-test-runner"]
            .iter()
            .all(|name| says(workspace, name, &format!("{name} {version}")))
    };
    if there() {
        return Ok(());
    }
    install::crate_binary(workspace, "wasm-bindgen-cli", version, &[], "1 to 2 minutes")?;
    checked(there(), "wasm-bindgen")
}

fn trunk(workspace: &Workspace) -> Outcome<()> {
    let there = || says(workspace, "trunk", &format!("trunk {TRUNK}"));
    if there() {
        return Ok(());
    }
    install::crate_binary(workspace, "trunk", TRUNK, TRUNK_FEATURES, "2 to 4 minutes")?;
    checked(there(), "trunk")
}

fn geckodriver(workspace: &Workspace) -> Outcome<()> {
    let there = || says(workspace, "geckodriver", &format!("geckodriver {GECKODRIVER}"));
    if there() {
        return Ok(());
    }
    install::crate_binary(workspace, "geckodriver", GECKODRIVER, &[], "1 minute")?;
    checked(there(), "geckodriver")
}

/// Trunk is built without its network parts: it must not download tools, and it is there sooner.
const TRUNK_FEATURES: &[&str] = &["--no-default-features"];

fn wasm_opt(workspace: &Workspace) -> Outcome<()> {
    let there = || says(workspace, "wasm-opt", WASM_OPT_ANSWER);
    if there() {
        return Ok(());
    }
    install::npm_package(workspace, "binaryen", BINARYEN)?;
    checked(there(), "wasm-opt")
}

/// The server's packages are there when they were installed from the very lock file that lies there now.
fn provider(workspace: &Workspace) -> Outcome<()> {
    let folder = "tests/interop/provider";
    let lock = workspace.read(&format!("{folder}/package-lock.json"))?;
    let installed = workspace.tools().join("provider-lock.json");
    let modules = workspace.root().join(folder).join("node_modules");
    if modules.is_dir() && std::fs::read_to_string(&installed).is_ok_and(|kept| kept == lock) {
        return Ok(());
    }
    install::npm_folder(workspace, folder, "oidc-provider")?;
    // What cannot be noted down is installed again next time, and that is all.
    let _ = std::fs::write(installed, lock);
    checked(modules.is_dir(), "oidc-provider")
}

/// Whether the program answers `--version` with exactly this. Trunk's answer has the version only, wasm-bindgen's a hash
/// of its sources in some builds, so what follows a space is left out.
fn says(workspace: &Workspace, program: &str, expected: &str) -> bool {
    let mut command = workspace.command(program);
    command.arg("--version");
    run::answer(command).is_some_and(|answer| begins_with_version(&answer, expected))
}

/// `expected` is the whole answer, or is followed by a space.
fn begins_with_version(answer: &str, expected: &str) -> bool {
    answer
        .strip_prefix(expected)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

fn checked(there: bool, name: &str) -> Outcome<()> {
    if there {
        return Ok(());
    }
    Err(fault(format!(
        "{name} was installed but does not answer as expected; try it by hand with `--version`."
    )))
}

#[cfg(test)]
mod tests {
    use super::{BINARYEN, WASM_OPT_ANSWER, begins_with_version};

    #[test]
    fn a_version_is_not_the_beginning_of_another() {
        assert!(begins_with_version("trunk 0.21.14", "trunk 0.21.14"));
        assert!(begins_with_version(
            "wasm-bindgen 0.2.130 (4af8f3d)",
            "wasm-bindgen 0.2.130"
        ));
        assert!(!begins_with_version("trunk 0.21.140", "trunk 0.21.14"));
        assert!(!begins_with_version("trunk 0.21.1", "trunk 0.21.14"));
    }

    #[test]
    fn trunk_is_told_the_same_wasm_opt() {
        let major = BINARYEN.split('.').next().unwrap();
        assert!(include_str!("../../Trunk.toml").contains(&format!("wasm_opt = \"version_{major}\"")));
        assert!(WASM_OPT_ANSWER.contains(&format!("version_{major}")));
    }

    #[test]
    fn trunk_toml_asks_for_the_installed_trunk() {
        assert!(include_str!("../../Trunk.toml").contains(&format!("trunk-version = \"{}\"", super::TRUNK)));
    }
}
