//! The two live regions, of which there is exactly one each: `status` for what may wait, `alert` for what may not.

use leptos::html;
use leptos::prelude::*;

use super::dynamic::{shown, text};
use super::explanation::explained;
use super::focus::focus;
use super::state::Desk;
use crate::text::labels;

/// The polite one: a bar at the lower edge of the window. It is there from the start, because a region that is put in
/// together with its text is not read out.
pub fn status(desk: Desk) -> impl IntoView {
    view! {
        <div class="status" role="status">
            {text(move || desk.status.get())}
        </div>
    }
}

/// The other one, above everything else. It scrolls itself into sight.
pub fn alert(desk: Desk) -> impl IntoView {
    let region = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if desk.alert.with(Option::is_some)
            && let Some(region) = region.get()
        {
            region.scroll_into_view();
        }
    });
    view! {
        <div class="alert" role="alert" node_ref=region>
            {shown(move || desk.alert.get().map(|alert| view! {
                {explained(alert.explanation)}
                <div class="buttons">
                    // Whoever is signed out already has that button in the panel below.
                    {(alert.sign_in && desk.is_signed_in()).then(|| view! {
                        <button type="button" class="button button--main" on:click=move |_| desk.sign_in()>
                            {labels::SIGN_IN}
                        </button>
                    })}
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            desk.alert.set(None);
                            focus("upn");
                        }
                    >
                        {labels::DISMISS}
                    </button>
                </div>
            }).map(IntoAny::into_any))}
        </div>
    }
}
