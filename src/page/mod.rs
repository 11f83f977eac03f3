//! [wasm32 only] The page: one file per part of it. It shows what `desk` and `auth` have decided and passes on what the
//! person does; it takes no decision, sends no request and holds no sentence of its own.
//!
//! [`app`] chooses the screen; [`state`] holds the signals that all parts share; what a person can set going stands in
//! [`signing`], [`searching`] and [`acting`]; the rest is what is seen.
//!
//! Every element in `view!` has at least one part that is not a literal: Leptos builds wholly literal elements by
//! `innerHTML`, which the page's Content-Security-Policy forbids (`require-trusted-types-for 'script'`).

mod acting;
mod addressing;
mod app;
mod confirm_dialog;
mod coverage;
mod dialog_message;
mod dialog_parts;
mod direct_form;
mod dynamic;
mod embedding;
mod explanation;
mod focus;
mod grace;
mod header;
mod listing;
mod live;
mod outcome;
mod pace;
mod receipt;
mod row;
mod search_form;
mod searching;
mod set_up;
mod sign_in_window;
mod signing;
mod state;
mod table;
mod unnamed;

use leptos::prelude::*;

use crate::browser::ConfigMissing;
use crate::ports::Ports;

/// Puts the page in the place of the static skeleton.
pub fn mount(ports: Ports, config: Result<String, ConfigMissing>) {
    if let Some(skeleton) = document().get_element_by_id("boot") {
        skeleton.remove();
    }
    mount_to_body(move || app::app(&ports, config));
}
