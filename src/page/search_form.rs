//! The search box, what was understood of it, and how far the search is.

use leptos::ev::{self, KeyboardEvent, SubmitEvent};
use leptos::prelude::*;

use super::dynamic::{attribute, flag, shown, when};
use super::focus::focus;
use super::state::Desk;
use crate::text::{labels, not_understood, phrases};

/// So many lines the box grows to before it scrolls.
const MOST_LINES: usize = 8;

/// Form, understanding and progress.
pub fn search_form(desk: Desk) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        desk.find();
    };
    let enter = move |event: KeyboardEvent| {
        // While a composition is open, Enter takes a suggestion and is not meant for the page.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            if !event.repeat() {
                desk.find();
            }
        }
    };
    stop_on_escape(desk);
    let lines = move || desk.typed.with(|text| text.split('\n').count().min(MOST_LINES));
    let faulty = move || desk.understood.with(|understood| !understood.rest.is_empty());
    view! {
        <form role="search" class="panel search" on:submit=submit>
            <label class="search-label" for="upn">{labels::UPN}</label>
            <div class="search-row">
                <textarea
                    id="upn"
                    class="box"
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="none"
                    rows=attribute(move || Some(lines().to_string()))
                    aria-describedby="upn-help upn-understood"
                    aria-invalid=attribute(move || faulty().then(|| "true".to_owned()))
                    prop:value=desk.typed
                    on:input=move |event| desk.type_in(event_target_value(&event))
                    on:keydown=enter
                ></textarea>
                <button type="submit" class="button button--main" disabled=flag(move || !desk.is_signed_in())>
                    {labels::FIND}
                </button>
                <button
                    type="button"
                    class="button"
                    disabled=flag(move || !desk.is_signed_in())
                    on:click=move |_| desk.list_all()
                >
                    {labels::LIST_ALL}
                </button>
                {when(move || desk.is_searching(), move || view! {
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            desk.stop_search();
                            focus("upn");
                        }
                    >
                        {labels::STOP}
                    </button>
                }.into_any())}
            </div>
            <p class="help" id="upn-help">{labels::UPN_HELP}</p>
            <div class="understood" id="upn-understood">
                {shown(move || Some(understanding(desk).into_any()))}
            </div>
            {when(move || desk.is_searching(), move || progress(desk).into_any())}
        </form>
    }
}

fn understanding(desk: Desk) -> impl IntoView {
    let understood = desk.understood.get();
    let wanted = (!understood.plain && !understood.wanted.is_empty())
        .then(|| view! { <p>{phrases::understood(&understood.wanted)}</p> });
    let rest = understood
        .rest
        .iter()
        .map(|(piece, why)| view! { <p class="fault">{not_understood(piece, *why)}</p> })
        .collect_view();
    view! { {wanted} {rest} }
}

fn progress(desk: Desk) -> impl IntoView {
    let coverage = move |read: fn(&crate::desk::coverage::Coverage) -> String| {
        desk.findings
            .with(|findings| findings.as_ref().map(|findings| read(findings.coverage())))
    };
    // Without a value the bar shows that it is not known yet how much there is to do.
    let value = move || {
        coverage(|c| {
            (c.known() > 0)
                .then_some(c.done())
                .map_or(String::new(), |done| done.to_string())
        })
    };
    view! {
        <div class="progress">
            <progress
                aria-label=labels::SEARCH_PROGRESS
                value=attribute(move || value().filter(|value| !value.is_empty()))
                max=attribute(move || coverage(|c| c.known().max(1).to_string()))
            ></progress>
            <span class="progress-text">{shown(move || coverage(phrases::progress).map(IntoAny::into_any))}</span>
        </div>
    }
}

/// Escape stops the search, wherever the focus is, unless it was meant for a dialog or a menu.
fn stop_on_escape(desk: Desk) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let elsewhere = event.default_prevented() || desk.asked.with_untracked(Option::is_some);
        if event.key() == "Escape" && !elsewhere {
            desk.stop_search();
        }
    });
    on_cleanup(move || handle.remove());
}
