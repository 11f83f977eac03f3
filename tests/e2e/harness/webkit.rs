//! WebKitGTK through WebKitWebDriver and its MiniBrowser, on a display that nobody sees. It lets nothing be seen but the
//! page itself; so faults are noted by a script, from the moment when the harness has met a document.

use crate::harness::engine::{DESK, Engine, Launch};
use crate::harness::parts;
use serde_json::json;
use std::fs;
use std::path::Path;
use thirtyfour::{Capabilities, WebDriver};

/// Faults of this document from now on. It is harmless to run it twice.
const NOTE: &str = r"
    if (!window.faultsNoted) {
        const noted = window.faultsNoted = [];
        addEventListener('error', event => noted.push(`uncaught: ${event.message}`));
        addEventListener('unhandledrejection', event => noted.push(`uncaught: ${event.reason}`));
        document.addEventListener('securitypolicyviolation', event =>
            noted.push(`policy: ${event.effectiveDirective} stopped ${event.blockedURI} ${event.sample}`));
    }
";

/// What was noted since the last call.
const NOTED: &str = "return (window.faultsNoted ?? []).splice(0)";

/// Takes the air out of the browser's own bar, which else keeps every window wider than a phone.
const STYLE: &str = "* { padding: 0; margin: 0; min-width: 0; min-height: 0; font-size: 1px; }\n";

/// The page is then told that people want no motion: scrolling is done when it is asked for, so that a click meets what it
/// was meant for.
const SETTINGS: &str = "[Settings]\ngtk-enable-animations=0\n";

/// WebKitGTK.
pub struct WebKit;

impl Engine for WebKit {
    fn name(&self) -> &'static str {
        "WebKitGTK"
    }

    /// With the choice as part of its name.
    fn combobox(&self) -> &'static str {
        "button"
    }

    /// Once a page that cuts its opener off was shown, the driver hears nothing more of whatever Back leads to, be it the
    /// plainest of documents.
    fn goes_back(&self) -> bool {
        false
    }

    fn faults(&self) -> &'static [&'static str] {
        &["uncaught: ", "policy: "]
    }

    fn launch(&self, port: u16, folder: &Path) -> Launch {
        let configuration = folder.join("config");
        // Either version of GTK may be what it was built with.
        for gtk in ["gtk-3.0", "gtk-4.0"] {
            let place = configuration.join(gtk);
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("gtk.css"), STYLE).unwrap();
            fs::write(place.join("settings.ini"), SETTINGS).unwrap();
        }
        let downloads = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", folder.join("downloads").display());
        fs::write(configuration.join("user-dirs.dirs"), downloads).unwrap();
        Launch {
            program: parts::program("WEBKITDRIVER", &["WebKitWebDriver"], "webkit2gtk-driver"),
            arguments: vec![format!("--port={port}").into()],
            variables: vec![
                ("HOME", folder.into()),
                ("XDG_CONFIG_HOME", configuration.into()),
                ("XDG_CACHE_HOME", folder.join("cache").into()),
                ("XDG_DATA_HOME", folder.join("data").into()),
                ("XDG_RUNTIME_DIR", folder.into()),
                // Nothing of the desk that the tests are started from.
                ("GDK_BACKEND", "x11".into()),
                ("GSETTINGS_BACKEND", "memory".into()),
                ("DBUS_SESSION_BUS_ADDRESS", "disabled:".into()),
                ("NO_AT_BRIDGE", "1".into()),
            ],
            display: true,
        }
    }

    fn capabilities(&self, _folder: &Path, _screen: Option<(u32, u32)>) -> Capabilities {
        // The driver knows where its browser is.
        let mut wanted = Capabilities::new();
        wanted.set("webkitgtk:browserOptions", json!({})).unwrap();
        wanted
    }

    async fn begin(&self, driver: &WebDriver, _folder: &Path, screen: Option<(u32, u32)>) {
        let (width, height) = screen.unwrap_or(DESK);
        driver.set_window_rect(0, 0, width, height).await.unwrap();
    }

    async fn arrived(&self, driver: &WebDriver) {
        driver.execute(NOTE, Vec::new()).await.unwrap();
    }

    async fn complaints(&self, driver: &WebDriver) -> Vec<String> {
        driver.execute(NOTED, Vec::new()).await.unwrap().convert().unwrap()
    }
}
