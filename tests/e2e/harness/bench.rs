//! The bench of one test: servers on their own ports, ChromeDriver, a browser with its own profile. Everything ends with
//! the test, however it ends.

use super::chromedriver::ChromeDriver;
use super::find::{Name, Role, Within};
use super::{clock, devtools, evidence, parts};
use azure_simulator::server::{Listeners, PageConfig, PageSettings, Ports, RunningServers, serve};
use azure_simulator::{Origins, Simulator, World};
use futures::FutureExt as _;
use serde_json::json;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use thirtyfour::{Capabilities, WebDriver, WebElement};
use time::OffsetDateTime;

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
    // A desk's screen, where the table is a table.
    "--window-size=1440,1000",
];

/// Words on the console that are a fault of the page in any test.
const FAULTS: [&str; 3] = ["Uncaught", "RuntimeError", "Content Security Policy"];

/// The seed of every world: tests see the same company each time.
const SEED: u64 = 7;

/// What a test wants to be different before the browser starts.
pub struct Setting {
    /// Azure; without latency, and without throttling, which has tests of its own.
    pub simulator: Simulator,
    /// Where the page's `config.json` comes from.
    pub config: PageConfig,
    /// Width and height of a phone's screen instead of a desk's.
    pub screen: Option<(u32, u32)>,
    /// Puts the page's clock into the hands of the test; see [`clock`].
    pub own_clock: bool,
}

/// One test's bench.
pub struct Bench {
    /// The servers.
    pub servers: RunningServers,
    /// The browser.
    pub driver: WebDriver,
    /// Where the browser puts downloaded files.
    pub downloads: PathBuf,
}

/// Runs one test on a bench of its own.
pub fn bench(arrange: impl FnOnce(&mut Setting), test: impl AsyncFnOnce(&Bench)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run(arrange, test));
}

async fn run(arrange: impl FnOnce(&mut Setting), test: impl AsyncFnOnce(&Bench)) {
    let page = parts::page();
    let listeners = Listeners::bind(Ports::default()).await.unwrap();
    let origins = listeners.origins();
    let mut world = World::company(&origins, SEED, OffsetDateTime::now_utc());
    world.switches.throttle.enabled = false;
    world.switches.lingers_ms = 800;
    let mut setting = Setting {
        simulator: Simulator::new(origins, world, SEED),
        config: PageConfig::FromOrigins,
        screen: None,
        own_clock: false,
    };
    arrange(&mut setting);
    let mut settings = PageSettings::new(page);
    settings.config = setting.config;
    let servers = serve(Arc::new(Mutex::new(setting.simulator)), settings, listeners, None).await;

    // Dropped last, and then everything that it started is killed.
    let chromedriver = ChromeDriver::start();
    let downloads = chromedriver.folder().join("downloads");
    fs::create_dir_all(&downloads).unwrap();
    let driver = open_browser(&chromedriver, setting.screen).await;
    let bench = Bench {
        servers,
        driver,
        downloads,
    };
    let tested = AssertUnwindSafe(async {
        bench.prepare(setting.own_clock).await;
        test(&bench).await;
        bench.assert_sound().await;
    })
    .catch_unwind()
    .await;
    if let Err(panic) = &tested {
        evidence::show(&bench, evidence::message(&**panic)).await;
    }
    let quit = bench.driver.clone().quit().await;
    drop(chromedriver);
    match tested {
        Ok(()) => quit.unwrap(),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

async fn open_browser(chromedriver: &ChromeDriver, screen: Option<(u32, u32)>) -> WebDriver {
    let profile = chromedriver.folder().join("profile");
    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.display()));
    let mut wanted = Capabilities::new();
    let mut options = json!({ "binary": parts::chromium(), "args": flags });
    if let Some((width, height)) = screen {
        // No window can be that narrow, so Chromium plays a smaller screen.
        let metrics = json!({ "width": width, "height": height, "pixelRatio": 1, "touch": false, "mobile": false });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    // Everything from the network and the console is kept, for what tests prove about it.
    let logs = json!({ "browser": "ALL", "performance": "ALL" });
    wanted.set("browserName", "chrome").unwrap();
    wanted.set("goog:chromeOptions", options).unwrap();
    wanted.set("goog:loggingPrefs", logs).unwrap();
    WebDriver::new(chromedriver.address(), wanted)
        .await
        .unwrap_or_else(|error| panic!("Chromium could not be started through chromedriver: {error}"))
}

impl Bench {
    async fn prepare(&self, own_clock: bool) {
        let downloads = json!({ "behavior": "allow", "downloadPath": self.downloads });
        devtools::command(&self.driver, "Browser.setDownloadBehavior", downloads).await;
        if own_clock {
            clock::install(&self.driver).await;
        }
    }

    /// Whatever a test was about: the program did not crash, and nothing had to be stopped by the page's policy.
    async fn assert_sound(&self) {
        let mut complaints = devtools::complaints(&self.driver).await;
        complaints.retain(|line| FAULTS.iter().any(|fault| line.contains(fault)));
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    /// The simulated Azure. Hold it shortly: its servers wait meanwhile.
    pub fn azure(&self) -> MutexGuard<'_, Simulator> {
        self.servers.lock()
    }

    /// Page, login server, Resource Manager.
    pub fn origins(&self) -> &Origins {
        &self.servers.origins
    }

    /// Opens an address below the page's own; "" is the page.
    pub async fn open(&self, path: &str) {
        let address = format!("{}/{path}", self.origins().page);
        self.driver.goto(address).await.unwrap();
    }

    /// The one thing of this role and name in the page, once it is there.
    pub async fn find(&self, role: Role, name: impl Into<Name<'_>>) -> WebElement {
        Within::Page(&self.driver).find(role, name.into()).await
    }

    /// Whether such a thing is in the page now.
    pub async fn shows(&self, role: Role, name: impl Into<Name<'_>>) -> bool {
        !Within::Page(&self.driver).shown(role, name.into()).await.is_empty()
    }

    /// Waits until no such thing is in the page.
    pub async fn wait_for_none(&self, role: Role, name: impl Into<Name<'_>>) {
        Within::Page(&self.driver).wait_for_none(role, name.into()).await;
    }

    /// Runs a script that looks at the page, and gives what it returns.
    pub async fn look<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        self.driver
            .execute(script, Vec::new())
            .await
            .unwrap()
            .convert()
            .unwrap()
    }

    /// All text in the page, shown or not.
    pub async fn all_text(&self) -> String {
        self.look("return document.body.textContent").await
    }

    /// From now on it is noted whether these words ever stand anywhere in the page, whatever their case.
    pub async fn watch_for_words(&self, words: &str) {
        let script = "const words = arguments[0].toLowerCase(); window.wordsSeen = false; \
                      const note = () => window.wordsSeen ||= document.documentElement.outerHTML.toLowerCase().includes(words); \
                      new MutationObserver(note).observe(document, \
                      { subtree: true, childList: true, characterData: true, attributes: true }); note();";
        self.driver.execute(script, vec![words.into()]).await.unwrap();
    }

    /// Whether they ever did.
    pub async fn words_seen(&self) -> bool {
        self.look("return window.wordsSeen").await
    }
}
