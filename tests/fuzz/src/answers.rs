//! Answers that are right in every way, and what errors say of those that are not.

use avd_logoff::auth::AuthError;
use serde_json::{Value, json};

use crate::check::encode_base64url;
use crate::outside::{AUTHORITY, Answer, CLIENT_ID, OBJECT_ID};
use crate::run::BEGINNING;

/// The claims of an id token of that tenant that is right in every way.
pub fn good_claims(nonce: Option<&str>, tenant_id: &str) -> Value {
    let now = BEGINNING.unix_timestamp();
    let mut claims = json!({
        "iss": format!("{AUTHORITY}/{tenant_id}/v2.0"), "aud": CLIENT_ID, "tid": tenant_id, "oid": OBJECT_ID,
        "preferred_username": "operator@contoso.example", "name": "Operator",
        "iat": now, "nbf": now, "exp": now + 7200
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    claims
}

/// An id token with these claims; nobody looks at its signature.
pub fn id_token(claims: &Value) -> String {
    format!("e30.{}.c2ln", encode_base64url(claims.to_string().as_bytes()))
}

/// The same token for somebody else.
pub fn somebody_else(mut claims: Value) -> String {
    claims["oid"] = "somebody-else".into();
    id_token(&claims)
}

/// A token answer that is right in every way.
pub fn good_answer(access_token: &str, id_token: &str) -> Value {
    json!({
        "token_type": "Bearer", "access_token": access_token, "expires_in": 3600,
        "refresh_token": "the-refresh-token-of-a-good-answer-1", "id_token": id_token
    })
}

/// An answer with this status and this JSON.
pub fn json_answer(status: u16, body: &Value) -> Answer {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/json");
    Ok(response.body(body.to_string().into_bytes()).expect("it is whole"))
}

/// Everything that an error says of itself: for a log, for a person, for a receipt.
pub fn words_of(error: &AuthError) -> String {
    let server = error.server().map(ToString::to_string).unwrap_or_default();
    format!(
        "{error:?} {server} {}",
        serde_json::to_string(error).unwrap_or_default()
    )
}

/// Panics if one of the secrets shows in `words`. Short ones prove nothing, nor does what stands in `said_openly`: the
/// answer itself has put it into the words. No error has a digit in its own words, so that an input cannot choose one
/// of those as its secret, which fuzzers do.
pub fn assert_untold(secrets: &[String], words: &str, said_openly: &str) {
    let words = without_spaces(words);
    let said_openly = without_spaces(said_openly);
    for secret in secrets {
        let secret = without_spaces(secret);
        let counts = secret.len() >= 8 && secret.contains(|sign: char| sign.is_ascii_digit());
        let told = counts && !said_openly.contains(&secret) && words.contains(&secret);
        assert!(!told, "an error tells a secret: {words}");
    }
}

/// The same for the secrets of a token answer itself: what it says a second time, it says openly.
pub fn assert_untold_of(body: &[u8], words: &str) {
    const TOKENS: [&str; 3] = ["access_token", "refresh_token", "id_token"];
    const OPEN: [&str; 6] = [
        "error",
        "error_description",
        "suberror",
        "claims",
        "trace_id",
        "correlation_id",
    ];
    let read = first_value(body);
    let said: String = OPEN.iter().filter_map(|name| read[*name].as_str()).collect();
    for secret in TOKENS.iter().filter_map(|name| read[*name].as_str()) {
        let elsewhere = String::from_utf8_lossy(body).replacen(secret, "", 1);
        assert_untold(&[secret.to_owned()], words, &format!("{said} {elsewhere}"));
    }
}

/// The JSON value that a body begins with. Whatever follows is not looked at, because the `oauth2` crate does not
/// either.
pub fn first_value(body: &[u8]) -> Value {
    let mut values = serde_json::Deserializer::from_slice(body).into_iter();
    values.next().and_then(Result::ok).unwrap_or_default()
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}
