//! Ready-made worlds. Everything in them is made up.

mod company;
mod file;
mod people;
mod plan;

pub use file::{Scenario, ScenarioError, WorldName};

/// The tenant of every simulated world. Made up; no tenant has it.
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
