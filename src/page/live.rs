//! The two live regions, of which there is exactly one each: `status` for what may wait, `alert` for what may not.

use leptos::html;
use leptos::prelude::*;

use super::dynamic::{flag, shown, text};
use super::explanation::explained;
use super::focus::focus;
use super::state::{Desk, Remedy};
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
                // While a sign-in window is open, its own panel has the buttons.
                <div class="buttons" hidden=flag(move || desk.window.with(Option::is_some))>
                    {remedy(desk, alert.remedy)}
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            match alert.remedy {
                                Remedy::None | Remedy::SignIn => desk.alert.set(None),
                                Remedy::Continue => desk.decline_sign_in(),
                            }
                            focus("upn");
                        }
                    >
                        {match alert.remedy {
                            Remedy::None | Remedy::SignIn => labels::DISMISS,
                            Remedy::Continue => labels::CANCEL,
                        }}
                    </button>
                </div>
            }).map(IntoAny::into_any))}
        </div>
    }
}

fn remedy(desk: Desk, remedy: Remedy) -> Option<AnyView> {
    let button = |name: &'static str, act: fn(Desk)| {
        view! {
            <button type="button" class="button button--main" on:click=move |_| act(desk)>{name}</button>
        }
        .into_any()
    };
    match remedy {
        Remedy::None => None,
        Remedy::Continue => Some(button(labels::CONTINUE_SIGN_IN, Desk::continue_sign_in)),
        // Whoever is signed out already has that button in the panel below.
        Remedy::SignIn => desk.is_signed_in().then(|| button(labels::SIGN_IN, Desk::sign_in)),
    }
}
