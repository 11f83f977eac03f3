//! The provider as a process of its own: started with what a case needs, ended with its standard input.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What has to have been run before.
const INSTALL: &str = "npm ci --prefix tests/interop/provider";

/// The tenant that the provider speaks for.
pub const TENANT: &str = "11111111-2222-4333-8444-555555555555";

/// The application that is registered there.
pub const CLIENT_ID: &str = "66666666-7777-4888-8999-aaaaaaaaaaaa";

/// The scope of the one resource.
pub const SCOPE: &str = "http://localhost:4462/user_impersonation";

/// The port in the registered redirect URI. Nothing listens there: where the browser is sent is read, not opened.
pub const PAGE_PORT: u16 = 4460;

/// How the provider differs from one case to the next.
#[derive(Clone, Copy, Debug)]
pub struct Switches {
    /// How long an access token lasts.
    pub access_token_seconds: u32,
    /// Whether `offline_access` counts without `prompt=consent`, as it does at the page's authority.
    pub offline_access_always: bool,
    /// Whether the `claims` parameter is looked into.
    pub claims_checked: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            access_token_seconds: 3600,
            offline_access_always: true,
            claims_checked: false,
        }
    }
}

/// A running provider.
pub struct Provider {
    process: Child,
    address: String,
}

impl Provider {
    /// Starts one and waits until it is ready.
    pub fn start(switches: Switches) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("provider");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "The provider is not installed. Run this once, in the root of the repository: {INSTALL}"
        );
        let mut process = Command::new("node")
            .arg("server.mjs")
            .args(["--page-port", &PAGE_PORT.to_string()])
            .args(["--tenant", TENANT, "--client-id", CLIENT_ID, "--scope", SCOPE])
            .args(["--access-token-seconds", &switches.access_token_seconds.to_string()])
            .args([
                "--offline-access",
                pick(switches.offline_access_always, "always", "with-consent"),
            ])
            .args(["--claims", pick(switches.claims_checked, "checked", "ignored")])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`node` (version 20 or newer) is on the PATH");
        let mut complaints = process.stderr.take().expect("it is piped");
        // Read to its end, or a provider with much to say would stand still.
        let complaints = std::thread::spawn(move || {
            let mut text = String::new();
            drop(complaints.read_to_string(&mut text));
            text
        });
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        let address = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
        let Some(address) = address else {
            panic!("the provider did not start:\n{}", complaints.join().unwrap_or_default());
        };
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self { process, address }
    }

    /// Where it answers.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}

fn pick(yes: bool, this: &'static str, that: &'static str) -> &'static str {
    if yes { this } else { that }
}
