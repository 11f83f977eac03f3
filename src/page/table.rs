//! The table of sessions, with what can be done to the chosen ones above it.

use leptos::prelude::*;

use super::dynamic::{flag, shown, text, when};
use super::focus::focus;
use super::row::row;
use super::state::{Desk, Press};
use crate::desk::act::{Act, Message};
use crate::desk::selection::{Extent, Selection};
use crate::text::{labels, nothing, phrases};

const COLUMNS: [&str; 10] = [
    labels::USER,
    labels::HOST_POOL,
    labels::SESSION_HOST,
    labels::SESSION_ID,
    labels::STATE,
    labels::TYPE,
    labels::STARTED,
    labels::HOST_STATUS,
    labels::SUBSCRIPTION,
    labels::OUTCOME,
];

/// Everything about the sessions that were found, once there was a search.
pub fn sessions(desk: Desk) -> impl IntoView {
    let searched = Memo::new(move |_| desk.findings.with(Option::is_some));
    let count = Memo::new(move |_| desk.findings.with(|f| f.as_ref().map_or(0, |f| f.rows().len())));
    let empty = move || {
        desk.findings.with(|findings| {
            let findings = findings.as_ref()?;
            Some(nothing(findings.nothing()?, findings.coverage()))
        })
    };
    view! {
        {when(move || searched.get(), move || view! {
            <section class="panel sessions" aria-labelledby="sessions-heading">
                <div class="bar">
                    <h2 id="sessions-heading" tabindex="-1">{labels::SESSIONS}</h2>
                    {when(move || count.get() > 0, move || actions(desk, count).into_any())}
                    {when(move || desk.can_stop_logging_off(), move || view! {
                        <button type="button" class="button" on:click=move |_| desk.stop_logging_off_and_say_so()>
                            {labels::STOP_LOGGING_OFF}
                        </button>
                    }.into_any())}
                </div>
                {shown(move || empty().map(|sentence| view! { <p class="empty">{sentence}</p> }).map(IntoAny::into_any))}
                {when(move || count.get() == 0 && desk.is_searching(), move || view! {
                    <p class="empty dim">{labels::ROWS_APPEAR}</p>
                }.into_any())}
                {when(move || count.get() > 0, move || table(desk).into_any())}
            </section>
        }.into_any())}
    }
}

fn actions(desk: Desk, count: Memo<usize>) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        let findings = desk.findings.read();
        let Some(findings) = findings.as_ref() else { return 0 };
        let selection = desk.selection.read();
        desk.with_book(|book| selection.rows(findings, book).len())
    });
    view! {
        <span class="bar-count">{text(move || phrases::selected(chosen.get(), count.get()))}</span>
        <button
            type="button"
            class="button button--danger"
            disabled=flag(move || chosen.get() == 0)
            on:click=move |event| desk.ask_for_chosen(Act::log_off(false), Press::of(&event))
        >
            {labels::LOG_OFF_DOTS}
        </button>
        <button
            type="button"
            class="button"
            disabled=flag(move || chosen.get() == 0)
            on:click=move |event| desk.ask_for_chosen(Act::Disconnect, Press::of(&event))
        >
            {labels::DISCONNECT_DOTS}
        </button>
        <button
            type="button"
            class="button"
            disabled=flag(move || chosen.get() == 0)
            on:click=move |event| desk.ask_for_chosen(Act::SendMessage(Message::default()), Press::of(&event))
        >
            {labels::SEND_MESSAGE_DOTS}
        </button>
        {when(move || desk.skips_dialog.get(), move || view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=true
                    on:change=move |_| {
                        desk.skips_dialog.set(false);
                        focus("sessions-heading");
                    }
                />
                {labels::DO_NOT_ASK}
            </label>
        }.into_any())}
    }
}

/// Roles are written out: on a narrow screen the rows become cards by CSS, which takes a table's own roles away in
/// some browsers.
fn table(desk: Desk) -> impl IntoView {
    let keys = Memo::new(move |_| {
        desk.findings.with(|f| {
            f.as_ref()
                .map_or_else(Vec::new, |f| f.rows().iter().map(|row| row.key()).collect())
        })
    });
    let headers = COLUMNS
        .map(|name| view! { <th role="columnheader" scope="col">{name}</th> })
        .collect_view();
    view! {
        <table role="table" class="table" aria-labelledby="sessions-heading">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col" class="choose">{select_all(desk)}</th>
                    {headers}
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For each=move || keys.get() key=|key| key.clone() children=move |key| row(desk, key) />
            </tbody>
        </table>
    }
}

fn select_all(desk: Desk) -> impl IntoView {
    let extent = Memo::new(move |_| {
        let findings = desk.findings.read();
        let Some(findings) = findings.as_ref() else {
            return Extent::None;
        };
        let selection = desk.selection.read();
        desk.with_book(|book| selection.extent(findings, book))
    });
    let nothing_to_choose = Memo::new(move |_| {
        let findings = desk.findings.read();
        let Some(findings) = findings.as_ref() else { return true };
        desk.with_book(|book| !Selection::has_choice(findings, book))
    });
    let choose = move |on: bool| {
        let findings = desk.findings.read_untracked();
        if let Some(findings) = findings.as_ref() {
            desk.with_book_untracked(|book| desk.selection.update(|selection| selection.set_all(findings, book, on)));
        }
    };
    view! {
        <label class="check">
            <input
                type="checkbox"
                aria-label=labels::SELECT_ALL
                disabled=flag(move || nothing_to_choose.get())
                prop:checked=flag(move || extent.get() == Extent::All)
                prop:indeterminate=flag(move || extent.get() == Extent::Some)
                on:change=move |event| choose(event_target_checked(&event))
            />
            <span class="select-all-text" aria-hidden="true">{labels::SELECT_ALL}</span>
        </label>
    }
}
