//! Who is signed in.

use serde::{Deserialize, Serialize};

/// The signed-in person, as the id token names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The person's object id in the tenant. With the tenant id it is the key; names are only for show.
    pub object_id: String,
    /// The tenant's id.
    pub tenant_id: String,
    /// `preferred_username`: mostly the UPN.
    pub username: String,
    /// Display name, if the token has one.
    pub name: Option<String>,
    /// The opaque `login_hint` claim, if the registration asks for it.
    pub login_hint: Option<String>,
    /// The tenant that was asked for instead of the configured one.
    pub switched_to: Option<String>,
}

impl Account {
    /// What tells the authority who is meant: the `login_hint` claim, else the user name.
    pub fn hint(&self) -> &str {
        self.login_hint.as_deref().unwrap_or(&self.username)
    }

    /// The domain where the account is at home. Not given beside the opaque claim, which says more (MSAL leaves the
    /// domain out then, too).
    pub fn domain(&self) -> Option<&str> {
        match self.login_hint {
            Some(_) => None,
            // A guest's name in `#EXT#` form ends with the domain of the host tenant, which is the wrong one.
            None if self.username.contains("#EXT#") => None,
            None => self.username.rsplit_once('@').map(|(_, domain)| domain),
        }
    }
}
