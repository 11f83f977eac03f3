//! Which rows the table shows, and the means to change that: filter, order, more of them. What they mean is decided in
//! [`crate::desk::listing`].

use leptos::prelude::*;

use super::dynamic::{attribute, flag, shown, text, when};
use super::focus::focus;
use super::state::Desk;
use crate::desk::listing::{Column, Direction, View, list, matching, states};
use crate::desk::selection::{Extent, Selection};
use crate::text::{labels, listing, phrases};

/// What is shown, and of how much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    view: View,
    /// Keys of the rows, in their order.
    pub keys: Vec<String>,
    matching: usize,
    total: usize,
    more: usize,
}

/// Follows the findings and what was set about the table. While the dialog is open, nothing moves; while a search is
/// under way, what is there keeps its place; and what becomes of a session does not move its row.
pub fn shown_rows(desk: Desk) -> Memo<Shown> {
    Memo::new(move |before: Option<&Shown>| {
        if let Some(before) = before.filter(|_| desk.asked.with(Option::is_some)) {
            return before.clone();
        }
        let view = desk.view.get();
        let findings = desk.findings.read();
        let Some(findings) = findings.as_ref() else {
            return Shown::default();
        };
        let kept = before.filter(|before| findings.is_under_way() && before.view.agrees_with(&view));
        let kept = kept.map_or(&[][..], |before| &before.keys);
        desk.with_book_untracked(|book| {
            let outcome = |row: &_| book.latest(row).and_then(|(_, record)| record.outcome);
            let listing = list(findings.rows(), &view, kept, outcome);
            Shown {
                keys: listing.rows.iter().map(|row| row.key()).collect(),
                matching: listing.matching,
                total: listing.total,
                more: listing.more(),
                view,
            }
        })
    })
}

fn shown_of(shown: &Shown) -> String {
    listing::shown_of(shown.keys.len(), shown.matching, shown.total)
}

/// Filter, state, and how much is shown. Only worth its place where there is something to choose from.
pub fn filter(desk: Desk, rows: Memo<Shown>) -> AnyView {
    let some_states = Memo::new(move |_| {
        desk.findings.with(|findings| {
            let states = findings.as_ref().map(|findings| states(findings.rows()));
            states.map_or_else(Vec::new, |states| {
                states.into_iter().map(str::to_owned).collect::<Vec<_>>()
            })
        })
    });
    let change = move |change: &dyn Fn(&mut View)| {
        desk.view.update(|view| change(view));
        desk.say(rows.with_untracked(shown_of));
    };
    let options = move |state: String| {
        let chosen = state.clone();
        let chosen = flag(move || desk.view.with(|view| view.state == chosen));
        view! { <option value=state.clone() prop:selected=chosen>{state.clone()}</option> }
    };
    when(
        move || rows.with(|rows| rows.total > 1),
        move || {
            view! {
                <div class="filter" role="group" aria-label=labels::FILTERING>
                    // Not around the box: WebKit would make what is typed a part of its name.
                    <div class="filter-field filter-field--text">
                        <label for="filter">{labels::FILTER}</label>
                        <input
                            class="box"
                            id="filter"
                            type="text"
                            autocomplete="off"
                            autocapitalize="none"
                            spellcheck="false"
                            prop:value=Signal::derive(move || desk.view.with(|view| view.text.clone()))
                            on:input=move |event| change(&|view| view.text = event_target_value(&event))
                        />
                    </div>
                    <label class="filter-field">
                        {labels::STATE}
                        <select class="box" on:change=move |event| change(&|view| view.state = event_target_value(&event))>
                            <option value="" prop:selected=flag(move || desk.view.with(|view| view.state.is_empty()))>
                                {labels::ANY_STATE}
                            </option>
                            <For each=move || some_states.get() key=|state| state.clone() children=options />
                        </select>
                    </label>
                    {when(move || desk.view.with(View::filters), move || view! {
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| {
                                change(&View::clear_filter);
                                focus("filter");
                            }
                        >
                            {labels::CLEAR_FILTER}
                        </button>
                    }.into_any())}
                    <span class="filter-count">{text(move || rows.with(shown_of))}</span>
                </div>
            }
            .into_any()
        },
    )
}

/// Selected sessions that are not to be seen, beside the buttons that act on them.
pub fn hidden_chosen(desk: Desk, rows: Memo<Shown>) -> AnyView {
    let sentence = Memo::new(move |_| {
        let (findings, selection, rows) = (desk.findings.read(), desk.selection.read(), rows.read());
        let hidden = desk.with_book(|book| Some(selection.hidden(findings.as_ref()?, book, &rows.view, &rows.keys)));
        listing::hidden_chosen(hidden?)
    });
    shown(move || {
        sentence
            .get()
            .map(|sentence| view! { <p class="note">{sentence}</p> }.into_any())
    })
}

/// The head of a column, which sorts by it where there is something to sort.
pub fn column_head(desk: Desk, rows: Memo<Shown>, column: Column, name: &'static str) -> AnyView {
    let direction = Memo::new(move |_| {
        let sort = desk.view.with(|view| view.sort);
        sort.filter(|(sorted, _)| *sorted == column)
            .map(|(_, direction)| direction)
    });
    let word = move || match direction.get() {
        Some(Direction::Ascending) => Some("ascending".to_owned()),
        Some(Direction::Descending) => Some("descending".to_owned()),
        None => None,
    };
    let arrow = move || match direction.get() {
        Some(Direction::Ascending) => "↑".to_owned(),
        Some(Direction::Descending) => "↓".to_owned(),
        None => "↕".to_owned(),
    };
    let sortable = Memo::new(move |_| rows.with(|rows| rows.total > 1));
    let head = move || {
        if !sortable.get() {
            return Some(name.into_any());
        }
        let button = view! {
            <button type="button" class="sort" on:click=move |_| desk.view.update(|view| view.sort_by(column))>
                {name}
                <span class="sort-arrow" aria-hidden="true">{text(arrow)}</span>
            </button>
        };
        Some(button.into_any())
    };
    view! {
        <th
            role="columnheader"
            scope="col"
            class="column"
            class:sortable=flag(move || sortable.get())
            aria-sort=attribute(word)
        >
            {shown(head)}
        </th>
    }
    .into_any()
}

/// More rows, a few hundred at a time: a browser is not made for tens of thousands of them.
pub fn more(desk: Desk, rows: Memo<Shown>) -> AnyView {
    let more = Memo::new(move |_| rows.with(|rows| rows.more));
    let none = Memo::new(move |_| rows.with(|rows| rows.matching == 0));
    let show_more = move |_| {
        desk.view.update(View::show_more);
        desk.say(rows.with_untracked(shown_of));
        if more.get_untracked() == 0 {
            focus("sessions-heading");
        }
    };
    view! {
        {when(move || none.get(), move || view! { <p class="empty">{labels::FILTER_HIDES_ALL}</p> }.into_any())}
        {when(move || more.get() > 0, move || view! {
            <div class="more">
                <button type="button" class="button" on:click=show_more>
                    {text(move || listing::show_more(more.get()))}
                </button>
                <span class="dim">{text(move || rows.with(shown_of))}</span>
            </div>
        }.into_any())}
    }
    .into_any()
}

/// The checkbox for all rows that the filter lets through, also for those further down.
pub fn select_all(desk: Desk) -> impl IntoView {
    // Nothing where nothing can be chosen.
    let extent = Memo::new(move |_| {
        let (findings, selection) = (desk.findings.read(), desk.selection.read());
        let rows = matching(findings.as_ref()?.rows(), &desk.view.read());
        desk.with_book(|book| Selection::has_choice(&rows, book).then(|| selection.extent(&rows, book)))
    });
    let choose = move |on: bool| {
        let (findings, view) = (desk.findings.read_untracked(), desk.view.read_untracked());
        if let Some(findings) = findings.as_ref() {
            let rows = matching(findings.rows(), &view);
            desk.with_book_untracked(|book| desk.selection.update(|selection| selection.set_all(&rows, book, on)));
        }
        let chosen = desk.with_book_untracked(|book| {
            let selection = desk.selection.read_untracked();
            findings
                .as_ref()
                .map(|findings| (selection.rows(findings, book).len(), findings.rows().len()))
        });
        if let Some((chosen, of)) = chosen {
            desk.say(phrases::selected(chosen, of));
        }
    };
    view! {
        <label class="check">
            <input
                type="checkbox"
                aria-label=labels::SELECT_ALL
                disabled=flag(move || extent.get().is_none())
                prop:checked=flag(move || extent.get() == Some(Extent::All))
                prop:indeterminate=flag(move || extent.get() == Some(Extent::Some))
                on:change=move |event| choose(event_target_checked(&event))
            />
            <span class="select-all-text" aria-hidden="true">{labels::SELECT_ALL}</span>
        </label>
    }
}
