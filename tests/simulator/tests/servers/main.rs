//! The servers over real sockets: origins, static files, lost connections, the control face.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

mod portals;

use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};
use azure_simulator::server::{Listeners, PageConfig, PageSettings, Ports, RunningServers, serve, what_to_try};
use azure_simulator::{Fault, FaultAction, Operation, Simulator, TokenTraits, World};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn company() -> RunningServers {
    company_at(Listeners::bind(Ports::default()).await.unwrap()).await
}

async fn company_at(listeners: Listeners) -> RunningServers {
    let origins = listeners.origins();
    let world = World::company(&origins, 7, OffsetDateTime::now_utc());
    let simulator = Arc::new(Mutex::new(Simulator::new(origins, world, 7)));
    let directory = format!("{}/tests/servers/page", env!("CARGO_MANIFEST_DIR"));
    serve(simulator, PageSettings::new(directory), listeners, None).await
}

async fn connect(origin: &str) -> TcpStream {
    // By port: the resolver here need not know names below localhost, as browsers do.
    let port: u16 = origin.rsplit(':').next().unwrap().parse().unwrap();
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

/// Sends a request on this connection and reads what comes until the answer is whole or the connection ends.
async fn on(stream: &mut TcpStream, request: &str) -> String {
    let _sent = stream.write_all(request.as_bytes()).await;
    let (mut text, mut part) = (Vec::new(), [0_u8; 65_536]);
    loop {
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut part))
            .await
            .unwrap();
        match read {
            Ok(0) | Err(_) => break,
            Ok(length) => text.extend_from_slice(&part[..length]),
        }
        let so_far = String::from_utf8_lossy(&text).to_ascii_lowercase();
        let Some((head, body)) = so_far.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        if length.is_some_and(|length: usize| body.len() >= length) {
            break;
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

async fn ask(origin: &str, method: &str, path: &str, headers: &str, body: &str) -> String {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    on(&mut connect(origin).await, &request).await
}

fn bearer(servers: &RunningServers) -> String {
    let token = servers
        .lock()
        .issue_token(OffsetDateTime::now_utc(), OPERATOR, TokenTraits::default());
    format!("authorization: Bearer {token}\r\n")
}

fn session(servers: &RunningServers) -> String {
    let simulator = servers.lock();
    let key = simulator.world.sessions_of(MANY_SESSIONS)[0].key;
    format!("{}?api-version=2024-04-03", simulator.world.session_id(key))
}

#[tokio::test]
async fn the_page_has_its_configuration_types_and_headers() {
    let servers = company().await;
    let page = servers.origins.page.clone();
    let index = ask(&page, "GET", "/", "", "").await;
    assert!(
        index.starts_with("HTTP/1.1 200") && index.contains("content-type: text/html"),
        "{index}"
    );
    assert!(index.contains("require-trusted-types-for 'script'; frame-ancestors 'none'"));
    assert!(index.contains(&format!(
        "connect-src 'self' {} {};",
        servers.origins.login, servers.origins.arm
    )));
    assert!(
        ask(&page, "GET", "/app.wasm", "", "")
            .await
            .contains("content-type: application/wasm")
    );
    assert!(
        ask(&page, "GET", "/redirect.html", "", "")
            .await
            .contains("cache-control: no-store")
    );
    for path in ["/missing", "/../main.rs", "/%2e%2e/main.rs"] {
        assert!(
            ask(&page, "GET", path, "", "").await.starts_with("HTTP/1.1 404"),
            "{path}"
        );
    }
    let made = ask(&page, "GET", "/config.json", "", "").await;
    assert!(
        made.contains(&servers.origins.arm) && made.contains("no-store"),
        "{made}"
    );
    servers.page_settings().config = PageConfig::Text("{ broken".to_owned());
    assert!(ask(&page, "GET", "/config.json", "", "").await.ends_with("{ broken"));
    servers.page_settings().config = PageConfig::Missing;
    assert!(
        ask(&page, "GET", "/config.json", "", "")
            .await
            .starts_with("HTTP/1.1 404")
    );
    servers.page_settings().frame_ancestors = "https://portal.example".to_owned();
    assert!(
        ask(&page, "GET", "/", "", "")
            .await
            .contains("frame-ancestors https://portal.example")
    );
}

#[tokio::test]
async fn login_and_arm_answer_on_their_own_origins() {
    let servers = company().await;
    let arm = ask(
        &servers.origins.arm,
        "GET",
        "/subscriptions?api-version=2022-12-01",
        &bearer(&servers),
        "",
    )
    .await;
    assert!(
        arm.starts_with("HTTP/1.1 200") && arm.contains("Contoso AVD Production"),
        "{arm}"
    );
    let login = ask(
        &servers.origins.login,
        "GET",
        "/x/oauth2/v2.0/authorize?client_id=x",
        "",
        "",
    )
    .await;
    assert!(
        login.starts_with("HTTP/1.1 400") && login.contains("x-frame-options: DENY"),
        "{login}"
    );
    let record = ask(&servers.control, "GET", "/record", "", "").await;
    assert!(
        record.contains("\"SubscriptionsList\"") && record.contains("\"Authorize\""),
        "{record}"
    );
}

#[tokio::test]
async fn a_lost_answer_is_a_broken_connection_without_a_byte() {
    let servers = company().await;
    let (headers, at) = (bearer(&servers), session(&servers));
    servers
        .lock()
        .faults
        .push(Fault::once(FaultAction::LoseAfter).on(Operation::UserSessionsDelete));
    assert_eq!(ask(&servers.origins.arm, "DELETE", &at, &headers, "").await, "");
    let simulator = servers.lock();
    let deletes = simulator.recorded(Operation::UserSessionsDelete);
    assert_eq!(
        deletes
            .iter()
            .map(|entry| (entry.status, entry.effect))
            .collect::<Vec<_>>(),
        [(None, true)]
    );
}

/// Chromium repeats a request by itself only on a connection that was used before.
#[tokio::test]
async fn no_connection_is_used_twice_while_a_loss_is_waiting() {
    let servers = company().await;
    let (headers, at) = (bearer(&servers), session(&servers));
    let get = format!("GET {at} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
    let mut kept = connect(&servers.origins.arm).await;
    let mut other = connect(&servers.origins.arm).await;
    for _ in 0..2 {
        assert!(on(&mut kept, &get).await.starts_with("HTTP/1.1 200"));
    }
    assert!(on(&mut other, &get).await.starts_with("HTTP/1.1 200"));
    servers
        .lock()
        .faults
        .push(Fault::once(FaultAction::LoseBefore).on(Operation::UserSessionsDelete));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(on(&mut kept, &get).await, "", "an idle connection is closed");
    assert_eq!(on(&mut other, &get).await, "");
    let fresh = ask(&servers.origins.arm, "GET", &at, &headers, "").await;
    assert!(fresh.to_ascii_lowercase().contains("connection: close"), "{fresh}");
    assert_eq!(ask(&servers.origins.arm, "DELETE", &at, &headers, "").await, "");
    let after = ask(&servers.origins.arm, "GET", &at, &headers, "").await;
    assert!(!after.to_ascii_lowercase().contains("connection: close"), "{after}");
}

#[tokio::test]
async fn delays_are_waited_for_and_do_not_block_others() {
    let servers = company().await;
    let headers = bearer(&servers);
    let slow = Fault::once(FaultAction::Delay { ms: 400 }).on(Operation::SubscriptionsList);
    servers.lock().faults.push(slow);
    let begun = std::time::Instant::now();
    let arm = servers.origins.arm.clone();
    let (_, quick) = tokio::join!(
        ask(&arm, "GET", "/subscriptions?api-version=2022-12-01", &headers, ""),
        async {
            ask(&arm, "GET", "/tenants?api-version=2022-12-01", &headers, "").await;
            begun.elapsed()
        }
    );
    assert!(quick < Duration::from_millis(300) && begun.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn the_control_face_adds_faults_resets_and_tells_what_to_try() {
    let servers = company().await;
    let fault = r#"{"operation":"TenantsList","action":"loseBefore"}"#;
    let added = ask(&servers.control, "POST", "/faults", "", fault).await;
    assert!(added.starts_with("HTTP/1.1 200"), "{added}");
    assert_eq!(servers.lock().faults.len(), 1);
    assert!(
        ask(&servers.control, "POST", "/faults", "", "{")
            .await
            .starts_with("HTTP/1.1 400")
    );
    ask(&servers.control, "POST", "/reset", "", "").await;
    assert!(servers.lock().faults.is_empty() && servers.lock().record.is_empty());
    let users = ask(&servers.control, "GET", "/world/users", "", "").await;
    let table = what_to_try(&servers.lock());
    assert!(
        users.ends_with(&table) && table.contains(OPERATOR) && table.contains(MANY_SESSIONS),
        "{users}"
    );
}
