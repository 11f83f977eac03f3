//! What a test has to say to the browser that the adapters cannot: in JavaScript, because a test page has no Content
//! Security Policy and no other use for more of web-sys.

use wasm_bindgen::JsValue;

/// Runs a script and gives the value of its last expression.
pub fn script(text: &str) -> JsValue {
    js_sys::eval(text).unwrap()
}

/// The same, for a text.
pub fn text(text: &str) -> String {
    script(text).as_string().unwrap()
}

/// The same, for yes or no.
pub fn holds(text: &str) -> bool {
    script(text).as_bool().unwrap()
}

/// While it lives, `fetch` is this function, and the requests it was given stand in `window.fetched`.
pub struct FakeFetch;

impl FakeFetch {
    /// Puts a function of JavaScript, from a `Request` to a promise of a `Response`, in the place of `fetch`.
    pub fn new(answer: &str) -> Self {
        script(&format!(
            "window.realFetch = window.fetch; window.fetched = []; \
             window.fetch = (request) => {{ window.fetched.push(request); return ({answer})(request); }}; null"
        ));
        Self
    }
}

impl Drop for FakeFetch {
    fn drop(&mut self) {
        script("window.fetch = window.realFetch; null");
    }
}
