//! `$filter` on the session list of a host pool: `userprincipalname` and `sessionstate`, `eq`, joined by `and`
//! (Azure/azure-rest-api-specs, UserSession.tsp: "Valid properties for filtering are userprincipalname and sessionstate").

/// A filter that could be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    upn: Vec<String>,
    state: Vec<String>,
}

impl Filter {
    /// Reads the expression; `None` if the service would not understand it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut filter = Self {
            upn: Vec::new(),
            state: Vec::new(),
        };
        let mut rest = text.trim();
        loop {
            let (property, after) = rest.split_once(char::is_whitespace)?;
            let (operator, after) = after.trim_start().split_once(char::is_whitespace)?;
            if !operator.eq_ignore_ascii_case("eq") {
                return None;
            }
            let (value, after) = literal(after.trim_start())?;
            match property.to_ascii_lowercase().as_str() {
                "userprincipalname" => filter.upn.push(value),
                "sessionstate" => filter.state.push(value),
                _ => return None,
            }
            let after = after.trim_start();
            if after.is_empty() {
                return Some(filter);
            }
            let (word, after) = after.split_once(char::is_whitespace)?;
            if !word.eq_ignore_ascii_case("and") {
                return None;
            }
            rest = after.trim_start();
        }
    }

    /// Does a row match?
    pub(crate) fn matches(&self, upn: &str, state: &str, strict: bool) -> bool {
        let same = |wanted: &String, value: &str| {
            wanted == value || (!strict && wanted.to_lowercase() == value.to_lowercase())
        };
        self.upn.iter().all(|wanted| same(wanted, upn)) && self.state.iter().all(|wanted| same(wanted, state))
    }
}

/// A text in single quotes, in which a quote is doubled (OData 4.01, ABNF), and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.strip_prefix('\'')?.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            value.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            value.push('\'');
        } else {
            return Some((value, &text[at + 2..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled_and_case_is_a_setting() {
        let filter = Filter::parse("userPrincipalName eq 'O''User@contoso.example'").unwrap();
        assert!(filter.matches("o'user@contoso.example", "Active", false));
        assert!(!filter.matches("o'user@contoso.example", "Active", true));
        assert!(filter.matches("O'User@contoso.example", "Active", true));
    }

    #[test]
    fn two_conditions_must_both_hold() {
        let filter = Filter::parse("userprincipalname eq 'a@b' and sessionState eq 'Active'").unwrap();
        assert!(filter.matches("a@b", "Active", false));
        assert!(!filter.matches("a@b", "Disconnected", false));
    }

    #[test]
    fn what_the_service_does_not_know_is_not_read() {
        for text in [
            "",
            "state eq 'active'",
            "userPrincipalName eq 'o'user@x'",
            "userPrincipalName eq 'a' or sessionState eq 'b'",
            "userPrincipalName ne 'a'",
            "userPrincipalName eq a",
        ] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
    }
}
