//! The authority: where people sign in, and whose tokens are believed.

use crate::guid::is_guid;
use crate::origin::Origin;

/// Host and tenant of the Microsoft identity platform, version 2.0 endpoints.
///
/// Paths as in Microsoft's "OAuth 2.0 authorization code flow" and "OpenID Connect" protocol documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    host: Origin,
    tenant: String,
}

impl Authority {
    /// The authority of `tenant` (GUID, domain or `organizations`) at `host`.
    pub fn new(host: Origin, tenant: &str) -> Self {
        Self {
            host,
            tenant: tenant.to_owned(),
        }
    }

    /// The host.
    pub fn host(&self) -> &Origin {
        &self.host
    }

    /// The tenant as configured.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Where a person signs in.
    pub fn authorization_endpoint(&self) -> String {
        self.endpoint("authorize")
    }

    /// Where codes and refresh tokens become access tokens.
    pub fn token_endpoint(&self) -> String {
        self.endpoint("token")
    }

    /// Where a person signs out.
    pub fn end_session_endpoint(&self) -> String {
        self.endpoint("logout")
    }

    /// Whether `issuer` is this authority speaking for the tenant with the id `tenant_id`: the issuer always names the
    /// tenant by its GUID, so a configured GUID must be that one, while a domain or `organizations` leaves it open.
    pub fn accepts_issuer(&self, issuer: &str, tenant_id: &str) -> bool {
        let right_tenant = !is_guid(&self.tenant) || self.tenant.eq_ignore_ascii_case(tenant_id);
        right_tenant && issuer == format!("{}/{tenant_id}/v2.0", self.host)
    }

    /// Whether `issuer`, as a response names it (RFC 9207), can be this authority. The tenant's id is not known yet
    /// there: any in the right place will do, because the id token's issuer is checked against its tenant afterwards.
    pub fn may_answer_as(&self, issuer: &str) -> bool {
        issuer
            .strip_prefix(self.host.as_str())
            .and_then(|rest| rest.strip_prefix('/')?.strip_suffix("/v2.0"))
            .is_some_and(|tenant_id| self.accepts_issuer(issuer, tenant_id))
    }

    fn endpoint(&self, name: &str) -> String {
        format!("{}/{}/oauth2/v2.0/{name}", self.host, self.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::{Authority, Origin};

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    #[test]
    fn only_this_hosts_issuer_for_the_right_tenant_is_accepted() {
        let host = Origin::parse("https://login.microsoftonline.com").unwrap();
        let by_guid = Authority::new(host.clone(), TENANT);
        let good = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        assert!(by_guid.accepts_issuer(&good, TENANT));
        assert!(!by_guid.accepts_issuer(&good, "99999999-2222-3333-4444-555555555555"));
        let other = "99999999-2222-3333-4444-555555555555";
        assert!(!by_guid.accepts_issuer(&format!("https://login.microsoftonline.com/{other}/v2.0"), other));
        assert!(!by_guid.accepts_issuer(&format!("https://login.microsoftonline.us/{TENANT}/v2.0"), TENANT));
        let by_domain = Authority::new(host, "contoso.onmicrosoft.com");
        assert!(by_domain.accepts_issuer(&good, TENANT));
    }
}
