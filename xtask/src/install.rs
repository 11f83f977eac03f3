//! How tools are installed: from rustup, from the crate registry with a quick build, from npm, from apt. Each says what it does
//! and how long it usually takes, and writes all details to a log under target/tools/logs.

use crate::fault::{Outcome, fault};
use crate::workspace::Workspace;
use crate::{run, say};
use std::path::Path;

/// Adds something to the toolchain in use.
pub fn rustup(workspace: &Workspace, arguments: &[&str], name: &str) -> Outcome<()> {
    if workspace.which(&["rustup"]).is_none() {
        return Err(fault(format!(
            "{name} is missing, and there is no rustup to add it. Install it with the package manager that brought the compiler, or install rustup."
        )));
    }
    say::headline(&format!("Adding {name} with rustup (some seconds)"));
    let mut rustup = workspace.command("rustup");
    rustup.args(arguments);
    run::must(
        rustup,
        &workspace.log(&format!("install-{name}"))?,
        &format!("`rustup {}`", arguments.join(" ")),
    )
}

/// Builds a command-line tool from the crate registry into target/tools.
pub fn crate_binary(workspace: &Workspace, name: &str, version: &str, options: &[&str], usual: &str) -> Outcome<()> {
    say::headline(&format!(
        "Building {name} {version}, once (usually {usual} on two cores)"
    ));
    let build = workspace.tools().join("build");
    let install = |locked: bool| {
        let mut cargo = workspace.cargo();
        cargo
            .args(["install", name, "--version", version, "--force", "--root"])
            .arg(workspace.tools())
            .args(options);
        if locked {
            cargo.arg("--locked");
        }
        // The tools work for some seconds only; what counts is how soon they are there. As released, Trunk takes four
        // times as long to build.
        cargo.env("CARGO_PROFILE_RELEASE_LTO", "off");
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256");
        // A known folder, so that a build that was interrupted goes on where it was.
        cargo.env("CARGO_TARGET_DIR", &build);
        // Flags of the caller's own builds are not meant for the tools.
        cargo
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_BUILD_TARGET");
        cargo
    };
    let log = workspace.log(&format!("install-{name}"))?;
    if !run::logged(install(true), &log)?.ok {
        // The lock file inside a release may name a crate that cannot be had (yanked, or too new for a mirror).
        say::line("    … with its own lock file it cannot be built; trying with the newest fitting crates");
        run::must(
            install(false),
            &log,
            &format!("`cargo install {name} --version {version}`"),
        )?;
    }
    // Only the finished programs are of use. If this fails, it is merely space on the disk.
    let _ = std::fs::remove_dir_all(&build);
    Ok(())
}

/// Installs an npm package into target/tools/npm.
pub fn npm_package(workspace: &Workspace, name: &str, version: &str) -> Outcome<()> {
    let folder = workspace.tools().join("npm");
    let package = format!("{name}@{version}");
    npm(workspace, name, &["install", "--no-save"], &folder, Some(&package))
}

/// Installs what the lock file in a folder of this project says, there.
pub fn npm_folder(workspace: &Workspace, folder: &str, name: &str) -> Outcome<()> {
    npm(workspace, name, &["ci"], &workspace.root().join(folder), None)
}

fn npm(workspace: &Workspace, name: &str, how: &[&str], folder: &Path, package: Option<&str>) -> Outcome<()> {
    if workspace.which(&["node"]).is_none() || workspace.which(&["npm"]).is_none() {
        return Err(fault(format!(
            "Node.js and npm are needed for {name}. On Debian and Ubuntu:\n\n    sudo apt-get install nodejs npm\n\nThen call this again."
        )));
    }
    say::headline(&format!("Fetching {name} from npm (some seconds)"));
    let mut npm = workspace.command("npm");
    npm.args(how)
        .args(["--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
        .arg(folder)
        .args(package);
    let log = workspace.log(&format!("install-{name}"))?;
    run::must(npm, &log, &format!("`npm {}` for {name}", how.join(" ")))
}

/// Installs system packages with apt when root; else the fault is the command to type.
pub fn system_packages(workspace: &Workspace, packages: &[&str], usual: &str) -> Outcome<()> {
    let list = packages.join(" ");
    if workspace.which(&["apt-get"]).is_none() {
        return Err(fault(format!(
            "Missing: {list}. Install them with the package manager of this system, then call this again."
        )));
    }
    let by_hand = format!("apt-get update && apt-get install --yes --no-install-recommends {list}");
    if !is_root(workspace) {
        return Err(fault(format!(
            "Missing: {list}. Installing them needs root:\n\n    sudo sh -c '{by_hand}'\n\nThen call this again."
        )));
    }
    say::headline(&format!("Installing {list} with apt (usually {usual})"));
    let log = workspace.log("install-apt")?;
    for arguments in [
        vec!["update"],
        [&["install", "--yes", "--no-install-recommends"], packages].concat(),
    ] {
        let mut apt = workspace.command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        run::must(apt, &log, &format!("`{by_hand}`"))?;
    }
    Ok(())
}

fn is_root(workspace: &Workspace) -> bool {
    let mut id = workspace.command("id");
    id.arg("-u");
    run::answer(id).as_deref() == Some("0")
}
