//! Whether the browser has a network, by `navigator.onLine` and the window's `online` event. No port of its own: the
//! adapter in [`fetch`](super::fetch) hands it on.

use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use js_sys::Function;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::Window;

/// Whether the browser says that it has no network. It never says so wrongly; that it has one says little.
pub(super) fn is_offline() -> bool {
    web_sys::window().is_some_and(|window| !window.navigator().on_line())
}

/// Resolves when the browser no longer says that it has no network.
pub(super) fn online() -> LocalBoxFuture<'static, ()> {
    let (sender, receiver) = oneshot::channel();
    // Listening comes first: what happens in between is not missed.
    let listening = web_sys::window().and_then(|window| Listening::new(window, sender));
    async move {
        if is_offline() && listening.is_some() {
            // A sender that is gone can tell nothing any more: then it is tried.
            let _ = receiver.await;
        }
        drop(listening);
    }
    .boxed_local()
}

struct Listening {
    window: Window,
    on_online: Closure<dyn FnMut()>,
}

impl Listening {
    fn new(window: Window, sender: oneshot::Sender<()>) -> Option<Self> {
        let mut sender = Some(sender);
        let on_online = Closure::new(move || {
            if let Some(sender) = sender.take() {
                // Whoever has given the wait up does not listen any more.
                let _ = sender.send(());
            }
        });
        let listening = Self { window, on_online };
        let function = listening.function();
        let added = listening.window.add_event_listener_with_callback("online", &function);
        added.is_ok().then_some(listening)
    }

    fn function(&self) -> Function {
        self.on_online.as_ref().unchecked_ref::<Function>().clone()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // Nothing to remove where nothing was added.
        let _ = self
            .window
            .remove_event_listener_with_callback("online", &self.function());
    }
}
