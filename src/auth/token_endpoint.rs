//! The token endpoint: codes and refresh tokens become access tokens, through the `oauth2` crate over the HTTP port.

use std::rc::Rc;

use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType};
use oauth2::{
    AccessToken, AuthUrl, AuthorizationCode, ClientId, EndpointNotSet, EndpointSet, ExtraTokenFields, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};

use super::error::{AuthError, ServerError};
use crate::ports::{Http, NoAnswer};

/// What Entra adds to a token response.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct EntraTokenFields {
    /// Who signed in.
    pub id_token: Option<String>,
    /// After how many seconds a new token should be fetched, before the old one ends.
    pub refresh_in: Option<i64>,
}

impl std::fmt::Debug for EntraTokenFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EntraTokenFields")
            .field("refresh_in", &self.refresh_in)
            .finish_non_exhaustive()
    }
}

impl ExtraTokenFields for EntraTokenFields {}

type EntraTokenResponse = StandardTokenResponse<EntraTokenFields, BasicTokenType>;

/// The `oauth2` client for Entra: its error answers have more fields than the standard ones. The types for
/// introspection and revocation are there because the crate's signature wants them; this page uses neither.
pub(super) type EntraClient = oauth2::Client<
    ServerError,
    EntraTokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Builds the client for one authority.
pub(super) fn entra_client(
    client_id: &str,
    authorization_endpoint: String,
    token_endpoint: String,
    redirect_uri: String,
) -> Result<EntraClient, AuthError> {
    let bad = |_| AuthError::BadSettings;
    Ok(oauth2::Client::new(ClientId::new(client_id.to_owned()))
        .set_auth_uri(AuthUrl::new(authorization_endpoint).map_err(bad)?)
        .set_token_uri(TokenUrl::new(token_endpoint).map_err(bad)?)
        .set_redirect_uri(RedirectUrl::new(redirect_uri).map_err(bad)?))
}

/// What a successful answer brought.
#[derive(Debug)]
pub(super) struct Tokens {
    /// For Resource Manager. Opaque: never looked into.
    pub access_token: AccessToken,
    /// Seconds from now until it ends.
    pub expires_in: i64,
    /// Seconds from now until it should be renewed, if Entra says so.
    pub refresh_in: Option<i64>,
    /// For the next access token.
    pub refresh_token: Option<RefreshToken>,
    /// Who signed in; not yet checked.
    pub id_token: IdToken,
}

/// An id token that does not show itself in `Debug`.
pub(super) struct IdToken(pub Option<String>);

impl std::fmt::Debug for IdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdToken([redacted])")
    }
}

/// Redeems a code. PKCE goes with it always.
pub(super) async fn exchange_code(
    client: &EntraClient,
    http: &Rc<dyn Http>,
    code: AuthorizationCode,
    verifier: PkceCodeVerifier,
    scopes: &str,
    claims: Option<String>,
) -> Result<Tokens, AuthError> {
    let mut request = client
        .exchange_code(code)
        .set_pkce_verifier(verifier)
        .add_extra_param("scope", scopes);
    if let Some(claims) = claims {
        request = request.add_extra_param("claims", claims);
    }
    let send = |request| over_port(http, request);
    request.request_async(&send).await.map_err(sorted).map(tokens)
}

/// Redeems a refresh token.
pub(super) async fn exchange_refresh_token(
    client: &EntraClient,
    http: &Rc<dyn Http>,
    refresh_token: &RefreshToken,
    scopes: &str,
    claims: Option<String>,
) -> Result<Tokens, AuthError> {
    let mut request = client
        .exchange_refresh_token(refresh_token)
        .add_scopes(scopes.split(' ').map(|s| Scope::new(s.to_owned())));
    if let Some(claims) = claims {
        request = request.add_extra_param("claims", claims);
    }
    let send = |request| over_port(http, request);
    request.request_async(&send).await.map_err(sorted).map(tokens)
}

async fn over_port(http: &Rc<dyn Http>, request: oauth2::HttpRequest) -> Result<oauth2::HttpResponse, NoAnswer> {
    http.send(request).await
}

fn tokens(response: EntraTokenResponse) -> Tokens {
    let fields = response.extra_fields();
    Tokens {
        access_token: response.access_token().clone(),
        // Entra always says; without it the token is good for this once only.
        expires_in: response
            .expires_in()
            .and_then(|d| i64::try_from(d.as_secs()).ok())
            .unwrap_or(0),
        refresh_in: fields.refresh_in,
        refresh_token: response.refresh_token().cloned(),
        id_token: IdToken(fields.id_token.clone()),
    }
}

fn sorted(error: RequestTokenError<NoAnswer, ServerError>) -> AuthError {
    match error {
        RequestTokenError::ServerResponse(error) => AuthError::from_server(error),
        RequestTokenError::Request(no_answer) => AuthError::NoAnswer(no_answer),
        // The body may hold tokens: it is dropped here and shown nowhere.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => AuthError::UnreadableAnswer,
    }
}
