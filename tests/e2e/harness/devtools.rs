//! What WebDriver itself does not offer: Chromium's DevTools commands, its logs, and the computed role and label, which
//! `thirtyfour` does not know.

use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::{RequestData, SessionId, WebDriver, WebElement};

/// A command in WebDriver's own form: a path below the session, and a body for a POST.
#[derive(Debug)]
struct Raw {
    path: String,
    body: Option<Value>,
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

/// Sends a DevTools command.
pub async fn command(driver: &WebDriver, name: &str, parameters: Value) -> Value {
    let raw = Raw {
        path: "goog/cdp/execute".to_owned(),
        body: Some(json!({ "cmd": name, "params": parameters })),
    };
    driver.cmd(raw).await.unwrap().value_json().unwrap()
}

/// What assistive technology is told that this element is; `None` if the element has gone meanwhile.
pub async fn computed_role(element: &WebElement) -> Option<String> {
    computed(element, "computedrole").await
}

/// What assistive technology is told as its name; `None` if the element has gone meanwhile.
pub async fn computed_label(element: &WebElement) -> Option<String> {
    computed(element, "computedlabel").await
}

async fn computed(element: &WebElement, what: &str) -> Option<String> {
    let raw = Raw {
        path: format!("element/{}/{what}", element.element_id()),
        body: None,
    };
    element.handle().cmd(raw).await.ok()?.value().ok()
}

/// A request that the browser has sent, for whatever page and reason.
#[derive(Clone, Debug)]
pub struct Sent {
    /// DevTools' id of it.
    pub id: String,
    /// The address, with its fragment.
    pub url: String,
    /// The method.
    pub method: String,
    /// Whether it carried an `Authorization` header.
    pub authorization: bool,
}

/// What the browser's network did.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Requests, in order.
    pub sent: Vec<Sent>,
    /// Ids of requests that were aborted.
    pub aborted: Vec<String>,
}

/// Everything in the browser's network log since the last call.
pub async fn network(driver: &WebDriver) -> Network {
    let mut network = Network::default();
    for entry in driver.get_log("performance").await.unwrap() {
        let entry: Value = serde_json::from_str(&entry.message).unwrap();
        let (method, event) = (&entry["message"]["method"], &entry["message"]["params"]);
        let id = event["requestId"].as_str().unwrap_or_default().to_owned();
        match method.as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => {
                let request = &event["request"];
                let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
                let headers = request["headers"].as_object();
                network.sent.push(Sent {
                    id,
                    url: text("url") + request["urlFragment"].as_str().unwrap_or_default(),
                    method: text("method"),
                    authorization: headers
                        .is_some_and(|headers| headers.keys().any(|name| name.eq_ignore_ascii_case("authorization"))),
                });
            }
            "Network.loadingFailed" if event["canceled"] == true => network.aborted.push(id),
            _ => {}
        }
    }
    network
}

/// Warnings and errors on the console since the last call: scripts, network, Content Security Policy.
pub async fn complaints(driver: &WebDriver) -> Vec<String> {
    let entries = driver.browser_log().await.unwrap();
    let grave = entries
        .into_iter()
        .filter(|entry| entry.level == "SEVERE" || entry.level == "WARNING");
    grave
        .map(|entry| format!("{}: {}", entry.level, entry.message))
        .collect()
}

/// Every address in this tab's history.
pub async fn history(driver: &WebDriver) -> Vec<String> {
    let history = command(driver, "Page.getNavigationHistory", json!({})).await;
    let entries = history["entries"].as_array().unwrap();
    entries
        .iter()
        .flat_map(|entry| [&entry["url"], &entry["userTypedURL"]])
        .filter_map(|url| url.as_str().map(str::to_owned))
        .collect()
}
