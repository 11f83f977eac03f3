//! What is to go on after a sign-in for which the page has to leave: the search, the selection, and what was confirmed
//! and not yet sent.
//!
//! It is used only by a load of the page that is the return from that very sign-in; any other load gives it up, so
//! that nothing is ever done because somebody came back.

use serde::{Deserialize, Serialize};

use super::typed::Whose;
use crate::arm::guard::Identity;
use crate::arm::{SessionId, Timestamp};

/// Left in the tab when the page leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interruption {
    /// Whose sessions were on the page; nobody's if there was no search.
    pub whose: Whose,
    /// Records of the receipt for which it is certain that nothing was sent.
    pub unsent: Vec<usize>,
    /// The session that was opened by its address instead.
    #[serde(default)]
    address: Option<String>,
    selected: Vec<Selected>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Selected {
    id: String,
    user: String,
    created: Option<String>,
}

impl Interruption {
    /// Of work that has to wait.
    pub fn new<'a>(whose: impl Into<Whose>, selected: impl Iterator<Item = &'a Identity>, unsent: Vec<usize>) -> Self {
        let selected = selected.map(|identity| Selected {
            id: identity.id.as_str().to_owned(),
            user: identity.user.clone(),
            created: identity.created.as_ref().map(|created| created.as_str().to_owned()),
        });
        Self {
            whose: whose.into(),
            unsent,
            address: None,
            selected: selected.collect(),
        }
    }

    /// The same, where one session had been opened by its address.
    pub fn at(self, address: Option<&SessionId>) -> Self {
        Self {
            address: address.map(|id| id.as_str().to_owned()),
            ..self
        }
    }

    /// The session that was opened by its address.
    pub fn address(&self) -> Option<SessionId> {
        SessionId::parse(self.address.as_deref()?)
    }

    /// Whether there is nothing to go on with.
    pub fn is_empty(&self) -> bool {
        self.whose.is_nobody() && self.address.is_none() && self.unsent.is_empty()
    }

    /// The sessions that were selected.
    pub fn selected(&self) -> Vec<Identity> {
        let selected = self.selected.iter();
        selected
            .filter_map(|selected| {
                Some(Identity {
                    id: SessionId::parse(&selected.id)?,
                    user: selected.user.clone(),
                    created: selected.created.as_deref().map(Timestamp::new),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Interruption;
    use crate::arm::SessionId;
    use crate::desk::typed::Whose;

    #[test]
    fn what_was_shown_is_kept_whatever_it_was() {
        let id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool/sessionhosts/VM-1/usersessions/6";
        let id = SessionId::parse(id).unwrap();
        let nothing = Interruption::new(Whose::default(), [].iter(), Vec::new());
        assert!(nothing.is_empty());
        let everyone = Interruption::new(Whose::Everyone, [].iter(), Vec::new());
        let address = nothing.at(Some(&id));
        for kept in [&everyone, &address] {
            let text = serde_json::to_string(kept).unwrap();
            assert_eq!(serde_json::from_str::<Interruption>(&text).unwrap(), *kept);
            assert!(!kept.is_empty());
        }
        assert_eq!(everyone.address(), None);
        assert_eq!(
            address.address().map(|id| id.as_str().to_owned()),
            Some(id.as_str().to_owned())
        );
    }
}
