//! Tenants: those in which the signed-in person has an account.

use http::Method;
use serde::Deserialize;

use super::client::ArmClient;
use super::error::ArmError;
use super::paging;
use super::request::{ArmRequest, Needs};

/// Version of the tenants API (azure-mgmt-resource-subscriptions 1.0.0).
const API_VERSION: &str = "2022-12-01";

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id, a GUID in lower case.
    pub id: String,
    /// What people call it; its domain or id if it has no name.
    pub name: String,
    /// Its default domain, where Azure tells.
    pub domain: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    tenant_id: String,
    display_name: Option<String>,
    default_domain: Option<String>,
}

/// Every tenant in which the person is a member or a guest; it takes no role.
///
/// # Errors
/// [`ArmError`]
pub async fn list(client: &ArmClient) -> Result<Vec<Tenant>, ArmError> {
    let needs = Needs::new("Microsoft.Resources/tenants/read", "/");
    let request = ArmRequest::new(Method::GET, "/tenants", API_VERSION, needs);
    let rows: Vec<Wire> = paging::whole(client, request).await?;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = row.tenant_id.to_lowercase();
            let domain = filled(row.default_domain);
            let name = filled(row.display_name).or_else(|| domain.clone());
            Tenant {
                name: name.unwrap_or_else(|| id.clone()),
                domain,
                id,
            }
        })
        .collect())
}
