//! The page inside a portal: what a page that may not frame it shows, and the messages to and from one that may.

use leptos::prelude::*;
use serde_json::json;
use wasm_bindgen::JsCast as _;

use super::header;
use super::state::Desk;
use crate::browser::{self, Parent};
use crate::desk::coverage::Phase;
use crate::embedding::Place;
use crate::origin::Origin;
use crate::text::{labels, not_allowed_to_frame};

/// Nothing but a link to the page itself, and why.
pub fn link_only(parent: Option<&str>) -> impl IntoView + use<> {
    let address = browser::page_address().map(|url| url.to_string());
    view! {
        {header::bare()}
        <main class="main main--narrow">
            <p>
                <a class="button button--main" href=address target="_blank" rel="noopener">
                    {labels::OPEN_ALONE}
                </a>
            </p>
            {super::explanation::explained(not_allowed_to_frame(parent))}
        </main>
    }
}

/// Talks to the portal, if there is one: it hears that the page is ready, how high it is, what was found and what
/// became of it, in numbers and words only; it may fill in a name and have it looked for. It can never act.
pub fn talk(desk: Desk) {
    let Place::Framed { parent, .. } = desk.tools().place else {
        return;
    };
    let Some(parent) = Parent::new(parent) else { return };
    find_what_is_asked_for(desk, &parent);
    tell_height(desk, parent.clone());
    tell_found(desk, parent.clone());
    tell_finished(desk, parent.clone());
    parent.tell(&json!({ "type": "avd-logoff.ready" }));
}

fn find_what_is_asked_for(desk: Desk, parent: &Parent) {
    parent.on_find(move |upn| {
        // The list must not move under an open dialog.
        if desk.asked.with_untracked(Option::is_none) {
            desk.type_in(upn);
            desk.find();
        }
    });
}

fn tell_found(desk: Desk, parent: Parent) {
    let counts = Memo::new(move |_| {
        desk.findings.with(|findings| {
            let findings = findings.as_ref()?;
            let coverage = findings.coverage();
            let ended = coverage.phase() != Phase::Searching;
            ended.then(|| {
                (
                    findings.rows().len(),
                    coverage.read(),
                    coverage.known(),
                    coverage.is_complete(),
                )
            })
        })
    });
    Effect::new(move |_| {
        if let Some((sessions, read, known, complete)) = counts.get() {
            parent.tell(&json!({
                "type": "avd-logoff.found", "sessions": sessions, "hostPoolsRead": read, "hostPoolsKnown": known,
                "complete": complete,
            }));
        }
    });
}

fn tell_finished(desk: Desk, parent: Parent) {
    let totals = Memo::new(move |_| {
        desk.receipt.with(|receipt| {
            let done = !receipt.records.is_empty() && !receipt.is_under_way();
            done.then(|| receipt.totals())
        })
    });
    Effect::new(move |_| {
        if let Some(totals) = totals.get() {
            let outcomes: serde_json::Map<_, _> = totals
                .into_iter()
                .filter_map(|(outcome, count)| Some((outcome?.word().to_owned(), count.into())))
                .collect();
            parent.tell(&json!({ "type": "avd-logoff.finished", "outcomes": outcomes }));
        }
    });
}

/// The height follows from what is shown, so it is told whenever that may have changed, once the browser has drawn it.
fn tell_height(desk: Desk, parent: Parent) {
    let last = StoredValue::new(0);
    Effect::new(move || {
        desk.account.track();
        desk.starting.track();
        desk.findings.track();
        desk.view.track();
        desk.receipt.track();
        desk.alert.track();
        desk.window.track();
        let parent = parent.clone();
        request_animation_frame(move || {
            let height = height_of_content();
            if last.get_value() != height {
                last.set_value(height);
                parent.tell(&json!({ "type": "avd-logoff.height", "height": height }));
            }
        });
    });
}

/// How high the page is with all of its parts, in CSS pixels: down to the lower edge of what scrolls, and the status
/// bar, which keeps the lower edge of the window for itself. The body does not tell, because it fills the window.
fn height_of_content() -> i32 {
    let lower_edge = |selector: &str| {
        let element = document().query_selector(selector).ok().flatten()?;
        element.dyn_into::<web_sys::HtmlElement>().ok()
    };
    let main = lower_edge("main").map_or(0, |main| main.offset_top() + main.scroll_height());
    let status = lower_edge("[role=status]").map_or(0, |status| status.offset_height());
    main + status
}

/// Where the page stands, by what the browser tells and the configuration allows.
pub fn place(allowed: &[Origin]) -> Place {
    Place::of(&browser::surroundings(), allowed)
}
