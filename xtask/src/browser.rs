//! Chromium and its driver: where they are, and that they belong together.

use crate::fault::{Outcome, fault};
use crate::workspace::Workspace;
use crate::{install, run};
use std::path::{Path, PathBuf};

/// Names under which systems install Chromium.
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// Debian's packages.
const PACKAGES: &[&str] = &["chromium", "chromium-driver"];

/// A browser that WebDriver can steer.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The browser itself.
    pub chrome: PathBuf,
    /// Its WebDriver server.
    pub driver: PathBuf,
}

/// Finds both, or installs them.
pub fn ensure(workspace: &Workspace) -> Outcome<Browser> {
    let browser = match find(workspace) {
        Some(browser) => browser,
        None => {
            install::system_packages(workspace, PACKAGES, "1 to 2 minutes")?;
            find(workspace).ok_or_else(|| fault("chromium and chromium-driver were installed, but `chromium` and `chromedriver` are not on the PATH. Name them in CHROME and CHROMEDRIVER."))?
        }
    };
    belong_together(
        &version(workspace, &browser.chrome)?,
        &version(workspace, &browser.driver)?,
    )?;
    Ok(browser)
}

/// What the environment names goes first, then what is on the PATH.
fn find(workspace: &Workspace) -> Option<Browser> {
    let named = |variable: &str| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|file| file.is_file())
    };
    Some(Browser {
        chrome: named("CHROME").or_else(|| workspace.which(CHROMIUM))?,
        driver: named("CHROMEDRIVER").or_else(|| workspace.which(&["chromedriver"]))?,
    })
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
