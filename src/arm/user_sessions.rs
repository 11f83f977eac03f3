//! User sessions: list and read.

use http::Method;
use serde::Deserialize;

use super::client::ArmClient;
use super::error::{ArmError, ArmErrorKind};
use super::filter_trust;
use super::ids::{HostPoolId, SessionHostId, SessionId};
use super::object::Object;
use super::paging;
use super::request::{ArmRequest, Needs};
use super::timestamp::Timestamp;

/// A user session as Azure tells it. Everything but the id may be missing (Azure/azure-rest-api-specs,
/// `UserSession.tsp`: no property is required).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSession {
    /// Its id.
    pub id: SessionId,
    /// `userPrincipalName`; `None` if missing or empty.
    pub user: Option<String>,
    /// `activeDirectoryUserName`, `DOMAIN\user`; `None` if missing or empty.
    pub directory_user: Option<String>,
    /// What the session is doing.
    pub state: SessionState,
    /// Desktop or RemoteApp.
    pub application: ApplicationType,
    /// When it began. With id and user it says which session this is: ids are small numbers that Windows uses again.
    pub created: Option<Timestamp>,
}

/// `sessionState`. New values may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Somebody works in it.
    Active,
    /// Nobody is connected; programs go on running.
    Disconnected,
    /// The user is just signing in.
    Pending,
    /// It is already ending.
    LogOff,
    /// Any other, as received; empty if there was none.
    Other(String),
}

impl SessionState {
    fn new(text: &str) -> Self {
        match text {
            "Active" => Self::Active,
            "Disconnected" => Self::Disconnected,
            "Pending" => Self::Pending,
            "LogOff" => Self::LogOff,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word as Azure writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "Active",
            Self::Disconnected => "Disconnected",
            Self::Pending => "Pending",
            Self::LogOff => "LogOff",
            Self::Other(text) => text,
        }
    }
}

/// `applicationType`. New values may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplicationType {
    /// A whole desktop.
    Desktop,
    /// Single applications; all of that user on that host end together.
    RemoteApp,
    /// Any other, as received; empty if there was none.
    Other(String),
}

impl ApplicationType {
    fn new(text: &str) -> Self {
        match text {
            "Desktop" => Self::Desktop,
            "RemoteApp" => Self::RemoteApp,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word as Azure writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Desktop => "Desktop",
            Self::RemoteApp => "RemoteApp",
            Self::Other(text) => text,
        }
    }
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    properties: Option<Object<Properties>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    user_principal_name: Option<String>,
    active_directory_user_name: Option<String>,
    session_state: Option<String>,
    application_type: Option<String>,
    create_time: Option<String>,
}

impl UserSession {
    fn read(row: Wire) -> Option<Self> {
        let properties = row.properties.map(|object| object.0).unwrap_or_default();
        let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Some(Self {
            id: SessionId::parse(&row.id)?,
            user: filled(properties.user_principal_name),
            directory_user: filled(properties.active_directory_user_name),
            state: SessionState::new(properties.session_state.as_deref().unwrap_or_default()),
            application: ApplicationType::new(properties.application_type.as_deref().unwrap_or_default()),
            created: filled(properties.create_time).map(|text| Timestamp::new(&text)),
        })
    }
}

/// Action of [`list_by_host_pool`]. The built-in role "Desktop Virtualization User Session Operator" lacks it.
pub const LIST_BY_HOST_POOL: &str = "Microsoft.DesktopVirtualization/hostpools/usersessions/read";

/// Action of [`list_by_session_host`] and of reading one session.
pub const READ: &str = "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/read";

/// The sessions of a host pool, handed over page by page.
///
/// # Errors
/// [`ArmError`] if a page could not be read; the pages before it were handed over.
pub async fn list_by_host_pool(
    client: &ArmClient,
    pool: &HostPoolId,
    take: impl FnMut(Vec<UserSession>),
) -> Result<(), ArmError> {
    let needs = Needs::new(LIST_BY_HOST_POOL, pool.as_str());
    list(client, sessions_of(client, &pool.path(), needs), take).await
}

/// The sessions of a host pool that Azure says are this user's. What comes has to be looked at all the same: nobody
/// knows whether Azure honours the filter ([`filter_trust`]).
///
/// # Errors
/// [`ArmError`] if a page could not be read; the pages before it were handed over.
pub async fn list_by_host_pool_filtered(
    client: &ArmClient,
    pool: &HostPoolId,
    upn: &str,
    take: impl FnMut(Vec<UserSession>),
) -> Result<(), ArmError> {
    let needs = Needs::new(LIST_BY_HOST_POOL, pool.as_str());
    let request = sessions_of(client, &pool.path(), needs).with("$filter", &filter_trust::query_value(upn));
    list(client, request, take).await
}

/// The sessions of one session host, handed over page by page.
///
/// # Errors
/// [`ArmError`] if a page could not be read; the pages before it were handed over.
pub async fn list_by_session_host(
    client: &ArmClient,
    host: &SessionHostId,
    take: impl FnMut(Vec<UserSession>),
) -> Result<(), ArmError> {
    let needs = Needs::new(READ, host.as_str());
    list(client, sessions_of(client, &host.path(), needs), take).await
}

fn sessions_of(client: &ArmClient, path: &str, needs: Needs) -> ArmRequest {
    let path = format!("{path}/userSessions");
    ArmRequest::new(Method::GET, &path, client.api_version(), needs)
}

async fn list(client: &ArmClient, request: ArmRequest, mut take: impl FnMut(Vec<UserSession>)) -> Result<(), ArmError> {
    paging::each_page(client, request, |page: Vec<Wire>| {
        // A row that cannot be read might be the very session that is looked for: the list does not count then.
        take(
            page.into_iter()
                .map(UserSession::read)
                .collect::<Option<_>>()
                .ok_or(ArmErrorKind::Unreadable)?,
        );
        Ok(())
    })
    .await
}

/// Reads one session; `None` if there is none under that id.
///
/// # Errors
/// [`ArmError`] if it could not be told.
pub async fn get(client: &ArmClient, id: &SessionId) -> Result<Option<UserSession>, ArmError> {
    one(client, id, Patience::Retrying).await
}

/// Like [`get`], but asks once and does not wait: for whoever looks again anyway.
///
/// # Errors
/// [`ArmError`] if it could not be told this time.
pub async fn look(client: &ArmClient, id: &SessionId) -> Result<Option<UserSession>, ArmError> {
    one(client, id, Patience::Once).await
}

/// How often a read is tried.
enum Patience {
    Once,
    Retrying,
}

async fn one(client: &ArmClient, id: &SessionId, patience: Patience) -> Result<Option<UserSession>, ArmError> {
    let needs = Needs::new(READ, id.as_str());
    let request = ArmRequest::new(Method::GET, &id.path(), client.api_version(), needs);
    let answer: Result<Wire, ArmError> = match patience {
        Patience::Once => client.read_once(&request).await,
        Patience::Retrying => client.read(&request).await,
    };
    match answer {
        Ok(row) => match UserSession::read(row).filter(|session| session.id == *id) {
            Some(session) => Ok(Some(session)),
            // An answer about another session is no answer about this one.
            None => Err(ArmError::unanswered(
                ArmErrorKind::Unreadable,
                request.needs,
                client.request_id(),
            )),
        },
        Err(error) if error.kind == ArmErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
