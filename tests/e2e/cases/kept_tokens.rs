//! Tokens that are to survive a reload do, and are good for what they were made for and nothing else.

use crate::harness::record::Record as _;
use crate::harness::{Bench, Role, bench};
use azure_simulator::scenario::{MANY_SESSIONS, PARTNER_TENANT_ID};
use azure_simulator::server::PageConfig;
use azure_simulator::{Face, Operation};
use serde_json::{Value, json};

const KEPT: &str = "return sessionStorage.getItem('avd-logoff.tokens')";

/// The page is deployed anew with these changes, and loaded again by somebody who was signed in.
async fn deploy_and_reload(bench: &Bench, changes: Value) {
    assert!(bench.look::<Option<String>>(KEPT).await.is_some());
    bench.servers.page_settings().config = PageConfig::With(changes);
    bench.reload().await;
}

#[test]
fn kept_tokens_survive_a_reload_and_no_change_of_the_configuration() {
    let kept = json!({ "tokenCache": "session" });
    let before = kept.clone();
    bench(
        |setting| setting.config = PageConfig::With(before),
        async |bench| {
            bench.open_signed_in().await;
            bench.reload().await;
            bench.wait_until_signed_in().await;
            bench.search(MANY_SESSIONS).await;
            let count = bench.azure().world.sessions_of(MANY_SESSIONS).len();
            assert_eq!(bench.rows().await.len(), count);
            {
                let azure = bench.azure();
                assert_eq!(
                    (azure.count(Operation::Token), azure.count(Operation::Authorize)),
                    (1, 1)
                );
            }

            let origins = bench.origins().clone();
            let another_cloud = json!({ "name": "Another cloud", "authorityHost": origins.login,
                                        "resourceManager": origins.login });
            let changes = [
                json!({ "tokenCache": "session", "clientId": PARTNER_TENANT_ID }),
                json!({ "tokenCache": "session", "cloud": another_cloud }),
                json!({ "tokenCache": "memory" }),
            ];
            for change in changes {
                let mark = bench.mark();
                deploy_and_reload(bench, change).await;
                bench.find(Role::Button, "Sign in").await;
                assert!(!bench.shows(Role::Button, "Account").await);
                assert_eq!(
                    bench.look::<Option<String>>(KEPT).await,
                    None,
                    "a token was left behind"
                );
                assert_eq!(bench.mark(), mark, "a token was used");

                bench.servers.page_settings().config = PageConfig::With(kept.clone());
                bench.reload().await;
                bench.sign_in_silently().await;
            }
            let azure = bench.azure();
            let at_login = azure.record.iter().filter(|entry| entry.face == Face::Login);
            assert!(at_login.clone().count() > 0 && at_login.clone().all(|entry| !entry.bearer));
            assert_eq!(azure.count(Operation::Token), 4);
        },
    );
}
