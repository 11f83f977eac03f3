//! "Stop" while searching: the requests are aborted, and what was not read is said.

use crate::ENGINE;
use crate::harness::engine::Engine as _;
use crate::harness::record::Record as _;
use crate::harness::{Role, bench, until_so};
use azure_simulator::scenario::NO_SESSION;
use azure_simulator::{Face, Fault, FaultAction, Operation};
use std::collections::BTreeSet;

#[test]
fn stop_aborts_the_requests_and_says_what_was_not_read() {
    bench(
        |setting| {
            // Two pools answer, the others take longer than the test.
            let late = Fault::always(FaultAction::Delay { ms: 600_000 }).on(Operation::UserSessionsListByHostPool);
            setting.simulator.faults.push(late.after(2));
        },
        async |bench| {
            bench.open_signed_in().await;
            bench.watch_for_words("No sessions").await;
            bench.start_search(NO_SESSION).await;
            bench.find(Role::Progressbar, "Search progress").await;
            // Over HTTP/1.1 a browser sends six at a time to one origin: two were answered, six wait.
            until_so("the browser waits for late answers", async || {
                bench.azure().count(Operation::UserSessionsListByHostPool) == 8
            })
            .await;
            bench.click(Role::Button, "Stop").await;
            bench.wait_for_end_of_search().await;
            bench.wait_for_none(Role::Progressbar, "Search progress").await;

            let asked = bench.azure().record.len();
            if let Some(network) = ENGINE.network(&bench.driver).await {
                let aborted = network.sent.iter().filter(|sent| network.aborted.contains(&sent.id));
                let lists = aborted.filter(|sent| sent.method == "GET" && sent.url.contains("/userSessions"));
                assert!(lists.count() >= 6);
            }
            let coverage = bench.region("Coverage").await;
            let pools = bench.azure().world.host_pools().len();
            assert!(coverage.contains(&format!("of {pools} host pools read")), "{coverage}");
            assert!(coverage.contains("not looked into"), "{coverage}");
            let text = bench.all_text().await;
            assert!(text.contains("None found in the"), "{text}");
            assert!(!bench.words_seen().await, "{text}");

            // Connections and places are free again: another search comes to its end at once, and reads every pool.
            bench.azure().faults.clear();
            bench.search(NO_SESSION).await;
            let azure = bench.azure();
            let since: Vec<_> = azure.record[asked..]
                .iter()
                .filter(|entry| entry.face == Face::Arm && entry.operation != Operation::Preflight)
                .collect();
            assert_eq!(
                since[0].operation,
                Operation::SubscriptionsList,
                "a stopped search went on"
            );
            let lists = since
                .iter()
                .filter(|entry| entry.operation == Operation::UserSessionsListByHostPool);
            let read: BTreeSet<_> = lists.map(|entry| entry.path.as_str()).collect();
            assert_eq!(read.len(), pools);
            assert!(azure.acts().is_empty());
        },
    );
}
