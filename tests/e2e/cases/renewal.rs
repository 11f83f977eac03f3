//! Tokens: renewed by the refresh token before a request that would outlive them, without a person.

use crate::harness::record::Record as _;
use crate::harness::{bench, clock};
use azure_simulator::scenario::{MANY_SESSIONS, NO_SESSION, OPERATOR};
use azure_simulator::{Face, Operation};

#[test]
fn a_token_that_is_about_to_end_is_renewed_before_the_next_request() {
    bench(
        |setting| {
            setting.simulator.world.switches.access_token_seconds = Some(360);
        },
        async |bench| {
            bench.open_signed_in().await;
            bench.search(NO_SESSION).await;
            assert_eq!(bench.azure().count(Operation::Token), 1);
            let before = bench.azure().record.len();

            // Of its six minutes one has passed: five are what a request may need.
            clock::jump(&bench.driver, 61).await;
            bench.search(MANY_SESSIONS).await;

            let azure = bench.azure();
            let since = &azure.record[before..];
            let of = |face| since.iter().position(|entry| entry.face == face);
            let renewed = since.iter().position(|entry| entry.operation == Operation::Token);
            assert!(renewed.is_some() && renewed < of(Face::Arm), "{since:?}");
            assert_eq!(azure.count(Operation::Token), 2, "one renewal for all requests");
            let token = azure.recorded(Operation::Token)[1];
            assert_eq!((token.status, token.actor.as_deref()), (Some(200), Some(OPERATOR)));
            assert_eq!(azure.count(Operation::Authorize), 1, "a person was asked");
            let arm = since.iter().filter(|entry| entry.face == Face::Arm);
            assert!(arm.clone().all(|entry| entry.status != Some(401)));
        },
    );
}
