//! Azure Resource Manager: ids, requests as values, paging, errors, retry, and the operations this page needs.
//!
//! A call travels: an operation ([`subscriptions`], [`host_pools`], [`session_hosts`], [`user_sessions`],
//! [`permissions`]) makes a [`request`]; [`client`] passes it through [`gate`], adds token and request id, sends it and
//! asks [`retry`] what to do with the answer; [`paging`] follows lists; what went wrong is an [`error`].
//! [`guard`] stands before everything that changes a session.
//!
//! Knows the ports, and of sign-in only how to ask for a token. Pacing by Resource Manager's token buckets and
//! priorities belong in [`gate`], where every request already passes; a filter on a list belongs in [`user_sessions`].

pub mod client;
pub mod error;
mod gate;
pub mod guard;
pub mod host_pools;
pub mod ids;
mod object;
mod paging;
pub mod permissions;
pub mod request;
pub mod retry;
pub mod session_hosts;
pub mod subscriptions;
pub mod tenants;
pub mod timestamp;
pub mod user_sessions;

pub use client::{ArmClient, ArmSettings, better_token};
pub use error::{ArmError, ArmErrorKind};
pub use guard::{Guarded, Identity};
pub use host_pools::HostPool;
pub use ids::{HostPoolId, SessionHostId, SessionId};
pub use session_hosts::{HostStatus, SessionHost};
pub use subscriptions::Subscription;
pub use tenants::Tenant;
pub use timestamp::Timestamp;
pub use user_sessions::{ApplicationType, SessionState, UserSession};
