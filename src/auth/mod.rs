//! Signing in to Microsoft Entra ID as a public client, in MSAL's vocabulary and without a browser.
//!
//! A sign-in travels: [`PublicClient::login_redirect`] writes a [`request`] into the tab's storage and leaves the page;
//! `redirect.html` puts the answer beside it; [`PublicClient::handle_redirect`] takes both out, checks the [`response`],
//! redeems the code at the [`token_endpoint`], checks the [`id_token`] and fills the [`cache`]. By a window it is
//! [`PublicClient::login_popup`] and [`PopupLogin::finish`], with the request in memory. From then on
//! [`PublicClient::acquire_token_silent`] hands out tokens, renews them, and answers [`claims`] challenges.
//!
//! Knows only the ports.

pub mod account;
pub mod authority;
mod cache;
mod claims;
pub mod error;
mod id_token;
mod interactive;
mod public_client;
mod request;
mod response;
mod token_endpoint;

pub use account::Account;
pub use authority::Authority;
pub use claims::ClaimsChallenge;
pub use error::{AuthError, IdTokenFault, ServerError};
pub use interactive::PopupLogin;
pub use oauth2::AccessToken;
pub use public_client::{PublicClient, PublicClientSettings};
pub use request::{AccountKey, AuthorizationRequest, PENDING_REQUEST_KEY};
pub use response::RESPONSE_KEY;

use futures::future::LocalBoxFuture;

/// Which token is good enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// One from the cache, if it does not end within the next minutes.
    Cached,
    /// A new one: the last was refused by the resource.
    Renewed,
    /// A new one with the claims that the resource asks for.
    Claims(ClaimsChallenge),
}

/// Gives access tokens for Resource Manager; the only thing about sign-in that `arm` knows.
pub trait TokenCredential {
    /// A token for Resource Manager.
    ///
    /// # Errors
    /// [`AuthError`]: mostly that a person has to sign in again.
    fn token(&self, freshness: Freshness) -> LocalBoxFuture<'_, Result<AccessToken, AuthError>>;
}
