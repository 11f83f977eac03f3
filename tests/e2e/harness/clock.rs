//! The page's clock in the hands of a test: two minutes of watching need not take two minutes. It is put in when a
//! document's clock is first touched, which every engine lets a test do; the page's own code is what is tested, unchanged.

use thirtyfour::WebDriver;

/// `Date.now` and `setTimeout`, which are all that src/browser/clock.rs uses of the browser's time, and asks for anew each
/// time. A driver's script may have a `Date` of its own: the window's is meant. Timers that run already keep their time.
const SCRIPT: &str = r"
    if (!window.testClock) {
        const realNow = window.Date.now.bind(window.Date), realTimeout = window.setTimeout.bind(window);
        let since = realNow(), shown = since, pace = 1;
        const now = () => shown + (realNow() - since) * pace;
        window.Date.now = () => Math.round(now());
        window.setTimeout = (run, wait = 0, ...rest) => realTimeout(run, wait / pace, ...rest);
        window.testClock = {
            pace(factor) { shown = now(); since = realNow(); pace = factor; },
            jump(milliseconds) { shown += milliseconds; },
        };
    }
";

/// Lets the time of the current document run this many times as fast.
pub async fn pace(driver: &WebDriver, factor: u32) {
    tell(driver, &format!("window.testClock.pace({factor})")).await;
}

/// Sets the clock of the current document forward, as if the computer had slept.
pub async fn jump(driver: &WebDriver, seconds: u32) {
    tell(driver, &format!("window.testClock.jump({seconds} * 1000)")).await;
}

async fn tell(driver: &WebDriver, order: &str) {
    driver.execute(format!("{SCRIPT}{order}"), Vec::new()).await.unwrap();
}
