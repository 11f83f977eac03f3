//! The Microsoft clouds: authority, Resource Manager endpoint and scope, which are only ever chosen together.
//!
//! A token of one cloud must never reach another, so no other file names one of these hosts.

use crate::origin::Origin;

/// One cloud as this page needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// What people call it; the text of `cloud` in the configuration for the built-in ones.
    pub name: String,
    /// Where people sign in, for example `https://login.microsoftonline.com`.
    pub authority_host: Origin,
    /// Azure Resource Manager, the only place that ever gets the access token.
    pub resource_manager: Origin,
    /// The OAuth scope that yields a token for [`Cloud::resource_manager`].
    pub scope: String,
}

/// The built-in clouds: configuration name, authority, Resource Manager.
///
/// Hosts: azure-cli-core 2.91.0 `cloud.py` (Resource Manager), msal-common 16.16 `AuthorityMetadata` (authority).
const BUILT_IN: [(&str, &str, &str); 3] = [
    (
        "public",
        "https://login.microsoftonline.com",
        "https://management.azure.com",
    ),
    (
        "usGovernment",
        "https://login.microsoftonline.us",
        "https://management.usgovcloudapi.net",
    ),
    (
        "china",
        "https://login.partner.microsoftonline.cn",
        "https://management.chinacloudapi.cn",
    ),
];

impl Cloud {
    /// The built-in cloud of that configuration name.
    pub fn built_in(name: &str) -> Option<Self> {
        let (name, authority, manager) = BUILT_IN.into_iter().find(|(known, ..)| *known == name)?;
        Some(Self::custom(
            name,
            Origin::parse(authority)?,
            Origin::parse(manager)?,
            None,
        ))
    }

    /// The configuration names of the built-in clouds.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, ..)| *name)
    }

    /// Whether this is no cloud at all but a simulation on this computer, where nothing that is done is real.
    pub fn is_simulated(&self) -> bool {
        self.resource_manager.is_on_this_computer()
    }

    /// A cloud put together by a deployment. Without `scope` it is `user_impersonation` at the Resource Manager, the
    /// only delegated permission that Resource Manager has.
    pub fn custom(name: &str, authority_host: Origin, resource_manager: Origin, scope: Option<String>) -> Self {
        let scope = scope.unwrap_or_else(|| format!("{resource_manager}/user_impersonation"));
        Self {
            name: name.to_owned(),
            authority_host,
            resource_manager,
            scope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cloud, Origin};

    #[test]
    fn every_built_in_cloud_is_whole_and_apart_from_the_others() {
        let clouds: Vec<Cloud> = Cloud::built_in_names()
            .map(|name| Cloud::built_in(name).unwrap())
            .collect();
        assert_eq!(clouds.len(), 3);
        for (i, cloud) in clouds.iter().enumerate() {
            assert!(cloud.scope.starts_with(cloud.resource_manager.as_str()));
            for other in &clouds[i + 1..] {
                assert_ne!(cloud.authority_host, other.authority_host);
                assert_ne!(cloud.resource_manager, other.resource_manager);
            }
        }
        assert_eq!(Cloud::built_in("Public"), None);
        assert!(clouds.iter().all(|cloud| !cloud.is_simulated()));
        let here = |port| Origin::parse(&format!("http://localhost:{port}")).unwrap();
        assert!(Cloud::custom("Lab", here(1), here(2), None).is_simulated());
    }
}
