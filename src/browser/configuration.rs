//! `config.json` beside the page.

use gloo_net::http::RequestBuilder;
use web_sys::RequestCache;

/// Why there is no configuration to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigMissing {
    /// The server has no such file.
    NotThere,
    /// The file could not be fetched.
    Unreachable,
}

/// Fetches the text of `config.json`, asking the server each time whether it has changed.
///
/// # Errors
/// [`ConfigMissing`]
pub async fn load_config() -> Result<String, ConfigMissing> {
    let url = super::page_address()
        .and_then(|page| page.join("config.json").ok())
        .ok_or(ConfigMissing::Unreachable)?;
    let answer = RequestBuilder::new(url.as_str())
        .cache(RequestCache::NoCache)
        .send()
        .await
        .map_err(|_| ConfigMissing::Unreachable)?;
    match answer.status() {
        200 => answer.text().await.map_err(|_| ConfigMissing::Unreachable),
        // Static hosts answer 403 for files that are not there when they may not list the folder.
        403 | 404 => Err(ConfigMissing::NotThere),
        _ => Err(ConfigMissing::Unreachable),
    }
}
