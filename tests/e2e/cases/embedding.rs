//! A page that frames this one without leave gets a link and nothing else.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::portals::{Site, in_portal};
use crate::harness::signing_in::sites;
use crate::harness::{Bench, Name, Role, bench_at, until_so};
use azure_simulator::scenario::{CLIENT_ID, TENANT_ID};
use azure_simulator::server::PageConfig;
use serde_json::{Value, json};

/// The link.
const ALONE: &str = "Open AVD Log off in a tab of its own";

/// The same frame once more, whose attribute tells the browser not to name the portal to it.
const HIDDEN: &str = "
    const old = document.querySelector('iframe'), frame = old.cloneNode();
    frame.referrerPolicy = 'no-referrer';
    frame.onload = () => window.loadedAnew = true;
    window.received = [];
    old.replaceWith(frame);
";

/// Whether `referrerpolicy="no-referrer"` on a frame keeps `location.ancestorOrigins` from naming the page around it.
fn hides_by_attribute() -> bool {
    match ENGINE.name() {
        "Firefox" => true,
        "Chromium" | "WebKitGTK" => false,
        other => panic!("{other} has no place in this table"),
    }
}

#[test]
fn a_portal_that_is_not_allowed_gets_a_link_and_nothing_else() {
    for site in [Site::Same, Site::Other] {
        bench_at(
            sites(),
            |_| {},
            async |bench| {
                let (allowed, portal) = (
                    bench.start_portal(Site::Same, |_| {}).await,
                    bench.start_portal(site, |_| {}).await,
                );
                bench.allow_parents(&[&allowed]);
                // Its host has forgotten to forbid it: the page itself has to refuse.
                bench.servers.page_settings().frame_ancestors = "*".to_owned();
                bench.open_portal(&portal).await;
                assert_link_only(bench).await;
                bench
                    .in_page(async || {
                        let said = format!("The page at {portal} is not allowed to frame this one.");
                        bench.wait_to_read(&said).await;
                        assert!(!bench.all_text().await.contains(&allowed));
                    })
                    .await;

                // The link leads to the page alone, where everything works.
                let tab = bench.opened_by_frame(Role::Link, ALONE).await;
                bench
                    .within(&tab, async || {
                        bench.find(Role::Button, "Sign in").await;
                        let address = format!("{}/", bench.origins().page);
                        assert_eq!(bench.driver.current_url().await.unwrap().as_str(), address);
                        assert!(bench.look::<bool>("return window.opener === null").await);
                    })
                    .await;
                bench.close(&tab).await;

                // The same portal as soon as it is allowed.
                bench.allow_parents(&[&allowed, &portal]);
                bench.open_portal(&portal).await;
                bench
                    .in_page(async || drop(bench.find(Role::Button, "Sign in").await))
                    .await;
            },
        );
    }
}

#[test]
fn the_header_alone_keeps_a_portal_out() {
    bench_at(
        sites(),
        |_| {},
        async |bench| {
            let portal = bench.start_portal(Site::Other, |_| {}).await;
            bench.allow_parents(&[&portal]);
            bench.servers.page_settings().frame_ancestors = "'none'".to_owned();
            bench.open_portal(&portal).await;
            let received: Vec<Value> = bench.look("return window.received").await;
            assert_eq!(received, Vec::<Value>::new());
            bench
                .in_page(async || {
                    assert!(!bench.shows(Role::Button, "Sign in").await);
                    assert!(!bench.shows(Role::Link, ALONE).await);
                })
                .await;
            bench.assert_nobody_was_asked();
            // It is what the test is about, and Chromium and Firefox say so on the console.
            let _ = ENGINE.complaints(&bench.driver).await;
        },
    );
}

#[test]
fn without_a_configuration_a_frame_gets_a_link_and_nothing_else() {
    for config in [PageConfig::Missing, PageConfig::Text("{ \"clientId\": 5 }".to_owned())] {
        bench_at(
            sites(),
            |_| {},
            async |bench| {
                let portal = bench.start_portal(Site::Same, |_| {}).await;
                bench.allow_parents(&[&portal]);
                bench.servers.page_settings().config = config;
                bench.open_portal(&portal).await;
                assert_link_only(bench).await;
            },
        );
    }
}

#[test]
fn a_portal_that_sends_no_referrer_works() {
    in_portal(
        Site::Other,
        |portal| portal.referrer_policy = Some("no-referrer".to_owned()),
        async |bench| {
            bench
                .in_page(async || {
                    bench.find(Role::Button, "Sign in").await;
                    assert_eq!(bench.look::<String>("return document.referrer").await, "");
                })
                .await;
            bench.sign_in_in_frame().await;
            bench.assert_asked(1, 1);
        },
    );
}

#[test]
fn a_portal_that_hides_itself_from_its_frame_gets_a_link_and_nothing_else() {
    in_portal(
        Site::Other,
        |_| {},
        async |bench| {
            bench.driver.execute(HIDDEN, Vec::new()).await.unwrap();
            until_so("the frame is loaded anew", async || {
                bench.look::<bool>("return window.loadedAnew === true").await
            })
            .await;
            if hides_by_attribute() {
                assert_link_only(bench).await;
                let said = bench.in_page(async || bench.readable().await).await;
                assert!(said.contains("does not tell which") && !said.contains("null"), "{said}");
            } else {
                bench.sign_in_in_frame().await;
                bench.assert_asked(1, 1);
            }
        },
    );
}

/// A link, what it is about, and nothing else: nothing of the configuration, nothing to press or to fill in, no ear for what
/// the portal says, and no word to it.
async fn assert_link_only(bench: &Bench) {
    bench
        .in_page(async || {
            bench.find(Role::Link, ALONE).await;
            for role in [
                Role::Button,
                Role::Search,
                Role::Textbox,
                Role::Menu,
                Role::Table,
                Role::Region,
            ] {
                assert!(!bench.shows(role, Name::Any).await, "{role:?}");
            }
            let all: String = bench.look("return document.documentElement.outerHTML").await;
            for secret in [CLIENT_ID, TENANT_ID, &bench.origins().login, &bench.origins().arm] {
                assert!(!all.contains(secret), "{secret} is in: {all}");
            }
            assert_eq!(bench.kept_in_tab().await, []);
            bench.count_messages().await;
        })
        .await;
    bench
        .tell(&json!({ "type": "avd-logoff.find", "upn": "user0173@contoso.example" }))
        .await;
    bench
        .in_page(async || {
            bench.wait_for_messages(1).await;
            assert!(!bench.shows(Role::Textbox, Name::Any).await);
            assert_eq!(bench.kept_in_tab().await, []);
        })
        .await;
    assert_eq!(bench.received().await, Vec::<Value>::new());
    bench.assert_nobody_was_asked();
}
