//! The answer to a DELETE is lost: nobody knows what happened, so the page looks, and does not send it again.

use crate::harness::bench;
use crate::harness::record::Record as _;
use crate::harness::table::true_places;
use azure_simulator::scenario::MANY_SESSIONS;
use azure_simulator::{Fault, FaultAction, Operation};

#[test]
fn a_lost_answer_is_unknown_until_the_session_is_seen_to_be_gone() {
    bench(
        |_| {},
        async |bench| {
            let truth = true_places(&bench.azure(), MANY_SESSIONS);
            bench.open_signed_in().await;
            bench.search(MANY_SESSIONS).await;
            bench.select_all_and_open_dialog().await;
            bench.watch_outcomes().await;
            // Set before the dialog is confirmed: the servers then take connections down that Chromium would repeat a
            // request on by itself.
            bench
                .azure()
                .faults
                .push(Fault::once(FaultAction::LoseAfter).on(Operation::UserSessionsDelete));
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;

            let seen = bench.outcomes_seen().await;
            let unknown = seen
                .values()
                .filter(|words| words.first().is_some_and(|word| word == "unknown"));
            assert_eq!(unknown.count(), 1, "{seen:?}");
            assert!(
                seen.values()
                    .all(|words| words.last().is_some_and(|word| word == "gone")),
                "{seen:?}"
            );

            let azure = bench.azure();
            azure.assert_each_delete_was_guarded();
            let deletes = azure.recorded(Operation::UserSessionsDelete);
            assert_eq!(deletes.len(), truth.len(), "a DELETE was sent again");
            assert_eq!(deletes.iter().filter(|entry| entry.status.is_none()).count(), 1);
            assert!(deletes.iter().all(|entry| entry.effect));
        },
    );
}
