//! Another account or tenant: chosen at the authority, never in the middle of work, and nothing of the one before is left.

use crate::harness::challenges::{by_window, effects, parameter};
use crate::harness::record::Record as _;
use crate::harness::{Bench, Name, Role, bench, until_so};
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR, PARTNER_TENANT_ID, PARTNER_USER, READER, SLOW};
use azure_simulator::{Fault, FaultAction, Operation, World};
use std::collections::BTreeMap;
use thirtyfour::Key;
use time::OffsetDateTime;

const SWITCH: &str = "Switch to Fabrikam (fabrikam.onmicrosoft.com)";

/// What the tab keeps of the receipt.
const KEPT: &str = "return sessionStorage.getItem('avd-logoff.receipt') ?? ''";

/// Runs one test with a second tenant, in which the operator is a guest. The list of tenants is refused so many times.
fn bench_with_partner(refused: u32, test: impl AsyncFnOnce(&Bench)) {
    bench(
        |setting| {
            let azure = &mut setting.simulator;
            azure.world = World::company_and_partner(&azure.origins, 7, OffsetDateTime::now_utc());
            azure.world.switches.throttle.enabled = false;
            if refused > 0 {
                let refusal = FaultAction::Status {
                    status: 403,
                    code: "AuthorizationFailed".to_owned(),
                    message: "Not for you.".to_owned(),
                    headers: BTreeMap::new(),
                };
                let fault = Fault::always(refusal).on(Operation::TenantsList).times(refused);
                azure.faults.push(fault);
            }
        },
        test,
    );
}

/// Whose sessions stand in the table.
const USERS: &str = "return [...document.querySelectorAll('tbody th')].map(cell => cell.textContent)";

async fn who(bench: &Bench) -> String {
    bench.look("return document.querySelector('header').textContent").await
}

#[test]
fn another_account_in_a_window_clears_everything_of_the_one_before() {
    bench(
        |setting| setting.config = by_window(),
        async |bench| {
            bench.open_signed_in_by_window().await;
            bench.search(SLOW).await;
            bench.open_account_menu().await;
            let window = bench.opened_window(async || bench.click(Role::Menuitem, "Use another account").await);
            let window = window.await;
            // While it stands open a log off begins, which is being watched when somebody else comes.
            bench.log_off_all().await;
            bench.wait_for_outcomes(&["leaving"]).await;
            bench
                .there(&window, async || bench.pick_another_account_there(READER).await)
                .await;
            bench
                .wait_for_words("Another account or tenant is signed in now.")
                .await;
            assert!(who(bench).await.contains(READER) && !who(bench).await.contains(OPERATOR));
            assert!(!bench.shows(Role::Table, "Sessions").await);
            assert!(!bench.shows(Role::Region, "Receipt").await);
            assert_eq!(bench.search_box_text().await.as_deref(), Some(SLOW));
            let mark = {
                let mut azure = bench.azure();
                let asked = azure.recorded(Operation::Authorize)[1];
                assert_eq!(parameter(asked, "prompt"), Some("select_account"));
                assert_eq!(parameter(asked, "login_hint"), None);
                let session = azure.world.sessions_of(SLOW)[0].key;
                azure.world.end_session(session, OffsetDateTime::now_utc());
                azure.record.len()
            };

            // Time in which the watch of before would have seen the end.
            crate::harness::clock::pace(&bench.driver, 20).await;
            bench.search(MANY_SESSIONS).await;
            assert!(!bench.rows().await.is_empty());
            assert!(
                !bench.shows(Role::Region, "Receipt").await,
                "the old watch wrote into the new receipt"
            );
            let kept: String = bench.look(KEPT).await;
            assert!(!kept.contains(SLOW) && !kept.contains(OPERATOR), "{kept}");
            let azure = bench.azure();
            let since = &azure.record[mark..];
            assert!(
                since.iter().all(|entry| entry.operation != Operation::UserSessionsGet),
                "the old watch goes on"
            );
            assert!(
                since
                    .iter()
                    .filter(|entry| entry.bearer)
                    .all(|entry| entry.actor.as_deref() == Some(READER))
            );
            assert_eq!(effects(&azure).len(), 1);
        },
    );
}

#[test]
fn another_account_by_redirect_finds_only_the_text() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(MANY_SESSIONS).await;
            bench.log_off_all().await;
            let rows = bench.wait_for_outcomes(&["gone"]).await;
            bench.open_account_menu().await;
            bench.click(Role::Menuitem, "Use another account").await;
            bench.wait_for_login_page().await;
            // The accounts that are signed in stand there by name.
            bench.find(Role::Button, OPERATOR).await;
            bench.pick_another_account_there(READER).await;
            bench.wait_until_signed_in().await;
            assert!(who(bench).await.contains(READER));
            assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));
            assert!(!bench.shows(Role::Table, "Sessions").await);
            assert!(!bench.shows(Role::Region, "Receipt").await);
            assert!(!bench.look::<String>(KEPT).await.contains(MANY_SESSIONS));
            let azure = bench.azure();
            assert_eq!(effects(&azure).len(), rows.len());
            let after = azure.recorded(Operation::UserSessionsListByHostPool).into_iter();
            assert!(
                after.clone().all(|entry| entry.actor.as_deref() == Some(OPERATOR)),
                "nobody has searched"
            );
        },
    );
}

#[test]
fn the_account_menu_is_worked_by_keyboard_and_waits_for_work() {
    bench_with_partner(1, async |bench| {
        bench.open_signed_in().await;
        bench.find(Role::Textbox, "User principal name").await;
        bench.tab_back_to(Role::Button, "Account").await;
        bench.press(Key::Down).await;
        bench.wait_for_focus(Role::Menuitem, "Sign out").await;
        bench.wait_for_words("Other tenants could not be listed.").await;
        bench.press(Key::Escape).await;
        bench.wait_for_focus(Role::Button, "Account").await;
        bench.wait_for_none(Role::Menu, Name::Any).await;

        // Opened again, it asks again.
        bench.press(Key::Up).await;
        bench.find(Role::Menuitem, SWITCH).await;
        let ways = [
            (Key::Home, SWITCH),
            (Key::Down, "Use another account"),
            (Key::Down, "Sign out"),
            (Key::Down, SWITCH),
            (Key::Up, "Sign out"),
            (Key::Up, "Use another account"),
            (Key::End, "Sign out"),
        ];
        for (key, item) in ways {
            bench.press(key).await;
            bench.wait_for_focus(Role::Menuitem, item).await;
        }
        bench.press(Key::Escape).await;
        bench.wait_for_focus(Role::Button, "Account").await;
        assert_eq!(bench.azure().count(Operation::TenantsList), 2);

        bench.search(SLOW).await;
        bench.log_off_all().await;
        bench.wait_for_outcomes(&["leaving"]).await;
        bench.open_account_menu().await;
        for item in [SWITCH, "Use another account"] {
            let found = bench.find(Role::Menuitem, item).await;
            assert_eq!(
                found.attr("aria-disabled").await.unwrap().as_deref(),
                Some("true"),
                "{item}"
            );
            bench.click(Role::Menuitem, item).await;
        }
        bench.find(Role::Menuitem, "Sign out").await;
        let looks = bench.azure().count(Operation::UserSessionsGet);
        until_so("the watch goes on", async || {
            bench.azure().count(Operation::UserSessionsGet) > looks
        })
        .await;
        assert_eq!(
            bench.azure().count(Operation::Authorize),
            1,
            "an item that is disabled did something"
        );
    });
}

#[test]
fn in_another_tenant_only_its_sessions_are_found() {
    bench_with_partner(0, async |bench| {
        bench.open_signed_in().await;
        bench.search(MANY_SESSIONS).await;
        bench.click(Role::Checkbox, "Select all sessions").await;
        bench.open_account_menu().await;
        let mark = bench.mark();
        bench.click(Role::Menuitem, SWITCH).await;
        bench.wait_for_words(PARTNER_TENANT_ID).await;
        bench.wait_until_signed_in().await;
        assert!(who(bench).await.contains(OPERATOR), "{}", who(bench).await);
        let rows = format!("{:?}", bench.look::<Vec<String>>(USERS).await);
        assert!(!rows.contains(MANY_SESSIONS), "{rows}");

        bench.search(MANY_SESSIONS).await;
        assert!(!bench.shows(Role::Table, "Sessions").await);
        bench.search(PARTNER_USER).await;
        assert_eq!(bench.rows().await.len(), 2);
        {
            let azure = bench.azure();
            assert_eq!(azure.count(Operation::SignInForm), 1, "the authority knew the person");
            let at_login = |operation| {
                let since = azure.record[mark..]
                    .iter()
                    .filter(move |entry| entry.operation == operation);
                since
                    .map(|entry| entry.path.split('/').nth(1).unwrap_or_default())
                    .collect::<Vec<_>>()
            };
            assert_eq!(at_login(Operation::Authorize), [PARTNER_TENANT_ID]);
            assert_eq!(at_login(Operation::Token), [PARTNER_TENANT_ID]);
            let pools = azure.record[mark..]
                .iter()
                .filter(|entry| entry.path.to_lowercase().contains("/hostpools/"));
            assert!(
                pools.clone().all(|entry| entry.path.contains("/dddddddd-")),
                "another tenant's pools"
            );
            assert!(pools.count() > 0);
        }

        // It stays the tenant that was chosen, over a reload and until the sign-out.
        bench.reload().await;
        bench.sign_in_silently().await;
        assert!(who(bench).await.contains(PARTNER_TENANT_ID));
        bench.open_account_menu().await;
        bench.find(Role::Menuitem, Name::Begins("Switch to")).await;
        bench.click(Role::Menuitem, "Sign out").await;
        bench.find(Role::Button, "Sign in").await;
        let azure = bench.azure();
        for operation in [Operation::Authorize, Operation::Token, Operation::Logout] {
            let last = azure.recorded(operation).last().unwrap().path.clone();
            assert!(last.starts_with(&format!("/{PARTNER_TENANT_ID}/")), "{last}");
        }
        assert!(azure.acts().is_empty());
    });
}
