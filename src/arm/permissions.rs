//! What the person may do at a scope, as far as role assignments tell.
//!
//! A hint and never an answer: deny assignments, locks and policies are not in it. It serves to tell a list that is
//! empty from a list that was emptied because a right is missing, and to explain an act before it is tried.

use http::Method;
use serde::Deserialize;

use super::client::ArmClient;
use super::error::ArmError;
use super::ids::HostPoolId;
use super::paging;
use super::request::{ArmRequest, Needs};
use super::session_acts::{DELETE, DISCONNECT, SEND_MESSAGE};
use crate::wildcard;

/// Version of the permissions API (azure-mgmt-authorization 4.0.0).
const API_VERSION: &str = "2022-04-01";

/// The permissions at one scope.
#[derive(Clone, Debug, Default)]
pub struct Permissions(Vec<Entry>);

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    actions: Vec<String>,
    not_actions: Vec<String>,
}

/// What the person may probably do to the sessions of a host pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Log off.
    pub log_off: bool,
    /// Disconnect.
    pub disconnect: bool,
    /// Send a message.
    pub send_message: bool,
}

impl Permissions {
    /// The acts that they allow.
    pub fn rights(&self) -> Rights {
        Rights {
            log_off: self.allow(DELETE),
            disconnect: self.allow(DISCONNECT),
            send_message: self.allow(SEND_MESSAGE),
        }
    }

    /// Whether some entry grants `action` and does not take it away again.
    pub fn allow(&self, action: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| wildcard::matches(pattern, action));
        self.0
            .iter()
            .any(|entry| any(&entry.actions) && !any(&entry.not_actions))
    }
}

/// Permissions at a host pool.
///
/// # Errors
/// [`ArmError`]
pub async fn at_host_pool(client: &ArmClient, pool: &HostPoolId) -> Result<Permissions, ArmError> {
    let needs = Needs::new("Microsoft.Authorization/permissions/read", pool.as_str());
    let path = format!("{}/providers/Microsoft.Authorization/permissions", pool.path());
    let request = ArmRequest::new(Method::GET, &path, API_VERSION, needs);
    Ok(Permissions(paging::whole(client, request).await?))
}

#[cfg(test)]
mod tests {
    use super::{Entry, Permissions};

    const LIST: &str = "Microsoft.DesktopVirtualization/hostpools/usersessions/read";

    #[test]
    fn what_one_entry_takes_away_another_may_still_give() {
        let entry = |actions: &[&str], not: &[&str]| Entry {
            actions: actions.iter().map(|&s| s.to_owned()).collect(),
            not_actions: not.iter().map(|&s| s.to_owned()).collect(),
        };
        assert!(!Permissions(vec![entry(&["*"], &["*/usersessions/*"])]).allow(LIST));
        assert!(Permissions(vec![entry(&["*"], &["*/usersessions/*"]), entry(&["*/read"], &[])]).allow(LIST));
        assert!(!Permissions::default().allow(LIST));
    }
}
