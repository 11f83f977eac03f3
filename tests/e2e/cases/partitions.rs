//! What browsers keep apart, which is why there is a relay at all: a frame in another site's portal shares neither storage nor
//! broadcasts with a window of its own origin. If one of these fails, the browser has changed, and docs/sign-in.md with it.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::portals::{Site, in_portal};
use crate::harness::{Bench, until_so};
use thirtyfour::WindowHandle;

/// Listens, and keeps what comes.
const LISTEN: &str = "
    window.heard = [];
    window.listening = new BroadcastChannel('test');
    window.listening.onmessage = ({ data }) => window.heard.push(data);
";

const HEARD: &str = "return window.heard";

/// What a frame shares with a window at the top that shows the same origin.
#[derive(Debug, PartialEq, Eq)]
struct Shared {
    broadcasts: bool,
    local_storage: bool,
    same_site_cookies: bool,
}

const EVERYTHING: Shared = Shared {
    broadcasts: true,
    local_storage: true,
    same_site_cookies: true,
};

const NOTHING: Shared = Shared {
    broadcasts: false,
    local_storage: false,
    same_site_cookies: false,
};

fn known(site: Site) -> Shared {
    match (ENGINE.name(), site) {
        ("Chromium" | "Firefox" | "WebKitGTK", Site::Other) => NOTHING,
        ("Chromium" | "Firefox", Site::Same) => EVERYTHING,
        // These names are sites of their own to it, each whole name: so the page is right to take the relay there.
        ("WebKitGTK", Site::Same) => NOTHING,
        (other, _) => panic!("{other} has no place in this table"),
    }
}

#[test]
fn a_frame_in_a_portal_of_another_site_shares_nothing_with_a_window_of_its_origin() {
    shares(Site::Other);
}

#[test]
fn a_frame_in_a_portal_of_the_same_site_shares_with_a_window_of_its_origin() {
    shares(Site::Same);
}

fn shares(site: Site) {
    in_portal(
        site,
        |_| {},
        async |bench| {
            bench.in_page(async || run(bench, LISTEN).await).await;
            let (control, sender) = (window(bench).await, window(bench).await);
            bench.within(&control, async || run(bench, LISTEN).await).await;
            bench
                .within(&sender, async || {
                    run(bench, "new BroadcastChannel('test').postMessage('from the top')").await;
                    run(bench, "localStorage.setItem('from the top', '1')").await;
                    run(bench, "sessionStorage.setItem('from the top', '1')").await;
                })
                .await;
            bench
                .within(&control, async || {
                    until_so("another window of the origin hears it", async || {
                        bench.look::<Vec<String>>(HEARD).await == ["from the top"]
                    })
                    .await;
                    assert!(
                        bench
                            .look::<bool>("return localStorage.getItem('from the top') === '1'")
                            .await
                    );
                })
                .await;
            let seen = bench
                .in_page(async || {
                    // What was sent before has come before this, or does not come.
                    run(bench, "new BroadcastChannel('test').postMessage('from the frame')").await;
                    until_so("the frame hears itself", async || {
                        bench
                            .look::<Vec<String>>(HEARD)
                            .await
                            .iter()
                            .any(|heard| heard == "from the frame")
                    })
                    .await;
                    let heard: Vec<String> = bench.look(HEARD).await;
                    assert!(
                        bench
                            .look::<bool>("return sessionStorage.getItem('from the top') === null")
                            .await
                    );
                    let cookie =
                        "document.cookie = 'probe=1; SameSite=Strict'; return document.cookie.includes('probe=1')";
                    Shared {
                        broadcasts: heard.iter().any(|heard| heard == "from the top"),
                        local_storage: bench.look("return localStorage.getItem('from the top') === '1'").await,
                        same_site_cookies: bench.look(cookie).await,
                    }
                })
                .await;
            assert_eq!(seen, known(site));
            // The other way round it is the same.
            bench
                .within(&control, async || {
                    run(bench, "window.listening.postMessage('mine'); window.heard.push('mine')").await;
                    let heard: Vec<String> = bench.look(HEARD).await;
                    assert_eq!(
                        heard.iter().any(|heard| heard == "from the frame"),
                        seen.broadcasts,
                        "{heard:?}"
                    );
                })
                .await;
        },
    );
}

/// A window at the top that shows the page's origin and nothing of its program.
async fn window(bench: &Bench) -> WindowHandle {
    let window = bench.driver.new_window().await.unwrap();
    let address = format!("{}/small.css", bench.origins().page);
    bench
        .within(&window, async || bench.driver.goto(address).await.unwrap())
        .await;
    window
}

async fn run(bench: &Bench, script: &str) {
    bench.driver.execute(script, Vec::new()).await.unwrap();
}
