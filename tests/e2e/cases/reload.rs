//! A reload in the middle of work: nothing goes on by itself, what was under way is looked at again, and what was drawn from
//! Azure's buckets is still known.

use crate::harness::record::Record as _;
use crate::harness::{Role, bench, clock, until_so};
use azure_simulator::scenario::{GHOST, SLOW};
use azure_simulator::{Fault, FaultAction, Operation, Simulator};
use std::collections::BTreeMap;
use time::OffsetDateTime;

#[test]
fn a_reload_keeps_the_receipt_and_sends_nothing_again() {
    bench(
        |setting| {
            // The answer takes longer than the test: the page is left while it waits.
            let late = Fault::once(FaultAction::Delay { ms: 600_000 }).on(Operation::UserSessionsDelete);
            setting.simulator.faults.push(late);
        },
        async |bench| {
            bench.open_signed_in().await;
            bench.search(SLOW).await;
            bench.select_all_and_open_dialog().await;
            bench.confirm().await;
            until_so("the DELETE has reached Azure", async || {
                bench.azure().count(Operation::UserSessionsDelete) == 1
            })
            .await;
            bench.reload().await;

            bench.find(Role::Button, "Sign in").await;
            let receipt = bench.region("Receipt").await;
            assert!(receipt.contains(SLOW) && receipt.contains("Unknown"), "{receipt}");
            assert!(!receipt.contains("Gone"), "{receipt}");
            assert_eq!(bench.search_box_text().await.as_deref(), Some(SLOW));
            let looks = bench.azure().count(Operation::UserSessionsGet);

            // The authority still knows the person, so that its page does not show.
            bench.click(Role::Button, "Sign in").await;
            bench.wait_until_signed_in().await;
            until_so("the session is looked at again, by itself", async || {
                bench.azure().count(Operation::UserSessionsGet) > looks
            })
            .await;
            {
                let mut azure = bench.azure();
                let session = azure.world.sessions_of(SLOW)[0].key;
                azure.world.end_session(session, OffsetDateTime::now_utc());
            }
            until_so("the receipt says that it is gone", async || {
                bench.region("Receipt").await.contains("Gone")
            })
            .await;
            let azure = bench.azure();
            assert_eq!(azure.count(Operation::UserSessionsDelete), 1, "it was sent again");
            assert_eq!(azure.count(Operation::SignInForm), 1);
            assert_eq!(azure.count(Operation::Token), 2);
        },
    );
}

#[test]
fn what_was_still_there_before_a_reload_can_be_watched_from_the_receipt() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(GHOST).await;
            bench.select_all_and_open_dialog().await;
            // Two minutes of watching in five seconds.
            clock::pace(&bench.driver, 24).await;
            bench.confirm().await;
            bench.wait_for_outcomes(&["still-there"]).await;
            bench.reload().await;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_until_signed_in().await;
            {
                let mut azure = bench.azure();
                let session = azure.world.sessions_of(GHOST)[0].key;
                azure.world.end_session(session, OffsetDateTime::now_utc());
            }
            let looks = bench.azure().count(Operation::UserSessionsGet);
            bench.click(Role::Button, "Keep watching").await;
            until_so("the receipt says that it is gone", async || {
                bench.region("Receipt").await.contains("Gone")
            })
            .await;
            let azure = bench.azure();
            assert!(azure.count(Operation::UserSessionsGet) > looks);
            assert_eq!(azure.count(Operation::UserSessionsDelete), 1, "watching sends nothing");
        },
    );
}

/// How often the host pools of the busiest subscription were asked for their sessions, and how many requests of any kind
/// were refused as too many.
fn load(azure: &Simulator) -> (usize, usize) {
    let mut reads = BTreeMap::<&str, usize>::new();
    for entry in azure.recorded(Operation::UserSessionsListByHostPool) {
        *reads.entry(entry.path.split('/').nth(2).unwrap()).or_default() += 1;
    }
    let refused = azure.record.iter().filter(|entry| entry.status == Some(429));
    (reads.into_values().max().unwrap_or_default(), refused.count())
}

#[test]
fn a_reload_in_the_middle_of_a_large_search_does_not_make_the_page_ask_too_much() {
    bench(
        // A request for each session: more than Azure's documented bucket holds.
        |setting| setting.simulator.world.switches.page_size = 1,
        async |bench| {
            bench.open_signed_in().await;
            bench.click(Role::Button, "List all sessions").await;
            until_so("the bucket is nearly empty", async || load(&bench.azure()).0 > 210).await;
            bench.reload().await;
            let before = load(&bench.azure()).0;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_until_signed_in().await;
            bench.click(Role::Button, "List all sessions").await;
            until_so("more was asked than was left", async || {
                load(&bench.azure()).0 > before + 130
            })
            .await;
            bench.click(Role::Button, "Stop").await;
            assert_eq!(load(&bench.azure()).1, 0);
        },
    );
}
