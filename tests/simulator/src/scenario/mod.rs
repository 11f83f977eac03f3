//! Ready-made worlds. Everything in them is made up.

mod company;
mod file;
mod partner;
mod people;
mod plan;

pub use file::{Scenario, ScenarioError, WorldName};

/// The company's tenant, in every simulated world. Made up; no tenant has it.
pub const TENANT_ID: &str = "11111111-1111-4111-8111-111111111111";

/// The page's application registration in [`World::company`](crate::World::company). Made up.
pub const CLIENT_ID: &str = "22222222-2222-4222-8222-222222222222";

/// The subscriptions of the company. Made up.
pub const SUBSCRIPTIONS: [&str; 3] = [
    "aaaaaaaa-0001-4000-8000-000000000001",
    "bbbbbbbb-0002-4000-8000-000000000002",
    "cccccccc-0003-4000-8000-000000000003",
];

/// May do everything in the company but look into one pool.
pub const OPERATOR: &str = "operator@contoso.example";
/// May look, may not act.
pub const READER: &str = "reader@contoso.example";
/// Has the built-in role "Desktop Virtualization User Session Operator" only, which cannot list by host pool.
pub const LIMITED_OPERATOR: &str = "limited.operator@contoso.example";
/// The pool that refuses the operator.
pub const REFUSED_POOL: &str = "HP-Finance";

/// Has sessions in several pools and subscriptions.
pub const MANY_SESSIONS: &str = "user0173@contoso.example";
/// Has a session on a host that is off.
pub const GHOST: &str = "user0404@contoso.example";
/// Has no session.
pub const NO_SESSION: &str = "user0000@contoso.example";
/// Starts a new session soon after a log off.
pub const COMES_BACK: &str = "user0222@contoso.example";
/// Takes half a minute to go.
pub const SLOW: &str = "user0333@contoso.example";
/// Never goes without force.
pub const STUCK: &str = "user0444@contoso.example";
/// Has an apostrophe.
pub const APOSTROPHE: &str = "o'user@contoso.example";
/// Has an umlaut.
pub const UMLAUT: &str = "über.user@contoso.example";
/// A guest.
pub const GUEST: &str = "guest_partner.example#EXT#@contoso.onmicrosoft.com";
/// Has a session in the pool that refuses the operator, and another one elsewhere.
pub const HALF_HIDDEN: &str = "user0555@contoso.example";

/// The tenant "Fabrikam" of [`World::company_and_partner`](crate::World::company_and_partner). Made up.
pub const PARTNER_TENANT_ID: &str = "44444444-4444-4444-8444-444444444444";
/// Its domain.
pub const PARTNER_DOMAIN: &str = "fabrikam.onmicrosoft.com";
/// Its subscription. Made up.
pub const PARTNER_SUBSCRIPTION: &str = "dddddddd-0004-4000-8000-000000000004";
/// Its host pools.
pub const PARTNER_POOLS: [&str; 2] = ["HP-Fabrikam-Office", "HP-Fabrikam-Lab"];
/// Belongs to Fabrikam, may do everything there, and is unknown to the company. [`OPERATOR`] is a guest there and may
/// do the same; [`READER`] and [`LIMITED_OPERATOR`] are unknown there.
pub const PARTNER_OPERATOR: &str = "operator@fabrikam.example";
/// Has a session in each of Fabrikam's host pools.
pub const PARTNER_USER: &str = "user@fabrikam.example";
