//! Host names of the servers, portals that frame the page, and headers by path.

use super::{ask, bearer, company, company_at};
use azure_simulator::scenario::OPERATOR;
use azure_simulator::server::{HostNames, Listeners, PageSettings, PortalSettings, Ports};
use time::OffsetDateTime;

fn names() -> HostNames {
    HostNames {
        page: "avd.Contoso.localhost".to_owned(),
        login: "login.entra.localhost".to_owned(),
        arm: "arm.azure.localhost".to_owned(),
    }
}

#[tokio::test]
async fn servers_can_have_names_and_everything_goes_by_them() {
    let listeners = Listeners::bind_named(Ports::default(), names()).await.unwrap();
    let servers = company_at(listeners).await;
    let origins = servers.origins.clone();
    let (page, login, arm) = (&origins.page, &origins.login, &origins.arm);
    assert!(page.starts_with("http://avd.contoso.localhost:"), "{page}");
    assert!(servers.control.starts_with("http://localhost:"));
    let config = ask(page, "GET", "/config.json", "", "").await;
    assert!(config.contains(login) && config.contains(arm), "{config}");
    let index = ask(page, "GET", "/", "", "").await;
    assert!(index.contains(&format!("connect-src 'self' {login} {arm};")), "{index}");
    let list = "/subscriptions?api-version=2022-12-01&pageSize=1";
    let answer = ask(arm, "GET", list, &bearer(&servers), "").await;
    assert!(answer.contains(&format!("\"nextLink\":\"{arm}/")), "{answer}");

    let redirect = format!("{page}/redirect.html");
    let scope = format!("openid offline_access {arm}/user_impersonation");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", azure_simulator::scenario::CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", redirect.as_str()),
            ("scope", scope.as_str()),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let url = format!(
        "{login}/{}/oauth2/v2.0/authorize?{query}",
        azure_simulator::scenario::TENANT_ID
    );
    let sent = servers
        .lock()
        .sign_in_as(OffsetDateTime::now_utc(), &url, OPERATOR)
        .unwrap();
    let code = sent.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", azure_simulator::scenario::CLIENT_ID),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect.as_str()),
            ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ])
        .finish();
    let at = format!("/{}/oauth2/v2.0/token", azure_simulator::scenario::TENANT_ID);
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let own = format!("{form}origin: {page}\r\n");
    let tokens = ask(login, "POST", &at, &own, &body).await;
    assert!(
        tokens.starts_with("HTTP/1.1 200") && tokens.contains(&format!("access-control-allow-origin: {page}")),
        "{tokens}"
    );
    let port = page.rsplit(':').next().unwrap();
    let other = format!("{form}origin: http://localhost:{port}\r\n");
    let refused = ask(login, "POST", &at, &other, &body).await;
    assert!(
        refused.contains("9002326") && !refused.contains("allow-origin"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_portal_frames_what_it_is_told_and_ends_with_the_servers() {
    let servers = company().await;
    let frame = format!("{}/?a=1&b=\"2\"", servers.origins.page);
    let plain = PortalSettings::new("portal.contoso.localhost", &frame);
    let origin = servers.portal(plain.clone()).await.unwrap();
    assert!(origin.starts_with("http://portal.contoso.localhost:"), "{origin}");
    let page = ask(&origin, "GET", "/", "", "").await;
    let framed = frame.replace('&', "&amp;").replace('"', "&quot;");
    assert!(
        page.contains(&format!("<iframe title=\"AVD Log off\" src=\"{framed}\"></iframe>")),
        "{page}"
    );
    assert!(
        page.contains(&format!("postMessage(message,\"{}\")", servers.origins.page)),
        "to this origin and no other: {page}"
    );
    assert!(page.contains("window.received=[]") && page.contains("<h1>Portal</h1>"));
    for absent in ["sandbox", "cross-origin-opener-policy", "referrer-policy"] {
        assert!(!page.contains(absent), "{absent}");
    }

    let strict = PortalSettings {
        host: "portal.fabrikam.localhost".to_owned(),
        sandbox: Some("allow-scripts allow-popups".to_owned()),
        opener_policy: Some("same-origin".to_owned()),
        referrer_policy: Some("no-referrer".to_owned()),
        ..plain
    };
    let second = servers.portal(strict).await.unwrap();
    assert_ne!(origin.rsplit(':').next(), second.rsplit(':').next());
    let page = ask(&second, "GET", "/", "", "").await;
    for present in [
        "sandbox=\"allow-scripts allow-popups\"></iframe>",
        "cross-origin-opener-policy: same-origin",
        "referrer-policy: no-referrer",
    ] {
        assert!(page.contains(present), "{present}: {page}");
    }
    assert!(
        ask(&second, "GET", "/favicon.ico", "", "")
            .await
            .starts_with("HTTP/1.1 404")
    );

    let port: u16 = second.rsplit(':').next().unwrap().parse().unwrap();
    drop(servers);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn pages_of_a_sign_in_are_never_kept_framed_or_cut_from_their_opener() {
    let servers = company().await;
    servers.page_settings().frame_ancestors = "http://portal.contoso.localhost".to_owned();
    let page = servers.origins.page.clone();
    for path in ["/relay.html", "/redirect.html"] {
        let answer = ask(&page, "GET", path, "", "").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("cache-control: no-store") && answer.contains("frame-ancestors 'none'"));
        assert!(!answer.contains("cross-origin-opener-policy"), "{answer}");
    }
    let script = ask(&page, "GET", "/relay.js", "", "").await;
    assert!(script.contains("content-type: text/javascript") && script.contains("cache-control: no-store"));
    let index = ask(&page, "GET", "/", "", "").await;
    assert!(index.contains("frame-ancestors http://portal.contoso.localhost"));
}

#[tokio::test]
async fn headers_can_be_added_replaced_and_taken_away_by_path() {
    let servers = company().await;
    let page = servers.origins.page.clone();
    let set = |settings: &mut PageSettings, name: &str, value: &str| {
        let header = ("/relay.html".to_owned(), name.to_owned(), value.to_owned());
        settings.headers.push(header);
    };
    set(
        &mut servers.page_settings(),
        "Cross-Origin-Opener-Policy",
        "same-origin",
    );
    set(&mut servers.page_settings(), "cache-control", "max-age=60");
    set(&mut servers.page_settings(), "content-security-policy", "");
    let relay = ask(&page, "GET", "/relay.html", "", "").await;
    assert!(relay.contains("cross-origin-opener-policy: same-origin") && relay.contains("max-age=60"));
    assert!(!relay.contains("no-store") && !relay.contains("content-security-policy"));
    let redirect = ask(&page, "GET", "/redirect.html", "", "").await;
    assert!(!redirect.contains("opener-policy") && redirect.contains("content-security-policy"));
}
