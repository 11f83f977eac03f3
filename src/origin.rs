//! A web origin: scheme, host and port, and nothing else.
//!
//! Authorities, Resource Manager endpoints and parent pages are named by their origin, so that "the same place" has
//! one meaning everywhere. Only https is let in, or http on a loopback address, where a developer's machine is both ends.

use std::fmt;

use url::{Host, Url};

/// An origin such as `https://management.azure.com`, without a trailing slash; default ports are left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin. `None` for anything that is not exactly one: a path, a query, credentials, another scheme, or
    /// http to a host that is not this computer.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        // A second look at the text: `https://host/` and `https://host?` parse to the same URL as the bare origin.
        let ends_plain = !text.ends_with(['/', '?', '#']) && !text.contains('@');
        (bare && ends_plain && is_safe(&url)).then(|| Self::of(&url))
    }

    /// The origin of a URL. URLs without one (`data:` and its like) give `null`, which equals no origin that
    /// [`Origin::parse`] lets in. So do `blob:` URLs: theirs is that of the page which made them, but nothing in them
    /// lies at a host, and what stands in the place of their path is a whole address again.
    pub fn of(url: &Url) -> Self {
        if url.has_host() {
            Self(url.origin().ascii_serialization())
        } else {
            Self("null".to_owned())
        }
    }

    /// Whether `url` lies at this origin.
    pub fn holds(&self, url: &Url) -> bool {
        Self::of(url) == *self
    }

    /// Whether it is plain http, which only a loopback address may be: both ends are this computer then.
    pub fn is_on_this_computer(&self) -> bool {
        self.0.starts_with("http://")
    }

    /// The origin as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host with its port, if it is not the scheme's own.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// https anywhere, http only on loopback.
fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn origins_with_https_or_on_loopback_are_read() {
        for text in [
            "https://login.microsoftonline.com",
            "https://portal.contoso.example:8443",
            "http://localhost:4460",
            "http://login.localhost:1",
            "http://127.0.0.1:80",
            "http://127.9.9.9",
            "http://[::1]:8080",
        ] {
            assert!(Origin::parse(text).is_some(), "{text}");
        }
        assert_eq!(
            Origin::parse("https://A.example:443").map(|o| o.to_string()),
            Some("https://a.example".to_owned())
        );
    }

    #[test]
    fn an_address_inside_another_is_not_at_its_host() {
        let home = Origin::parse("https://a.example").unwrap();
        let holds = |text: &str| home.holds(&url::Url::parse(text).unwrap());
        assert!(holds("https://A.example:443/path?q#f"));
        for text in [
            "blob:https://a.example/x",
            "https://a.example:1/",
            "http://a.example/",
            "data:,x",
        ] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "contoso.example",
            "http://contoso.example",
            "http://localhost.contoso.example",
            "https://contoso.example/",
            "https://contoso.example/path",
            "https://contoso.example?q",
            "https://contoso.example#f",
            "https://contoso.example?",
            "https://user@contoso.example",
            "ftp://contoso.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "http://10.0.0.1",
        ] {
            assert!(Origin::parse(text).is_none(), "{text}");
        }
    }
}
