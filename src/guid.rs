//! GUIDs, as Azure writes ids of tenants, applications and subscriptions.

/// Whether the text is a GUID in its usual form, with hyphens, in any letter case.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, byte)| {
            if matches!(i, 8 | 13 | 18 | 23) {
                byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

#[cfg(test)]
mod tests {
    use super::is_guid;

    #[test]
    fn only_the_hyphenated_form_counts() {
        assert!(is_guid("0123abCD-0000-4000-8000-0123456789ab"));
        for text in [
            "",
            "0123abCD00004000800000123456789ab",
            "{0123abCD-0000-4000-8000-0123456789a}",
            "g123abCD-0000-4000-8000-0123456789ab",
        ] {
            assert!(!is_guid(text), "{text}");
        }
    }
}
