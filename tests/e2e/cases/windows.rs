//! Windows, frames and host names, before anything of the page rests on them: that each engine opens what a click asks for
//! and nothing else, that the harness finds its way there and back, and that names below `localhost` lead to the servers.

use crate::harness::{Role, bench, bench_at};
use azure_simulator::scenario::NO_SESSION;
use azure_simulator::server::HostNames;

/// Puts a link and a button into the page that open it once more, each in its own way.
const OPENERS: &str = "
    const link = document.createElement('a'), button = document.createElement('button');
    link.append('Beside'), button.append('Above');
    link.href = location.href, link.target = '_blank';
    button.onclick = () => window.open(location.href, 'above', 'popup,width=480,height=640');
    document.body.append(link, button);
";

/// A frame in an empty document.
const AROUND: &str = "
    const frame = document.createElement('iframe');
    frame.title = 'Within', frame.srcdoc = '<button>Inside</button>';
    document.body.append(frame);
";

#[test]
fn a_click_opens_a_window_and_nothing_else_does() {
    bench(
        |_| {},
        async |bench| {
            bench.open("").await;
            bench.find(Role::Button, "Sign in").await;
            bench.driver.execute(OPENERS, Vec::new()).await.unwrap();
            let here = bench.windows().await;
            let refused: bool = bench.look("return window.open(location.href) === null").await;
            assert!(refused && bench.windows().await == here, "nobody has clicked");

            let beside = bench
                .opened_window(async || bench.click(Role::Link, "Beside").await)
                .await;
            bench
                .within(&beside, async || drop(bench.find(Role::Button, "Sign in").await))
                .await;
            bench.close(&beside).await;

            let above = bench
                .opened_window(async || bench.click(Role::Button, "Above").await)
                .await;
            bench
                .within(&above, async || {
                    bench.find(Role::Button, "Sign in").await;
                    // A window that a script has opened can close itself.
                    bench.look::<Option<()>>("setTimeout(() => window.close())").await;
                    bench.wait_until_closed(&above).await;
                })
                .await;
            assert_eq!(bench.windows().await, here);
            bench.find(Role::Link, "Beside").await;
        },
    );
}

#[test]
fn the_servers_can_have_names_of_their_own() {
    let name = |name: &str| format!("{name}.localhost");
    let names = HostNames {
        page: name("avd.contoso"),
        login: name("login"),
        arm: name("arm"),
    };
    bench_at(
        names,
        |_| {},
        async |bench| {
            assert!(bench.origins().page.starts_with("http://avd.contoso.localhost:"));
            bench.open_signed_in().await;
            bench.search(NO_SESSION).await;
        },
    );
}

#[test]
fn a_frame_is_entered_and_left() {
    bench(
        |_| {},
        async |bench| {
            bench.driver.goto("about:blank").await.unwrap();
            bench.driver.execute(AROUND, Vec::new()).await.unwrap();
            bench
                .within_frame("Within", async || drop(bench.find(Role::Button, "Inside").await))
                .await;
            assert!(!bench.shows(Role::Button, "Inside").await);
        },
    );
}
