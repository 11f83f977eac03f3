//! The receipt: everything that was done in this tab, to be copied into a ticket or downloaded.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::dynamic::{shown, text, when};
use super::outcome::{keep_watching, told};
use super::state::Desk;
use crate::browser;
use crate::desk::receipt::{Receipt, Record};
use crate::desk::{receipt_files, receipt_json};
use crate::text::{labels, phrases, receipt_markdown, receipt_text};

/// The region, once something was done.
pub fn receipt(desk: Desk) -> impl IntoView {
    let count = Memo::new(move |_| desk.receipt.with(|receipt| receipt.records.len()));
    let refused = RwSignal::new(None::<String>);
    let any = Memo::new(move |_| count.get() > 0);
    view! {
        {when(move || any.get(), move || view! {
            <section class="panel receipt" role="region" aria-labelledby="receipt-heading">
                <div class="bar">
                    <h2 id="receipt-heading" tabindex="-1">{labels::RECEIPT}</h2>
                    <span class="bar-count">
                        {text(move || desk.receipt.with(|receipt| phrases::totals(&receipt.totals())))}
                    </span>
                    {hand_out(desk, refused)}
                </div>
                {shown(move || refused.get().map(copy_by_hand).map(IntoAny::into_any))}
                <p class="dim">{text(move || desk.receipt.with(operator))}</p>
                <ol class="records">
                    // The newest first: it is what the person has just done.
                    <For
                        each=move || (0..count.get()).rev()
                        key=|at| *at
                        children=move |at| record(desk, at)
                    />
                </ol>
            </section>
        }.into_any())}
    }
}

fn operator(receipt: &Receipt) -> String {
    let operator = &receipt.operator;
    phrases::operator(&operator.username, &operator.tenant_id, &operator.cloud)
}

fn record(desk: Desk, at: usize) -> AnyView {
    let record = Memo::new(move |_| desk.receipt.with(|receipt| receipt.records.get(at).cloned()));
    // What stands in the table has its button there. After a reload there is no table yet, and the receipt is all.
    let alone = Memo::new(move |_| {
        let key = record.with(|record| record.as_ref().map(|record| record.id.to_lowercase()));
        let in_table = |key: String| {
            desk.findings
                .with(|findings| findings.as_ref().is_some_and(|f| f.row(&key).is_some()))
        };
        desk.is_signed_in() && !key.is_some_and(in_table)
    });
    shown(move || {
        record.get().map(|record| {
            let watch = alone.get().then(|| keep_watching(desk, at, &record));
            let facts = phrases::record_facts(&record, &desk.local(record.intended_at));
            view! {
                <li class="record">
                    <div class="record-what">
                        <p class="record-name">{phrases::record(&record)}</p>
                        <p class="dim">{facts}</p>
                        {ids(&record)}
                    </div>
                    <div class="record-outcome">{told(desk, &record)} {watch}</div>
                </li>
            }
            .into_any()
        })
    })
}

fn ids(record: &Record) -> impl IntoView + use<> {
    let mut lines = vec![(labels::RESOURCE_ID, record.id.clone())];
    lines.extend(record.request_id.clone().map(|id| (labels::REQUEST_ID, id)));
    lines.extend(record.correlation_id.clone().map(|id| (labels::CORRELATION_ID, id)));
    super::explanation::technical(lines)
}

fn hand_out(desk: Desk, refused: RwSignal<Option<String>>) -> impl IntoView {
    let markdown = RwSignal::new(false);
    let copy = move |_| {
        let text = desk.receipt.with_untracked(match markdown.get_untracked() {
            true => receipt_markdown,
            false => receipt_text,
        });
        spawn_local(async move {
            if browser::copy(&text).await {
                refused.set(None);
                desk.say(labels::COPIED);
            } else {
                refused.set(Some(text));
                desk.say(labels::COPY_REFUSED);
            }
        });
    };
    let download = move |extension: &'static str, mime: &'static str, content: fn(&Receipt) -> String| {
        desk.receipt.with_untracked(|receipt| {
            browser::download(&receipt_files::file_name(receipt, extension), mime, &content(receipt));
        });
    };
    view! {
        <label class="copy-as">
            {labels::COPY_AS}
            <select class="box" on:change=move |event| markdown.set(event_target_value(&event) == "markdown")>
                <option value="text">{labels::PLAIN_TEXT}</option>
                <option value="markdown">{labels::MARKDOWN}</option>
            </select>
        </label>
        <button type="button" class="button" on:click=copy>{labels::COPY}</button>
        <button
            type="button"
            class="button"
            on:click=move |_| download("csv", "text/csv;charset=utf-8", receipt_files::csv)
        >
            {labels::DOWNLOAD_CSV}
        </button>
        <button
            type="button"
            class="button"
            on:click=move |_| download("json", "application/json", receipt_json::json)
        >
            {labels::DOWNLOAD_JSON}
        </button>
    }
}

/// The text in a box, selected, for browsers that do not let the page copy.
fn copy_by_hand(text: String) -> impl IntoView {
    let element = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            // Here and not as a property of the view: that comes after the selection, and would end it.
            element.set_value(&text);
            // Without focus the text can still be selected by hand.
            let _ = element.focus();
            element.select();
        }
    });
    view! {
        <p class="note">{labels::COPY_REFUSED}</p>
        <textarea
            class="box box--tall"
            readonly
            rows="10"
            aria-label=labels::TEXT_TO_COPY
            node_ref=element
        ></textarea>
    }
}
