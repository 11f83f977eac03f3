//! What WebDriver or a driver offers and `thirtyfour` does not know: the computed role and label, and commands of one
//! driver only.

use serde_json::Value;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::{RequestData, SessionId, WebElement};

/// A command in WebDriver's own form: a path below the session, and a body for a POST.
#[derive(Debug)]
pub struct Raw {
    /// The path.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
}

impl FormatRequestData for Raw {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let address = format!("session/{session}/{}", self.path);
        match &self.body {
            Some(body) => RequestData::new(http::Method::POST, address).add_body(body.clone()),
            None => RequestData::new(http::Method::GET, address),
        }
    }
}

/// What assistive technology is told that this element is; `None` if the element has gone meanwhile.
pub async fn computed_role(element: &WebElement) -> Option<String> {
    computed(element, "computedrole", "computedRole").await
}

/// What assistive technology is told as its name; `None` if the element has gone meanwhile.
pub async fn computed_label(element: &WebElement) -> Option<String> {
    computed(element, "computedlabel", "computedName").await
}

async fn computed(element: &WebElement, what: &str, property: &str) -> Option<String> {
    let raw = Raw {
        path: format!("element/{}/{what}", element.element_id()),
        body: None,
    };
    match element.handle().cmd(raw).await {
        Ok(given) => given.value().ok(),
        // ChromeDriver knows neither for an element in a frame that runs in a process of its own, and takes it for one that
        // has gone; Chromium itself does know, and says so to a script (see the flags in harness/chromium.rs).
        Err(_) => {
            let script = format!("return arguments[0].{property} ?? null");
            let given = element.handle().execute(script, vec![element.to_json().ok()?]).await;
            given.ok()?.convert::<Option<String>>().ok()?
        }
    }
}
