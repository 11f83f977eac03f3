//! What a good answer is, said a second time and in another way than the page says it.

use serde_json::Value;

use crate::outside::{AUTHORITY, CLIENT_ID};

/// How far clocks may be apart, in seconds.
pub const SKEW: i64 = 300;

/// Every value that a parameter has in a form-encoded text, in their order.
pub fn form_values(text: &str, name: &str) -> Vec<String> {
    text.split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(n, _)| form_text(n) == name)
        .map(|(_, value)| form_text(value))
        .collect()
}

/// The names of all parameters.
pub fn form_names(text: &str) -> Vec<String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| form_text(pair.split('=').next().unwrap_or_default()))
        .collect()
}

fn form_text(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|two| Some((hex(two[0])?, hex(two[1])?)));
        rest = match (first, digits) {
            (b'%', Some((high, low))) => {
                bytes.push(high * 16 + low);
                &tail[2..]
            }
            (b'+', _) => {
                bytes.push(b' ');
                tail
            }
            (other, _) => {
                bytes.push(*other);
                tail
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Whether a response may name this issuer: the authority, for the tenant if that is configured by its id.
pub fn issuer_may_answer(issuer: &str, tenant_id: Option<&str>) -> bool {
    match tenant_id {
        Some(id) => issuer.eq_ignore_ascii_case(&format!("{AUTHORITY}/{id}/v2.0")) && issuer.starts_with(AUTHORITY),
        None => issuer.starts_with(&format!("{AUTHORITY}/")) && issuer.ends_with("/v2.0"),
    }
}

/// Who signed in.
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// `oid`
    pub object_id: String,
    /// `tid`
    pub tenant_id: String,
}

/// Whom an id token names, if it is one for this application, from this authority, for this request, and for now.
/// Without `nonce` it may have any or none, and without `tenant_id` it may be of any tenant, but has to name the same
/// one twice.
pub fn person_in(token: &str, nonce: Option<&str>, tenant_id: Option<&str>, now: i64) -> Option<Person> {
    let pieces: Vec<&str> = token.split('.').collect();
    if pieces.len() != 3 {
        return None;
    }
    let claims: Value = serde_json::from_slice(&decode_base64url(pieces[1])?).ok()?;
    let text = |name: &str| claims[name].as_str();
    let (tid, oid) = (text("tid")?, text("oid")?);
    let right_tenant = tenant_id.is_none_or(|wanted| wanted.eq_ignore_ascii_case(tid));
    let right_issuer = text("iss")?.strip_prefix(AUTHORITY)? == format!("/{tid}/v2.0");
    let right_nonce = nonce.is_none_or(|wanted| text("nonce") == Some(wanted));
    let in_time = claims["exp"].as_i64()?.checked_add(SKEW).is_none_or(|end| end > now);
    let not_early = match &claims["nbf"] {
        Value::Null => true,
        value => value.as_i64()? <= now + SKEW,
    };
    let good = text("aud")? == CLIENT_ID && right_tenant && right_issuer && right_nonce && in_time && not_early;
    good.then(|| Person {
        object_id: oid.to_owned(),
        tenant_id: tid.to_owned(),
    })
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes as base64url without padding.
pub fn encode_base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let joined = group.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(ALPHABET[(joined >> (18 - 6 * place)) as usize & 63] as char);
        }
    }
    text
}

/// The bytes of base64url without padding. Bits that stand over must be zero.
pub fn decode_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        held = held << 6 | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    (bits < 6 && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode_base64url, encode_base64url, form_names, form_values};

    #[test]
    fn base64url_goes_there_and_back() {
        for length in 0..9 {
            let bytes: Vec<u8> = (0..length).map(|i| 240 + i).collect();
            assert_eq!(decode_base64url(&encode_base64url(&bytes)), Some(bytes));
        }
        assert_eq!(encode_base64url(b"\xfb\xff\xfe"), "-__-");
        for bad in ["A", "AB", "AA==", "A+AA", "AAAAA"] {
            assert_eq!(decode_base64url(bad), None, "{bad}");
        }
    }

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        assert_eq!(form_values("a=1&b=x%2By+z&a=%zz&a", "a"), ["1", "%zz", ""]);
        assert_eq!(form_values("a=1&b=x%2By+z", "b"), ["x+y z"]);
        assert_eq!(form_names("&c%6fde=1&&x"), ["code", "x"]);
    }
}
