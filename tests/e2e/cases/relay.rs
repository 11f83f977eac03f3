//! The relay is asked by an address, and anybody can write one: it opens what this page could have asked for, and nothing else.

use crate::harness::signing_in::sites;
use crate::harness::{Bench, Role, bench_at};
use azure_simulator::scenario::{CLIENT_ID, TENANT_ID};

/// A button that opens this address in a window of this document's.
const OPENER: &str = "
    document.querySelector('[data-opener]')?.remove();
    const button = document.createElement('button');
    button.dataset.opener = '', button.append('Open it');
    button.onclick = () => window.open(arguments[0], '_blank', 'popup,width=483,height=600');
    document.body.prepend(button);
";

/// A request as the page makes it, in parts that a stranger might change.
#[derive(Clone)]
struct Asked {
    id: String,
    authority: String,
    path: String,
    state: String,
    client: String,
    kind: String,
    redirect: String,
    more: String,
}

impl Asked {
    fn good(bench: &Bench) -> Self {
        let id = format!("popup.{}", "A-_z".repeat(11).split_at(43).0);
        Self {
            authority: bench.origins().login.clone(),
            path: format!("/{TENANT_ID}/oauth2/v2.0/authorize"),
            state: id.clone(),
            id,
            client: CLIENT_ID.to_owned(),
            kind: "code".to_owned(),
            redirect: format!("{}/redirect.html", bench.origins().page),
            more: String::new(),
        }
    }

    /// The good one with one thing changed.
    fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }

    fn address(&self, bench: &Bench) -> String {
        let request = format!(
            "{}{}?client_id={}&response_type={}&redirect_uri={}&state={}{}",
            self.authority, self.path, self.client, self.kind, self.redirect, self.state, self.more
        );
        let encoded = request
            .replace('%', "%25")
            .replace('&', "%26")
            .replace('#', "%23")
            .replace('+', "%2B");
        format!("{}/relay.html#id={}&request={encoded}", bench.origins().page, self.id)
    }
}

#[test]
fn the_relay_opens_nothing_that_is_not_a_sign_in_of_this_page() {
    bench_at(
        sites(),
        |_| {},
        async |bench| {
            bench.open("").await;
            bench.find(Role::Button, "Sign in").await;
            let good = Asked::good(bench);
            let (login, page) = (bench.origins().login.clone(), bench.origins().page.clone());
            let host = login.trim_start_matches("http://");

            // As it should be: the same with nothing changed, and with a built-in authority.
            assert_offers(bench, &good).await;
            assert_offers(
                bench,
                &good.but(|asked| asked.authority = "https://login.microsoftonline.com".to_owned()),
            )
            .await;

            let changed = |change: fn(&mut Asked, &str)| good.but(|asked| change(asked, host));
            let refused = [
                (
                    "another authority",
                    changed(|asked, _| asked.authority = "https://login.fabrikam.example".to_owned()),
                ),
                (
                    "a built-in authority without TLS",
                    changed(|asked, _| asked.authority = "http://login.microsoftonline.com".to_owned()),
                ),
                (
                    "the configured authority with TLS",
                    changed(|asked, host| asked.authority = format!("https://{host}")),
                ),
                (
                    "an http authority that is not configured",
                    changed(|asked, _| asked.authority = "http://login.entra.localhost:9".to_owned()),
                ),
                (
                    "a name that only begins so",
                    changed(|asked, _| {
                        asked.authority = "https://login.microsoftonline.com.fabrikam.example".to_owned()
                    }),
                ),
                (
                    "a built-in authority at another port",
                    changed(|asked, _| asked.authority = "https://login.microsoftonline.com:444".to_owned()),
                ),
                (
                    "credentials",
                    changed(|asked, host| asked.authority = format!("http://somebody:secret@{host}")),
                ),
                (
                    "a user name",
                    changed(|asked, host| asked.authority = format!("http://somebody@{host}")),
                ),
                (
                    "a script",
                    changed(|asked, _| asked.authority = "javascript:alert(1)//".to_owned()),
                ),
                (
                    "no address",
                    changed(|asked, _| {
                        asked.authority.clear();
                        asked.path.clear();
                    }),
                ),
                (
                    "another page of the authority",
                    changed(|asked, _| asked.path = format!("/{TENANT_ID}/oauth2/v2.0/logout")),
                ),
                (
                    "another client",
                    changed(|asked, _| asked.client = TENANT_ID.to_owned()),
                ),
                (
                    "two clients",
                    changed(|asked, _| asked.more = format!("&client_id={CLIENT_ID}")),
                ),
                (
                    "a token in the answer",
                    changed(|asked, _| asked.kind = "token".to_owned()),
                ),
                (
                    "two states",
                    changed(|asked, _| asked.more = "&state=popup.x".to_owned()),
                ),
                (
                    "another state",
                    changed(|asked, _| asked.state = format!("popup.{}", "B".repeat(43))),
                ),
                (
                    "an id that is too short",
                    changed(|asked, _| {
                        asked.id.pop();
                        asked.state.pop();
                    }),
                ),
                (
                    "an id of a redirect",
                    changed(|asked, _| {
                        asked.id = format!("redirect.{}", "A".repeat(43));
                        asked.state = asked.id.clone();
                    }),
                ),
                ("no id", changed(|asked, _| asked.id.clear())),
            ];
            for (what, asked) in refused {
                assert_refuses(bench, what, &asked).await;
            }
            for redirect in [
                "https://fabrikam.example/redirect.html".to_owned(),
                format!("{page}/"),
                format!("{page}/relay.html"),
                format!("{page}/redirect.html?x"),
            ] {
                assert_refuses(
                    bench,
                    &redirect,
                    &good.but(|asked| asked.redirect.clone_from(&redirect)),
                )
                .await;
            }
            bench.assert_nobody_was_asked();
        },
    );
}

#[test]
fn a_relay_without_an_opener_says_so() {
    bench_at(
        sites(),
        |_| {},
        async |bench| {
            let address = Asked::good(bench).address(bench);
            bench.driver.goto(&address).await.unwrap();
            bench.wait_to_read("This window has lost the page that opened it").await;
            assert_nothing_to_press(bench).await;
            bench.assert_nobody_was_asked();
        },
    );
}

async fn assert_offers(bench: &Bench, asked: &Asked) {
    let window = open(bench, asked).await;
    bench
        .within(&window, async || drop(bench.find(Role::Button, "Continue").await))
        .await;
    bench.close(&window).await;
}

async fn assert_refuses(bench: &Bench, what: &str, asked: &Asked) {
    let here = bench.windows().await;
    let window = open(bench, asked).await;
    bench
        .within(&window, async || {
            bench
                .wait_to_read("not a sign-in of this page. Nothing was opened.")
                .await;
            assert_nothing_to_press(bench).await;
            let address = format!("{}/relay.html", bench.origins().page);
            assert!(
                bench
                    .addresses()
                    .await
                    .iter()
                    .all(|at| *at == address || at.starts_with("about:")),
                "{what}"
            );
        })
        .await;
    assert_eq!(bench.windows().await.len(), here.len() + 1, "{what}");
    bench.close(&window).await;
}

async fn open(bench: &Bench, asked: &Asked) -> thirtyfour::WindowHandle {
    let address = asked.address(bench);
    bench.driver.execute(OPENER, vec![address.into()]).await.unwrap();
    bench.opened_by(Role::Button, "Open it").await
}

/// Not by a click, nor by the Enter key on a button that nobody sees.
async fn assert_nothing_to_press(bench: &Bench) {
    let pressable = "return [...document.querySelectorAll('a, button')].filter(one => one.checkVisibility()).length";
    assert_eq!(bench.look::<usize>(pressable).await, 0);
    assert!(
        bench
            .look::<bool>("return document.activeElement === document.body")
            .await
    );
}
