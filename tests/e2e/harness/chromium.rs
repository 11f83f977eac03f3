//! Chromium through ChromeDriver. DevTools let everything be seen: network, console, history.

use crate::harness::engine::{DESK, Engine, Launch, Network, Sent};
use crate::harness::parts;
use crate::harness::raw::Raw;
use serde_json::{Value, json};
use std::path::Path;
use thirtyfour::{Capabilities, WebDriver};

/// As the house starts Chromium everywhere; see also webdriver.json.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Scrolling is done when it is asked for, so that a click meets what it was meant for.
    "--force-prefers-reduced-motion",
    // Tells scripts the computed role and name of an element: ChromeDriver cannot in a frame of another process.
    "--enable-blink-features=ComputedAccessibilityInfo",
];

/// Chromium.
pub struct Chromium;

impl Engine for Chromium {
    fn name(&self) -> &'static str {
        "Chromium"
    }

    fn faults(&self) -> &'static [&'static str] {
        &["Uncaught", "RuntimeError", "Content Security Policy"]
    }

    fn launch(&self, port: u16, _folder: &Path) -> Launch {
        Launch {
            program: parts::program("CHROMEDRIVER", &["chromedriver"], "chromium-driver"),
            arguments: vec![format!("--port={port}").into()],
            variables: Vec::new(),
            display: false,
        }
    }

    fn capabilities(&self, folder: &Path, screen: Option<(u32, u32)>) -> Capabilities {
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--window-size={},{}", DESK.0, DESK.1));
        flags.push(format!("--user-data-dir={}", folder.join("profile").display()));
        let mut options = json!({
            "binary": parts::program("CHROME", &names, "chromium"),
            "args": flags,
            // ChromeDriver switches the blocker off; people have it.
            "excludeSwitches": ["disable-popup-blocking"],
        });
        if let Some((width, height)) = screen {
            // No window can be that narrow, so Chromium plays a smaller screen.
            let metrics = json!({ "width": width, "height": height, "pixelRatio": 1, "touch": false, "mobile": false });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let mut wanted = Capabilities::new();
        // Everything from the network and the console is kept, for what tests prove about it.
        let logs = json!({ "browser": "ALL", "performance": "ALL" });
        wanted.set("browserName", "chrome").unwrap();
        wanted.set("goog:chromeOptions", options).unwrap();
        wanted.set("goog:loggingPrefs", logs).unwrap();
        wanted
    }

    async fn begin(&self, driver: &WebDriver, folder: &Path, _screen: Option<(u32, u32)>) {
        let downloads = json!({ "behavior": "allow", "downloadPath": folder.join("downloads") });
        devtools(driver, "Browser.setDownloadBehavior", downloads).await;
    }

    async fn complaints(&self, driver: &WebDriver) -> Vec<String> {
        let entries = driver.browser_log().await.unwrap();
        let grave = entries
            .into_iter()
            .filter(|entry| entry.level == "SEVERE" || entry.level == "WARNING");
        grave
            .map(|entry| format!("{}: {}", entry.level, entry.message))
            // Chromium ignores `integrity` on a preload of WebAssembly and says so; static/boot.js checks it in its stead.
            .filter(|line| !(line.contains("integrity") && line.contains("preload")))
            .collect()
    }

    fn is_about_a_404(&self, complaint: &str) -> bool {
        complaint.contains("status of 404")
    }

    async fn network(&self, driver: &WebDriver) -> Option<Network> {
        let mut network = Network::default();
        for entry in driver.get_log("performance").await.unwrap() {
            let entry: Value = serde_json::from_str(&entry.message).unwrap();
            let (method, event) = (&entry["message"]["method"], &entry["message"]["params"]);
            let id = event["requestId"].as_str().unwrap_or_default().to_owned();
            match method.as_str().unwrap_or_default() {
                "Network.requestWillBeSent" => {
                    let request = &event["request"];
                    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
                    network.sent.push(Sent {
                        id,
                        url: text("url") + request["urlFragment"].as_str().unwrap_or_default(),
                        method: text("method"),
                        authorization: request["headers"].as_object().is_some_and(|headers| {
                            headers.keys().any(|name| name.eq_ignore_ascii_case("authorization"))
                        }),
                    });
                }
                "Network.loadingFailed" if event["canceled"] == true => network.aborted.push(id),
                _ => {}
            }
        }
        Some(network)
    }

    async fn history(&self, driver: &WebDriver) -> Option<Vec<String>> {
        let history = devtools(driver, "Page.getNavigationHistory", json!({})).await;
        let entries = history["entries"].as_array().unwrap().iter();
        let addresses = entries.flat_map(|entry| [&entry["url"], &entry["userTypedURL"]]);
        Some(addresses.filter_map(|url| url.as_str().map(str::to_owned)).collect())
    }
}

/// Sends a DevTools command.
async fn devtools(driver: &WebDriver, name: &str, parameters: Value) -> Value {
    let raw = Raw {
        path: "goog/cdp/execute".to_owned(),
        body: Some(json!({ "cmd": name, "params": parameters })),
    };
    driver.cmd(raw).await.unwrap().value_json().unwrap()
}
