//! Where the page lies, and whether another page frames it.

use url::Url;

/// The page's own address without query and fragment.
pub fn page_address() -> Option<Url> {
    let href = web_sys::window()?.location().href().ok()?;
    let mut url = Url::parse(&href).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// `redirect.html` beside the page: the one registered redirect URI.
pub fn redirect_uri() -> Option<Url> {
    page_address()?.join("redirect.html").ok()
}

/// Whether the page stands inside another one. If the browser will not say, it does.
pub fn is_framed() -> bool {
    let Some(window) = web_sys::window() else { return true };
    match window.top() {
        Ok(Some(top)) => !js_sys::Object::is(&top, &window),
        _ => true,
    }
}
