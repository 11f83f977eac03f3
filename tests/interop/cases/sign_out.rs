//! Signing out at the provider as well.

use avd_logoff::auth::{AuthError, Freshness};
use url::Url;

use crate::support::{PERSON, Provider, Switches, Tab, parameters, with};

/// The page's request to sign out, as this provider takes it: it goes back only for a client that it can tell, by
/// `client_id` or `id_token_hint` (OpenID Connect RP-Initiated Logout 2).
fn named(tab: &Tab) -> Url {
    let url = tab.went_to();
    let sent = parameters(url.query().unwrap_or_default());
    if sent.contains_key("client_id") || sent.contains_key("id_token_hint") {
        return url;
    }
    with(&url, "client_id", Some(&tab.settings.client_id))
}

#[tokio::test]
async fn signing_out_ends_the_session_and_comes_back() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let client = tab.sign_in().await;
    client.logout_redirect().unwrap();
    let place = tab.person.open(&named(&tab)).await;
    assert_eq!(place.title(), "Sign out");
    let back = tab.person.answer(place, &[("logout", "yes")]).await.back();
    assert_eq!(back, tab.settings.redirect_uri);

    assert_eq!(client.account(), None);
    let error = client.acquire_token_silent(Freshness::Cached).await.err().unwrap();
    assert_eq!(error, AuthError::SignedOut);
    // The provider knows nobody any more.
    let location = tab.person.open(&tab.begin_silently()).await.back();
    let error = tab.come_back(&location).await.err().unwrap();
    assert!(
        matches!(&error, AuthError::InteractionRequired(server) if server.error == "login_required"),
        "{error:?}"
    );
}

#[tokio::test]
async fn whoever_is_signed_out_at_the_provider_already_comes_back_at_once() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let client = tab.sign_in().await;
    client.logout_redirect().unwrap();
    let place = tab.person.open(&named(&tab)).await;
    tab.person.answer(place, &[("logout", "yes")]).await.back();
    // A second time, without a session, there is nothing to ask.
    let back = tab.person.open(&named(&tab)).await.back();
    assert_eq!(back, tab.settings.redirect_uri);
}

#[tokio::test]
async fn a_window_that_signs_out_comes_back_with_its_state() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    tab.sign_in().await.logout_popup().unwrap();
    let asked = parameters(tab.went_to().query().unwrap());
    let place = tab.person.open(&named(&tab)).await;
    let back = tab.person.answer(place, &[("logout", "yes")]).await.back();
    assert_eq!(parameters(back.query().unwrap())["state"], asked["state"]);
    assert_eq!(back.path(), tab.settings.redirect_uri.path());
}

#[tokio::test]
async fn the_session_ends_also_where_the_provider_cannot_tell_who_asks() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    tab.sign_in().await.logout_redirect().unwrap();
    let unnamed = with(&with(&tab.went_to(), "client_id", None), "id_token_hint", None);
    let place = tab.person.open(&unnamed).await;
    let place = tab.person.answer(place, &[("logout", "yes")]).await;
    assert_eq!(place.title(), "You are signed out", "and nobody is sent anywhere");
    // Signing in again asks for the user name again.
    let location = tab.person.sign_in(&tab.begin(), PERSON).await;
    assert!(tab.come_back(&location).await.is_ok());
}
