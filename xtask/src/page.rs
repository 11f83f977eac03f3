//! Builds the release page into dist/ with Trunk, offline and with the pinned tools; not again when nothing changed.

use crate::fault::{OnFile, Outcome, fault};
use crate::workspace::Workspace;
use crate::{closed, fingerprint, run, say, tools};

/// Everything the page is made of.
const INPUTS: &[&str] = &[
    "src",
    "style",
    "static",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// How long it usually takes, for the headlines.
pub const USUAL: &str = "usually 2 minutes the first time, half of that after a change, none without one";

/// Builds the page unless dist/ is already what the sources give, and checks that it is complete and closed in itself.
pub fn build(workspace: &Workspace) -> Outcome<()> {
    let store = workspace.tools().join("page.fingerprint");
    let inputs = inputs(workspace)?;
    if std::fs::read_to_string(&store).ok() == Some(both(workspace, &inputs)?) {
        say::line("    unchanged since it was built");
        return Ok(());
    }
    // A dist/ from before must not be taken for the result of a build that fails.
    let _ = std::fs::remove_file(&store);
    fetch(workspace)?;
    trunk(workspace)?;
    closed::check(&workspace.dist())?;
    std::fs::write(&store, both(workspace, &inputs)?).on("write", &store)
}

/// The crates come first, because Trunk is then called offline.
fn fetch(workspace: &Workspace) -> Outcome<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["fetch", "--locked", "--target", tools::WASM]);
    run::must(cargo, &workspace.log("fetch")?, "`cargo fetch --locked`")
}

fn trunk(workspace: &Workspace) -> Outcome<()> {
    if !workspace.root().join("index.html").is_file() {
        return Err(fault("index.html is missing, from which Trunk builds the page."));
    }
    let mut trunk = workspace.command("trunk");
    // `--offline`: Trunk must take the pinned tools from the PATH or fail; it must never fetch others.
    trunk.args([
        "build",
        "--release=true",
        "--offline=true",
        "--locked=true",
        "--color=never",
    ]);
    // Trunk takes NO_COLOR as a yes-or-no option and refuses the `1` that is usual elsewhere.
    trunk.env_remove("NO_COLOR");
    run::must(trunk, &workspace.log("trunk")?, "`trunk build`")
}

fn inputs(workspace: &Workspace) -> Outcome<String> {
    let mut rustc = workspace.command("rustc");
    rustc.arg("--version");
    let compiler = run::answer(rustc).unwrap_or_default();
    fingerprint::of(workspace.root(), INPUTS, &[&compiler, tools::TRUNK, tools::BINARYEN])
}

/// What was put in and what came out: a dist/ that somebody changed or took away is built again.
fn both(workspace: &Workspace, inputs: &str) -> Outcome<String> {
    Ok(format!(
        "{inputs} {}",
        fingerprint::of(workspace.root(), &["dist"], &[])?
    ))
}
