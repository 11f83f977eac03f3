//! The built page against a certified authorization server in the place of the simulated authority: so that the browser's
//! own rules – CORS, redirects, windows – are kept between two programs that nobody has made for each other.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::{Bench, Name, Role, bench, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::MANY_SESSIONS;
use azure_simulator::server::PageConfig;
use serde_json::json;

const TENANT: &str = "11111111-2222-4333-8444-555555555555";
const CLIENT_ID: &str = "66666666-7777-4888-8999-aaaaaaaaaaaa";
const PERSON: &str = "person@contoso.example";

/// A running provider; it ends with its standard input.
struct Provider {
    process: Child,
    address: String,
}

impl Provider {
    /// For the page at this port, with access tokens that are due for renewal at once.
    fn start(page_port: &str, scope: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../interop/provider");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "The provider is not installed; `cargo xtask test` brings it."
        );
        let mut process = Command::new("node")
            .args([
                "server.mjs",
                "--page-port",
                page_port,
                "--tenant",
                TENANT,
                "--client-id",
                CLIENT_ID,
            ])
            .args(["--scope", scope, "--access-token-seconds", "120"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`node` is on the PATH");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut lines = output.lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            address: address.expect("the provider says that it is ready"),
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}

/// Puts the provider into the place of the authority.
fn provider_for(bench: &Bench, sign_in: &str) -> Provider {
    let origins = bench.origins();
    let port = origins.page.rsplit(':').next().unwrap();
    let scope = format!("{}/user_impersonation", origins.arm);
    let provider = Provider::start(port, &scope);
    let mut settings = bench.servers.page_settings();
    // The header names the simulated authority; the policy that the page carries itself lets any on this computer in.
    settings.security_headers = false;
    settings.config = PageConfig::With(json!({
        "tenant": TENANT,
        "clientId": CLIENT_ID,
        "signIn": sign_in,
        "cloud": { "name": "Certified", "authorityHost": provider.address, "resourceManager": origins.arm },
    }));
    drop(settings);
    provider
}

/// What a person does at the provider's pages.
async fn sign_in_there(bench: &Bench) {
    let name = bench.find(Role::Textbox, "User name").await;
    name.clear().await.unwrap();
    name.send_keys(PERSON).await.unwrap();
    bench.click(Role::Button, "Sign in").await;
    bench.click(Role::Button, "Accept").await;
}

async fn assert_signed_in(bench: &Bench) {
    bench.wait_until_signed_in().await;
    assert!(bench.all_text().await.contains(PERSON));
}

/// How often the browser has asked the provider's token endpoint; 0 in engines that do not tell.
async fn token_requests(bench: &Bench) -> Option<usize> {
    let network = ENGINE.network(&bench.driver).await?;
    let asked = network
        .sent
        .iter()
        .filter(|sent| sent.url.ends_with("/oauth2/v2.0/token"));
    Some(asked.filter(|sent| sent.method == "POST").count())
}

#[test]
fn by_redirect_with_renewal_and_sign_out() {
    bench(
        |_| {},
        async |bench| {
            let _provider = provider_for(bench, "redirect");
            bench.open("").await;
            bench.click(Role::Button, "Sign in").await;
            sign_in_there(bench).await;
            assert_signed_in(bench).await;

            // The first request to Resource Manager finds the token due and renews it, over the browser's CORS. That
            // Resource Manager believes no token of this provider is right.
            bench.start_search(MANY_SESSIONS).await;
            until_so("Resource Manager was asked", async || {
                bench
                    .azure()
                    .recorded(Operation::SubscriptionsList)
                    .iter()
                    .any(|asked| asked.status == Some(401))
            })
            .await;
            if let Some(asked) = token_requests(bench).await {
                assert!(asked >= 1, "a renewal");
            }
            assert!(!bench.all_text().await.contains("did not let the page read its answer"));

            bench.click(Role::Button, "Account").await;
            bench.click(Role::Menuitem, "Sign out").await;
            bench.click(Role::Button, "Sign out").await;
            bench.find(Role::Button, "Sign in").await;
            assert!(!bench.shows(Role::Button, Name::Begins("Account")).await);
            assert!(
                bench
                    .driver
                    .current_url()
                    .await
                    .unwrap()
                    .as_str()
                    .starts_with(&bench.origins().page)
            );
        },
    );
}

#[test]
fn by_a_window_and_after_a_refusal() {
    bench(
        |_| {},
        async |bench| {
            let _provider = provider_for(bench, "popup");
            bench.open("").await;
            let window = bench
                .opened_window(async || bench.click(Role::Button, "Sign in").await)
                .await;
            bench
                .within(&window, async || bench.click(Role::Button, "Cancel").await)
                .await;
            bench.wait_until_closed(&window).await;
            until_so("the page says what happened", async || {
                bench.all_text().await.contains("The sign-in was cancelled")
            })
            .await;

            let window = bench
                .opened_window(async || bench.click(Role::Button, "Sign in").await)
                .await;
            bench.within(&window, async || sign_in_there(bench).await).await;
            bench.wait_until_closed(&window).await;
            assert_signed_in(bench).await;
        },
    );
}
