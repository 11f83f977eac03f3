//! The coverage: where the search has looked, where it was not let, and what can be tried again.

use leptos::prelude::*;

use super::dynamic::{shown, when};
use super::explanation::explained;
use super::state::Desk;
use crate::desk::again::can_try_again;
use crate::desk::coverage::{Coverage, Phase};
use crate::text::{arm_error, gap, graph_failure, labels, missing_right, phrases};

/// So many entries of a list are shown before the rest is one click away.
const SHOWN: usize = 3;

/// The region: after every search, and during one as soon as something could not be read.
pub fn coverage(desk: Desk) -> impl IntoView {
    let visible = Memo::new(move |_| {
        desk.findings.with(|findings| {
            findings.as_ref().is_some_and(|findings| {
                let coverage = findings.coverage();
                let trouble = coverage.refused().next().is_some()
                    || coverage.failed().next().is_some()
                    || !coverage.gaps().is_empty();
                coverage.phase() != Phase::Searching || trouble
            })
        })
    });
    view! {
        {when(move || visible.get(), move || view! {
            <section class="panel coverage" role="region" aria-labelledby="coverage-heading">
                <h2 id="coverage-heading" tabindex="-1">{labels::COVERAGE}</h2>
                {shown(move || desk.findings.with(|f| f.as_ref().map(|f| body(desk, f.coverage()))).map(IntoAny::into_any))}
            </section>
        }.into_any())}
    }
}

fn body(desk: Desk, coverage: &Coverage) -> impl IntoView + use<> {
    let refused = coverage
        .refused()
        .map(|(pool, needs)| entry(phrases::pool(pool), missing_right(needs)))
        .collect();
    let failed = coverage
        .failed()
        .map(|(pool, error)| entry(phrases::pool(pool), arm_error(error)))
        .collect();
    let gaps = coverage
        .gaps()
        .iter()
        .map(|one| view! { <li>{explained(gap(one))}</li> }.into_any())
        .collect();
    let unopened = coverage.address_failure().map(|error| explained(arm_error(error)));
    let second_source = coverage.graph_failure().map(|error| {
        view! {
            <details>
                <summary>{labels::SECOND_SOURCE}</summary>
                {explained(graph_failure(error))}
            </details>
        }
    });
    view! {
        <p>{phrases::coverage(coverage)}</p>
        {unopened}
        {list(labels::REFUSED, refused)}
        {list(labels::FAILED, failed)}
        {list(labels::NOT_LOOKED_INTO, gaps)}
        {second_source}
        {can_try_again(coverage).then(|| view! {
            <button type="button" class="button" on:click=move |_| desk.try_again()>
                {labels::TRY_AGAIN}
            </button>
        })}
    }
}

fn entry(name: String, explanation: crate::text::Explanation) -> AnyView {
    view! {
        <li>
            <p class="entry-name">{name}</p>
            {explained(explanation)}
        </li>
    }
    .into_any()
}

fn list(heading: &'static str, mut entries: Vec<AnyView>) -> Option<impl IntoView> {
    if entries.is_empty() {
        return None;
    }
    let rest = entries.split_off(SHOWN.min(entries.len()));
    let more = (!rest.is_empty()).then(|| {
        let count = rest.len();
        view! {
            <details>
                <summary>{phrases::more(count)}</summary>
                <ul class="entries">{rest}</ul>
            </details>
        }
    });
    Some(view! {
        <h3>{heading}</h3>
        <ul class="entries">{entries}</ul>
        {more}
    })
}
