//! Session hosts of a host pool, and how they are.

use http::Method;
use serde::Deserialize;

use super::client::ArmClient;
use super::error::{ArmError, ArmErrorKind};
use super::ids::{HostPoolId, SessionHostId};
use super::object::Object;
use super::paging;
use super::request::{ArmRequest, Needs};
use super::timestamp::Timestamp;

/// A session host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHost {
    /// Its id.
    pub id: SessionHostId,
    /// How it is.
    pub status: HostStatus,
    /// When it was last heard of.
    pub last_heart_beat: Option<Timestamp>,
    /// Whether it takes new sessions; false while it is draining.
    pub allow_new_session: Option<bool>,
}

/// `status` of a session host (Azure/azure-rest-api-specs, `SessionHost.tsp`). New values may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostStatus {
    /// Ready.
    Available,
    /// Turned off, or failed a critical check.
    Unavailable,
    /// Stopped or deallocated.
    Shutdown,
    /// Lost its connection to the service.
    Disconnected,
    /// The agent has not been heard of.
    NoHeartbeat,
    /// The agent is being updated.
    Upgrading,
    /// Works, but a check that is not fatal failed.
    NeedsAssistance,
    /// Any other, as received; empty if there was none.
    Other(String),
}

impl HostStatus {
    fn new(text: &str) -> Self {
        match text {
            "Available" => Self::Available,
            "Unavailable" => Self::Unavailable,
            "Shutdown" => Self::Shutdown,
            "Disconnected" => Self::Disconnected,
            "NoHeartbeat" => Self::NoHeartbeat,
            "Upgrading" => Self::Upgrading,
            "NeedsAssistance" => Self::NeedsAssistance,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word as Azure writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Available => "Available",
            Self::Unavailable => "Unavailable",
            Self::Shutdown => "Shutdown",
            Self::Disconnected => "Disconnected",
            Self::NoHeartbeat => "NoHeartbeat",
            Self::Upgrading => "Upgrading",
            Self::NeedsAssistance => "NeedsAssistance",
            Self::Other(text) => text,
        }
    }

    /// Whether the host can no longer be reached by the service: its sessions are leftovers in the broker's list, and
    /// a plain log off may change nothing.
    pub fn is_out_of_reach(&self) -> bool {
        matches!(
            self,
            Self::Unavailable | Self::Shutdown | Self::Disconnected | Self::NoHeartbeat
        )
    }
}

impl SessionHost {
    fn read(row: Wire) -> Option<Self> {
        let properties = row.properties.map(|object| object.0).unwrap_or_default();
        Some(Self {
            id: SessionHostId::parse(&row.id)?,
            status: HostStatus::new(properties.status.as_deref().unwrap_or_default()),
            last_heart_beat: properties.last_heart_beat.as_deref().map(Timestamp::new),
            allow_new_session: properties.allow_new_session,
        })
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
    status: Option<String>,
    last_heart_beat: Option<String>,
    allow_new_session: Option<bool>,
}

/// Action of [`list`].
pub const READ: &str = "Microsoft.DesktopVirtualization/hostpools/sessionhosts/read";

/// The session hosts of a pool, in whatever status.
///
/// # Errors
/// [`ArmError`]
pub async fn list(client: &ArmClient, pool: &HostPoolId) -> Result<Vec<SessionHost>, ArmError> {
    let needs = Needs::new(READ, pool.as_str());
    let request = ArmRequest::new(
        Method::GET,
        &format!("{}/sessionHosts", pool.path()),
        client.api_version(),
        needs,
    );
    let mut hosts = Vec::new();
    paging::each_page(client, request, |page: Vec<Wire>| {
        for row in page {
            hosts.push(SessionHost::read(row).ok_or(ArmErrorKind::Unreadable)?);
        }
        Ok(())
    })
    .await?;
    Ok(hosts)
}

/// Reads one session host.
///
/// # Errors
/// [`ArmError`]
pub async fn get(client: &ArmClient, id: &SessionHostId) -> Result<SessionHost, ArmError> {
    let needs = Needs::new(READ, id.as_str());
    let request = ArmRequest::new(Method::GET, &id.path(), client.api_version(), needs);
    let host = SessionHost::read(client.read(&request).await?).filter(|host| host.id == *id);
    host.ok_or_else(|| ArmError::unanswered(ArmErrorKind::Unreadable, request.needs, client.request_id()))
}
