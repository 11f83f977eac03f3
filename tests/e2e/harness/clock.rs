//! The page's clock in the hands of a test: two minutes of watching need not take two minutes. Put in by the browser
//! before any script of a document runs; the page's own code is what is tested, unchanged.

use super::devtools;
use serde_json::json;
use thirtyfour::WebDriver;

/// `Date.now` and `setTimeout`, which are all that src/browser/clock.rs uses of the browser's time.
const SCRIPT: &str = r"
    (() => {
        const realNow = Date.now.bind(Date), realTimeout = window.setTimeout.bind(window);
        let since = realNow(), shown = since, pace = 1;
        const now = () => shown + (realNow() - since) * pace;
        Date.now = () => Math.round(now());
        window.setTimeout = (run, wait = 0, ...rest) => realTimeout(run, wait / pace, ...rest);
        window.testClock = {
            pace(factor) { shown = now(); since = realNow(); pace = factor; },
            jump(milliseconds) { shown += milliseconds; },
        };
    })();
";

/// For every document from the next on.
pub async fn install(driver: &WebDriver) {
    devtools::command(
        driver,
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": SCRIPT }),
    )
    .await;
}

/// Lets the time of the current document run this many times as fast. Timers that run already keep their time.
pub async fn pace(driver: &WebDriver, factor: u32) {
    tell(driver, &format!("window.testClock.pace({factor})")).await;
}

/// Sets the clock of the current document forward, as if the computer had slept.
pub async fn jump(driver: &WebDriver, seconds: u32) {
    tell(driver, &format!("window.testClock.jump({seconds} * 1000)")).await;
}

async fn tell(driver: &WebDriver, script: &str) {
    driver.execute(script, Vec::new()).await.unwrap();
}
