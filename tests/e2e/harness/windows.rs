//! More than one window, and frames: the driver looks at one at a time, and these steps say at which.

use super::Bench;
use super::wait::until_so;
use thirtyfour::{By, WebElement, WindowHandle};

impl Bench {
    /// Every window that is open now.
    pub async fn windows(&self) -> Vec<WindowHandle> {
        self.driver.windows().await.unwrap()
    }

    /// The window that opens when this is done. The one before stays the one that is looked at; see [`Self::within`].
    pub async fn opened_window(&self, open: impl AsyncFnOnce()) -> WindowHandle {
        let before = self.windows().await;
        open().await;
        let mut opened = Vec::new();
        until_so("a window opens", async || {
            opened = self.windows().await;
            opened.retain(|window| !before.contains(window));
            !opened.is_empty()
        })
        .await;
        assert_eq!(opened.len(), 1, "more than one window opened");
        opened.remove(0)
    }

    /// Does something in another window, and comes back to the one before, also when the other one closes meanwhile.
    pub async fn within<T>(&self, window: &WindowHandle, act: impl AsyncFnOnce() -> T) -> T {
        let before = self.driver.window().await.unwrap();
        self.driver.switch_to_window(window.clone()).await.unwrap();
        let given = act().await;
        self.driver.switch_to_window(before).await.unwrap();
        given
    }

    /// Waits until this window has closed, or was closed.
    pub async fn wait_until_closed(&self, window: &WindowHandle) {
        until_so("the window closes", async || !self.windows().await.contains(window)).await;
    }

    /// Closes a window, as a person does who does not want to go on.
    pub async fn close(&self, window: &WindowHandle) {
        self.within(window, async || self.driver.close_window().await.unwrap())
            .await;
        self.wait_until_closed(window).await;
    }

    /// Does something in the frame with this title, and comes back to the document around it.
    pub async fn within_frame<T>(&self, title: &str, act: impl AsyncFnOnce() -> T) -> T {
        self.frame(title).await.enter_frame().await.unwrap();
        let given = act().await;
        self.driver.enter_parent_frame().await.unwrap();
        given
    }

    async fn frame(&self, title: &str) -> WebElement {
        let selector = format!("iframe[title={title:?}]");
        let mut frames = Vec::new();
        until_so(&format!("there is a frame {title:?}"), async || {
            frames = self
                .driver
                .find_all(By::Css(selector.as_str()))
                .await
                .unwrap_or_default();
            !frames.is_empty()
        })
        .await;
        assert_eq!(frames.len(), 1, "frames {title:?}");
        frames.remove(0)
    }
}
