//! The other tenants that the signed-in person can work in.

use crate::arm::{ArmClient, ArmError, Tenant, tenants};

/// Every tenant but the one that the person is signed in to, by name.
///
/// # Errors
/// [`ArmError`] if they could not be listed.
pub async fn other_tenants(client: &ArmClient, signed_in_to: &str) -> Result<Vec<Tenant>, ArmError> {
    let mut tenants = tenants::list(&client.for_new_action()).await?;
    tenants.retain(|tenant| !tenant.id.eq_ignore_ascii_case(signed_in_to));
    tenants.sort_by_key(|tenant| tenant.name.to_lowercase());
    Ok(tenants)
}
