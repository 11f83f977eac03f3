//! Whether another page may frame this one, and how a framed page signs in. Facts come in, a decision goes out; nobody
//! else is known here but the configured origins.

use crate::origin::Origin;

/// What a page can find out about where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Origins of the pages around it, the nearest first, as far as the browser tells; `None` for one that it hides.
    /// Empty: it stands alone.
    pub parents: Vec<Option<String>>,
    /// Whether all of them belong to the same site as this page. Only then do a sign-in window and the page share a
    /// partition of the browser, and with it a broadcast channel.
    pub same_site: bool,
    /// Whether the frame has a `sandbox` attribute. What it allows cannot be told from inside.
    pub sandboxed: bool,
}

/// What follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Alone in its tab or window.
    Alone,
    /// In a page that may frame it.
    Framed {
        /// The nearest page around it: messages go there and come from there, and from nowhere else.
        parent: Origin,
        /// Whether sign-in windows reach it only through the relay.
        relay: bool,
        /// Whether the frame is sandboxed, so that its windows may be as well.
        sandboxed: bool,
    },
    /// In a page that may not, or that the browser does not name: then it shows only a link to itself.
    NotAllowed {
        /// The page that may not, if it is known.
        parent: Option<String>,
    },
}

impl Place {
    /// Decides. Every page around this one has to be allowed: one that is not could cover the others.
    pub fn of(surroundings: &Surroundings, allowed: &[Origin]) -> Self {
        let Some(nearest) = surroundings.parents.first() else {
            return Self::Alone;
        };
        let is_allowed = |parent: &Option<String>| {
            let parent = parent.as_deref().and_then(Origin::parse);
            parent.filter(|parent| allowed.contains(parent))
        };
        let refused = surroundings.parents.iter().find(|parent| is_allowed(parent).is_none());
        match (is_allowed(nearest), refused) {
            (Some(parent), None) => Self::Framed {
                parent,
                relay: !surroundings.same_site,
                sandboxed: surroundings.sandboxed,
            },
            (_, refused) => Self::NotAllowed {
                parent: refused.cloned().flatten(),
            },
        }
    }

    /// Whether another page is around it.
    pub fn is_framed(&self) -> bool {
        *self != Self::Alone
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Place, Surroundings};

    const PORTAL: &str = "https://portal.contoso.example";
    const OUTER: &str = "https://outer.contoso.example";

    fn place(parents: &[Option<&str>], same_site: bool, allowed: &[&str]) -> Place {
        let parents = parents.iter().map(|parent| parent.map(str::to_owned)).collect();
        let allowed: Vec<Origin> = allowed.iter().map(|origin| Origin::parse(origin).unwrap()).collect();
        let surroundings = Surroundings {
            parents,
            same_site,
            sandboxed: false,
        };
        Place::of(&surroundings, &allowed)
    }

    #[test]
    fn a_page_of_its_own_needs_nobodys_leave() {
        assert_eq!(place(&[], true, &[]), Place::Alone);
    }

    #[test]
    fn an_allowed_parent_frames_it_and_the_site_decides_about_the_relay() {
        for same_site in [true, false] {
            let framed = Place::Framed {
                parent: Origin::parse(PORTAL).unwrap(),
                relay: !same_site,
                sandboxed: false,
            };
            assert_eq!(place(&[Some(PORTAL)], same_site, &[PORTAL]), framed);
            assert_eq!(place(&[Some(PORTAL), Some(OUTER)], same_site, &[PORTAL, OUTER]), framed);
        }
    }

    #[test]
    fn one_page_that_is_not_allowed_or_not_known_is_enough_to_refuse() {
        let refused = |parent: Option<&str>| Place::NotAllowed {
            parent: parent.map(str::to_owned),
        };
        assert_eq!(place(&[Some(PORTAL)], true, &[]), refused(Some(PORTAL)));
        assert_eq!(
            place(&[Some(PORTAL), Some(OUTER)], true, &[PORTAL]),
            refused(Some(OUTER))
        );
        assert_eq!(
            place(&[Some(OUTER), Some(PORTAL)], true, &[PORTAL]),
            refused(Some(OUTER))
        );
        assert_eq!(place(&[None], true, &[PORTAL]), refused(None));
        assert_eq!(place(&[Some(PORTAL), None], true, &[PORTAL]), refused(None));
        assert_eq!(place(&[Some("null")], true, &[PORTAL]), refused(Some("null")));
        let look_alike = "https://portal.contoso.example.evil.example";
        assert_eq!(place(&[Some(look_alike)], true, &[PORTAL]), refused(Some(look_alike)));
    }
}
