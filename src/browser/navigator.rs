//! [`Navigator`] by `location.assign`.

use url::Url;

use crate::ports::Navigator;

/// This tab.
pub(super) struct Tab;

impl Navigator for Tab {
    fn go(&self, url: &Url) {
        if let Some(window) = web_sys::window() {
            // `assign` throws only for what is not a URL, and this is one.
            let _ = window.location().assign(url.as_str());
        }
    }

    fn open_beside(&self, url: &Url) {
        if let Some(window) = web_sys::window() {
            // Nothing waits for it; where the browser lets no window open, the person stays signed in at the authority.
            let _ = window.open_with_url_and_target(url.as_str(), "_blank");
        }
    }
}
