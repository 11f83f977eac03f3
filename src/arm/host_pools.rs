//! Host pools of a subscription.

use http::Method;
use serde::Deserialize;

use super::client::ArmClient;
use super::error::{ArmError, ArmErrorKind};
use super::ids::HostPoolId;
use super::paging;
use super::request::{ArmRequest, Needs};

/// A host pool. Its answer may carry a registration token, which is never read into this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPool {
    /// Its id.
    pub id: HostPoolId,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
}

/// The host pools of a subscription that the person may read. Azure leaves out those that the person may not, without
/// saying so (Azure/azure-monitor-baseline-alerts #288).
///
/// # Errors
/// [`ArmError`]
pub async fn list(client: &ArmClient, subscription: &str) -> Result<Vec<HostPool>, ArmError> {
    let scope = format!("/subscriptions/{subscription}");
    let path = format!("{scope}/providers/Microsoft.DesktopVirtualization/hostPools");
    let needs = Needs::new("Microsoft.DesktopVirtualization/hostpools/read", scope);
    let request = ArmRequest::new(Method::GET, &path, client.api_version(), needs);
    let mut pools = Vec::new();
    paging::each_page(client, request, |page: Vec<Wire>| {
        for row in page {
            let id = HostPoolId::parse(&row.id).ok_or(ArmErrorKind::Unreadable)?;
            pools.push(HostPool { id });
        }
        Ok(())
    })
    .await?;
    Ok(pools)
}
