//! A fault in the page itself: said on the page, instead of a page that silently stopped working.

use std::panic;

use wasm_bindgen::JsValue;

use crate::text::crashed;

/// From now on a panic puts a sentence at the top of the page. It names where in the code, and no data.
pub fn show_crashes() {
    panic::set_hook(Box::new(|fault| {
        let place = fault
            .location()
            .map(|at| format!("{}:{}", at.file(), at.line()))
            .unwrap_or_default();
        // Without a document there is nobody to tell.
        let _ = show(&crashed(&place));
    }));
}

fn show(sentence: &str) -> Result<(), JsValue> {
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or(JsValue::NULL)?;
    let body = document.body().ok_or(JsValue::NULL)?;
    let banner = document.create_element("p")?;
    banner.set_class_name("crash");
    banner.set_attribute("role", "alert")?;
    banner.set_text_content(Some(sentence));
    body.prepend_with_node_1(&banner)
}
