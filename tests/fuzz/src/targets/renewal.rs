//! The token endpoint's answer to a refresh token. The first byte chooses its status, the second the circumstances,
//! the rest is its body; `{id_token}` stands for a good one of the same person, `{other}` for a good one of somebody
//! else.

use avd_logoff::auth::{AuthError, ClaimsChallenge, Freshness};
use avd_logoff::ports::Clock as _;
use futures::future::join_all;

use super::{filled, split, token_endpoint_answer};
use crate::answers::{
    assert_untold, assert_untold_of, first_value, good_claims, id_token as token_of, somebody_else, words_of,
};
use crate::check::{form_values, person_in};
use crate::outside::{OBJECT_ID, TENANT_ID, World};

const FIRST: &str = "the-first-access-token-1";

/// A renewal brings a new token for the same person or none, is asked for once, and tells nothing.
pub fn renewal(data: &[u8]) {
    let Some(([status, choice], body)) = split(data) else {
        return;
    };
    let world = World::new(TENANT_ID, choice & 1 != 0);
    let client = world.sign_in(FIRST);
    let account = client.account();
    world.time.shift([0, 3301, 3599, 3601][usize::from(choice >> 1) % 4]);
    let freshness = match choice & 136 {
        0 => Freshness::Cached,
        8 => Freshness::Renewed,
        _ => Freshness::Claims(ClaimsChallenge::unreadable()),
    };
    let claims = good_claims(None, TENANT_ID);
    let body = filled(
        body,
        &[("{id_token}", &token_of(&claims)), ("{other}", &somebody_else(claims))],
    );
    world.authority_says(token_endpoint_answer(status, body.clone()));

    let now = world.time.now().unix_timestamp();
    let waiting = (0..=usize::from(choice >> 4) % 4).map(|_| client.acquire_token_silent(freshness.clone()));
    let outcomes = world.time.run(join_all(waiting));

    let redeemed = world.redeemed(None);
    let is_fresh = freshness == Freshness::Cached && choice >> 1 & 3 == 0;
    assert_eq!(
        redeemed.len(),
        usize::from(!is_fresh),
        "one renewal for all who wait, if there is need"
    );
    let unheard = status >= 253;
    let said = body;
    let body = first_value(&said);
    let refresh_tokens = redeemed.iter().flat_map(|body| form_values(body, "refresh_token"));
    let secrets: Vec<String> = refresh_tokens.chain([FIRST.to_owned()]).collect();
    for outcome in &outcomes {
        match outcome {
            Ok(token) if token.secret() == FIRST => {
                let lives = choice >> 1 & 3 != 3;
                let last_resort = unheard && freshness == Freshness::Cached && lives;
                let said_again = body["access_token"] == FIRST;
                assert!(is_fresh || last_resort || said_again, "an old token for a new one");
            }
            Ok(token) => {
                assert_eq!(body["access_token"].as_str(), Some(token.secret().as_str()));
                assert_eq!(super::status(status), 200, "a refusal renews");
                assert!(!unheard, "nothing was answered");
                if let Some(id_token) = body["id_token"].as_str() {
                    let named = person_in(id_token, None, Some(TENANT_ID), now).expect("an id token out of order");
                    assert_eq!(
                        (named.object_id.as_str(), named.tenant_id.as_str()),
                        (OBJECT_ID, TENANT_ID)
                    );
                }
            }
            Err(error) => {
                let words = words_of(error);
                assert_untold(&secrets, &words, &String::from_utf8_lossy(&said));
                assert_untold_of(&said, &words);
                assert!(
                    unheard || !matches!(error, AuthError::NoAnswer(_)),
                    "there was an answer: {error:?}"
                );
            }
        }
    }
    assert_eq!(client.account(), account, "a renewal changes who is signed in");
}
