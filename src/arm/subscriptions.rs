//! Subscriptions: which ones the person can see.

use http::Method;
use serde::Deserialize;

use super::client::ArmClient;
use super::error::ArmError;
use super::paging;
use super::request::{ArmRequest, Needs};

/// Version of the subscriptions API (azure-mgmt-resource-subscriptions 1.0.0).
const API_VERSION: &str = "2022-12-01";

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id, a GUID in lower case.
    pub id: String,
    /// What people call it; the id if it has no name.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    subscription_id: String,
    display_name: Option<String>,
}

impl Subscription {
    fn read(row: Wire) -> Self {
        let id = row.subscription_id.to_lowercase();
        let name = row.display_name.filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| id.clone());
        Self { id, name }
    }
}

/// Every subscription in which the person has any role.
///
/// # Errors
/// [`ArmError`]
pub async fn list(client: &ArmClient) -> Result<Vec<Subscription>, ArmError> {
    let needs = Needs::new("Microsoft.Resources/subscriptions/read", "/");
    let request = ArmRequest::new(Method::GET, "/subscriptions", API_VERSION, needs);
    let rows: Vec<Wire> = paging::whole(client, request).await?;
    Ok(rows.into_iter().map(Subscription::read).collect())
}

/// One subscription, for its name.
///
/// # Errors
/// [`ArmError`]
pub async fn get(client: &ArmClient, id: &str) -> Result<Subscription, ArmError> {
    let scope = format!("/subscriptions/{id}");
    let needs = Needs::new("Microsoft.Resources/subscriptions/read", scope.as_str());
    let request = ArmRequest::new(Method::GET, &scope, API_VERSION, needs);
    Ok(Subscription::read(client.read(&request).await?))
}
