//! The browsers and their drivers: where they are, and for Chromium that the two belong together.

use crate::fault::{Outcome, fault};
use crate::workspace::Workspace;
use crate::{install, run};
use std::path::{Path, PathBuf};

/// A program that is looked for: what the environment names goes first, then what is on the PATH.
struct Wanted {
    /// The variable that can name it.
    variable: &'static str,
    /// Names under which systems install it.
    names: &'static [&'static str],
}

const CHROME: Wanted = Wanted {
    variable: "CHROME",
    names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
};
const CHROMEDRIVER: Wanted = Wanted {
    variable: "CHROMEDRIVER",
    names: &["chromedriver"],
};
const FIREFOX: Wanted = Wanted {
    variable: "FIREFOX",
    names: &["firefox-esr", "firefox"],
};
/// It knows where its own browser is.
const WEBKITDRIVER: Wanted = Wanted {
    variable: "WEBKITDRIVER",
    names: &["WebKitWebDriver"],
};
/// The display that WebKitGTK draws on.
const XVFB: Wanted = Wanted {
    variable: "XVFB",
    names: &["Xvfb"],
};

/// A Chromium that WebDriver can steer.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The browser itself.
    pub chrome: PathBuf,
    /// Its WebDriver server.
    pub driver: PathBuf,
}

/// Finds Chromium and its driver, or installs them.
pub fn chromium(workspace: &Workspace) -> Outcome<Browser> {
    install_missing(workspace, &[CHROME, CHROMEDRIVER], &["chromium", "chromium-driver"])?;
    let (chrome, driver) = (place(workspace, &CHROME)?, place(workspace, &CHROMEDRIVER)?);
    belong_together(&version(workspace, &chrome)?, &version(workspace, &driver)?)?;
    Ok(Browser { chrome, driver })
}

/// Finds Firefox, or installs it.
pub fn firefox(workspace: &Workspace) -> Outcome<()> {
    install_missing(workspace, &[FIREFOX], &["firefox-esr"])?;
    let firefox = place(workspace, &FIREFOX)?;
    version(workspace, &firefox).map(drop)
}

/// Finds the driver of WebKitGTK, which brings its browser, and a display for it; or installs them.
pub fn webkit(workspace: &Workspace) -> Outcome<()> {
    let wanted = [WEBKITDRIVER, XVFB];
    install_missing(workspace, &wanted, &["webkit2gtk-driver", "xvfb"])?;
    wanted
        .iter()
        .try_for_each(|program| place(workspace, program).map(drop))
}

/// Installs Debian's packages if one of the programs is missing.
fn install_missing(workspace: &Workspace, wanted: &[Wanted], packages: &[&str]) -> Outcome<()> {
    if wanted.iter().all(|program| find(workspace, program).is_some()) {
        return Ok(());
    }
    install::system_packages(workspace, packages, "1 to 2 minutes")
}

/// Where a program is that must be there by now.
fn place(workspace: &Workspace, program: &Wanted) -> Outcome<PathBuf> {
    find(workspace, program).ok_or_else(|| {
        fault(format!(
            "There is no `{}` on the PATH, although its package was installed. Name it in {}.",
            program.names[0], program.variable
        ))
    })
}

fn find(workspace: &Workspace, program: &Wanted) -> Option<PathBuf> {
    std::env::var_os(program.variable)
        .map(PathBuf::from)
        .filter(|file| file.is_file())
        .or_else(|| workspace.which(program.names))
}

fn version(workspace: &Workspace, program: &Path) -> Outcome<String> {
    let mut command = workspace.command(&program.to_string_lossy());
    command.arg("--version");
    run::answer(command).ok_or_else(|| {
        fault(format!(
            "`{} --version` does not answer; the program is broken or a part of it is missing.",
            program.display()
        ))
    })
}

/// A driver refuses a browser of another major version with words that say nothing; so it is asked for here.
fn belong_together(chrome: &str, driver: &str) -> Outcome<()> {
    match (major(chrome), major(driver)) {
        (Some(a), Some(b)) if a == b => Ok(()),
        _ => Err(fault(format!(
            "The browser and its driver are of different versions:\n    {chrome}\n    {driver}\nInstall a pair (on Debian `apt-get install chromium chromium-driver`), or name one in CHROME and CHROMEDRIVER."
        ))),
    }
}

/// The first number with dots in the answer to `--version`, up to its first dot.
fn major(answer: &str) -> Option<&str> {
    answer
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))?
        .split('.')
        .next()
}

#[cfg(test)]
mod tests {
    use super::{belong_together, major};

    const CHROME: &str = "Chromium 147.0.1.79 built on Debian GNU/Linux 12 (bookworm)";

    #[test]
    fn the_major_version_is_found() {
        assert_eq!(major(CHROME), Some("147"));
        assert_eq!(
            major("ChromeDriver 147.0.1.79 (abcdef-refs/branch-heads/1@{#1})"),
            Some("147")
        );
        assert_eq!(major("nothing 12 here"), None);
    }

    #[test]
    fn only_a_pair_is_accepted() {
        assert!(belong_together(CHROME, "ChromeDriver 147.0.2.0").is_ok());
        assert!(belong_together(CHROME, "ChromeDriver 146.0.1.79").is_err());
    }
}
