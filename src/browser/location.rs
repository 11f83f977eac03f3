//! Where the page lies, and what lies beside it.

use url::Url;

/// The page's own address without query and fragment.
pub fn page_address() -> Option<Url> {
    let href = web_sys::window()?.location().href().ok()?;
    let mut url = Url::parse(&href).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// The part of the page's own address behind `#`, with it; empty if there is none.
pub fn fragment() -> String {
    let hash = web_sys::window().map(|window| window.location().hash());
    hash.and_then(Result::ok).unwrap_or_default()
}

/// Takes that part away, without a new entry in the history.
pub fn clear_fragment() {
    if let Some(window) = web_sys::window() {
        // What stays is an address that leads nowhere else, if the browser does not let the page do this.
        let _ = window.location().replace("#");
    }
}

/// `redirect.html` beside the page: the one registered redirect URI.
pub fn redirect_uri() -> Option<Url> {
    page_address()?.join("redirect.html").ok()
}

/// `relay.html` beside the page: the window through which a page framed by another site signs in.
pub fn relay_address() -> Option<Url> {
    page_address()?.join("relay.html").ok()
}
