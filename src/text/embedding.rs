//! What stands in the way of a page in a portal, in words: each with the attribute or header that has to change.

use super::Explanation;

/// A page frames this one that may not.
pub fn not_allowed_to_frame(parent: Option<&str>) -> Explanation {
    match parent {
        Some(parent) => Explanation::new(
            format!("The page at {parent} is not allowed to frame this one."),
            "For your protection nothing else is shown here, and nothing can be done here.",
            format!(
                "Open the page in a tab of its own. If this portal is meant to hold it, the person who deployed the page has to add {parent} to allowedParents in config.json, and to the frame-ancestors header."
            ),
        ),
        None => Explanation::new(
            "Another page frames this one, and the browser does not tell which.",
            "For your protection nothing else is shown here, and nothing can be done here.",
            "Open the page in a tab of its own. If this portal is meant to hold it: its origin has to be in allowedParents of config.json, and its frame must not have the attribute referrerpolicy=\"no-referrer\"; an older Firefox also needs the page to be held directly, by a portal that does not forbid the referrer.",
        ),
    }
}

/// The browser gave no window to hold. That may be a blocked window, or a window that stands there all the same.
pub fn window_withheld(is_framed: bool) -> Explanation {
    if is_framed {
        Explanation::new(
            "The browser gave the page no hold on the sign-in window.",
            "If a window has opened, try to sign in there. If there is none, it was blocked.",
            "Allow windows for this site and choose “Retry”. If that does not help, whoever looks after the portal has to check two things: the sandbox attribute of the frame, if there is one, needs allow-popups and allow-popups-to-escape-sandbox; and a header Cross-Origin-Opener-Policy: same-origin has to become same-origin-allow-popups.",
        )
    } else {
        Explanation::new(
            "The browser gave the page no hold on the sign-in window.",
            "If a window has opened, sign in there; the page goes on all the same. If there is none, it was blocked.",
            "Allow windows for this site and choose “Retry”.",
        )
    }
}
