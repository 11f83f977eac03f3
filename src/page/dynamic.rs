//! Parts of the page that change, behind one type each.
//!
//! Leptos makes code of its own for every closure in a view. Boxed, all of them share one piece of it, which saves
//! about a tenth of the program.

use leptos::prelude::*;

/// What `view` shows now, if anything.
pub fn shown(view: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    boxed(Box::new(view))
}

/// `view` while `condition` holds. It is made once each time that begins, and not again while it lasts.
pub fn when(
    condition: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let holds = Memo::new(move |_| condition());
    boxed(Box::new(move || holds.get().then(&view)))
}

/// A text that changes.
pub fn text(text: impl Fn() -> String + Send + 'static) -> AnyView {
    boxed_text(Box::new(text))
}

/// An attribute that changes, or is not there.
pub fn attribute(value: impl Fn() -> Option<String> + Send + Sync + 'static) -> Signal<Option<String>> {
    Signal::derive(value)
}

/// Whether an attribute is there.
pub fn flag(value: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(value)
}

fn boxed(view: Box<dyn Fn() -> Option<AnyView> + Send>) -> AnyView {
    (move || view()).into_any()
}

fn boxed_text(text: Box<dyn Fn() -> String + Send>) -> AnyView {
    (move || text()).into_any()
}
