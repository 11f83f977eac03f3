//! Moves the keyboard's focus where the person is to go on. Nothing else.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Focuses the element of that id, once what is being drawn now is there.
pub fn focus(id: &'static str) {
    set_timeout(
        move || {
            let element = document()
                .get_element_by_id(id)
                .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(element) = element {
                // An element that cannot take the focus leaves it where it is.
                let _ = element.focus();
            }
        },
        Duration::ZERO,
    );
}
