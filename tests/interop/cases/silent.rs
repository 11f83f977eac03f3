//! `prompt=none`: signing in without a person being asked.

use avd_logoff::auth::AuthError;

use crate::support::{PERSON, Provider, Switches, Tab};

#[tokio::test]
async fn with_a_session_nobody_is_asked() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let account = tab.sign_in().await.account();
    let location = tab.person.open(&tab.begin_silently()).await.back();
    let (client, again) = tab.come_back(&location).await.unwrap();
    assert_eq!(again, account);
    assert_eq!(client.account(), account);
}

#[tokio::test]
async fn without_a_session_a_person_is_needed() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let location = tab.person.open(&tab.begin_silently()).await.back();
    let error = tab.come_back(&location).await.err().unwrap();
    assert!(
        matches!(&error, AuthError::InteractionRequired(server) if server.error == "login_required"),
        "{error:?}"
    );
    assert_eq!(tab.load().account(), None);
    assert!(tab.redeemed().is_empty());
}

#[tokio::test]
async fn without_consent_a_person_is_needed() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    // Signs in, and leaves at the question for consent: there is a session, and nothing granted.
    let place = tab.person.open(&tab.begin()).await;
    let asked = tab.person.answer(place, &[("user", PERSON), ("answer", "yes")]).await;
    assert_eq!(asked.title(), "Permissions requested");
    let location = tab.person.open(&tab.begin_silently()).await.back();
    let error = tab.come_back(&location).await.err().unwrap();
    assert!(matches!(error, AuthError::InteractionRequired(_)), "{error:?}");
}
