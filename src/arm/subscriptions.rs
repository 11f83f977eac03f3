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

/// Every subscription in which the person has any role.
///
/// # Errors
/// [`ArmError`]
pub async fn list(client: &ArmClient) -> Result<Vec<Subscription>, ArmError> {
    let needs = Needs::new("Microsoft.Resources/subscriptions/read", "/");
    let request = ArmRequest::new(Method::GET, "/subscriptions", API_VERSION, needs);
    let rows: Vec<Wire> = paging::whole(client, request).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = row.subscription_id.to_lowercase();
            let name = row
                .display_name
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| id.clone());
            Subscription { id, name }
        })
        .collect())
}
