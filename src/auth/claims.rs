//! The `claims` parameter: what this client can do, and what a resource asked for.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Longest challenge that is taken up, in bytes of its JSON: it has to fit into an address.
const LONGEST: usize = 4096;

/// What is asked for where a challenge came and could not be read: the authentication context that Resource Manager
/// was seen to ask for when it enforces multifactor authentication (Azure/azure-sdk-for-python #41739).
const MULTIFACTOR: &str = r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#;

/// A resource has refused a token and wants one with certain claims.
///
/// "Claims challenges, claims requests and client capabilities" in Microsoft's documentation describes the header and
/// the parameter that answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimsChallenge(String);

impl ClaimsChallenge {
    /// Of the value of `WWW-Authenticate`; `None` if it asks for no claims. A challenge is told by its `claims` part:
    /// `error` may be `insufficient_claims` or `invalid_token` (Azure/azure-sdk-for-js #32351). Where there are
    /// several, the first that can be read counts; where none can, it is [`ClaimsChallenge::unreadable`].
    pub fn of_header(value: &str) -> Option<Self> {
        let mut asked = claims_parts(value).peekable();
        asked.peek()?;
        let readable = asked.find_map(|text| Self::of_json(&decode(&text)?));
        Some(readable.unwrap_or_else(Self::unreadable))
    }

    /// Of the `claims` field of the token endpoint's error; `None` if that is not a JSON object.
    pub fn of_json(text: &str) -> Option<Self> {
        let claims: Map<String, Value> = serde_json::from_str(text).ok()?;
        // Measured as it will be sent: numbers may grow by being written out.
        Some(Value::Object(claims).to_string())
            .filter(|text| text.len() <= LONGEST)
            .map(Self)
    }

    /// A challenge that CORS hides from the page: it is answered with multifactor authentication.
    pub fn unreadable() -> Self {
        Self(MULTIFACTOR.to_owned())
    }
}

/// The value of the `claims` parameter, if one is to be sent: the answer to a challenge, and `cp1`, which says "I can
/// answer claims challenges" (msal-common `RequestParameterBuilder` merges them likewise).
pub(super) fn claims_parameter(declare_capabilities: bool, challenge: Option<&ClaimsChallenge>) -> Option<String> {
    if !declare_capabilities {
        return challenge.map(|challenge| challenge.0.clone());
    }
    let asked = challenge.and_then(|challenge| serde_json::from_str(&challenge.0).ok());
    let mut claims: Map<String, Value> = asked.unwrap_or_default();
    let access_token = claims.entry("access_token").or_insert_with(|| json!({}));
    if !access_token.is_object() {
        *access_token = json!({});
    }
    access_token["xms_cc"] = json!({ "values": ["cp1"] });
    Some(Value::Object(claims).to_string())
}

/// Base64 in either alphabet, with padding or without: all of them were seen.
fn decode(text: &str) -> Option<String> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = [alphabet::STANDARD, alphabet::URL_SAFE]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok())?;
    String::from_utf8(bytes).ok()
}

/// The values of every `claims="…"` in the header.
fn claims_parts(header: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = header;
    std::iter::from_fn(move || {
        loop {
            let (name, value, after) = next_part(rest)?;
            rest = after;
            if name.eq_ignore_ascii_case("claims") {
                return Some(value);
            }
        }
    })
}

/// The next `name="value"` of a header: the name is the word before the `=`, and a backslash in the value stands for
/// the sign behind it (RFC 9110, quoted-string).
fn next_part(text: &str) -> Option<(&str, String, &str)> {
    let quote = text.find("=\"")?;
    let before = &text[..quote];
    let name = before.rsplit([' ', ',', '\t']).next().unwrap_or(before);
    let mut value = String::new();
    let mut signs = text[quote + 2..].char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((name, value, &text[quote + 2 + at + 1..])),
            '\\' => value.extend(signs.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::{ClaimsChallenge, MULTIFACTOR, claims_parameter};

    const NBF: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1603742800"}}}"#;

    #[test]
    fn a_challenge_is_read_in_every_alphabet_and_from_any_place_of_the_header() {
        // Chosen so that the two alphabets differ: it holds signs whose base64 has + and /.
        let text = r#"{"a":"?>?>~~~"}"#;
        for encoded in [BASE64_STANDARD.encode(text), BASE64_URL_SAFE_NO_PAD.encode(text)] {
            let header = format!(
                r#"Bearer realm="", authorization_uri="https://login.example/?claims=no", error="invalid_token", Claims="{encoded}""#
            );
            assert_eq!(
                ClaimsChallenge::of_header(&header),
                ClaimsChallenge::of_json(text),
                "{header}"
            );
        }
        let two = format!(
            r#"Bearer error="a", claims="%%%", Bearer claims="{}""#,
            BASE64_STANDARD.encode(NBF)
        );
        assert_eq!(ClaimsChallenge::of_header(&two), ClaimsChallenge::of_json(NBF));
    }

    #[test]
    fn without_claims_there_is_no_challenge_and_with_nonsense_it_counts_as_unreadable() {
        for header in [
            "",
            "Bearer",
            r#"Bearer error="invalid_token""#,
            r#"Bearer error_description="needs claims=\"x\" now""#,
            r#"Bearer noclaims="eyJ9""#,
            r#"Bearer claims="never closed"#,
        ] {
            assert_eq!(ClaimsChallenge::of_header(header), None, "{header}");
        }
        let list = BASE64_STANDARD.encode("[1]");
        for claims in ["", "%%%", "eyJ", &list, &"A".repeat(9000)] {
            let header = format!(r#"Bearer claims="{claims}""#);
            let unreadable = Some(ClaimsChallenge::unreadable());
            assert_eq!(ClaimsChallenge::of_header(&header), unreadable, "{header}");
        }
    }

    #[test]
    fn what_was_asked_for_is_merged_with_what_the_client_can_do() {
        assert_eq!(claims_parameter(false, None), None);
        let cp1 = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
        assert_eq!(claims_parameter(true, None).as_deref(), Some(cp1));
        let challenge = ClaimsChallenge::of_json(NBF).unwrap();
        assert_eq!(claims_parameter(false, Some(&challenge)).as_deref(), Some(NBF));
        let both = claims_parameter(true, Some(&challenge)).unwrap();
        let both: serde_json::Value = serde_json::from_str(&both).unwrap();
        assert_eq!(both["access_token"]["nbf"]["value"], "1603742800");
        assert_eq!(both["access_token"]["xms_cc"]["values"][0], "cp1");
        let odd = ClaimsChallenge::of_json(r#"{"access_token":7,"id_token":{"auth_time":null}}"#).unwrap();
        let merged: serde_json::Value = serde_json::from_str(&claims_parameter(true, Some(&odd)).unwrap()).unwrap();
        assert_eq!(merged["access_token"]["xms_cc"]["values"][0], "cp1");
        assert!(merged["id_token"].is_object());
        assert!(ClaimsChallenge::of_json(MULTIFACTOR) == Some(ClaimsChallenge::unreadable()));
    }
}
