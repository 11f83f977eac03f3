//! Firefox through geckodriver. Scripts with the browser's own rights let network, errors and history be seen.

use crate::harness::engine::{DESK, Engine, Launch, Network, Sent};
use crate::harness::parts;
use crate::harness::raw::Raw;
use serde_json::{Value, json};
use std::path::Path;
use thirtyfour::{Capabilities, WebDriver};

/// Notes requests, with the browser's blocker of windows as people have it: geckodriver and the browser's own part for
/// WebDriver switch it off. What Firefox asks for by itself belongs to no tab and is left out. 0x804b0002 is the status
/// of a request that was aborted. The notes hang on a global object that all of the browser's windows share.
const BEGIN: &str = r"
    Services.prefs.setBoolPref('dom.disable_open_during_load', true);
    const shared = Cu.getGlobalForObject(Services);
    shared.noted = { sent: [], aborted: [] };
    const watch = (topic, note) => Services.obs.addObserver({ observe(channel) {
        channel.QueryInterface(Ci.nsIHttpChannel);
        const { browsingContextID, targetBrowsingContextID } = channel.loadInfo;
        if (browsingContextID || targetBrowsingContextID) note(channel);
    } }, topic);
    watch('http-on-modify-request', (channel) => {
        let authorization = false;
        channel.visitRequestHeaders({ visitHeader: (name) => { authorization ||= /^authorization$/i.test(name); } });
        const { channelId, requestMethod, URI } = channel;
        shared.noted.sent.push({ id: String(channelId), url: URI.spec, method: requestMethod, authorization });
    });
    watch('http-on-stop-request', (channel) => {
        if (channel.status === 0x804b0002) shared.noted.aborted.push(String(channel.channelId));
    });
    Services.console.reset();
";

/// Lets a window be narrower than the browser's own bar wants.
const NARROW: &str = "document.documentElement.style.setProperty('min-width', '0', 'important')";

const NETWORK: &str = r"
    const shared = Cu.getGlobalForObject(Services), noted = shared.noted;
    shared.noted = { sent: [], aborted: [] };
    return noted;
";

/// Errors and warnings of documents; those of the browser's own parts are left out, and mere information.
const COMPLAINTS: &str = r"
    const messages = Services.console.getMessageArray();
    Services.console.reset();
    return messages
        .filter(message => message instanceof Ci.nsIScriptError && message.sourceName.startsWith('http'))
        .filter(message => !(message.flags & Ci.nsIScriptError.infoFlag))
        .map(({ flags, category, errorMessage, sourceName, lineNumber }) =>
            `${flags & Ci.nsIScriptError.warningFlag ? 'warning' : 'error'}, ${category}: ${errorMessage} (${sourceName}:${lineNumber})`);
";

const HISTORY: &str = r"
    const history = gBrowser.selectedBrowser.browsingContext.sessionHistory;
    return Array.from({ length: history.count }, (_, at) => history.getEntryAtIndex(at).URI.spec);
";

/// Firefox.
pub struct Firefox;

impl Engine for Firefox {
    fn name(&self) -> &'static str {
        "Firefox"
    }

    fn faults(&self) -> &'static [&'static str] {
        &["error, content javascript", ", CSP", "RuntimeError"]
    }

    fn launch(&self, port: u16, folder: &Path) -> Launch {
        let words = ["--allow-system-access", "--port", &port.to_string()].map(Into::into);
        Launch {
            program: parts::program("GECKODRIVER", &["geckodriver"], "geckodriver"),
            arguments: words.to_vec(),
            variables: vec![
                ("HOME", folder.into()),
                // Lets geckodriver's preference hold that names no server for the settings that Firefox fetches.
                ("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1".into()),
                ("DBUS_SESSION_BUS_ADDRESS", "disabled:".into()),
            ],
            display: false,
        }
    }

    fn capabilities(&self, folder: &Path, _screen: Option<(u32, u32)>) -> Capabilities {
        // Beside what geckodriver itself switches off: nothing goes anywhere but to the servers of the test.
        let preferences = json!({
            "app.normandy.enabled": false,
            "app.update.disabledForTesting": true,
            "browser.download.alwaysOpenPanel": false,
            "browser.download.always_ask_before_handling_new_types": false,
            "browser.download.dir": folder.join("downloads"),
            "browser.download.folderList": 2,
            "browser.newtabpage.enabled": false,
            "browser.region.network.url": "",
            "browser.safebrowsing.downloads.enabled": false,
            "browser.safebrowsing.malware.enabled": false,
            "browser.safebrowsing.phishing.enabled": false,
            "browser.topsites.contile.enabled": false,
            "datareporting.healthreport.uploadEnabled": false,
            "datareporting.policy.dataSubmissionEnabled": false,
            "extensions.getAddons.cache.enabled": false,
            "extensions.systemAddon.update.enabled": false,
            "extensions.update.enabled": false,
            "messaging-system.rsexperimentloader.enabled": false,
            "network.captive-portal-service.enabled": false,
            "network.connectivity-service.enabled": false,
            "toolkit.telemetry.enabled": false,
            "toolkit.telemetry.unified": false,
            // Scrolling is done when it is asked for, so that a click meets what it was meant for.
            "ui.prefersReducedMotion": 1,
        });
        let firefox = parts::program("FIREFOX", &["firefox-esr", "firefox"], "firefox-esr");
        let options = json!({ "binary": firefox, "args": ["-headless"], "prefs": preferences });
        let mut wanted = Capabilities::new();
        wanted.set("browserName", "firefox").unwrap();
        wanted.set("moz:firefoxOptions", options).unwrap();
        wanted
    }

    async fn begin(&self, driver: &WebDriver, _folder: &Path, screen: Option<(u32, u32)>) {
        in_the_browser(driver, BEGIN).await;
        if screen.is_some() {
            in_the_browser(driver, NARROW).await;
        }
        let (width, height) = screen.unwrap_or(DESK);
        driver.set_window_rect(0, 0, width, height).await.unwrap();
    }

    async fn complaints(&self, driver: &WebDriver) -> Vec<String> {
        let complaints = in_the_browser(driver, COMPLAINTS).await;
        let mut complaints: Vec<String> = serde_json::from_value(complaints).unwrap();
        // Firefox takes the WebAssembly from its cache, where the preload has put it, and says that the preload was in vain.
        complaints.retain(|line| !line.contains("preloaded with link preload"));
        complaints
    }

    async fn network(&self, driver: &WebDriver) -> Option<Network> {
        let noted = in_the_browser(driver, NETWORK).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let sent = noted["sent"].as_array().unwrap().iter().map(|sent| Sent {
            id: text(&sent["id"]),
            url: text(&sent["url"]),
            method: text(&sent["method"]),
            authorization: sent["authorization"] == true,
        });
        Some(Network {
            sent: sent.collect(),
            aborted: noted["aborted"].as_array().unwrap().iter().map(text).collect(),
        })
    }

    async fn history(&self, driver: &WebDriver) -> Option<Vec<String>> {
        Some(serde_json::from_value(in_the_browser(driver, HISTORY).await).unwrap())
    }
}

/// Runs a script with the browser's own rights.
async fn in_the_browser(driver: &WebDriver, script: &str) -> Value {
    let context = |name: &str| Raw {
        path: "moz/context".to_owned(),
        body: Some(json!({ "context": name })),
    };
    driver.cmd(context("chrome")).await.unwrap();
    let given = driver.execute(script, Vec::new()).await;
    driver.cmd(context("content")).await.unwrap();
    given.unwrap().json().clone()
}
