//! Ways to sign in that the page does not take, and why it could or could not: hidden frames with `prompt=none`, and
//! windows of an authority without an opener policy. They run in documents of the page's origin that carry no policy of
//! their own. If one of these fails, the browser has changed, and docs/sign-in.md with it.

use crate::harness::portals::Site;
use crate::harness::record::Record as _;
use crate::harness::signing_in::sites;
use crate::harness::{Bench, Role, bench_at, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{CLIENT_ID, TENANT_ID};

/// A document of the page's origin that is no page.
const PLAIN: &str = "small.css";

/// Listens to windows and to broadcasts, and keeps what comes.
const LISTEN: &str = "
    window.heard = [];
    window.listening = new BroadcastChannel('popup.other');
    window.listening.onmessage = ({ data }) => window.heard.push('broadcast ' + data);
    window.onmessage = ({ data, origin }) => { if (origin === location.origin) window.heard.push('message ' + data); };
";

/// Puts a button there that opens the address in a window.
const OPENER: &str = "
    const button = document.createElement('button');
    button.append('Open');
    button.onclick = () => { window.opened = window.open(arguments[0], '_blank', 'popup'); };
    document.documentElement.append(button);
";

/// Asks the authority in a hidden frame whether somebody is signed in there.
const SILENT: &str = "
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.src = arguments[0];
    document.documentElement.append(frame);
";

/// An authorization request that may not show anything.
fn silent_request(bench: &Bench) -> String {
    let origins = bench.origins();
    let redirect_uri = format!("{}/redirect.html", origins.page);
    let scope = format!("openid {}/user_impersonation", origins.arm);
    let challenge = "A".repeat(43);
    let asked = [
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("response_mode", "fragment"),
        ("redirect_uri", &redirect_uri),
        ("scope", &scope),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("nonce", "n"),
        ("state", "popup.other"),
        ("prompt", "none"),
    ];
    let asked: Vec<String> = asked
        .iter()
        .map(|(name, value)| {
            format!(
                "{name}={}",
                value.replace(':', "%3A").replace('/', "%2F").replace(' ', "%20")
            )
        })
        .collect();
    format!(
        "{}/{TENANT_ID}/oauth2/v2.0/authorize?{}",
        origins.login,
        asked.join("&")
    )
}

async fn heard(bench: &Bench) -> Vec<String> {
    bench.look("return window.heard").await
}

async fn listen_and_ask_silently(bench: &Bench) {
    bench.driver.execute(LISTEN, Vec::new()).await.unwrap();
    bench
        .driver
        .execute(SILENT, vec![silent_request(bench).into()])
        .await
        .unwrap();
    until_so("the hidden frame has brought an answer", async || {
        heard(bench)
            .await
            .iter()
            .any(|text| text.contains("error=login_required"))
    })
    .await;
}

/// E10: the refusal to be framed that a redirect carries is not minded, only that of a document. The page makes no use of
/// it: its own policy knows no frames, its headers let nobody frame `redirect.html`, and where browsers send no cookies
/// into such frames the answer is always this one.
#[test]
fn a_hidden_frame_gets_the_authoritys_answer_where_no_policy_of_the_page_forbids_it() {
    bench_at(
        sites(),
        |_| {},
        async |bench| {
            bench.servers.page_settings().security_headers = false;
            bench.open(PLAIN).await;
            listen_and_ask_silently(bench).await;
            assert_eq!(bench.azure().count(Operation::Authorize), 1);
            assert_eq!(bench.azure().count(Operation::Token), 0);
        },
    );
}

/// E12: inside another site's portal hidden frame and page share a partition, so the answer arrives there as well.
#[test]
fn a_hidden_frame_gets_it_inside_a_portal_of_another_site_as_well() {
    in_a_portal_of_plain(async |bench| {
        bench.in_page(async || listen_and_ask_silently(bench).await).await;
        assert_eq!(bench.azure().count(Operation::Authorize), 1);
    });
}

/// E2: where the authority sends no opener policy, the window keeps its opener, and broadcasts arrive too.
#[test]
fn a_window_of_an_authority_without_an_opener_policy_keeps_its_opener() {
    bench_at(
        sites(),
        |_| {},
        async |bench| {
            bench.servers.page_settings().security_headers = false;
            let elsewhere = bench.start_portal(Site::Other, |_| {}).await;
            bench.open(PLAIN).await;
            bench.driver.execute(LISTEN, Vec::new()).await.unwrap();
            bench
                .driver
                .execute(OPENER, vec![elsewhere.clone().into()])
                .await
                .unwrap();
            let window = bench
                .opened_window(async || bench.click(Role::Button, "Open").await)
                .await;
            say_both(bench, &window).await;
            until_so("both arrive", async || heard(bench).await.len() == 2).await;
            assert!(!bench.look::<bool>("return window.opened.closed").await);
            bench.close(&window).await;
        },
    );
}

/// E4: framed by another site, such a window reaches the frame through its opener, and a broadcast does not.
#[test]
fn framed_by_another_site_only_the_opener_reaches_the_frame() {
    in_a_portal_of_plain(async |bench| {
        let elsewhere = bench.start_portal(Site::Same, |_| {}).await;
        bench
            .in_page(async || {
                bench.driver.execute(LISTEN, Vec::new()).await.unwrap();
                bench
                    .driver
                    .execute(OPENER, vec![elsewhere.clone().into()])
                    .await
                    .unwrap();
            })
            .await;
        let window = bench.opened_by_frame(Role::Button, "Open").await;
        // Said before the message, so that it would have come before it.
        say_both(bench, &window).await;
        bench
            .in_page(async || {
                until_so("the message arrives", async || !heard(bench).await.is_empty()).await;
                assert_eq!(heard(bench).await, ["message by the opener"]);
            })
            .await;
        bench.close(&window).await;
    });
}

/// Comes back to the page's origin in the window, as after a sign-in, and says something in both ways.
async fn say_both(bench: &Bench, window: &thirtyfour::WindowHandle) {
    let back = format!("{}/{PLAIN}", bench.origins().page);
    bench
        .within(window, async || {
            // By the document itself: where the driver goes, browsers cut windows off as they do for a typed address.
            let go = "setTimeout(to => { location.href = to; }, 0, arguments[0])";
            bench.driver.execute(go, vec![back.as_str().into()]).await.unwrap();
            until_so("the window is back at the page's origin", async || {
                bench.driver.current_url().await.is_ok_and(|at| at.as_str() == back)
            })
            .await;
            let opener: bool = bench.look("return window.opener !== null").await;
            assert!(opener, "nothing has cut it off");
            let say = "new BroadcastChannel('popup.other').postMessage('by its name'); \
                       opener.postMessage('by the opener', location.origin);";
            bench.driver.execute(say, Vec::new()).await.unwrap();
        })
        .await;
}

/// A portal of another site around a document without a policy.
fn in_a_portal_of_plain(test: impl AsyncFnOnce(&Bench)) {
    bench_at(
        sites(),
        |_| {},
        async |bench| {
            bench.servers.page_settings().security_headers = false;
            let frame = format!("{}/{PLAIN}", bench.origins().page);
            let portal = bench.start_portal(Site::Other, |portal| portal.frame = frame).await;
            bench.open_portal(&portal).await;
            test(bench).await;
        },
    );
}
