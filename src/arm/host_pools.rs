//! Host pools of a subscription.

use http::Method;
use serde::Deserialize;

use super::client::ArmClient;
use super::error::{ArmError, ArmErrorKind};
use super::ids::HostPoolId;
use super::paging;
use super::request::{ArmRequest, Needs};

const READ: &str = "Microsoft.DesktopVirtualization/hostpools/read";

/// A host pool. Its answer may carry a registration token, which is never read into this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPool {
    /// Its id.
    pub id: HostPoolId,
    /// Whose its hosts are; `None` if that is not known, or neither of the two.
    pub kind: Option<HostPoolType>,
}

/// Whose the hosts of a pool are: its `hostPoolType` (Azure/azure-rest-api-specs, `HostPool.tsp`, which also knows
/// `BYODesktop` and keeps the list open).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostPoolType {
    /// Each is assigned to one user.
    Personal,
    /// Users share them.
    Pooled,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    properties: Option<Properties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    host_pool_type: Option<String>,
}

impl Wire {
    fn into_pool(self) -> Option<HostPool> {
        let id = HostPoolId::parse(&self.id)?;
        let kind = self.properties.and_then(|properties| properties.host_pool_type);
        let kind = kind.and_then(|kind| match kind.to_ascii_lowercase().as_str() {
            "personal" => Some(HostPoolType::Personal),
            "pooled" => Some(HostPoolType::Pooled),
            _ => None,
        });
        Some(HostPool { id, kind })
    }
}

/// The host pools of a subscription that the person may read. Azure leaves out those that the person may not, without
/// saying so (Azure/azure-monitor-baseline-alerts #288).
///
/// # Errors
/// [`ArmError`]
pub async fn list(client: &ArmClient, subscription: &str) -> Result<Vec<HostPool>, ArmError> {
    let scope = format!("/subscriptions/{subscription}");
    let path = format!("{scope}/providers/Microsoft.DesktopVirtualization/hostPools");
    let needs = Needs::new(READ, scope);
    let request = ArmRequest::new(Method::GET, &path, client.api_version(), needs);
    let mut pools = Vec::new();
    paging::each_page(client, request, |page: Vec<Wire>| {
        for row in page {
            pools.push(row.into_pool().ok_or(ArmErrorKind::Unreadable)?);
        }
        Ok(())
    })
    .await?;
    Ok(pools)
}

/// One host pool; `None` where Azure's answer is about another.
///
/// # Errors
/// [`ArmError`]
pub async fn get(client: &ArmClient, id: &HostPoolId) -> Result<Option<HostPool>, ArmError> {
    let needs = Needs::new(READ, id.as_str());
    let request = ArmRequest::new(Method::GET, &id.path(), client.api_version(), needs);
    let wire: Wire = client.read(&request).await?;
    Ok(wire.into_pool().filter(|pool| pool.id.key() == id.key()))
}
