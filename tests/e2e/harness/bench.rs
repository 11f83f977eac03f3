//! The bench of one test: servers on their own ports, a driver, a browser with its own profile. Everything ends with the
//! test, however it ends.

use super::driver::Driver;
use super::engine::Engine as _;
use super::find::{Name, Role, Within};
use super::{evidence, parts};
use crate::ENGINE;
use azure_simulator::server::{HostNames, Listeners, PageConfig, PageSettings, Ports, RunningServers, serve};
use azure_simulator::{Origins, Simulator, World};
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use thirtyfour::{WebDriver, WebElement};
use time::OffsetDateTime;

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
    bench_at(HostNames::default(), arrange, test);
}

/// Runs one test on a bench of its own, whose servers have these names: they decide which of them are one site to the
/// browser. They are known before the setting, because everything in it is about origins.
pub fn bench_at(names: HostNames, arrange: impl FnOnce(&mut Setting), test: impl AsyncFnOnce(&Bench)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run(names, arrange, test));
}

async fn run(names: HostNames, arrange: impl FnOnce(&mut Setting), test: impl AsyncFnOnce(&Bench)) {
    let page = parts::page();
    let listeners = Listeners::bind_named(Ports::default(), names).await.unwrap();
    let origins = listeners.origins();
    let mut world = World::company(&origins, SEED, OffsetDateTime::now_utc());
    world.switches.throttle.enabled = false;
    world.switches.lingers_ms = 800;
    let mut setting = Setting {
        simulator: Simulator::new(origins, world, SEED),
        config: PageConfig::FromOrigins,
        screen: None,
    };
    arrange(&mut setting);
    let mut settings = PageSettings::new(page);
    settings.config = setting.config;
    let servers = serve(Arc::new(Mutex::new(setting.simulator)), settings, listeners, None).await;

    // Dropped last, and then everything that it started is killed.
    let started = Driver::start();
    let wanted = ENGINE.capabilities(started.folder(), setting.screen);
    let driver = WebDriver::new(started.address(), wanted).await;
    let driver = driver.unwrap_or_else(|error| panic!("{} could not be started: {error}", ENGINE.name()));
    let bench = Bench {
        servers,
        driver,
        downloads: started.folder().join("downloads"),
    };
    let tested = AssertUnwindSafe(async {
        ENGINE.begin(&bench.driver, started.folder(), setting.screen).await;
        test(&bench).await;
        bench.assert_sound().await;
    })
    .catch_unwind()
    .await;
    if let Err(panic) = &tested {
        evidence::show(&bench, evidence::message(&**panic)).await;
    }
    let quit = bench.driver.clone().quit().await;
    drop(started);
    match tested {
        Ok(()) => quit.unwrap(),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

impl Bench {
    /// Whatever a test was about: the program did not crash, and nothing had to be stopped by the page's policy. Of the
    /// document that is looked at, or of all documents where the engine's console holds them.
    pub async fn assert_sound(&self) {
        let crashed: Option<String> = self.look("return document.querySelector('.crash')?.textContent").await;
        assert_eq!(crashed, None);
        let mut complaints = ENGINE.complaints(&self.driver).await;
        complaints.retain(|line| ENGINE.faults().iter().any(|fault| line.contains(fault)));
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
        ENGINE.arrived(&self.driver).await;
    }

    /// Loads the page anew, as a person does who presses F5.
    pub async fn reload(&self) {
        self.driver.refresh().await.unwrap();
        ENGINE.arrived(&self.driver).await;
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
        self.look("return document.body?.textContent ?? ''").await
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
