//! New tokens by the refresh token.

use std::time::Duration;

use avd_logoff::auth::{AuthError, ClaimsChallenge, Freshness};
use futures::future::{join, join_all};

use crate::support::{Provider, Switches, Tab, parameters};

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_once_for_all_who_wait() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let client = tab.sign_in().await;
    let first = client.acquire_token_silent(Freshness::Cached).await.unwrap();
    tab.pass(Duration::from_secs(3600 - 290));
    let all = join_all((0..5).map(|_| client.acquire_token_silent(Freshness::Cached))).await;
    let renewed = all[0].clone().unwrap();
    assert_ne!(renewed.secret(), first.secret());
    assert!(
        all.iter()
            .all(|token| token.as_ref().is_ok_and(|token| token.secret() == renewed.secret()))
    );
    let sent = tab.redeemed();
    assert_eq!(sent.len(), 2, "one for the code, one for all who wait");
    assert_eq!(parameters(&sent[1].body)["grant_type"], "refresh_token");
}

/// The provider gives a new refresh token each time and takes the old one back, as RFC 9700 asks for.
#[tokio::test]
async fn a_rotated_refresh_token_is_kept_for_the_next_time() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let client = tab.sign_in().await;
    for _ in 0..3 {
        client.acquire_token_silent(Freshness::Renewed).await.unwrap();
    }
    let sent: Vec<String> = tab.redeemed()[1..]
        .iter()
        .map(|sent| parameters(&sent.body)["refresh_token"].clone())
        .collect();
    assert!(sent[0] != sent[1] && sent[1] != sent[2]);
}

#[tokio::test]
async fn whoever_asks_for_claims_waits_for_the_renewal_before_and_uses_its_refresh_token() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let client = tab.sign_in().await;
    let challenge =
        ClaimsChallenge::of_json(r#"{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}"#).unwrap();
    let (renewed, stronger) = join(
        client.acquire_token_silent(Freshness::Renewed),
        client.acquire_token_silent(Freshness::Claims(challenge)),
    )
    .await;
    assert_ne!(renewed.unwrap().secret(), stronger.unwrap().secret());
    let sent: Vec<_> = tab.redeemed()[1..].iter().map(|sent| parameters(&sent.body)).collect();
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0]["refresh_token"], sent[1]["refresh_token"]);
    assert!(sent[1]["claims"].contains("acrs") && sent[1]["claims"].contains("cp1"));
}

#[tokio::test]
async fn a_refresh_token_that_was_used_before_ends_the_sign_in() {
    let provider = Provider::start(Switches::default());
    let mut tab = Tab::new(&provider);
    tab.settings.tokens_survive_reload = true;
    let client = tab.sign_in().await;
    // Another page with the same storage, as a duplicated tab has it.
    let copy = tab.load();
    assert_eq!(copy.account(), client.account());
    client.acquire_token_silent(Freshness::Renewed).await.unwrap();
    let error = copy.acquire_token_silent(Freshness::Renewed).await.err().unwrap();
    assert!(
        matches!(&error, AuthError::InteractionRequired(server) if server.error == "invalid_grant"),
        "{error:?}"
    );
}

#[tokio::test]
async fn short_lived_tokens_are_renewed_as_often_as_they_have_to_be() {
    let provider = Provider::start(Switches {
        access_token_seconds: 60,
        ..Switches::default()
    });
    let tab = Tab::new(&provider);
    let client = tab.sign_in().await;
    tab.pass(Duration::from_secs(61));
    assert!(client.acquire_token_silent(Freshness::Cached).await.is_ok());
    assert_eq!(tab.redeemed().len(), 2);
}

/// To the letter of OpenID Connect Core 11, `offline_access` counts only with `prompt=consent`, which the page does not
/// send. Signing in works there all the same, and whoever asks for a new token is told to sign in again.
#[tokio::test]
async fn where_no_refresh_token_is_given_a_person_signs_in_again() {
    let provider = Provider::start(Switches {
        offline_access_always: false,
        ..Switches::default()
    });
    let tab = Tab::new(&provider);
    let client = tab.sign_in().await;
    client.acquire_token_silent(Freshness::Cached).await.unwrap();
    let error = client.acquire_token_silent(Freshness::Renewed).await.err().unwrap();
    assert!(
        matches!(error, AuthError::SignedOut | AuthError::InteractionRequired(_)),
        "{error:?}"
    );
    assert_eq!(tab.redeemed().len(), 1, "there is nothing to send");
}
