//! Finding things as assistive technology does: by the role and the name that the browser computes for them.

use super::engine::Engine as _;
use super::raw::{computed_label, computed_role};
use super::wait::until;
use crate::ENGINE;
use thirtyfour::{By, WebDriver, WebElement};

/// A role, with the elements that can have it. The browser's word decides; the elements only narrow the choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Alertdialog,
    Button,
    Checkbox,
    Combobox,
    Heading,
    Link,
    Menu,
    Menuitem,
    Progressbar,
    Radio,
    Region,
    Search,
    Table,
    Textbox,
}

impl Role {
    /// As the browser calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alertdialog => "alertdialog",
            Self::Button => "button",
            Self::Checkbox => "checkbox",
            Self::Combobox => ENGINE.combobox(),
            Self::Heading => "heading",
            Self::Link => "link",
            Self::Menu => "menu",
            Self::Menuitem => "menuitem",
            Self::Progressbar => "progressbar",
            Self::Radio => "radio",
            Self::Region => "region",
            Self::Search => "search",
            Self::Table => "table",
            Self::Textbox => "textbox",
        }
    }

    fn candidates(self) -> &'static str {
        match self {
            Self::Alertdialog => "dialog, [role=alertdialog]",
            Self::Button => "button, [role=button], input[type=submit]",
            Self::Checkbox => "input[type=checkbox], [role=checkbox]",
            Self::Combobox => "select, [role=combobox]",
            Self::Heading => "h1, h2, h3, [role=heading]",
            Self::Link => "a[href], [role=link]",
            Self::Menu => "[role=menu]",
            Self::Menuitem => "[role=menuitem]",
            Self::Progressbar => "progress, [role=progressbar]",
            Self::Radio => "input[type=radio], [role=radio]",
            Self::Region => "section, [role=region]",
            Self::Search => "search, form, [role=search]",
            Self::Table => "table, [role=table]",
            // A table has a checkbox in every row, and asking a browser for each takes its time.
            Self::Textbox => "input:not([type=checkbox], [type=radio]), textarea, [role=textbox]",
        }
    }
}

/// What a name must be.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// Exactly this.
    Is(&'a str),
    /// This and perhaps more.
    Begins(&'a str),
    /// Whatever it is.
    Any,
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(name: &'a str) -> Self {
        Self::Is(name)
    }
}

impl<'a> From<&'a String> for Name<'a> {
    fn from(name: &'a String) -> Self {
        Self::Is(name)
    }
}

impl Name<'_> {
    pub fn fits(self, label: &str) -> bool {
        match self {
            Self::Is(name) => label == name,
            Self::Begins(name) => label.starts_with(name),
            Self::Any => true,
        }
    }
}

/// Where to look.
#[derive(Clone, Copy)]
pub enum Within<'a> {
    /// In the whole page.
    Page(&'a WebDriver),
    /// Below this element.
    Element(&'a WebElement),
}

impl Within<'_> {
    /// Everything shown that has this role and this name now.
    pub async fn shown(self, role: Role, name: Name<'_>) -> Vec<WebElement> {
        let by = By::Css(role.candidates());
        let candidates = match self {
            Self::Page(driver) => driver.find_all(by).await,
            Self::Element(element) => element.find_all(by).await,
        };
        let mut found = Vec::new();
        // What goes away while it is looked at is not there.
        for candidate in candidates.unwrap_or_default() {
            if computed_label(&candidate).await.is_some_and(|label| name.fits(&label))
                && computed_role(&candidate).await.as_deref() == Some(role.name())
                && candidate.is_displayed().await.unwrap_or(false)
            {
                found.push(candidate);
            }
        }
        found
    }

    /// The one that has this role and name, once it is there. Two are a fault of the page.
    pub async fn find(self, role: Role, name: Name<'_>) -> WebElement {
        let what = format!("there is one {} {name:?}", role.name());
        let mut found = until(&what, async || {
            let found = self.shown(role, name).await;
            (!found.is_empty()).then_some(found)
        })
        .await;
        assert_eq!(found.len(), 1, "{what}");
        found.remove(0)
    }

    /// Waits until there is none.
    pub async fn wait_for_none(self, role: Role, name: Name<'_>) {
        let what = format!("there is no {} {name:?} any more", role.name());
        until(&what, async || self.shown(role, name).await.is_empty().then_some(())).await;
    }
}
