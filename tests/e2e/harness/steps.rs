//! What most tests do on their way: sign in, search, choose, confirm; with the mouse.

use super::engine::Engine as _;
use super::record::Record as _;
use super::{Bench, Name, Role, Within, until_so};
use crate::ENGINE;
use azure_simulator::Operation;
use azure_simulator::scenario::OPERATOR;
use thirtyfour::{Key, WebElement};

impl Bench {
    /// Opens the page and signs in as the operator.
    pub async fn open_signed_in(&self) {
        self.open("").await;
        self.sign_in().await;
    }

    /// From the page's "Sign in" through the authority's page and back.
    pub async fn sign_in(&self) {
        self.click(Role::Button, "Sign in").await;
        self.wait_for_login_page().await;
        self.click(Role::Radio, Name::Begins(OPERATOR)).await;
        self.click(Role::Button, "Sign in").await;
        self.wait_until_signed_in().await;
    }

    /// Waits until the browser shows the authority's page.
    pub async fn wait_for_login_page(&self) {
        let login = self.origins().login.clone();
        until_so("the browser is at the login server", async || {
            self.driver
                .current_url()
                .await
                .is_ok_and(|at| at.as_str().starts_with(&login))
        })
        .await;
    }

    /// Waits until the page shows that somebody is signed in.
    pub async fn wait_until_signed_in(&self) {
        self.find(Role::Button, "Account").await;
        ENGINE.arrived(&self.driver).await;
    }

    /// Clicks the one thing of this role and name, brought to the middle of the screen, as a person would before.
    pub async fn click(&self, role: Role, name: impl Into<Name<'_>>) {
        let target = self.find(role, name).await;
        let scroll = "arguments[0].scrollIntoView({ block: 'center' })";
        self.driver
            .execute(scroll, vec![target.to_json().unwrap()])
            .await
            .unwrap();
        target.click().await.unwrap();
    }

    /// The box for user names.
    pub async fn search_box(&self) -> WebElement {
        self.find(Role::Textbox, "User principal name").await
    }

    /// What is in the box for user names, if there is a box.
    pub async fn search_box_text(&self) -> Option<String> {
        let boxes = Within::Page(&self.driver)
            .shown(Role::Textbox, "User principal name".into())
            .await;
        boxes.first()?.prop("value").await.unwrap()
    }

    /// Types a name in place of what is in the box, and presses Enter.
    pub async fn start_search(&self, upn: &str) {
        let text_box = self.search_box().await;
        text_box.clear().await.unwrap();
        text_box.send_keys(upn).await.unwrap();
        text_box.send_keys("" + Key::Enter).await.unwrap();
    }

    /// Searches, and waits for the end of the search.
    pub async fn search(&self, upn: &str) {
        let before = self.azure().count(Operation::SubscriptionsList);
        self.start_search(upn).await;
        until_so("the search has begun", async || {
            self.azure().count(Operation::SubscriptionsList) > before
        })
        .await;
        self.wait_for_end_of_search().await;
    }

    /// Waits until no search is under way.
    pub async fn wait_for_end_of_search(&self) {
        self.find(Role::Region, "Coverage").await;
        self.wait_for_none(Role::Button, "Stop").await;
    }

    /// Selects every session, opens the dialog, and gives it.
    pub async fn select_all_and_open_dialog(&self) -> WebElement {
        self.click(Role::Checkbox, "Select all sessions").await;
        self.open_dialog().await
    }

    /// Opens the dialog for what is selected.
    pub async fn open_dialog(&self) -> WebElement {
        self.click(Role::Button, "Log off…").await;
        self.find(Role::Alertdialog, Name::Begins("Log off")).await
    }

    /// Confirms in the dialog.
    pub async fn confirm(&self) {
        self.click(Role::Button, "Log off").await;
        self.wait_for_none(Role::Alertdialog, Name::Begins("Log off")).await;
    }

    /// The text in a region that is shown, its closed parts included.
    pub async fn region(&self, name: &str) -> String {
        let region = self.find(Role::Region, name).await;
        region.prop("textContent").await.unwrap().unwrap_or_default()
    }

    /// Outside the dialog there is one region for polite and one for urgent news, so that nothing is said twice.
    pub async fn assert_one_voice(&self) {
        for role in ["status", "alert"] {
            let count = format!(
                "const all = [...document.querySelectorAll('[role={role}], output:not([role])')]; \
                 return all.filter(one => (one.getAttribute('role') ?? 'status') === '{role}' \
                 && !one.closest('[role=alertdialog]')).length"
            );
            assert_eq!(self.look::<u32>(&count).await, 1, "regions of role {role}");
        }
    }
}
