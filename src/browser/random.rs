//! [`Random`] by Web Crypto.

use wasm_bindgen::UnwrapThrowExt as _;

use crate::ports::Random;

/// The browser's generator.
pub(super) struct WebCrypto;

impl Random for WebCrypto {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness there is no safe way on: zeros would make every state and verifier guessable.
        let crypto = web_sys::window().unwrap_throw().crypto().unwrap_throw();
        crypto.get_random_values_with_u8_array(bytes).unwrap_throw();
    }
}
