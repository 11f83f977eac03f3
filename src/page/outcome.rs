//! What became of a session: the word with a shape beside it, a sentence, and what can be done next.

use leptos::prelude::*;

use super::dynamic::shown;
use super::explanation::{explained_briefly, explained_in_a_cell};
use super::state::{Desk, Press};
use crate::desk::act::Kind;
use crate::desk::findings::Row;
use crate::desk::outcome::Outcome;
use crate::desk::receipt::Record;
use crate::text::{self, Explanation, OutcomeText, labels};

/// In the table, with the buttons.
pub fn outcome(desk: Desk, row: Memo<Option<Row>>, record: Memo<Option<(usize, Record)>>) -> AnyView {
    shown(move || {
        record.get().map(|(at, record)| {
            let watch = keep_watching(desk, at, &record);
            let force = (record.outcome == Some(Outcome::StillThere) && record.act == Kind::LogOff).then(|| {
                view! {
                    <button
                        type="button"
                        class="button button--small"
                        on:click=move |event| {
                            if let Some(row) = row.get_untracked() {
                                desk.ask_with_force(&row, Press::of(&event));
                            }
                        }
                    >
                        {labels::LOG_OFF_WITH_FORCE}
                    </button>
                }
            });
            let said = said(desk, &record);
            view! {
                {word(desk, &record, said.as_ref())}
                {message_before(&record, explained_in_a_cell)}
                {said.and_then(|said| said.explanation).map(explained_in_a_cell)}
                <div class="buttons">{force} {watch}</div>
            }
            .into_any()
        })
    })
}

/// The button that looks again at a session whose end was not seen.
pub fn keep_watching(desk: Desk, at: usize, record: &Record) -> Option<impl IntoView + use<>> {
    record.can_be_watched().then(|| {
        view! {
            <button type="button" class="button button--small" on:click=move |_| desk.keep_watching_one(at)>
                {labels::KEEP_WATCHING}
            </button>
        }
    })
}

/// Word, sentence and explanation, for the receipt.
pub fn told(desk: Desk, record: &Record) -> impl IntoView + use<> {
    let said = said(desk, record);
    view! {
        {word(desk, record, said.as_ref())}
        {message_before(record, explained_briefly)}
        {said.and_then(|said| said.explanation).map(explained_briefly)}
    }
}

fn message_before<V: IntoView + 'static>(record: &Record, explained: fn(Explanation) -> V) -> Option<AnyView> {
    let (sentence, explanation) = text::warned(record)?;
    let view = view! {
        <p class="dim">{sentence}</p>
        {explanation.map(explained)}
    };
    Some(view.into_any())
}

fn said(desk: Desk, record: &Record) -> Option<OutcomeText> {
    text::outcome(record, desk.receipt.with(|receipt| receipt.offset()))
}

fn word(desk: Desk, record: &Record, said: Option<&OutcomeText>) -> impl IntoView + use<> {
    let Some(said) = said else {
        let doing = if desk.needed.with(Option::is_some) {
            labels::WAITS_FOR_SIGN_IN
        } else if record.gives_time() {
            labels::TIME_TO_SAVE
        } else {
            labels::BEING_CHECKED
        };
        return view! { <p class="dim">{doing}</p> }.into_any();
    };
    view! {
        <p class="outcome" data-word=record.outcome.map(Outcome::word)>
            <strong>{said.word.clone()}</strong>
        </p>
        <p class="outcome-sentence">{said.sentence.clone()}</p>
    }
    .into_any()
}
