//! Signing in by code and PKCE.

use avd_logoff::auth::{AuthError, AuthorizationRequest, Freshness, PENDING_REQUEST_KEY, RESPONSE_KEY};

use crate::support::{OTHER, PERSON, Person, Provider, Switches, Tab, parameters};

#[tokio::test]
async fn a_code_with_pkce_gives_the_account_and_a_token() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let location = tab.person.sign_in(&tab.begin(), PERSON).await;
    let response = parameters(location.fragment().unwrap());
    // The provider names itself in its answer (RFC 9207), and the page compares.
    assert_eq!(
        response["iss"],
        format!("{}/{}/v2.0", provider.address(), tab.settings.authority.tenant())
    );
    let (client, account) = tab.come_back(&location).await.unwrap();
    let account = account.unwrap();
    assert_eq!(
        (account.username.as_str(), account.name.as_deref()),
        (PERSON, Some("operator"))
    );
    assert_eq!(account.tenant_id, tab.settings.authority.tenant());
    assert!(avd_logoff::guid::is_guid(&account.object_id));
    assert_eq!(client.account(), Some(account));

    let token = client.acquire_token_silent(Freshness::Cached).await.unwrap();
    assert!(!token.secret().is_empty());
    let redeemed = tab.redeemed();
    assert_eq!(redeemed.len(), 1, "a fresh token is not asked for again");
    let sent = parameters(&redeemed[0].body);
    assert_eq!(sent["grant_type"], "authorization_code");
    assert!(sent["code_verifier"].len() >= 43 && !sent.contains_key("client_secret"));
}

#[tokio::test]
async fn the_response_comes_in_the_fragment_and_serves_once() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let request = tab.begin();
    assert_eq!(parameters(request.query().unwrap())["response_mode"], "fragment");
    let location = tab.person.sign_in(&request, PERSON).await;
    assert_eq!(location.query(), None);
    tab.come_back(&location).await.unwrap();
    let kept = tab.storage.values.borrow();
    assert!(!kept.contains_key(PENDING_REQUEST_KEY) && !kept.contains_key(RESPONSE_KEY));
}

#[tokio::test]
async fn the_hint_fills_in_the_user_name() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let request = tab.begin_with(&AuthorizationRequest {
        login_hint: Some(PERSON.into()),
        ..AuthorizationRequest::default()
    });
    assert_eq!(parameters(request.query().unwrap())["login_hint"], PERSON);
    let location = tab.person.sign_in(&request, PERSON).await;
    assert!(tab.come_back(&location).await.unwrap().1.is_some());
}

#[tokio::test]
async fn accounts_are_to_be_chosen_from_although_there_is_a_session() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    tab.sign_in().await;
    let choose = AuthorizationRequest {
        select_account: true,
        ..AuthorizationRequest::default()
    };
    let location = tab.person.sign_in(&tab.begin_with(&choose), OTHER).await;
    let account = tab.come_back(&location).await.unwrap().1.unwrap();
    assert_eq!(account.username, OTHER);
}

#[tokio::test]
async fn work_does_not_go_on_as_somebody_else() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let account = tab.sign_in().await.account().unwrap();
    let again = AuthorizationRequest::again(&account, None);
    let other = Person::new("http://localhost:4460");
    let location = other.sign_in(&tab.begin_with(&again), OTHER).await;
    assert_eq!(tab.come_back(&location).await.err(), Some(AuthError::OtherAccount));
    // The right person needs no more than the session.
    let location = tab.person.open(&tab.begin_with(&again)).await.back();
    assert_eq!(tab.come_back(&location).await.unwrap().1, Some(account));
}

#[tokio::test]
async fn a_window_brings_the_answer_to_the_page_that_opened_it() {
    let provider = Provider::start(Switches::default());
    let tab = Tab::new(&provider);
    let client = tab.load();
    let login = client.login_popup(&AuthorizationRequest::default()).unwrap();
    let window = tab.opened();
    let location = tab.person.sign_in(&window.url, PERSON).await;
    let response = location.fragment().unwrap();
    assert_eq!(
        parameters(response)["state"],
        window.id,
        "by this the window finds the page"
    );
    tab.respond(response);
    let account = login.finish().await.unwrap();
    assert_eq!(client.account(), Some(account));
    assert!(
        tab.storage.values.borrow().is_empty(),
        "nothing of it is kept in the tab"
    );
}
