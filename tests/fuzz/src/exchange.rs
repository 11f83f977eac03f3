//! One request to Resource Manager and what was answered, and what there is to read in it. Says a second time, and in
//! another way than the page does, what an answer means.

use avd_logoff::arm::Timestamp;
use avd_logoff::ports::Request;
use serde_json::Value;
use time::OffsetDateTime;

use crate::outside::Answer;

/// The kinds of requests, in the order of the script's first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The subscriptions.
    Subscriptions,
    /// The host pools of one.
    HostPools,
    /// The sessions of a host pool.
    SessionsOfPool,
    /// What may be done at a host pool.
    Permissions,
    /// The session hosts of a pool.
    Hosts,
    /// The sessions of a session host.
    SessionsOfHost,
    /// One session.
    Session,
    /// A log off.
    Delete,
    /// Whatever else, such as pages that a list has linked to.
    Other,
    /// The host pools that Resource Graph knows: a POST that only reads.
    Graph,
    /// The sessions of a host pool that are one user's.
    Filtered,
    /// A disconnection.
    Disconnect,
    /// A message.
    Message,
}

impl Kind {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Subscriptions,
        Self::HostPools,
        Self::SessionsOfPool,
        Self::Permissions,
        Self::Hosts,
        Self::SessionsOfHost,
        Self::Session,
        Self::Delete,
        Self::Other,
        Self::Graph,
        Self::Filtered,
        Self::Disconnect,
        Self::Message,
    ];

    /// Of a request. What changes something and is none of the acts that there are is [`Kind::Other`].
    pub fn of(request: &Request) -> Self {
        let path = request.uri().path().to_lowercase();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let is_filtered = request.uri().query().unwrap_or_default().contains("$filter=");
        match (request.method().as_str(), segments.as_slice()) {
            ("DELETE", _) => Self::Delete,
            ("POST", ["providers", "microsoft.resourcegraph", "resources"]) => Self::Graph,
            ("POST", [.., "usersessions", _, "disconnect"]) => Self::Disconnect,
            ("POST", [.., "usersessions", _, "sendmessage"]) => Self::Message,
            ("GET", ["subscriptions"]) => Self::Subscriptions,
            ("GET", ["subscriptions", _, "providers", _, "hostpools"]) => Self::HostPools,
            ("GET", [.., "microsoft.authorization", "permissions"]) => Self::Permissions,
            ("GET", [.., "hostpools", _, "sessionhosts"]) => Self::Hosts,
            ("GET", [.., "hostpools", _, "usersessions"]) if is_filtered => Self::Filtered,
            ("GET", [.., "hostpools", _, "usersessions"]) => Self::SessionsOfPool,
            ("GET", [.., "sessionhosts", _, "usersessions"]) => Self::SessionsOfHost,
            ("GET", [.., "sessionhosts", _, "usersessions", _]) => Self::Session,
            _ => Self::Other,
        }
    }

    /// Whether it does something to a session.
    pub fn is_act(self) -> bool {
        matches!(self, Self::Delete | Self::Disconnect | Self::Message)
    }
}

/// One request and what was answered.
#[derive(Clone)]
pub struct Exchange {
    /// What it asked for.
    pub kind: Kind,
    /// Its path, as it was before it was percent-encoded.
    pub path: String,
    /// When it was sent.
    pub at: OffsetDateTime,
    /// The whole request.
    pub request: Request,
    /// The answer; `None` if the page did not wait for it.
    pub answer: Option<Answer>,
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (method, uri) = (self.request.method(), self.request.uri());
        write!(f, "\n{} {method} {uri}: ", self.at.time())?;
        match &self.answer {
            Some(Ok(response)) => write!(f, "{} {}", response.status(), String::from_utf8_lossy(response.body())),
            other => write!(f, "{other:?}"),
        }
    }
}

/// The codes by which a 409 says that nothing was done.
const REFUSALS: [&str; 3] = [
    "ScopeLocked",
    "RequestDisallowedByPolicy",
    "MissingSubscriptionRegistration",
];

impl Exchange {
    /// The body of a 2xx answer, if it is a JSON object. What is no UTF-8 does not count: nobody looks at it in fields
    /// that nobody reads.
    pub fn readable(&self) -> Option<Value> {
        let response = self.answer.as_ref()?.as_ref().ok()?;
        let body: Value = serde_json::from_str(&String::from_utf8_lossy(response.body())).ok()?;
        (response.status().is_success() && body.is_object()).then_some(body)
    }

    /// The status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        Some(self.answer.as_ref()?.as_ref().ok()?.status().as_u16())
    }

    /// `error.code`
    pub fn code(&self) -> Option<String> {
        let response = self.answer.as_ref()?.as_ref().ok()?;
        let body: Value = serde_json::from_slice(response.body()).ok()?;
        Some(body["error"]["code"].as_str()?.to_owned())
    }

    /// The rows of a list.
    pub fn rows(&self) -> Vec<Value> {
        let body = self.readable().unwrap_or_default();
        body["value"].as_array().cloned().unwrap_or_default()
    }

    /// Whether a list was read.
    pub fn is_listed(&self) -> bool {
        self.readable()
            .is_some_and(|body| body["value"].is_array() || body["value"].is_null())
    }

    /// Whether it says that what it asked for does not exist. A subscription that is not seen says nothing of what is
    /// in it.
    pub fn is_absent(&self) -> bool {
        let code = self.code().unwrap_or_default();
        self.status() == Some(404) && code != "SubscriptionNotFound" && !REFUSALS.contains(&&*code)
    }

    /// Whether an act may have had its effect, seen or not.
    pub fn may_have_had_effect(&self) -> bool {
        let refused = self
            .status()
            .is_some_and(|status| (400..500).contains(&status) && !matches!(status, 408 | 412));
        let conflict = self.status() == Some(409) && !self.code().is_some_and(|code| REFUSALS.contains(&&*code));
        self.kind.is_act() && (!refused || conflict)
    }

    /// Whether an act was taken on.
    pub fn is_accepted(&self) -> bool {
        self.kind.is_act() && self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// Which session it is about, ready to be compared.
    pub fn session(&self) -> String {
        let path = key(&self.path);
        match self.kind {
            Kind::Disconnect | Kind::Message => path.rsplit_once('/').map_or("", |(id, _)| id).to_owned(),
            _ => path,
        }
    }

    /// The host pool that it lies in, if it lies in one.
    pub fn pool(&self) -> Option<String> {
        let path = key(&self.path);
        let (before, behind) = path.split_once("/hostpools/")?;
        let name = behind.split('/').next().unwrap_or_default();
        Some(format!("{before}/hostpools/{name}"))
    }
}

/// A path or an id, for comparing.
pub fn key(path: &str) -> String {
    path.to_lowercase()
}

/// Whose session it is, for comparing; empty if it names nobody.
pub fn user_of(session: &Value) -> String {
    let user = session["properties"]["userPrincipalName"].as_str();
    user.unwrap_or_default().trim().to_lowercase()
}

/// When a session began.
pub fn time_of(session: &Value) -> Option<Timestamp> {
    let text = session["properties"]["createTime"].as_str()?.trim();
    (!text.is_empty()).then(|| Timestamp::new(text))
}
