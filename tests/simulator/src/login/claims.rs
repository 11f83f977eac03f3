//! The `claims` parameter: what it asks of the token, and whether a sign-in has that
//! (OpenID Connect Core 5.5; Microsoft entra-docs, claims-challenge.md).

use serde_json::Value;
use std::collections::BTreeSet;

/// What a claims request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The client says it can handle claims challenges (`xms_cc` with `cp1`).
    pub(crate) cp1: bool,
    /// Authentication contexts.
    pub(crate) acrs: BTreeSet<String>,
    /// Conditional Access policies by id: they stand for a second factor here.
    pub(crate) policies: bool,
    /// The sign-in must not be older (seconds since 1970).
    pub(crate) not_before: Option<i64>,
}

impl Wanted {
    /// Reads the parameter; `None` if it is not a JSON object.
    pub(crate) fn parse(text: Option<&str>) -> Option<Self> {
        let Some(text) = text else { return Some(Self::default()) };
        let Ok(Value::Object(claims)) = serde_json::from_str(text) else {
            return None;
        };
        let asked = |name: &str| claims.get("access_token").and_then(|token| token.get(name));
        let cp1 = asked("xms_cc").is_some_and(|claim| values(claim).iter().any(|one| one.eq_ignore_ascii_case("cp1")));
        Some(Self {
            cp1,
            acrs: asked("acrs").map(values).unwrap_or_default().into_iter().collect(),
            policies: asked("polids").is_some(),
            not_before: asked("nbf").and_then(|claim| values(claim).first().and_then(|value| value.parse().ok())),
        })
    }

    /// Must somebody act before a sign-in with these properties will do?
    pub(crate) fn needs_second_factor(&self, mfa: bool, acrs: &BTreeSet<String>) -> bool {
        (self.policies && !mfa) || !self.acrs.is_subset(acrs)
    }
}

/// `value` or `values`, as texts.
fn values(claim: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let many = claim
        .get("values")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(text);
    claim.get("value").and_then(text).into_iter().chain(many).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claims_request_is_read() {
        let text = r#"{"access_token":{"xms_cc":{"values":["CP1"]},"acrs":{"essential":true,"values":["p1"]},"nbf":{"essential":true,"value":"1603742800"}}}"#;
        let wanted = Wanted::parse(Some(text)).unwrap();
        assert!(wanted.cp1);
        assert_eq!(wanted.not_before, Some(1_603_742_800));
        assert!(wanted.needs_second_factor(true, &BTreeSet::new()));
        assert!(!wanted.needs_second_factor(true, &BTreeSet::from(["p1".to_owned()])));
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        assert_eq!(Wanted::parse(Some("[]")), None);
        assert_eq!(Wanted::parse(Some("eyJ9")), None);
        assert_eq!(Wanted::parse(None), Some(Wanted::default()));
    }
}
