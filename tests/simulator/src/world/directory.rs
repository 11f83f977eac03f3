//! The directory: tenants, people, guests, applications.

/// A tenant. The company's is everybody's home who was not added to another one.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its GUID.
    pub id: String,
    /// Its domain.
    pub domain: String,
    /// Its name.
    pub name: String,
}

impl Default for Tenant {
    fn default() -> Self {
        Self {
            id: crate::scenario::TENANT_ID.to_owned(),
            domain: "contoso.onmicrosoft.com".to_owned(),
            name: "Contoso".to_owned(),
        }
    }
}

/// Someone with an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// User principal name.
    pub upn: String,
    /// Display name.
    pub name: String,
    /// The account's GUID.
    pub object_id: String,
    /// Offered on the sign-in page.
    pub signs_in: bool,
    /// What the sign-in page says about this person, for those who try the simulator.
    pub note: String,
}

/// Somebody of one tenant who was invited to another (B2B collaboration).
#[derive(Clone, Debug)]
pub struct Guest {
    /// The GUID of the tenant that invited.
    pub tenant: String,
    /// The UPN at home.
    pub upn: String,
    /// The GUID of the account in the inviting tenant.
    pub object_id: String,
}

/// An application registration.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its GUID.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// Where the browser may be sent back to.
    pub redirect_uris: Vec<RedirectUri>,
    /// Usable through `/common` and `/organizations`, and known in every tenant.
    pub multi_tenant: bool,
    /// Whether `user_impersonation` has been consented to.
    pub consent: Consent,
}

/// A registered redirect URI.
#[derive(Clone, Debug)]
pub struct RedirectUri {
    /// The URI, compared exactly.
    pub uri: String,
    /// Its platform type.
    pub kind: RedirectKind,
}

/// The platform type of a redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// Single-page application: CORS on the token endpoint, PKCE, refresh tokens of fixed life.
    Spa,
    /// Server-side web application: no cross-origin redemption.
    Web,
    /// Installed application.
    Native,
}

/// Whether people have agreed that the application acts for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// For everybody.
    Granted,
    /// Each person is asked.
    AskUser,
    /// Only an administrator can.
    AdminOnly,
}
