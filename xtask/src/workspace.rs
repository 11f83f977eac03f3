//! Where things lie, and how other programs are started from here: in the root of the workspace, with the pinned tools
//! first on the PATH, and without the variables that cargo sets for this program only.

use crate::fault::{OnFile, Outcome, fault};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace that the command was called in.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    path: OsString,
}

impl Workspace {
    /// Finds the root: the nearest folder with a Cargo.lock and an xtask folder, from here upwards.
    pub fn find() -> Outcome<Self> {
        let here =
            std::env::current_dir().map_err(|error| fault(format!("cannot tell the current folder: {error}")))?;
        // Cargo names the folder of this package; a binary called directly looks from where it stands.
        let start = std::env::var_os("CARGO_MANIFEST_DIR").map_or(here, PathBuf::from);
        let root = start
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file() && folder.join("xtask").is_dir())
            .ok_or_else(|| {
                fault("Call this inside the project's folder: no Cargo.lock with an xtask beside it was found.")
            })?;
        Self::at(root)
    }

    /// The workspace at a known root.
    fn at(root: &Path) -> Outcome<Self> {
        let tools = root.join("target/tools");
        let own = [tools.join("bin"), tools.join("npm/node_modules/.bin")];
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&inherited)))
            .map_err(|error| fault(format!("the project's folder cannot stand in PATH: {error}")))?;
        Ok(Self {
            root: root.to_path_buf(),
            path,
        })
    }

    /// The root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the built page lies.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where tools, logs and fingerprints are kept: always beside the sources, also when CARGO_TARGET_DIR points
    /// elsewhere, so that every build of this clone finds the same ones.
    pub fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    /// The log file of one step or installation; its folder is made.
    pub fn log(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.tools().join("logs");
        std::fs::create_dir_all(&folder).on("make", &folder)?;
        Ok(folder.join(format!("{name}.log")))
    }

    /// A program to be started in the root, with the pinned tools first on the PATH.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        // A tool that panics buries its message under a backtrace nobody here needs.
        command
            .current_dir(&self.root)
            .env("PATH", &self.path)
            .env("RUST_BACKTRACE", "0");
        // Cargo describes *this* package in the environment. Passed on, it makes some build scripts run again.
        for (name, _) in std::env::vars_os() {
            let Some(text) = name.to_str() else { continue };
            if [
                "CARGO_PKG_",
                "CARGO_MANIFEST_",
                "CARGO_BIN_",
                "CARGO_CRATE_",
                "CARGO_PRIMARY_",
            ]
            .iter()
            .any(|own| text.starts_with(own))
            {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Cargo, as it called us.
    pub fn cargo(&self) -> Command {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        self.command(&cargo)
    }

    /// The first of these programs that is on the PATH, pinned tools first.
    pub fn which(&self, names: &[&str]) -> Option<PathBuf> {
        names.iter().find_map(|name| {
            std::env::split_paths(&self.path)
                .map(|folder| folder.join(name))
                .find(|file| file.is_file())
        })
    }

    /// A text file of the workspace.
    pub fn read(&self, name: &str) -> Outcome<String> {
        let file = self.root.join(name);
        std::fs::read_to_string(&file).on("read", &file)
    }
}
