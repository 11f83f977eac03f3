//! The simulator's own record of what it was asked to do, so that a test need not believe the page.

use crate::world::{SessionKey, SessionState};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Which server was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Face {
    /// The sign-in service.
    Login,
    /// Azure Resource Manager.
    Arm,
    /// Neither: a request to an origin that is not the simulator's. It gets no answer.
    Elsewhere,
}

/// What was asked, named after the operations in Azure/azure-rest-api-specs where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operation {
    /// GET …/authorize: the sign-in page, or a redirect back.
    Authorize,
    /// The sign-in form was sent.
    SignInForm,
    /// The page that asks which of several accounts to use was answered.
    AccountPickerForm,
    /// The page that asks for a second factor was answered.
    SecondFactorForm,
    /// The page that asks for consent was answered.
    ConsentForm,
    /// POST …/token.
    Token,
    /// …/logout.
    Logout,
    /// The page that asks which of several accounts to sign out was answered.
    SignOutForm,
    /// OpenID metadata.
    Metadata,
    /// Signing keys.
    Keys,
    /// GET /tenants.
    TenantsList,
    /// GET /subscriptions.
    SubscriptionsList,
    /// GET /subscriptions/{id}.
    SubscriptionsGet,
    /// Host pools of a subscription.
    HostPoolsList,
    /// Host pools of a resource group.
    HostPoolsListByResourceGroup,
    /// One host pool.
    HostPoolsGet,
    /// Session hosts of a host pool.
    SessionHostsList,
    /// One session host.
    SessionHostsGet,
    /// User sessions of a host pool.
    UserSessionsListByHostPool,
    /// User sessions of a session host.
    UserSessionsList,
    /// One user session.
    UserSessionsGet,
    /// Log off.
    UserSessionsDelete,
    /// Disconnect.
    UserSessionsDisconnect,
    /// Send a message.
    UserSessionsSendMessage,
    /// What the caller may do at a scope.
    PermissionsList,
    /// A Resource Graph query.
    ResourceGraph,
    /// A CORS preflight, on either face.
    Preflight,
    /// Nothing the simulator knows.
    Unknown,
}

impl Operation {
    /// Log off, disconnect or message: what changes a session.
    pub fn acts(self) -> bool {
        matches!(
            self,
            Self::UserSessionsDelete | Self::UserSessionsDisconnect | Self::UserSessionsSendMessage
        )
    }
}

/// One request, as it arrived and as it was answered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    /// When it arrived.
    #[serde(serialize_with = "as_text")]
    pub at: OffsetDateTime,
    /// Which server.
    pub face: Face,
    /// What it was.
    pub operation: Operation,
    /// The HTTP method.
    pub method: String,
    /// The path as received, not decoded.
    pub path: String,
    /// The query as received, without the question mark.
    pub query: String,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// The UPN behind the token or the sign-in, if one was recognised.
    pub actor: Option<String>,
    /// The status sent; `None` if the connection was broken instead.
    pub status: Option<u16>,
    /// Azure's error code in the answer, if it was an error.
    pub error: Option<String>,
    /// Did it change a session (log off begun or done, disconnected, message delivered)?
    pub effect: bool,
    /// Was a bearer token sent?
    pub bearer: bool,
    /// The session that the path addressed, as it was before the request took effect.
    pub session: Option<SessionSnapshot>,
    /// `x-ms-client-request-id`.
    pub client_request_id: Option<String>,
}

/// What a session looked like at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionSnapshot {
    /// Unique for ever, unlike the ARM id.
    pub key: SessionKey,
    /// The ARM id as the service writes it.
    pub arm_id: String,
    /// Whose session it truly is, whatever the service reports.
    pub upn: String,
    /// Its state.
    pub state: SessionState,
    /// Its creation time as the service writes it.
    pub create_time: Option<String>,
    /// The host's name.
    pub host: String,
    /// The host pool's name.
    pub pool: String,
}

fn as_text<S: serde::Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::stamp::stamp(*at, 3))
}
