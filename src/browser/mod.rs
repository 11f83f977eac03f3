//! [wasm32 only] The ports in a browser: one small adapter file per thing, and the only place that touches web-sys
//! for anything but what is on the screen.

mod clock;
mod configuration;
mod crash;
mod fetch;
mod hand_out;
mod location;
mod navigator;
mod online;
mod parent;
mod random;
mod storage;
mod surroundings;
mod unicode;
mod windows;

pub use configuration::{ConfigMissing, load_config};
pub use crash::show_crashes;
pub use hand_out::{copy, download};
pub use location::{clear_fragment, fragment, page_address, redirect_uri, relay_address};
pub use parent::{Message, Parent};
pub use surroundings::surroundings;
pub use unicode::nfc;
pub use windows::WINDOW_MARK_KEY;

use std::rc::Rc;

use crate::ports::Ports;

/// The real outside.
pub fn ports() -> Ports {
    Ports {
        http: Rc::new(fetch::Fetch),
        clock: Rc::new(clock::BrowserClock),
        random: Rc::new(random::WebCrypto),
        storage: Rc::new(storage::TabStorage),
        navigator: Rc::new(navigator::Tab),
        windows: Rc::new(windows::BrowserWindows),
    }
}
