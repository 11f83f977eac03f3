//! Resource ids: read without regard to letter case, sent back exactly as they were received.
//!
//! Real answers write `resourcegroups`, `hostpools` and `usersessions` in lower case while the documentation writes
//! camelCase (Azure/azure-powershell #18134), and the session host segment is looked up with regard to case
//! (Azure/RDS-Templates `basicScale.ps1`). So an id is compared in lower case and never rebuilt from its pieces.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::guid::is_guid;

/// Everything but the unreserved characters of RFC 3986: safe inside one path segment.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The type path below a subscription, for a user session; shorter ids are a prefix of it.
const TYPES: [&str; 6] = [
    "subscriptions",
    "resourcegroups",
    "providers",
    "hostpools",
    "sessionhosts",
    "usersessions",
];

/// An id as received, with its segments found.
#[derive(Clone)]
struct ResourceId {
    raw: String,
    /// Values in the order of [`TYPES`]: subscription, resource group, provider, host pool, session host, session.
    values: Vec<String>,
}

impl ResourceId {
    fn parse(raw: &str, depth: usize) -> Option<Self> {
        let mut parts = raw.strip_prefix('/')?.split('/');
        let mut values = Vec::with_capacity(depth);
        for kind in &TYPES[..depth] {
            let name = parts.next()?;
            let value = parts.next()?;
            // A browser resolves dot segments before it sends: such an id would name another resource on the way.
            if !name.eq_ignore_ascii_case(kind) || value.is_empty() || value == "." || value == ".." {
                return None;
            }
            values.push(value.to_owned());
        }
        let right_provider = values.get(2)?.eq_ignore_ascii_case("Microsoft.DesktopVirtualization");
        let no_control = !raw.chars().any(char::is_control);
        (parts.next().is_none() && right_provider && no_control && is_guid(values.first()?)).then(|| Self {
            raw: raw.to_owned(),
            values,
        })
    }

    fn value(&self, index: usize) -> &str {
        self.values.get(index).map_or("", String::as_str)
    }

    fn path(&self) -> String {
        encode_path(&self.raw)
    }
}

/// Percent-encodes each segment once.
fn encode_path(raw: &str) -> String {
    raw.split('/')
        .map(|segment| utf8_percent_encode(segment, SEGMENT).to_string())
        .collect::<Vec<_>>()
        .join("/")
}

/// Ids that are equal but for letter case name the same thing.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $depth:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(ResourceId);

        impl $name {
            /// Reads an id; `None` if it is not one of this type.
            pub fn parse(raw: &str) -> Option<Self> {
                ResourceId::parse(raw, $depth).map(Self)
            }

            /// The id as received.
            pub fn as_str(&self) -> &str {
                &self.0.raw
            }

            /// For comparing, never for sending: the id in lower case.
            pub fn key(&self) -> String {
                self.0.raw.to_lowercase()
            }

            /// The path of a request to it: as received, each segment percent-encoded once.
            pub fn path(&self) -> String {
                self.0.path()
            }

            /// Subscription id.
            pub fn subscription(&self) -> &str {
                self.0.value(0)
            }

            /// Resource group.
            pub fn resource_group(&self) -> &str {
                self.0.value(1)
            }

            /// Name of the host pool.
            pub fn host_pool(&self) -> &str {
                self.0.value(3)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.key() == other.key()
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0.raw)
            }
        }
    };
}

id!(
    /// `/subscriptions/…/hostPools/{name}`
    HostPoolId,
    4
);
id!(
    /// `…/hostPools/{pool}/sessionHosts/{name}`
    SessionHostId,
    5
);
id!(
    /// `…/sessionHosts/{host}/userSessions/{id}`
    SessionId,
    6
);

/// A piece of a session's id, as people type it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Subscription id: a GUID.
    Subscription,
    /// Resource group: 1 to 90 characters.
    ResourceGroup,
    /// Host pool: 3 to 64 letters, digits, blanks and `@ . - _`.
    HostPool,
    /// Session host: 3 to 48 of the same.
    SessionHost,
    /// Session id: 1 to 24 characters.
    Session,
}

impl Piece {
    /// Every one, in the order of the id.
    pub const ALL: [Self; 5] = [
        Self::Subscription,
        Self::ResourceGroup,
        Self::HostPool,
        Self::SessionHost,
        Self::Session,
    ];

    /// Whether `text` can be this piece (Azure/azure-rest-api-specs, desktopvirtualization 2025-10-10: lengths and
    /// patterns of the path's parameters).
    pub fn can_be(self, text: &str) -> bool {
        let length = text.chars().count();
        let is_segment = text != "." && text != ".." && !text.contains(|c: char| c == '/' || c.is_control());
        let is_name = || {
            text.chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | ' '))
        };
        is_segment
            && match self {
                Self::Subscription => is_guid(text),
                Self::ResourceGroup => (1..=90).contains(&length),
                Self::HostPool => (3..=64).contains(&length) && is_name(),
                Self::SessionHost => (3..=48).contains(&length) && is_name(),
                Self::Session => (1..=24).contains(&length),
            }
    }
}

impl SessionHostId {
    /// Name of the session host, in its own letter case.
    pub fn session_host(&self) -> &str {
        self.0.value(4)
    }
}

impl SessionId {
    /// The id of a session that somebody names by its pieces, in the order of [`Piece::ALL`]. Blanks around them do not
    /// count. Only for what people type: an id that Azure gave is never taken apart and built again.
    ///
    /// # Errors
    /// The pieces that are at fault.
    pub fn compose(pieces: [&str; 5]) -> Result<Self, Vec<Piece>> {
        let pieces = pieces.map(str::trim);
        let at_fault = || {
            let named = Piece::ALL.into_iter().zip(pieces);
            named
                .filter(|(piece, text)| !piece.can_be(text))
                .map(|(piece, _)| piece)
        };
        let [subscription, group, pool, host, session] = pieces;
        let id = Self::parse(&format!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DesktopVirtualization/hostPools/{pool}/sessionHosts/{host}/userSessions/{session}"
        ));
        id.filter(|_| at_fault().next().is_none())
            .ok_or_else(|| at_fault().collect())
    }

    /// The same session's id with the session host's name in the letter case of `host`: Azure looks a session host up
    /// with regard to case. `None` if it is another host.
    pub fn in_case_of(&self, host: &SessionHostId) -> Option<Self> {
        let own = self.host()?;
        (own == *host).then(|| Self::parse(&format!("{}/userSessions/{}", host.as_str(), self.session())))?
    }

    /// Its session host.
    pub fn host(&self) -> Option<SessionHostId> {
        SessionHostId::parse(&self.upper(11))
    }

    /// Its host pool.
    pub fn pool(&self) -> Option<HostPoolId> {
        HostPoolId::parse(&self.upper(9))
    }

    fn upper(&self, segments: usize) -> String {
        self.0.raw.split('/').take(segments).collect::<Vec<_>>().join("/")
    }

    /// Name of the session host, in its own letter case.
    pub fn session_host(&self) -> &str {
        self.0.value(4)
    }

    /// The session's number on its host. A text: nothing says that it is always a number.
    pub fn session(&self) -> &str {
        self.0.value(5)
    }

    /// The host pool's id as a comparing key.
    pub fn host_pool_key(&self) -> String {
        self.upper(9).to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::{HostPoolId, Piece, SessionHostId, SessionId};

    const POOL: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/RG (1)/providers/Microsoft.DesktopVirtualization/hostpools/Pool one";

    #[test]
    fn segments_are_found_in_any_letter_case_and_sent_in_their_own() {
        let raw = format!("{POOL}/sessionhosts/VM-01.Contoso.example/usersessions/6");
        let id = SessionId::parse(&raw).unwrap();
        assert_eq!(
            (id.host_pool(), id.session_host(), id.session()),
            ("Pool one", "VM-01.Contoso.example", "6")
        );
        assert_eq!(
            id.path(),
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/RG%20%281%29/providers/Microsoft.DesktopVirtualization/hostpools/Pool%20one/sessionhosts/VM-01.Contoso.example/usersessions/6"
        );
        let camel = raw
            .replace("sessionhosts", "sessionHosts")
            .replace("usersessions", "userSessions");
        assert_eq!(SessionId::parse(&camel).unwrap(), id);
        assert_eq!(id.host_pool_key(), HostPoolId::parse(POOL).unwrap().key());
    }

    #[test]
    fn an_id_is_composed_of_its_pieces_and_faulty_pieces_are_named() {
        let good = [
            "11111111-2222-3333-4444-555555555555",
            "RG (1)",
            "Pool one",
            "VM-01.Contoso.example",
            "6",
        ];
        let id = SessionId::compose(good.map(|piece| format!(" {piece} ")).each_ref().map(String::as_str)).unwrap();
        let known = SessionId::parse(&format!("{POOL}/sessionhosts/VM-01.Contoso.example/usersessions/6")).unwrap();
        assert_eq!(id, known);
        assert_eq!(
            (id.host().unwrap().session_host(), id.pool().unwrap().host_pool()),
            ("VM-01.Contoso.example", "Pool one")
        );
        let long = |length: usize| "a".repeat(length);
        let faults: [&[String]; 5] = [
            &["".into(), "1".into(), "11111111-2222-3333-4444-55555555555/".into()],
            &["".into(), "..".into(), "a/b".into(), "a\u{7}b".into(), long(91)],
            &["ab".into(), "a/b/c".into(), "a%2fb".into(), "pöol".into(), long(65)],
            &["ab".into(), "...?".into(), long(49)],
            &["".into(), ".".into(), "1/2".into(), long(25)],
        ];
        for (at, texts) in faults.iter().enumerate() {
            for text in *texts {
                let mut pieces = good;
                pieces[at] = text;
                assert_eq!(SessionId::compose(pieces).unwrap_err(), [Piece::ALL[at]], "{text:?}");
            }
        }
        assert_eq!(SessionId::compose([""; 5]).unwrap_err(), Piece::ALL);
        for (at, length) in [(1, 90), (2, 64), (3, 48), (4, 24)] {
            let (mut pieces, text) = (good, long(length));
            pieces[at] = &text;
            assert!(SessionId::compose(pieces).is_ok(), "{at}");
        }
    }

    #[test]
    fn a_session_is_addressed_again_in_the_letter_case_of_its_host() {
        let id = SessionId::parse(&format!("{POOL}/sessionhosts/vm-01/usersessions/6")).unwrap();
        let host = |name: &str| SessionHostId::parse(&format!("{POOL}/sessionhosts/{name}")).unwrap();
        let right = id.in_case_of(&host("VM-01")).unwrap();
        assert_eq!((right.session_host(), right.session()), ("VM-01", "6"));
        assert!(id.in_case_of(&host("vm-011")).is_none());
    }

    #[test]
    fn what_is_not_such_an_id_is_refused() {
        let session = |tail: &str| SessionId::parse(&format!("{POOL}/{tail}")).is_some();
        assert!(session("sessionHosts/h/userSessions/1"));
        for tail in [
            "",
            "sessionHosts/h",
            "sessionHosts/h/userSessions/",
            "sessionHosts/../userSessions/1",
            "sessionHosts/h/userSessions/1/more",
            "userSessions/1",
            "sessionHosts/h\u{7}/userSessions/1",
        ] {
            assert!(!session(tail), "{tail}");
        }
        assert!(HostPoolId::parse(&POOL.replace("11111111", "x")).is_none());
        assert!(HostPoolId::parse(&POOL.replace("Microsoft.DesktopVirtualization", "Microsoft.Compute")).is_none());
        assert!(HostPoolId::parse(POOL.trim_start_matches('/')).is_none());
    }
}
