//! Sessions that name no user, apart from the table: to be looked at, never to be chosen. And where nobody has looked for
//! them.

use leptos::prelude::*;

use super::dynamic::{shown, text, when};
use super::state::Desk;
use crate::desk::listing::STEP;
use crate::text::{labels, listing, phrases};

/// The list, folded up, where there is one.
pub fn unnamed(desk: Desk) -> impl IntoView {
    let count = Memo::new(move |_| desk.findings.with(|f| f.as_ref().map_or(0, |f| f.unnamed().len())));
    let lines = Memo::new(move |_| {
        desk.findings.with(|findings| {
            let rows = findings.as_ref().map(|findings| findings.unnamed());
            let rows = rows.unwrap_or_default().iter().take(STEP);
            rows.map(|row| (row.key(), listing::unnamed_session(row)))
                .collect::<Vec<_>>()
        })
    });
    let rest = Memo::new(move |_| count.get().saturating_sub(STEP));
    let not_looked_for = Memo::new(move |_| {
        desk.findings.with(|findings| {
            let findings = findings.as_ref().filter(|findings| !findings.is_under_way());
            findings.map_or(0, |findings| findings.unnamed_not_looked_for())
        })
    });
    let sentence = move || {
        let count = not_looked_for.get();
        (count > 0).then(|| view! { <p class="dim">{listing::unnamed_not_looked_for(count)}</p> }.into_any())
    };
    view! {
        {when(move || count.get() > 0, move || view! {
            <details class="unnamed">
                <summary>{text(move || listing::unnamed(count.get()))}</summary>
                <p class="help">{labels::UNNAMED_MEANS}</p>
                <ul class="unnamed-list">
                    <For
                        each=move || lines.get()
                        key=|line| line.clone()
                        children=|(id, line)| view! { <li title=id>{line}</li> }
                    />
                </ul>
                {shown(move || (rest.get() > 0).then(|| view! { <p class="dim">{phrases::more(rest.get())}</p> }.into_any()))}
            </details>
        }.into_any())}
        {shown(sentence)}
    }
}
