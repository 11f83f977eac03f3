//! Where the page could not look is said, and "none" is not said before it could look everywhere.

use crate::harness::record::Record as _;
use crate::harness::{Role, bench};
use azure_simulator::scenario::{HALF_HIDDEN, NO_SESSION, OPERATOR, REFUSED_POOL};
use azure_simulator::{Operation, Simulator};
use std::collections::BTreeSet;

/// What the operator lacks there, as product.md asks for it: action and scope.
const ACTION: &str = "Microsoft.DesktopVirtualization/hostpools/sessionhosts/read";

/// The pools whose sessions Azure has listed; large ones come in several pages.
fn pools_read(azure: &Simulator) -> BTreeSet<&str> {
    let listed = azure.recorded(Operation::UserSessionsListByHostPool).into_iter();
    listed
        .filter(|entry| entry.status == Some(200))
        .map(|entry| entry.path.as_str())
        .collect()
}

#[test]
fn a_refused_pool_is_named_with_action_and_scope_and_none_is_not_said() {
    bench(
        |_| {},
        async |bench| {
            let (pools, scope) = {
                let azure = bench.azure();
                let pool = azure.world.pool_named(REFUSED_POOL).unwrap().key;
                (azure.world.host_pools().len(), azure.world.pool_id(pool))
            };
            bench.open_signed_in().await;
            bench.watch_for_words("No sessions").await;
            bench.search(NO_SESSION).await;

            let coverage = bench.region("Coverage").await;
            assert!(coverage.contains(REFUSED_POOL), "{coverage}");
            assert!(coverage.contains(ACTION), "{coverage}");
            assert!(
                coverage.to_lowercase().contains(&scope.to_lowercase()),
                "{scope} in {coverage}"
            );
            let text = bench.all_text().await;
            let sentence = format!(
                "None found in the {} of {pools} host pools that could be read",
                pools - 1
            );
            assert!(text.contains(&sentence), "{text}");
            assert!(!bench.words_seen().await, "{text}");
            assert!(!bench.shows(Role::Table, "Sessions").await);

            // The page says about the pools what Azure has answered about them.
            let azure = bench.azure();
            let listed = azure.recorded(Operation::UserSessionsListByHostPool);
            let refused: Vec<_> = listed.iter().filter(|entry| entry.status == Some(403)).collect();
            assert_eq!(refused.len(), 1);
            assert!(refused[0].path.to_lowercase().contains(&REFUSED_POOL.to_lowercase()));
            assert_eq!(pools_read(&azure).len(), pools - 1);
            assert!(azure.acts().is_empty());
        },
    );
}

#[test]
fn no_sessions_is_said_once_everything_was_read() {
    bench(
        |setting| {
            let world = &mut setting.simulator.world;
            let pool = world.pool_named(REFUSED_POOL).unwrap().key;
            let scope = world.pool_id(pool);
            world.assign(OPERATOR, "Desktop Virtualization Reader", &scope);
        },
        async |bench| {
            bench.open_signed_in().await;
            bench.watch_for_words("No sessions").await;
            bench.search(NO_SESSION).await;
            assert!(bench.words_seen().await);
            let text = bench.all_text().await;
            assert!(text.contains("No sessions"), "{text}");
            assert!(!text.contains("None found"), "{text}");
            let azure = bench.azure();
            assert_eq!(pools_read(&azure).len(), azure.world.host_pools().len());
            let listed = azure.recorded(Operation::UserSessionsListByHostPool);
            assert!(listed.iter().all(|entry| entry.status == Some(200)));
        },
    );
}

#[test]
fn what_is_found_beside_a_refused_pool_is_shown_with_the_gap() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(HALF_HIDDEN).await;
            let rows = bench.rows().await;
            assert_eq!(rows.len(), 1, "{rows:?}");
            assert_ne!(rows[0].cells["Host pool"], REFUSED_POOL);
            assert!(bench.region("Coverage").await.contains(REFUSED_POOL));
            assert_eq!(bench.azure().world.sessions_of(HALF_HIDDEN).len(), 2);
        },
    );
}
