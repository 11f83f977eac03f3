//! Signing in to Microsoft Entra ID as a public client, in MSAL's vocabulary and without a browser.
//!
//! A sign-in travels: [`PublicClient::login_redirect`] writes a [`request`] into the tab's storage and leaves the page;
//! `redirect.html` puts the answer beside it; [`PublicClient::handle_redirect`] takes both out, checks the [`response`],
//! redeems the code at the [`token_endpoint`], checks the [`id_token`] and fills the [`cache`]. From then on
//! [`PublicClient::acquire_token_silent`] hands out tokens and renews them.
//!
//! Knows only the ports. Windows and frames as further ways to sign in belong beside `login_redirect`: they differ in
//! how the request leaves and how the answer comes back, and share `request`, `response` and everything behind them.

pub mod account;
pub mod authority;
mod cache;
mod capabilities;
pub mod error;
mod id_token;
mod public_client;
mod request;
mod response;
mod token_endpoint;

pub use account::Account;
pub use authority::Authority;
pub use error::{AuthError, IdTokenFault, ServerError};
pub use oauth2::AccessToken;
pub use public_client::{PublicClient, PublicClientSettings};
pub use request::PENDING_REQUEST_KEY;
pub use response::RESPONSE_KEY;

use futures::future::LocalBoxFuture;

/// Which token is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// One from the cache, if it does not end within the next minutes.
    Cached,
    /// A new one: the last was refused by the resource.
    Renewed,
}

/// Gives access tokens for Resource Manager; the only thing about sign-in that `arm` knows.
pub trait TokenCredential {
    /// A token for Resource Manager.
    ///
    /// # Errors
    /// [`AuthError`]: mostly that a person has to sign in again.
    fn token(&self, freshness: Freshness) -> LocalBoxFuture<'_, Result<AccessToken, AuthError>>;
}
