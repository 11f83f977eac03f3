//! [`Windows`] by `window.open`, with the answer from a broadcast channel or out of the relay window's messages.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use js_sys::{Function, Object, Reflect};
use url::Url;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{BroadcastChannel, MessageEvent, Window};

use crate::ports::{Post, SignInWindow, WindowAnswer, Windows};

/// A sign-in page fits into this; MSAL opens its windows in the same size.
const FEATURES: &str = "popup,width=483,height=600";

/// How often a relay window is asked whether it still stands, in milliseconds. Only there the answer can be believed.
const LOOK_EVERY: i32 = 500;

/// Marks the storage of a sign-in window, which begins as a copy of this tab's: `redirect.html` clears a copy that is
/// so marked, and no other. Also in `static/redirect.js`; a test keeps the two together.
pub const WINDOW_MARK_KEY: &str = "avd-logoff.window";

/// The browser's windows.
pub(super) struct BrowserWindows;

impl Windows for BrowserWindows {
    fn open(&self, url: &Url, id: &str, post: Post) -> Box<dyn SignInWindow> {
        let (sender, receiver) = oneshot::channel();
        let sender: Sender = Rc::new(RefCell::new(Some(sender)));
        // Listening comes first: the answer of somebody who is signed in already comes at once.
        let channel = match post {
            Post::Broadcast => Channel::listen(id, &sender),
            Post::Relay => None,
        };
        let handle = open(url, id);
        let relay = handle.as_ref().filter(|_| post == Post::Relay);
        let relay = relay.and_then(|handle| Relay::listen(handle, id, &sender));
        Box::new(Opened {
            handle,
            receiver: RefCell::new(Some(receiver)),
            _sender: sender,
            _channel: channel,
            _relay: relay,
        })
    }
}

type Sender = Rc<RefCell<Option<oneshot::Sender<WindowAnswer>>>>;

fn send(sender: &Sender, answer: WindowAnswer) {
    if let Some(sender) = sender.borrow_mut().take() {
        // Whoever has given the sign-in up does not listen any more.
        let _ = sender.send(answer);
    }
}

fn open(url: &Url, id: &str) -> Option<Window> {
    let window = web_sys::window()?;
    let storage = window.session_storage().ok().flatten();
    if let Some(storage) = &storage {
        // A full storage loses the mark and no more: the copy is as full, and goes with its window.
        let _ = storage.set_item(WINDOW_MARK_KEY, id);
    }
    let opened = window.open_with_url_and_target_and_features(url.as_str(), "_blank", FEATURES);
    if let Some(storage) = &storage {
        let _ = storage.remove_item(WINDOW_MARK_KEY);
    }
    opened.ok().flatten()
}

struct Opened {
    handle: Option<Window>,
    receiver: RefCell<Option<oneshot::Receiver<WindowAnswer>>>,
    // Held so that a window whose listeners are gone leaves its waiter waiting for the person's word instead of
    // ending it with an error.
    _sender: Sender,
    _channel: Option<Channel>,
    _relay: Option<Relay>,
}

impl SignInWindow for Opened {
    fn is_withheld(&self) -> bool {
        self.handle.is_none()
    }

    fn answer(&self) -> LocalBoxFuture<'static, WindowAnswer> {
        let receiver = self.receiver.borrow_mut().take();
        async move {
            match receiver {
                Some(receiver) => receiver.await.unwrap_or(WindowAnswer::Closed),
                None => WindowAnswer::Closed,
            }
        }
        .boxed_local()
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Some(handle) = &self.handle {
            // Without effect on a window that the authority's own policy has cut off.
            let _ = handle.close();
        }
    }
}

/// A channel that only who knows the id can name.
struct Channel {
    channel: BroadcastChannel,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    fn listen(id: &str, sender: &Sender) -> Option<Self> {
        let channel = BroadcastChannel::new(id).ok()?;
        let (back, sender) = (channel.clone(), Rc::clone(sender));
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(response) = event.data().as_string() {
                // The window waits for this word before it closes.
                let _ = back.post_message(&JsValue::TRUE);
                send(&sender, WindowAnswer::Response(response));
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Some(Self {
            channel,
            _on_message: on_message,
        })
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

/// Messages of the relay window: of this origin, from that very window, with that very id.
struct Relay {
    page: Window,
    timer: i32,
    on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_look: Closure<dyn FnMut()>,
}

impl Relay {
    fn listen(handle: &Window, id: &str, sender: &Sender) -> Option<Self> {
        let page = web_sys::window()?;
        let origin = page.location().origin().ok()?;
        let (relay, id, heard) = (handle.clone(), id.to_owned(), Rc::clone(sender));
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let from_relay = event.source().is_some_and(|source| Object::is(&source, &relay));
            if event.origin() != origin || !from_relay {
                return;
            }
            let field = |name: &str| Reflect::get(&event.data(), &name.into()).ok()?.as_string();
            if field("type").as_deref() == Some("avd-logoff.response")
                && field("id").as_deref() == Some(id.as_str())
                && let Some(response) = field("response")
            {
                send(&heard, WindowAnswer::Response(response));
            }
        });
        let (relay, closed) = (handle.clone(), Rc::clone(sender));
        let mut seen_closed = false;
        let on_look = Closure::<dyn FnMut()>::new(move || {
            // At the second look: the window closes itself right after its message, which may still be on its way.
            let is_closed = relay.closed().unwrap_or(false);
            if is_closed && std::mem::replace(&mut seen_closed, is_closed) {
                send(&closed, WindowAnswer::Closed);
            }
        });
        let function = |closure: &JsValue| closure.unchecked_ref::<Function>().clone();
        page.add_event_listener_with_callback("message", &function(on_message.as_ref()))
            .ok()?;
        let timer =
            page.set_interval_with_callback_and_timeout_and_arguments_0(&function(on_look.as_ref()), LOOK_EVERY);
        Some(Self {
            page,
            timer: timer.ok()?,
            on_message,
            _on_look: on_look,
        })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.page.clear_interval_with_handle(self.timer);
        let on_message = self.on_message.as_ref().unchecked_ref::<Function>();
        // It fails only for what was never added.
        let _ = self.page.remove_event_listener_with_callback("message", on_message);
    }
}
