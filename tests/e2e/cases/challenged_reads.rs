//! Conditional Access on reading: what could not be read is read after a stronger sign-in, and what was there stays.

use crate::harness::challenges::by_window;
use crate::harness::record::Record as _;
use crate::harness::{Bench, Role, bench, until_so};
use azure_simulator::scenario::{MANY_SESSIONS, NO_SESSION};
use azure_simulator::server::PageConfig;
use azure_simulator::{CorsSettings, Fault, FaultAction, Operation};
use std::collections::BTreeMap;

/// One of the pools in which the user has a session.
const POOL: &str = "HP-Projects";

/// A search that could not read one pool; then the tenant wants a second factor of whoever reads.
fn bench_with_gap(config: PageConfig, status: u16, test: impl AsyncFnOnce(&Bench)) {
    bench(
        |setting| {
            setting.config = config;
            let azure = &mut setting.simulator;
            azure.cors = CorsSettings::exposing_everything_useful();
            azure.world.switches.challenge_status = status;
            let broken = FaultAction::Status {
                status: 400,
                code: "BadRequest".to_owned(),
                message: "For a moment something was wrong with this pool.".to_owned(),
                headers: BTreeMap::new(),
            };
            let fault = Fault::always(broken).on(Operation::UserSessionsListByHostPool);
            azure.faults.push(fault.containing(&format!("/{POOL}/")));
        },
        test,
    );
}

/// Searches with the gap, selects one session, and tries the gap again when it has become a challenge.
async fn meet_the_challenge(bench: &Bench) -> (usize, String) {
    bench.search(MANY_SESSIONS).await;
    let truth = bench.azure().world.sessions_of(MANY_SESSIONS).len();
    let rows = bench.rows().await;
    assert_eq!(rows.len(), truth - 1);
    let (_, host, number) = rows[0].place();
    let chosen = format!("Select session {number} on {host}");
    bench.click(Role::Checkbox, &chosen).await;
    {
        let mut azure = bench.azure();
        azure.faults.clear();
        azure.world.switches.reads_need_mfa = true;
    }
    bench.click(Role::Button, "Try these again").await;
    bench.find(Role::Button, "Continue sign-in").await;
    let rows = bench.rows().await;
    assert_eq!(
        (rows.len(), rows.iter().filter(|row| row.selected).count()),
        (truth - 1, 1)
    );
    (truth, host)
}

/// Everything is there now, and still the same one is selected.
async fn assert_complete(bench: &Bench, truth: usize, host: &str) {
    until_so("the rest is read by itself", async || bench.rows().await.len() == truth).await;
    bench.wait_for_end_of_search().await;
    let rows = bench.rows().await;
    let selected: Vec<_> = rows
        .iter()
        .filter(|row| row.selected)
        .map(|row| row.place().1)
        .collect();
    assert_eq!(selected, [host]);
    assert!(!bench.shows(Role::Button, "Continue sign-in").await);
    assert!(bench.azure().acts().is_empty());
}

#[test]
fn a_window_brings_what_a_pool_wants_and_only_that_pool_is_read() {
    bench_with_gap(by_window(), 401, async |bench| {
        bench.open_signed_in_by_window().await;
        let (truth, host) = meet_the_challenge(bench).await;
        let mark = bench.mark();
        let window = bench.sign_in_window("Continue sign-in").await;
        bench.there(&window, async || bench.approve_there().await).await;
        assert_complete(bench, truth, &host).await;
        let azure = bench.azure();
        let mut read = azure.record[mark..].iter().filter(|entry| entry.bearer);
        assert!(read.all(|entry| entry.path.to_lowercase().contains(&POOL.to_lowercase())));
    });
}

#[test]
fn a_redirect_brings_it_and_everything_is_found_anew() {
    bench_with_gap(PageConfig::FromOrigins, 403, async |bench| {
        bench.open_signed_in().await;
        let (truth, host) = meet_the_challenge(bench).await;
        bench.continue_and_approve().await;
        bench.wait_for_words("is being read anew").await;
        assert_complete(bench, truth, &host).await;
    });
}

#[test]
fn where_nothing_could_be_read_none_is_not_said() {
    bench(
        |setting| {
            setting.config = by_window();
            setting.simulator.cors = CorsSettings::exposing_everything_useful();
            setting.simulator.world.switches.reads_need_mfa = true;
        },
        async |bench| {
            bench.open_signed_in_by_window().await;
            bench.watch_for_words("No sessions").await;
            bench.search(NO_SESSION).await;
            bench.find(Role::Button, "Continue sign-in").await;
            let window = bench.sign_in_window("Continue sign-in").await;
            bench.there(&window, async || bench.approve_there().await).await;
            // One pool refuses the operator, so that even now it is not said.
            bench.wait_for_words("None found in the").await;
            assert!(!bench.words_seen().await, "{}", bench.all_text().await);
            let azure = bench.azure();
            let read = azure.recorded(Operation::SubscriptionsList).into_iter();
            assert!(read.filter(|entry| entry.status == Some(200)).count() == 1);
        },
    );
}
