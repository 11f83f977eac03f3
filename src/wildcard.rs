//! Patterns with `*`, which stands for anything, also nothing; letter case does not count.
//!
//! Azure writes role actions so, and the configuration its protected users.

/// Whether `pattern` covers the whole of `text`.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything_and_letter_case_does_not_count() {
        let action = "Microsoft.DesktopVirtualization/hostpools/usersessions/read";
        for pattern in [
            "*",
            "*/read",
            "microsoft.desktopvirtualization/*",
            "Microsoft.DesktopVirtualization/hostpools/*/READ",
            action,
        ] {
            assert!(matches(pattern, action), "{pattern}");
        }
        for pattern in [
            "",
            "*/write",
            "Microsoft.DesktopVirtualization/hostpools/read",
            "*/hostpools/*/delete",
            "Microsoft.Desktop",
        ] {
            assert!(!matches(pattern, action), "{pattern}");
        }
        assert!(!matches("a*a", "a"));
        assert!(matches("a*b*c", "a/b/b/c"));
    }
}
