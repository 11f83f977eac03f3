//! While a sign-in window stands open: what to do there, and the way out at once instead of a silent wait.

use leptos::prelude::*;

use super::dynamic::shown;
use super::explanation::explained;
use super::state::Desk;
use crate::embedding::Place;
use crate::text::{labels, window_withheld};

/// The panel; nothing while there is no such window.
pub fn sign_in_window(desk: Desk) -> impl IntoView {
    shown(move || {
        let window = desk.window.get()?;
        let place = desk.tools().place;
        let (help, hint) = match place {
            _ if window.by_relay => (labels::RELAY_OPEN_HELP, None),
            Place::Framed { sandboxed: true, .. } => (labels::WINDOW_OPEN_HELP, Some(labels::SANDBOXED)),
            _ => (labels::WINDOW_OPEN_HELP, None),
        };
        let withheld = window
            .is_withheld
            .then(|| explained(window_withheld(place.is_framed())));
        Some(
            view! {
                <section class="panel sign-in" aria-labelledby="window-heading">
                    <h2 id="window-heading" tabindex="-1">{labels::WINDOW_OPEN}</h2>
                    <p>{help}</p>
                    {hint.map(|hint| view! { <p class="note">{hint}</p> })}
                    {withheld}
                    <div class="buttons">
                        <button type="button" class="button" on:click=move |_| desk.retry_window()>{labels::RETRY}</button>
                        <button type="button" class="button" on:click=move |_| desk.cancel_window()>{labels::CANCEL}</button>
                    </div>
                </section>
            }
            .into_any(),
        )
    })
}
