//! What differs between browsers, and nothing else: how one is started, and how much of it can be watched. Each has a file
//! of its own beside this one; the test program chooses it as `ENGINE`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use thirtyfour::{Capabilities, WebDriver};

/// Width and height of a desk's screen, where the table is a table.
pub const DESK: (u32, u32) = (1440, 1000);

/// How a driver is started.
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// All its arguments.
    pub arguments: Vec<OsString>,
    /// What its environment has besides the usual.
    pub variables: Vec<(&'static str, OsString)>,
    /// Whether its browser needs a display to draw on.
    pub display: bool,
}

/// One browser and its driver.
pub trait Engine {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// Words on the console that are a fault of the page in any test.
    fn faults(&self) -> &'static [&'static str];

    /// The driver, listening at this port, with a folder for everything that it and the browser write. Downloads go into
    /// the folder `downloads` in it.
    fn launch(&self, port: u16, folder: &Path) -> Launch;

    /// What the driver is asked for.
    fn capabilities(&self, folder: &Path, screen: Option<(u32, u32)>) -> Capabilities;

    /// After the start, before the test.
    async fn begin(&self, driver: &WebDriver, folder: &Path, screen: Option<(u32, u32)>);

    /// After each document of the page that the harness knows to be new: where the console cannot be read, faults are
    /// noted by a script from here on.
    async fn arrived(&self, _driver: &WebDriver) {}

    /// Warnings and errors since the last call: scripts, network, Content Security Policy.
    async fn complaints(&self, driver: &WebDriver) -> Vec<String>;

    /// The role that it computes for a list to choose one from.
    fn combobox(&self) -> &'static str {
        "combobox"
    }

    /// Whether its driver can follow it back from the authority to the page.
    fn goes_back(&self) -> bool {
        true
    }

    /// Whether a complaint is about an answer 404, which every proof that a session is gone is.
    fn is_about_a_404(&self, _complaint: &str) -> bool {
        false
    }

    /// Everything that the browser has sent since the last call; `None` where that cannot be seen.
    async fn network(&self, _driver: &WebDriver) -> Option<Network> {
        None
    }

    /// Every address in this tab's history; `None` where it cannot be seen.
    async fn history(&self, _driver: &WebDriver) -> Option<Vec<String>> {
        None
    }
}

/// What the browser's network did.
#[derive(Clone, Debug, Default)]
#[allow(dead_code, reason = "it cannot be seen in every engine")]
pub struct Network {
    /// Requests, in order.
    pub sent: Vec<Sent>,
    /// Ids of requests that were aborted.
    pub aborted: Vec<String>,
}

/// A request that the browser has sent for a page.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "it cannot be seen in every engine")]
pub struct Sent {
    /// The browser's id of it.
    pub id: String,
    /// The address, with its fragment.
    pub url: String,
    /// The method.
    pub method: String,
    /// Whether it carried an `Authorization` header.
    pub authorization: bool,
}
