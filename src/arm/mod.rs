//! Azure Resource Manager: ids, requests as values, paging, errors, retry, and the operations this page needs.
//!
//! A call travels: an operation ([`subscriptions`], [`host_pools`], [`resource_graph`], [`session_hosts`],
//! [`user_sessions`], [`session_acts`], [`permissions`]) makes a [`request`]; [`client`] passes it through [`gate`], adds token and request id, sends it and
//! asks [`retry`] what to do with the answer; [`paging`] follows lists; what went wrong is an [`error`].
//! [`guard`] stands before everything that changes a session, and before the guard a [`turn`].
//!
//! The gate keeps to Resource Manager's token [`buckets`], bounds how many requests go in [`parallel`], and hands out a
//! [`pass`] for each; [`levels`] keeps in the tab what a page that is loaded again has to know of them.
//!
//! Knows the ports, and of sign-in only how to ask for a token; [`filter_trust`] keeps whether a filter on a list is
//! believed.

mod buckets;
pub mod client;
mod entering;
pub mod error;
mod failure;
pub mod filter_trust;
mod gate;
pub mod guard;
pub mod host_pools;
pub mod ids;
mod levels;
mod object;
mod paging;
mod parallel;
mod pass;
pub mod permissions;
pub mod request;
pub mod resource_graph;
pub mod retry;
pub mod session_acts;
pub mod session_hosts;
pub mod subscriptions;
pub mod tenants;
pub mod timestamp;
pub mod turn;
pub mod user_sessions;

pub use client::{ArmClient, ArmSettings};
pub use error::{ArmError, ArmErrorKind};
pub use failure::better_token;
pub use guard::{Guarded, Identity};
pub use host_pools::{HostPool, HostPoolType};
pub use ids::{HostPoolId, Piece, SessionHostId, SessionId};
pub use permissions::Rights;
pub use request::Class;
pub use session_hosts::{HostStatus, SessionHost};
pub use subscriptions::Subscription;
pub use tenants::Tenant;
pub use timestamp::Timestamp;
pub use turn::Turn;
pub use user_sessions::{ApplicationType, SessionState, UserSession};
