//! The browser's entry: crash banner, configuration, mount. Natively there is nothing to run.

#[cfg(target_arch = "wasm32")]
fn main() {
    use avd_logoff::{browser, page};

    browser::show_crashes();
    wasm_bindgen_futures::spawn_local(async {
        let config = browser::load_config().await;
        page::mount(browser::ports(), config);
    });
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
