//! The authorization response. The first byte chooses the circumstances, the rest is what `redirect.html` has left in
//! the tab's storage, or sent from a window; `{state}` and `{issuer}` stand for the request's state and the
//! authority's name.

use avd_logoff::auth::{AuthError, AuthorizationRequest, PENDING_REQUEST_KEY, RESPONSE_KEY};
use avd_logoff::ports::Clock as _;

use super::{filled, split};
use crate::answers::{assert_untold, good_answer, good_claims, id_token, json_answer, words_of};
use crate::check::{form_names, form_values, issuer_may_answer};
use crate::outside::{AUTHORITY, TENANT_DOMAIN, TENANT_ID, Way, World};

/// Nobody is signed in but by the one answer to the one request, and whoever is signed in already stays that.
pub fn response(data: &[u8]) {
    let Some(([choice], text)) = split(data) else { return };
    let tenant_id = (choice & 1 == 0).then_some(TENANT_ID);
    let way = if choice & 32 == 0 { Way::Redirect } else { Way::Window };
    let world = World::new(tenant_id.unwrap_or(TENANT_DOMAIN), choice & 2 != 0);
    if choice & 128 != 0 {
        world.sign_in("the-access-token-from-before");
    }
    let before = world.load().account();
    let mut asked = world.ask(way, &AuthorizationRequest::default());
    let answered_after = [60, 3599, 3601, -301][usize::from(choice >> 2) % 4];
    world.time.shift(answered_after);
    let was_asked_here = choice & 16 == 0 || way == Way::Window;
    if !was_asked_here {
        world.forget_request();
    }
    let issuer = format!("{AUTHORITY}/{TENANT_ID}/v2.0");
    let text = filled(text, &[("{state}", &asked.state), ("{issuer}", &issuer)]);
    let text = String::from_utf8_lossy(&text).into_owned();
    let good_token = id_token(&good_claims(Some(&asked.nonce), TENANT_ID));
    let answer = good_answer("the-access-token-of-the-answer", &good_token);
    world.authority_says(json_answer(200, &answer));

    let (client, outcome) = world.come_back(&mut asked, &text);

    let text = text.trim_start_matches(['#', '?']);
    let all = |name: &str| form_values(text, name);
    let (codes, states, issuers) = (all("code"), all("state"), all("iss"));
    let in_time = (0..=3600).contains(&answered_after);
    let good = was_asked_here
        && in_time
        && states == [asked.state.as_str()]
        && matches!(codes.as_slice(), [code] if !code.is_empty())
        && issuers.len() <= 1
        && issuers.iter().all(|issuer| issuer_may_answer(issuer, tenant_id))
        && all("error").is_empty();
    let redeemed = world.redeemed(None);
    match &outcome {
        Ok(account) => {
            assert!(good && account.is_some(), "an answer that was not asked for signs in");
            assert_eq!(client.account(), *account);
            assert_eq!(redeemed.len(), 1, "a code is redeemed once");
            assert_eq!(form_values(&redeemed[0], "code"), codes, "another code is redeemed");
        }
        Err(error) => {
            let known = ["code", "state", "iss", "session_state"];
            let plain = text.is_ascii() && form_names(text).iter().all(|name| known.contains(&name.as_str()));
            assert!(!(good && plain), "a good answer is refused: {error:?}");
            assert_eq!(client.account(), before, "an error changes who is signed in");
            assert!(redeemed.is_empty(), "the code of a bad answer is redeemed");
            let not_ours = was_asked_here && states.len() == 1 && !states[0].is_empty() && states[0] != asked.state;
            let told = matches!(error, AuthError::StateMismatch | AuthError::MalformedResponse);
            assert!(!not_ours || told, "another state is told as {error:?}");
            let mut secrets = asked.kept;
            secrets.extend(codes);
            let open = ["error", "error_description", "suberror", "claims"].map(|name| all(name).join("\n"));
            assert_untold(&secrets, &words_of(error), &open.join("\n"));
            assert!(!world.keeps("the-access-token-of"), "a token is kept without a sign-in");
        }
    }
    assert_eq!(world.stored(RESPONSE_KEY), None, "the response is used up");
    assert_eq!(world.stored(PENDING_REQUEST_KEY), None, "the request is used up");
    let now = world.time.now();
    assert_eq!(
        world.time.run(world.load().handle_redirect()),
        Ok(None),
        "there is nothing left"
    );
    assert_eq!((world.redeemed(None).len(), world.time.now()), (redeemed.len(), now));
}
