//! A reload in the middle of a log off: nothing goes on by itself, and what was under way is looked at again.

use crate::harness::record::Record as _;
use crate::harness::{Role, bench, clock, until_so};
use azure_simulator::scenario::{GHOST, SLOW};
use azure_simulator::{Fault, FaultAction, Operation};
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
