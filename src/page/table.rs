//! The table of sessions, with what can be done to the chosen ones above it.

use leptos::prelude::*;

use super::dynamic::{flag, shown, text, when};
use super::focus::focus;
use super::listing::{Shown, column_head, filter, hidden_chosen, more, select_all, shown_rows};
use super::row::row;
use super::state::{Desk, Press};
use super::unnamed::unnamed;
use crate::arm::SessionId;
use crate::desk::act::{Act, Message};
use crate::desk::hints::{Hint, hints};
use crate::desk::listing::Column;
use crate::desk::receipt::Receipt;
use crate::text::{labels, listing, nothing, phrases};

const COLUMNS: [(Column, &str); 10] = [
    (Column::User, labels::USER),
    (Column::HostPool, labels::HOST_POOL),
    (Column::SessionHost, labels::SESSION_HOST),
    (Column::SessionId, labels::SESSION_ID),
    (Column::State, labels::STATE),
    (Column::Application, labels::TYPE),
    (Column::Started, labels::STARTED),
    (Column::HostStatus, labels::HOST_STATUS),
    (Column::Subscription, labels::SUBSCRIPTION),
    (Column::Outcome, labels::OUTCOME),
];

/// Everything about the sessions that were found, once there was a search.
pub fn sessions(desk: Desk) -> impl IntoView {
    let searched = Memo::new(move |_| desk.findings.with(Option::is_some));
    let count = Memo::new(move |_| desk.findings.with(|f| f.as_ref().map_or(0, |f| f.rows().len())));
    let rows = shown_rows(desk);
    let hints = Memo::new(move |_| desk.findings.with(|f| f.as_ref().map(hints).unwrap_or_default()));
    let progress = Memo::new(move |_| desk.receipt.with(Receipt::progress));
    let is_many = Memo::new(move |_| progress.get().is_some_and(|(_, total)| total > 1));
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
                {when(move || is_many.get(), move || act_progress(progress).into_any())}
                {shown(move || empty().map(|sentence| view! { <p class="empty">{sentence}</p> }).map(IntoAny::into_any))}
                {shown(move || {
                    let hints = hints.get().into_iter();
                    let hints: Vec<_> = hints.map(|hint| rights_hint(&hint)).collect();
                    (!hints.is_empty()).then(|| hints.into_any())
                })}
                {when(move || count.get() == 0 && desk.is_searching(), move || view! {
                    <p class="empty dim">{labels::ROWS_APPEAR}</p>
                }.into_any())}
                {when(move || count.get() > 0, move || view! {
                    {filter(desk, rows)}
                    {hidden_chosen(desk, rows)}
                    {table(desk, rows)}
                    {more(desk, rows)}
                }.into_any())}
                {unnamed(desk)}
            </section>
        }.into_any())}
    }
}

/// How many sessions are done with, while something is done to several.
fn act_progress(progress: Memo<Option<(usize, usize)>>) -> impl IntoView {
    let done = Signal::derive(move || progress.get().unwrap_or_default().0.to_string());
    let total = Signal::derive(move || progress.get().unwrap_or_default().1.to_string());
    let said = move || {
        let (done, total) = progress.get().unwrap_or_default();
        phrases::sessions_done(done, total)
    };
    view! {
        <div class="progress">
            <progress aria-label=labels::SESSIONS_PROGRESS max=total prop:value=done></progress>
            <span class="progress-text">{text(said)}</span>
        </div>
    }
}

impl Desk {
    /// The session that is selected alone.
    fn only_chosen(self) -> Option<SessionId> {
        let (findings, selection) = (self.findings.read(), self.selection.read());
        let rows = self.with_book(|book| findings.as_ref().map(|findings| selection.rows(findings, book)));
        match &*rows? {
            [row] => Some(row.session.id.clone()),
            _ => None,
        }
    }
}

fn actions(desk: Desk, count: Memo<usize>) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        let findings = desk.findings.read();
        let Some(findings) = findings.as_ref() else { return 0 };
        let selection = desk.selection.read();
        desk.with_book(|book| selection.rows(findings, book).len())
    });
    let only_one = Memo::new(move |_| (chosen.get() == 1).then(|| desk.only_chosen()).flatten());
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
        {when(move || only_one.with(Option::is_some), move || view! {
            <button
                type="button"
                class="button"
                on:click=move |_| if let Some(id) = only_one.get_untracked() { desk.copy_link(id) }
            >
                {labels::COPY_LINK}
            </button>
        }.into_any())}
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

/// What is missing, and Azure's names for it one click away.
fn rights_hint(hint: &Hint) -> AnyView {
    view! {
        <details class="note">
            <summary>{listing::rights_hint(hint)}</summary>
            <p>{listing::rights_detail(hint)}</p>
        </details>
    }
    .into_any()
}

/// Roles are written out: on a narrow screen the rows become cards by CSS, which takes a table's own roles away in
/// some browsers.
fn table(desk: Desk, rows: Memo<Shown>) -> impl IntoView {
    let headers = COLUMNS
        .map(|(column, name)| column_head(desk, rows, column, name))
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
                <For each=move || rows.with(|rows| rows.keys.clone()) key=|key| key.clone() children=move |key| row(desk, key) />
            </tbody>
        </table>
    }
}
