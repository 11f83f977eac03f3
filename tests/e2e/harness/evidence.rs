//! What helps to understand a failure: where the browser was, what it showed, what Azure was asked.

use super::Bench;
use super::engine::Engine as _;
use crate::ENGINE;
use futures::FutureExt as _;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::path::Path;

/// How much of each.
const REQUESTS: usize = 30;
const CHARACTERS: usize = 3000;

/// What a panic said.
pub fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("the test failed")
}

/// Writes the evidence to the output of the failed test.
#[allow(clippy::print_stderr, reason = "the harness shows it for failed tests only")]
pub async fn show(bench: &Bench, failure: &str) {
    // The browser may be what failed; then there is less to show, and the failure itself is shown all the same.
    let seen = AssertUnwindSafe(collect(bench)).catch_unwind().await;
    let seen = seen.unwrap_or_else(|_| "The browser could not be asked any more.".to_owned());
    eprintln!("\n{failure}\n{seen}\nThe last requests to Azure:\n{}", requests(bench));
}

async fn collect(bench: &Bench) -> String {
    let address = bench.driver.current_url().await.unwrap();
    let shown: String = bench.look("return document.body.innerText").await;
    let shown: String = shown.chars().take(CHARACTERS).collect();
    let console = ENGINE.complaints(&bench.driver).await.join("\n");
    let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}.png", ENGINE.name()));
    bench.driver.screenshot(&picture).await.unwrap();
    format!(
        "At {address} the page showed (picture: {}):\n{shown}\nConsole:\n{console}",
        picture.display()
    )
}

fn requests(bench: &Bench) -> String {
    let azure = bench.azure();
    let from = azure.record.len().saturating_sub(REQUESTS);
    let lines = azure.record[from..].iter().map(|entry| {
        format!(
            "{:?} {} {} {:?} {:?}",
            entry.operation, entry.method, entry.path, entry.status, entry.error
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}
