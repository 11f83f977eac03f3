//! The tenants that the signed-in person can work in.

use crate::arm::{ArmClient, ArmError, Tenant, tenants};

/// Every tenant in which the person has an account, by name.
///
/// # Errors
/// [`ArmError`] if they could not be listed.
pub async fn list(client: &ArmClient) -> Result<Vec<Tenant>, ArmError> {
    let mut tenants = tenants::list(&client.for_new_action()).await?;
    tenants.sort_by_key(|tenant| tenant.name.to_lowercase());
    Ok(tenants)
}

/// Those of them to which the person can switch.
pub fn others<'a>(tenants: &'a [Tenant], signed_in_to: &str) -> impl Iterator<Item = &'a Tenant> {
    tenants
        .iter()
        .filter(move |tenant| !tenant.id.eq_ignore_ascii_case(signed_in_to))
}
