//! An error as people need it: what happened, what it means, what to do; the technical lines one click away.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::dynamic;
use crate::browser;
use crate::text::{Explanation, labels};

/// Shows an explanation.
pub fn explained(explanation: Explanation) -> impl IntoView {
    let Explanation {
        title,
        meaning,
        next,
        detail,
    } = explanation;
    view! {
        <div class="explained">
            <p class="explained-title">{title}</p>
            <p>{meaning}</p>
            <p>{next}</p>
            {(!detail.is_empty()).then(|| technical(detail))}
        </div>
    }
}

/// Where the meaning for the session was said already: what happened and what to do.
pub fn explained_briefly(explanation: Explanation) -> impl IntoView {
    let Explanation {
        title,
        meaning,
        next,
        mut detail,
    } = explanation;
    detail.insert(0, (labels::MEANING, meaning));
    view! {
        <div class="explained">
            <p>{title}</p>
            <p>{next}</p>
            {technical(detail)}
        </div>
    }
}

/// In a column of the table: what happened; what to do is one click away there, and stands in the receipt in full.
pub fn explained_in_a_cell(explanation: Explanation) -> impl IntoView {
    view! {
        <div class="explained">
            <p>{explanation.title}</p>
            <details>
                <summary>{labels::WHAT_TO_DO}</summary>
                <p>{explanation.next}</p>
            </details>
        </div>
    }
}

/// The lines of a list of names and values.
pub fn facts(lines: impl IntoIterator<Item = (&'static str, String)>) -> impl IntoView {
    lines
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div class="fact">
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view()
}

/// Name and value, line by line, and a button that copies them. Ids wrap; nothing of it is cut off.
pub fn technical(lines: Vec<(&'static str, String)>) -> impl IntoView {
    let text: Vec<String> = lines.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = text.join("\n");
    // The button says how it went, because the page's own live regions are not for whoever reads a detail.
    let name = RwSignal::new(labels::COPY_DETAIL);
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let copied = browser::copy(&text).await;
            // The lines may be gone by now, and the button with them.
            let _ = name.try_set(if copied {
                labels::COPIED
            } else {
                labels::DETAIL_NOT_COPIED
            });
        });
    };
    let lines = facts(lines);
    view! {
        <details class="technical">
            <summary>{labels::TECHNICAL_DETAIL}</summary>
            <dl class="facts">{lines}</dl>
            <button type="button" class="button button--small" on:click=copy>
                {dynamic::text(move || name.get().to_owned())}
            </button>
        </details>
    }
}
