//! Portals: the page in a frame of another page, and what the two say to each other.

use super::find::Role;
use super::signing_in::{Way, sites};
use super::wait::{until, until_so};
use super::{Bench, bench_at};
use azure_simulator::server::{PageConfig, PortalSettings};
use serde_json::{Value, json};
use thirtyfour::WindowHandle;

/// The title of the frame in a portal.
const FRAME: &str = "AVD Log off";

/// How many messages have come.
const COUNT: &str = "
    window.messagesHeard = 0;
    addEventListener('message', () => window.messagesHeard += 1);
";

/// Which site a portal belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// The page's own.
    Same,
    /// Another.
    Other,
}

/// Runs one test with the page in a portal that may frame it. The driver looks at the portal; see [`Bench::in_page`].
pub fn in_portal(site: Site, shape: impl FnOnce(&mut PortalSettings), test: impl AsyncFnOnce(&Bench)) {
    bench_at(
        sites(),
        |_| {},
        async |bench| {
            let portal = bench.start_portal(site, shape).await;
            bench.allow_parents(&[&portal]);
            bench.open_portal(&portal).await;
            test(bench).await;
            bench.in_page(async || bench.assert_sound().await).await;
        },
    );
}

impl Bench {
    /// Starts a portal that frames the page. Gives its origin.
    pub async fn start_portal(&self, site: Site, shape: impl FnOnce(&mut PortalSettings)) -> String {
        let host = match site {
            Site::Same => "intranet.contoso.localhost",
            Site::Other => "portal.fabrikam.localhost",
        };
        let mut settings = PortalSettings::new(host, format!("{}/", self.origins().page));
        shape(&mut settings);
        self.servers.portal(settings).await.unwrap()
    }

    /// Lets these origins frame the page: by its configuration, and by the header of its server.
    pub fn allow_parents(&self, origins: &[&str]) {
        let mut page = self.servers.page_settings();
        page.config = PageConfig::With(json!({ "allowedParents": origins }));
        page.frame_ancestors = origins.join(" ");
    }

    /// Shows a portal, with everything in its frame loaded.
    pub async fn open_portal(&self, origin: &str) {
        self.driver.goto(origin).await.unwrap();
    }

    /// Does something in the portal's frame, and comes back to the portal.
    pub async fn in_page<T>(&self, act: impl AsyncFnOnce() -> T) -> T {
        self.within_frame(FRAME, act).await
    }

    /// The window that opens at this click in the portal's frame.
    pub async fn opened_by_frame(&self, role: Role, name: &str) -> WindowHandle {
        self.opened_window(async || self.in_page(async || self.click(role, name).await).await)
            .await
    }

    /// From "Sign in" in the portal's frame until somebody is signed in there, whichever way it is.
    pub async fn sign_in_in_frame(&self) -> Way {
        let here = self.windows().await;
        let first = self.opened_by_frame(Role::Button, "Sign in").await;
        let (way, authority) = self.follow(first).await;
        self.sign_in_at(&authority).await;
        self.in_page(async || self.wait_until_signed_in().await).await;
        self.wait_for_windows(&here).await;
        way
    }

    /// Says something to the page, as the portal does.
    pub async fn tell(&self, message: &Value) {
        self.driver
            .execute("window.tell(arguments[0])", vec![message.clone()])
            .await
            .unwrap();
    }

    /// Everything that the page has said to the portal, each from the page's own origin.
    pub async fn received(&self) -> Vec<Value> {
        let received: Vec<Value> = self.look("return window.received").await;
        for message in &received {
            assert_eq!(message["origin"], self.origins().page.as_str());
        }
        received.into_iter().map(|mut message| message["data"].take()).collect()
    }

    /// The newest message of this type to the portal, once there is one.
    pub async fn hear(&self, kind: &str) -> Value {
        until(&format!("the portal hears {kind}"), async || {
            let received = self.received().await;
            received.into_iter().rfind(|message| message["type"] == kind)
        })
        .await
    }

    /// From now on messages to the document that is looked at are counted. Its own program has heard each that is counted.
    pub async fn count_messages(&self) {
        self.driver.execute(COUNT, Vec::new()).await.unwrap();
    }

    /// Waits until so many have come.
    pub async fn wait_for_messages(&self, count: usize) {
        until_so(&format!("{count} messages have come"), async || {
            self.look::<usize>("return window.messagesHeard").await == count
        })
        .await;
    }
}
