//! The guard: what is under the id now is looked at again, and another person's session is left alone.

use crate::harness::bench;
use crate::harness::record::Record as _;
use azure_simulator::scenario::SLOW;
use azure_simulator::{Fault, FaultAction, Operation};

fn nothing_is_sent_when(action: FaultAction, word: &str, user_afterwards: &str) {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(SLOW).await;
            let place = {
                let azure = bench.azure();
                let session = azure.world.sessions_of(SLOW)[0].key;
                azure.world.session_id(session)
            };
            bench.select_all_and_open_dialog().await;
            bench
                .azure()
                .faults
                .push(Fault::once(action).on(Operation::UserSessionsGet));
            bench.confirm().await;
            bench.wait_for_outcomes(&[word]).await;

            let azure = bench.azure();
            assert_eq!(azure.count(Operation::UserSessionsGet), 1);
            assert!(azure.acts().is_empty(), "something was sent to another session");
            let there = azure.world.session_at(&place).unwrap();
            assert_eq!(there.upn, user_afterwards);
            let life = azure.world.life(there.key).unwrap();
            assert!(life.delete_requests.is_empty() && life.ended.is_none());
        },
    );
}

#[test]
fn another_person_under_the_same_id_is_left_alone() {
    let someone = "somebody.else@contoso.example";
    let replace = FaultAction::ReplaceSession {
        user: Some(someone.to_owned()),
        same_user: false,
    };
    nothing_is_sent_when(replace, "wrong-person", someone);
}

#[test]
fn a_newer_session_of_the_same_person_is_left_alone() {
    let replace = FaultAction::ReplaceSession {
        user: None,
        same_user: true,
    };
    nothing_is_sent_when(replace, "replaced", SLOW);
}

#[test]
fn a_session_that_has_ended_by_itself_is_already_gone() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(SLOW).await;
            bench.select_all_and_open_dialog().await;
            bench
                .azure()
                .faults
                .push(Fault::once(FaultAction::EndSession).on(Operation::UserSessionsGet));
            bench.confirm().await;
            bench.wait_for_outcomes(&["already-gone"]).await;
            assert!(bench.azure().acts().is_empty());
        },
    );
}
