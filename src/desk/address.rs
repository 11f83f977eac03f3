//! Addresses that lead straight to a session or a search: the part of the page's own address behind `#`, which no server
//! and no log ever sees. Reads and writes them, and does nothing: what is opened is decided elsewhere, and a link never
//! acts.
//!
//! `#/session?id=<resource id>` and `#/user/<user name>`, each percent-encoded.

use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::typed::{Wanted, understand};
use crate::arm::SessionId;
use crate::arm::ids::SEGMENT;

/// Longer than any address that means something: an id is below 400 characters, three for each if encoded.
const LONGEST: usize = 2000;

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// To one session, to be read and shown.
    Session(SessionId),
    /// To the search for a user.
    User(Wanted),
}

/// Why an address leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is to name a session and does not.
    NotASession,
    /// It is to name a user and does not.
    NotAUser,
}

impl Address {
    /// Reads the page's fragment, with or without its `#`. `None` if it is none of these addresses, and so none of this
    /// room's business.
    ///
    /// # Errors
    /// [`Fault`] if it is one, but leads nowhere.
    pub fn parse(fragment: &str) -> Option<Result<Self, Fault>> {
        let path = fragment.strip_prefix('#').unwrap_or(fragment);
        if let Some(id) = path.strip_prefix("/session?id=") {
            let id = decoded(id).and_then(|id| SessionId::parse(&id));
            return Some(id.map(Self::Session).ok_or(Fault::NotASession));
        }
        if path == "/session" || path.starts_with("/session?") {
            return Some(Err(Fault::NotASession));
        }
        let name = path.strip_prefix("/user/")?;
        let user = decoded(name).and_then(|name| one_user(&name));
        Some(user.map(Self::User).ok_or(Fault::NotAUser))
    }

    /// The fragment that leads there, with its `#`.
    pub fn fragment(&self) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
        match self {
            Self::Session(id) => format!("#/session?id={}", encoded(id.as_str())),
            Self::User(wanted) => format!("#/user/{}", encoded(wanted.as_str())),
        }
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = (text.len() <= LONGEST).then(|| percent_decode_str(text).decode_utf8().ok())?;
    text.map(std::borrow::Cow::into_owned)
}

/// Exactly one, so that a link shows whose sessions it asks for.
fn one_user(name: &str) -> Option<Wanted> {
    let understood = understand(name);
    match (&*understood.wanted, &*understood.rest) {
        ([wanted], []) => Some(wanted.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Fault, Wanted};
    use crate::arm::SessionId;

    const ID: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/RG (1)/providers/Microsoft.DesktopVirtualization/hostpools/Pool one/sessionhosts/VM-1.x.example/usersessions/6";

    #[test]
    fn what_is_written_is_read_again() {
        let addresses = [
            Address::Session(SessionId::parse(ID).unwrap()),
            Address::User(Wanted::Upn("o'user+1@x.example".into())),
            Address::User(Wanted::Upn("g_x.example#EXT#@y.example".into())),
            Address::User(Wanted::Upn("über@x.example".into())),
            Address::User(Wanted::DirectoryName("CONTOSO\\user1".into())),
        ];
        for address in addresses {
            let fragment = address.fragment();
            assert!(
                fragment.starts_with("#/") && !fragment[1..].contains(['#', ' ', '\\', '\'']),
                "{fragment}"
            );
            assert_eq!(Address::parse(&fragment), Some(Ok(address.clone())));
            assert_eq!(Address::parse(&fragment[1..]), Some(Ok(address)));
        }
        let session = Address::Session(SessionId::parse(ID).unwrap());
        assert_eq!(
            Address::parse(&format!("#/session?id={ID}")),
            Some(Ok(session)),
            "not encoded"
        );
    }

    #[test]
    fn what_leads_nowhere_is_told_and_what_is_no_address_is_left_alone() {
        let pool = ID.split("/sessionhosts").next().unwrap();
        for bad in [
            "/session",
            "/session?",
            "/session?id=",
            "/session?name=x",
            "/session?id=%ff",
            &format!("/session?id={pool}"),
            &format!("/session?id={ID}%2F..%2F..%2Fx"),
            &format!("/session?id={ID}{}", "6".repeat(2000)),
        ] {
            assert_eq!(Address::parse(bad), Some(Err(Fault::NotASession)), "{bad}");
        }
        for bad in [
            "/user/",
            "/user/half",
            "/user/a%40x.example%2Cb%40x.example",
            "/user/%ff",
        ] {
            assert_eq!(Address::parse(bad), Some(Err(Fault::NotAUser)), "{bad}");
        }
        for other in [
            "",
            "#",
            "#/",
            "#code=1&state=2",
            "#/users/x",
            "#/sessions?id=1",
            "#/user",
        ] {
            assert_eq!(Address::parse(other), None, "{other}");
        }
    }
}
