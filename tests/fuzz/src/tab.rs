//! The tab around the page: its storage, where it goes, and the windows that it opens.

use std::cell::RefCell;
use std::collections::HashMap;

use avd_logoff::ports::{Navigator, Post, SignInWindow, Storage, StorageRefused, WindowAnswer, Windows};
use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use url::Url;

/// One tab.
#[derive(Default)]
pub struct Tab {
    /// What is kept in it.
    pub values: RefCell<HashMap<String, String>>,
    /// The address that it left for, or opened a window at.
    pub went_to: RefCell<Option<Url>>,
    /// The other end of the window that was opened last.
    pub window: RefCell<Option<oneshot::Sender<WindowAnswer>>>,
}

impl Storage for Tab {
    fn get(&self, key: &str) -> Option<String> {
        self.values.borrow().get(key).cloned()
    }

    fn set(&self, key: &str, value: &str) -> Result<(), StorageRefused> {
        self.values.borrow_mut().insert(key.into(), value.into());
        Ok(())
    }

    fn remove(&self, key: &str) {
        self.values.borrow_mut().remove(key);
    }
}

impl Navigator for Tab {
    fn go(&self, url: &Url) {
        self.went_to.replace(Some(url.clone()));
    }

    fn open_beside(&self, url: &Url) {
        self.go(url);
    }
}

impl Windows for Tab {
    fn open(&self, url: &Url, _id: &str, _post: Post) -> Box<dyn SignInWindow> {
        let (sender, receiver) = oneshot::channel();
        self.go(url);
        self.window.replace(Some(sender));
        Box::new(Window(RefCell::new(Some(receiver))))
    }
}

struct Window(RefCell<Option<oneshot::Receiver<WindowAnswer>>>);

impl SignInWindow for Window {
    fn is_withheld(&self) -> bool {
        false
    }

    fn answer(&self) -> LocalBoxFuture<'static, WindowAnswer> {
        let receiver = self.0.take().expect("it is asked once");
        receiver
            .map(|answer| answer.unwrap_or(WindowAnswer::Closed))
            .boxed_local()
    }
}
