//! Unicode normal form, which every browser brings along.

use js_sys::JsString;

/// Normal form C: a letter with its accent as one character, however it was typed. Names copied from a Mac come apart.
pub fn nfc(text: &str) -> String {
    String::from(JsString::from(text).normalize("NFC"))
}
