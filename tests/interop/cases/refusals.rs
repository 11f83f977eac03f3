//! What the provider refuses, and answers that must sign nobody in.

use avd_logoff::auth::{AuthError, Freshness, IdTokenFault, PENDING_REQUEST_KEY};
use avd_logoff::ports::NoAnswer;
use url::Url;

use crate::support::{PERSON, Provider, Switches, Tab, with};

/// The error of a return that must not sign anybody in.
async fn refused(tab: &Tab, location: &Url) -> AuthError {
    let error = tab.come_back(location).await.err().expect("nobody may be signed in");
    assert_eq!(tab.load().account(), None);
    error
}

fn word(error: &AuthError) -> &str {
    error.server().map_or("", |server| server.error.as_str())
}

#[tokio::test]
async fn a_code_serves_once() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let location = tab.person.sign_in(&tab.begin(), PERSON).await;
    let kept = tab.storage.values.borrow()[PENDING_REQUEST_KEY].clone();
    let (client, _) = tab.come_back(&location).await.unwrap();
    // The page does not even try it again, because the request is used up as well.
    assert_eq!(refused(&tab, &location).await, AuthError::NoPendingRequest);
    assert_eq!(tab.redeemed().len(), 1);
    // And if it did, the provider would refuse it.
    tab.storage
        .values
        .borrow_mut()
        .insert(PENDING_REQUEST_KEY.to_owned(), kept);
    let error = refused(&tab, &location).await;
    assert_eq!((word(&error), tab.redeemed().len()), ("invalid_grant", 2), "{error:?}");
    // A code that comes twice may have been stolen: the provider takes back what it gave for it.
    let error = client.acquire_token_silent(Freshness::Renewed).await.err().unwrap();
    assert!(matches!(error, AuthError::InteractionRequired(_)), "{error:?}");
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_its_verifier() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let request = with(&tab.begin(), "code_challenge", Some(&"A".repeat(43)));
    let location = tab.person.sign_in(&request, PERSON).await;
    let error = refused(&tab, &location).await;
    assert_eq!(word(&error), "invalid_grant", "{error:?}");
}

#[tokio::test]
async fn a_request_without_pkce_is_refused() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let request = with(
        &with(&tab.begin(), "code_challenge", None),
        "code_challenge_method",
        None,
    );
    let location = tab.person.open(&request).await.back();
    let error = refused(&tab, &location).await;
    assert_eq!(word(&error), "invalid_request", "{error:?}");
    assert!(tab.redeemed().is_empty());
}

#[tokio::test]
async fn an_answer_to_another_state_or_nonce_signs_nobody_in() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let request = with(&tab.begin(), "state", Some("another"));
    let location = tab.person.sign_in(&request, PERSON).await;
    assert_eq!(refused(&tab, &location).await, AuthError::StateMismatch);
    assert!(tab.redeemed().is_empty(), "the code is not even redeemed");

    let tab = Tab::new(&provider);
    let request = with(&tab.begin(), "nonce", Some("another"));
    let location = tab.person.sign_in(&request, PERSON).await;
    assert_eq!(refused(&tab, &location).await, AuthError::IdToken(IdTokenFault::Nonce));
}

#[tokio::test]
async fn cancelling_is_told_as_access_denied() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let place = tab.person.open(&tab.begin()).await;
    let location = tab.person.answer(place, &[("answer", "no")]).await.back();
    let error = refused(&tab, &location).await;
    assert!(matches!(error, AuthError::Server(_)), "{error:?}");
    assert_eq!(word(&error), "access_denied");
}

#[tokio::test]
async fn without_consent_there_is_no_code() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let place = tab.person.open(&tab.begin()).await;
    let asked = tab.person.answer(place, &[("user", PERSON), ("answer", "yes")]).await;
    assert_eq!(asked.title(), "Permissions requested");
    let location = tab.person.answer(asked, &[("answer", "no")]).await.back();
    assert_eq!(word(&refused(&tab, &location).await), "access_denied");
}

#[tokio::test]
async fn a_page_at_another_origin_is_not_let_at_the_token_endpoint() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::at_port(&provider, 4999);
    let location = tab.person.sign_in(&tab.begin(), PERSON).await;
    let error = refused(&tab, &location).await;
    assert!(
        matches!(error, AuthError::NoAnswer(NoAnswer::Unreachable(_))),
        "{error:?}"
    );
    assert_eq!(tab.redeemed()[0].status.map(|status| status.as_u16()), Some(400));
}

#[tokio::test]
async fn another_redirect_uri_is_never_gone_to() {
    let provider = Provider::start(Switches::default());
    let mut tab = Tab::new(&provider);
    tab.settings.redirect_uri = Url::parse("http://localhost:4460/elsewhere.html").unwrap();
    let place = tab.person.open(&tab.begin()).await;
    assert_eq!(place.title(), "Something went wrong");
}

/// OpenID Connect Core 5.5 knows `userinfo` and `id_token` in a request for claims; this provider, told to look into
/// it, wants one of them. The page asks for `access_token` only, which is how the page's own authority has it.
#[tokio::test]
async fn a_provider_that_looks_into_claims_says_no_and_the_page_can_tell() {
    let provider = Provider::start(Switches {
        claims_checked: true,
        ..Switches::default()
    });
    let tab = Tab::new(&provider);
    let location = tab.person.open(&tab.begin()).await.back();
    let error = refused(&tab, &location).await;
    assert!(matches!(error, AuthError::Server(_)), "{error:?}");
    assert_eq!(word(&error), "invalid_request");

    let mut tab = Tab::new(&provider);
    tab.settings.declare_client_capabilities = false;
    assert!(tab.sign_in().await.account().is_some(), "without it, it lets in");
}
