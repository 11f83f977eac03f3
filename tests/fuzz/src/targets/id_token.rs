//! The id token in an answer that is good otherwise. The first byte chooses the circumstances; the rest is the claims,
//! or, by choice, the whole token; `{nonce}` and `{now}` stand for the request's nonce and the time, `{long-ago}` and
//! `{soon}` for the times between which clocks may differ.

use avd_logoff::auth::{AuthError, AuthorizationRequest};
use serde_json::Value;

use super::{filled, split};
use crate::answers::{assert_untold, good_answer, json_answer, words_of};
use crate::check::{SKEW, encode_base64url, person_in};
use crate::outside::{TENANT_DOMAIN, TENANT_ID, Way, World};
use crate::run::BEGINNING;

/// Whoever is signed in is named by claims for this application, this authority, this request and this hour.
pub fn id_token(data: &[u8]) {
    let Some(([choice], text)) = split(data) else { return };
    let tenant_id = (choice & 1 == 0).then_some(TENANT_ID);
    let world = World::new(tenant_id.unwrap_or(TENANT_DOMAIN), false);
    let mut asked = world.ask(Way::Redirect, &AuthorizationRequest::default());
    let now = BEGINNING.unix_timestamp();
    let text = filled(
        text,
        &[
            ("{nonce}", &asked.nonce),
            ("{now}", &now.to_string()),
            ("{long-ago}", &(now - SKEW).to_string()),
            ("{soon}", &(now + SKEW).to_string()),
        ],
    );
    let token = match choice & 6 {
        0 => format!("e30.{}.c2ln", encode_base64url(&text)),
        2 => format!("e30.{}.", encode_base64url(&text)),
        4 => format!(".{}.c2ln.", encode_base64url(&text)),
        _ => String::from_utf8_lossy(&text).into_owned(),
    };
    let answer = good_answer("the-access-token-of-the-answer", &token);
    world.authority_says(json_answer(200, &answer));

    let response = format!("?code=the-code-that-is-redeemed&state={}", asked.state);
    let (client, outcome) = world.come_back(&mut asked, &response);

    let named = person_in(&token, Some(&asked.nonce), tenant_id, now);
    match &outcome {
        Ok(account) => {
            let account = account.as_ref().expect("there was an answer");
            let named = named.expect("signed in by an id token that does not stand the checks");
            assert_eq!(
                (&named.object_id, &named.tenant_id),
                (&account.object_id, &account.tenant_id)
            );
        }
        Err(error) => {
            assert!(matches!(error, AuthError::IdToken(_)), "the rest is good: {error:?}");
            assert_eq!(client.account(), None, "an error signs in");
            assert!(
                !(named.is_some() && is_plain(&text)),
                "a good id token is refused: {error:?}"
            );
            let mut secrets = asked.kept;
            secrets.push(token);
            assert_untold(&secrets, &words_of(error), "");
            assert!(!world.keeps("the-access-token"), "a token is kept without a sign-in");
        }
    }
    assert_eq!(world.redeemed(None).len(), 1);
}

/// Whether the claims are written as an authority writes them: each once, and text where there should be text.
fn is_plain(text: &[u8]) -> bool {
    let Ok(Value::Object(claims)) = serde_json::from_slice(text) else {
        return false;
    };
    let text = String::from_utf8_lossy(text);
    let once = claims
        .keys()
        .all(|name| text.matches(&format!("\"{name}\"")).count() == 1)
        && !text.contains('\\');
    let optional = ["preferred_username", "name", "login_hint", "nonce"];
    let texts = optional
        .iter()
        .filter_map(|name| claims.get(*name))
        .all(|value| value.is_string() || value.is_null());
    once && texts
}
