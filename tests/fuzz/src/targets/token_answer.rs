//! The token endpoint's answer to a code. The first byte chooses its status, the second the circumstances, the rest is
//! its body; `{id_token}` stands for one that is right in every way, `{other}` for the same of somebody else.

use avd_logoff::auth::{Account, AccountKey, AuthorizationRequest, Freshness};

use super::{filled, split, token_endpoint_answer};
use crate::answers::{
    assert_untold, assert_untold_of, first_value, good_claims, id_token as token_of, somebody_else, words_of,
};
use crate::check::{form_values, person_in};
use crate::outside::{OBJECT_ID, OTHER_TENANT_ID, TENANT_DOMAIN, TENANT_ID, Way, World};
use crate::run::BEGINNING;

const CODE: &str = "the-code-that-is-redeemed-1";

/// Nobody is signed in but by a success with an id token that stands every check, and no error tells what came.
pub fn token_answer(data: &[u8]) {
    let Some(([status, choice], body)) = split(data) else {
        return;
    };
    let configured = (choice & 1 == 0).then_some(TENANT_ID);
    let world = World::new(configured.unwrap_or(TENANT_DOMAIN), choice & 2 != 0);
    let only = (choice & 4 != 0).then(the_person);
    let asked_for = (choice & 8 != 0).then_some(OTHER_TENANT_ID);
    let tenant_id = asked_for.or(configured);
    let request = AuthorizationRequest {
        tenant: asked_for.map(str::to_owned),
        only: only.clone(),
        ..AuthorizationRequest::default()
    };
    let way = if choice & 16 == 0 { Way::Redirect } else { Way::Window };
    let mut asked = world.ask(way, &request);
    let claims = good_claims(Some(&asked.nonce), tenant_id.unwrap_or(TENANT_ID));
    let body = filled(
        body,
        &[("{id_token}", &token_of(&claims)), ("{other}", &somebody_else(claims))],
    );
    world.authority_says(token_endpoint_answer(status, body.clone()));

    let response = format!("#code={CODE}&state={}", asked.state);
    let (client, outcome) = world.come_back(&mut asked, &response);

    let redeemed = world.redeemed(asked_for);
    assert_eq!(redeemed.len(), 1, "a code is redeemed once, whatever is answered");
    assert_eq!(form_values(&redeemed[0], "code"), [CODE]);
    let said = body;
    let body = first_value(&said);
    let verifiers = form_values(&redeemed[0], "code_verifier");
    let secrets: Vec<String> = asked
        .kept
        .into_iter()
        .chain(verifiers)
        .chain([CODE.to_owned()])
        .collect();
    match &outcome {
        Ok(account) => {
            let account = account.as_ref().expect("there was an answer");
            let now = BEGINNING.unix_timestamp();
            let token = body["id_token"].as_str();
            let named = token.and_then(|token| person_in(token, Some(&asked.nonce), tenant_id, now));
            let named = named.expect("signed in without an id token that stands the checks");
            assert_eq!(
                (&named.object_id, &named.tenant_id),
                (&account.object_id, &account.tenant_id)
            );
            assert!(
                only.is_none_or(|only| only == AccountKey::of(account)),
                "somebody else is signed in"
            );
            assert_eq!(account.switched_to.as_deref(), asked_for);
            assert_eq!(super::status(status), 200, "a refusal signs in");
            let token = world.time.run(client.acquire_token_silent(Freshness::Cached));
            if let Ok(token) = token {
                assert_eq!(body["access_token"].as_str(), Some(token.secret().as_str()));
            }
            assert!(world.redeemed(asked_for).len() <= 2, "more than one renewal");
        }
        Err(error) => {
            assert_eq!(client.account(), None, "an error signs in");
            let words = words_of(error);
            assert_untold(&secrets, &words, &String::from_utf8_lossy(&said));
            assert_untold_of(&said, &words);
            assert_eq!(world.load().account(), None, "an error signs in after a reload");
        }
    }
    let tokens = ["access_token", "refresh_token", "id_token"].map(|name| body[name].as_str().unwrap_or_default());
    for secret in secrets.iter().map(String::as_str).chain(tokens) {
        let may_stay = outcome.is_ok() && world.settings.tokens_survive_reload;
        let counts = secret.len() >= 16;
        assert!(
            may_stay || !counts || !world.keeps(secret),
            "a secret is left in the storage"
        );
    }
}

/// The one who is meant where only one will do.
fn the_person() -> AccountKey {
    AccountKey::of(&Account {
        object_id: OBJECT_ID.into(),
        tenant_id: TENANT_ID.into(),
        username: "operator@contoso.example".into(),
        name: None,
        login_hint: None,
        switched_to: None,
    })
}
