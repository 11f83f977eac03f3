//! One row of the table: one session, its checkbox, and what became of it.

use leptos::prelude::*;

use super::dynamic::{attribute, flag, shown, text};
use super::outcome::outcome;
use super::state::Desk;
use crate::desk::findings::Row;
use crate::desk::selection::why_not;
use crate::text::{labels, phrases};

/// The row of that key. It stays the same element however often its session is heard of again, so that the focus and
/// the pointer stay where they are.
pub fn row(desk: Desk, key: String) -> impl IntoView {
    let row = Memo::new(move |_| {
        desk.findings
            .with(|findings| findings.as_ref().and_then(|findings| findings.row(&key).cloned()))
    });
    let record = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| desk.record_of(row))));
    let word = attribute(move || {
        let outcome = record.with(|record| record.as_ref().and_then(|(_, record)| record.outcome));
        outcome.map(|outcome| outcome.word().to_owned())
    });
    let of = move |read: fn(&Row) -> String| text(move || row.with(|row| row.as_ref().map(read)).unwrap_or_default());
    let chosen = Memo::new(move |_| {
        row.with(|row| {
            row.as_ref()
                .is_some_and(|row| desk.selection.with(|selection| selection.holds(row)))
        })
    });
    view! {
        <tr role="row" data-outcome=word class:chosen=flag(move || chosen.get())>
            {checkbox(desk, row, chosen)}
            <th role="rowheader" scope="row" class="cell cell--user">
                {of(phrases::user)}
                {shown(move || row.with(|row| row.as_ref().and_then(|row| reason(desk, row))).map(IntoAny::into_any))}
            </th>
            {cell(labels::HOST_POOL, of(|row| row.session.id.host_pool().to_owned()))}
            {cell(labels::SESSION_HOST, of(|row| row.session.id.session_host().to_owned()))}
            {cell(labels::SESSION_ID, of(|row| row.session.id.session().to_owned()))}
            {cell(labels::STATE, of(|row| phrases::word(row.session.state.as_str())))}
            {cell(labels::TYPE, of(|row| phrases::word(row.session.application.as_str())))}
            {cell(labels::STARTED, shown(move || row.with(|row| row.as_ref().map(|row| started(desk, row).into_any()))))}
            {cell(labels::HOST_STATUS, shown(move || row.with(|row| row.as_ref().map(|row| host(desk, row).into_any()))))}
            {cell(labels::SUBSCRIPTION, of(|row| row.subscription.clone()))}
            {cell(labels::OUTCOME, outcome(desk, row, record))}
        </tr>
    }
}

/// On a narrow screen each cell brings its column's name along; read out it is not, because the header is there too.
fn cell(name: &'static str, content: AnyView) -> impl IntoView {
    view! {
        <td role="cell" class="cell">
            <span class="cell-name" aria-hidden="true">{name}</span>
            <div class="cell-value">{content}</div>
        </td>
    }
}

fn checkbox(desk: Desk, row: Memo<Option<Row>>, chosen: Memo<bool>) -> impl IntoView {
    let choose = move |on: bool| {
        row.with_untracked(|row| {
            if let Some(row) = row {
                desk.with_book_untracked(|book| desk.selection.update(|selection| selection.set(row, book, on)));
            }
        });
    };
    let cannot = Memo::new(move |_| {
        row.with(|row| {
            row.as_ref()
                .is_none_or(|row| desk.with_book(|book| why_not(row, book)).is_some())
        })
    });
    view! {
        <td role="cell" class="choose">
            <label class="check">
                <input
                    type="checkbox"
                    aria-label=attribute(move || row.with(|row| row.as_ref().map(phrases::select_session)))
                    prop:checked=flag(move || chosen.get())
                    disabled=flag(move || cannot.get())
                    on:change=move |event| choose(event_target_checked(&event))
                />
            </label>
        </td>
    }
}

fn reason(desk: Desk, row: &Row) -> Option<impl IntoView + use<>> {
    let why = desk.with_book(|book| why_not(row, book));
    let sentence = match why {
        Some(why) => phrases::not_choosable(why),
        None if desk.receipt.with(|receipt| receipt.came_back(&row.session)) => Some(labels::CAME_BACK),
        None => None,
    };
    sentence.map(|sentence| view! { <p class="help">{sentence}</p> })
}

fn started(desk: Desk, row: &Row) -> impl IntoView + use<> {
    let created = row.session.created.as_ref();
    let raw = created.map(|created| created.as_str().to_owned());
    match created.and_then(|created| desk.time_and_age(created)) {
        Some((time, age)) => {
            // Date and clock time may come to stand below each other, and neither is broken itself.
            let parts = time
                .split_inclusive(' ')
                .map(|part| view! { <span>{part.to_owned()}</span> })
                .collect_view();
            view! {
                <time datetime=raw.clone() title=raw>{parts}</time>
                <span class="dim">{phrases::age(&age)}</span>
            }
            .into_any()
        }
        None => raw.unwrap_or_else(|| labels::NOT_KNOWN.to_owned()).into_any(),
    }
}

fn host(desk: Desk, row: &Row) -> impl IntoView + use<> {
    let host = row.host.as_ref();
    let heard_of = host
        .and_then(|host| host.last_heart_beat.as_ref())
        .and_then(|beat| desk.time_and_age(beat))
        .map(|(_, age)| phrases::heard_of(&age));
    let stale = row.is_stale().then(|| {
        view! {
            <span class="mark mark--stale" title=labels::STALE_MEANS>{labels::STALE}</span>
            {heard_of.map(|heard_of| view! { <span class="dim">{heard_of}</span> })}
        }
    });
    let draining = host
        .is_some_and(|host| host.allow_new_session == Some(false))
        .then(|| view! { <span class="mark">{labels::DRAINING}</span> });
    view! {
        <span>{phrases::host_status(host.map(|host| &host.status))}</span>
        {stale}
        {draining}
    }
}
