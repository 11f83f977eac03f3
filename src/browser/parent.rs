//! The page around this one, as far as the two talk: messages to its exact origin, and from it alone.

use std::rc::Rc;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageEvent, Window};

use crate::origin::Origin;

/// What this page may tell: a type, and values by name.
pub type Message = serde_json::Value;

/// The page that frames this one.
#[derive(Clone)]
pub struct Parent {
    inner: Rc<(Window, Origin)>,
}

impl Parent {
    /// The parent, if its origin is `origin`; messages to any other are dropped by the browser.
    pub fn new(origin: Origin) -> Option<Self> {
        let parent = web_sys::window()?.parent().ok()??;
        Some(Self {
            inner: Rc::new((parent, origin)),
        })
    }

    /// Tells it something.
    pub fn tell(&self, message: &Message) {
        let (parent, origin) = &*self.inner;
        if let Ok(message) = js_sys::JSON::parse(&message.to_string()) {
            // A parent that has gone hears nothing, and that is all.
            let _ = parent.post_message(&message, origin.as_str());
        }
    }

    /// Hands over the `upn` of each `avd-logoff.find` that it says, for as long as the page lives. What anybody else
    /// says is not looked at.
    pub fn on_find(&self, take: impl Fn(String) + 'static) {
        let heard = self.clone();
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let (parent, origin) = &*heard.inner;
            let from_parent = event.source().is_some_and(|source| Object::is(&source, parent));
            if event.origin() != origin.as_str() || !from_parent {
                return;
            }
            let field = |name: &str| Reflect::get(&event.data(), &name.into()).ok()?.as_string();
            if field("type").as_deref() == Some("avd-logoff.find")
                && let Some(upn) = field("upn")
            {
                take(upn);
            }
        });
        if let Some(window) = web_sys::window() {
            let function = AsRef::<JsValue>::as_ref(&listener).unchecked_ref::<Function>();
            // It fails only for a type that is no text.
            let _ = window.add_event_listener_with_callback("message", function);
        }
        listener.forget();
    }
}
