//! What page and portal say to each other: the page tells, and lets a name be filled in and looked for. Nothing that anybody
//! says makes it act.

use crate::harness::portals::{Site, in_portal};
use crate::harness::record::Record as _;
use crate::harness::{Name, Role, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{APOSTROPHE, MANY_SESSIONS, SLOW};
use serde_json::{Value, json};

/// One more frame in the portal. It has the portal's own origin, and is not the portal.
const SIBLING: &str = "
    const frame = document.createElement('iframe');
    frame.title = 'Beside', frame.srcdoc = '<button>Beside</button>';
    document.body.append(frame);
";

/// Says something to the page from there.
const FROM_BESIDE: &str = "parent.frames[0].postMessage(arguments[0], '*')";

fn find(upn: &str) -> Value {
    json!({ "type": "avd-logoff.find", "upn": upn })
}

#[test]
fn the_portal_is_told_what_it_may_know_and_can_have_a_name_looked_for() {
    in_portal(
        Site::Other,
        |_| {},
        async |bench| {
            bench.hear("avd-logoff.ready").await;
            let low = bench.hear("avd-logoff.height").await["height"].as_i64().unwrap();
            assert!(low > 100, "{low}");

            // While nobody is signed in, the name is only kept.
            bench.in_page(async || bench.count_messages().await).await;
            bench.tell(&find(APOSTROPHE)).await;
            bench.in_page(async || bench.wait_for_messages(1).await).await;
            assert!(bench.azure().is_untouched());

            bench.sign_in_in_frame().await;
            bench
                .in_page(async || {
                    assert_eq!(bench.search_box_text().await.as_deref(), Some(APOSTROPHE));
                })
                .await;
            assert_eq!(
                bench.azure().count(Operation::SubscriptionsList),
                0,
                "a kept name was looked for"
            );
            bench.tell(&find(MANY_SESSIONS)).await;
            let found = bench.hear("avd-logoff.found").await;
            let (there, pools) = {
                let azure = bench.azure();
                (
                    azure.world.sessions_of(MANY_SESSIONS).len(),
                    azure.world.host_pools().len(),
                )
            };
            assert_eq!(
                found,
                json!({
                    "type": "avd-logoff.found", "sessions": there, "hostPoolsRead": pools - 1, "hostPoolsKnown": pools,
                    "complete": false,
                })
            );
            bench
                .in_page(async || {
                    assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));
                    let rows = bench.rows().await;
                    assert_eq!(rows.len(), there);
                    assert!(rows.iter().all(|row| !row.selected && row.outcome.is_none()));
                    assert!(!bench.shows(Role::Alertdialog, Name::Any).await);
                })
                .await;
            assert!(bench.azure().acts().is_empty(), "finding acts on nothing");
            until_so("the page tells that it has become higher", async || {
                let told = bench.received().await;
                let heights = told.iter().filter_map(|message| message["height"].as_i64());
                heights.max().is_some_and(|height| height > low)
            })
            .await;

            bench
                .in_page(async || {
                    bench.select_all_and_open_dialog().await;
                    bench.confirm().await;
                })
                .await;
            let finished = bench.hear("avd-logoff.finished").await;
            assert_eq!(
                finished,
                json!({ "type": "avd-logoff.finished", "outcomes": { "gone": there } })
            );
            // Numbers and words, and no name of anybody.
            let told = Value::from(bench.received().await).to_string();
            assert!(!told.contains('@') && !told.contains("eyJ"), "{told}");
        },
    );
}

#[test]
fn what_anybody_else_says_is_not_heard() {
    in_portal(
        Site::Same,
        |_| {},
        async |bench| {
            bench.sign_in_in_frame().await;
            bench.driver.execute(SIBLING, Vec::new()).await.unwrap();
            bench.in_page(async || bench.count_messages().await).await;
            // From a frame beside it, whose origin is the portal's.
            bench
                .within_frame("Beside", async || {
                    bench.find(Role::Button, "Beside").await;
                    assert_eq!(
                        bench.look::<String>("return self.origin").await,
                        bench.look::<String>("return parent.origin").await
                    );
                    bench.driver.execute(FROM_BESIDE, vec![find(SLOW)]).await.unwrap();
                })
                .await;
            bench.in_page(async || bench.wait_for_messages(1).await).await;
            // From the page itself, and from a window of its origin.
            bench
                .in_page(async || {
                    bench
                        .driver
                        .execute("postMessage(arguments[0], '*')", vec![find(SLOW)])
                        .await
                        .unwrap();
                    bench.wait_for_messages(2).await;
                    bench.driver.execute(OPENER, Vec::new()).await.unwrap();
                })
                .await;
            let window = bench.opened_by_frame(Role::Button, "Above").await;
            bench
                .within(&window, async || {
                    until_so("the window shows the page's origin", async || {
                        bench
                            .look::<String>("return location.href")
                            .await
                            .ends_with("/small.css")
                    })
                    .await;
                    bench
                        .driver
                        .execute("opener.postMessage(arguments[0], '*')", vec![find(SLOW)])
                        .await
                        .unwrap();
                })
                .await;
            bench.close(&window).await;
            // From the portal, but something else.
            for other in [
                json!({ "type": "avd-logoff.Find", "upn": SLOW }),
                json!({ "type": "avd-logoff.find", "upn": 5 }),
                json!({ "type": "avd-logoff.find" }),
                json!({ "type": "avd-logoff.response", "id": "popup.x", "response": "code=1&state=popup.x" }),
                json!("avd-logoff.find"),
                Value::Null,
            ] {
                bench.tell(&other).await;
            }
            bench
                .in_page(async || {
                    bench.wait_for_messages(9).await;
                    assert_eq!(bench.search_box_text().await.as_deref(), Some(""));
                    assert!(!bench.shows(Role::Button, "Stop").await);
                })
                .await;
            assert_eq!(bench.azure().count(Operation::SubscriptionsList), 0);
            bench.assert_asked(1, 1);

            // The portal's own word is heard by the same ears.
            bench.tell(&find(APOSTROPHE)).await;
            bench.hear("avd-logoff.found").await;
            bench
                .in_page(async || {
                    assert_eq!(bench.search_box_text().await.as_deref(), Some(APOSTROPHE));
                })
                .await;
        },
    );
}

#[test]
fn the_portal_cannot_move_the_list_under_an_open_dialog() {
    in_portal(
        Site::Other,
        |_| {},
        async |bench| {
            bench.sign_in_in_frame().await;
            bench.tell(&find(MANY_SESSIONS)).await;
            bench.hear("avd-logoff.found").await;
            let (rows, dialog) = bench
                .in_page(async || {
                    let rows = bench.rows().await;
                    let dialog = bench.select_all_and_open_dialog().await;
                    bench.count_messages().await;
                    (rows.len(), dialog.text().await.unwrap())
                })
                .await;
            let asked = bench.azure().count(Operation::SubscriptionsList);
            bench.tell(&find(APOSTROPHE)).await;
            bench
                .in_page(async || {
                    bench.wait_for_messages(1).await;
                    let again = bench.find(Role::Alertdialog, Name::Begins("Log off")).await;
                    assert_eq!(again.text().await.unwrap(), dialog);
                    let typed: String = bench.look("return document.querySelector('textarea').value").await;
                    assert_eq!(typed, MANY_SESSIONS);
                    bench.click(Role::Button, "Cancel").await;
                    assert_eq!(bench.rows().await.len(), rows);
                    assert!(bench.rows().await.iter().all(|row| row.selected));
                })
                .await;
            assert_eq!(bench.azure().count(Operation::SubscriptionsList), asked);
            // As soon as the dialog is gone, it is heard again.
            bench.tell(&find(APOSTROPHE)).await;
            until_so("another search begins", async || {
                bench.azure().count(Operation::SubscriptionsList) > asked
            })
            .await;
            assert!(bench.azure().acts().is_empty());
        },
    );
}

/// A button in the page that opens a window of the page's origin, which keeps its opener.
const OPENER: &str = "
    const button = document.createElement('button');
    button.append('Above'), button.onclick = () => window.open('small.css', '_blank', 'popup');
    document.body.prepend(button);
";
