//! Signing out: at the authority too, and nothing stays in the tab.

use crate::harness::record::Record as _;
use crate::harness::{Bench, Name, Role, bench, until_so};
use azure_simulator::scenario::{APOSTROPHE, OPERATOR};
use azure_simulator::{Fault, FaultAction, Operation};
use std::collections::BTreeMap;

/// The names of everything that is kept.
const STORED: &str = "return [...Object.keys(sessionStorage), ...Object.keys(localStorage)]";

async fn sign_out(bench: &Bench) {
    bench.click(Role::Button, "Account").await;
    bench.find(Role::Menu, Name::Any).await;
    bench.click(Role::Menuitem, "Sign out").await;
}

#[test]
fn signing_out_leaves_nothing_behind() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(APOSTROPHE).await;
            bench.select_all_and_open_dialog().await;
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;
            let kept: Vec<String> = bench.look(STORED).await;
            assert!(!kept.is_empty(), "the receipt would not survive a reload");

            sign_out(bench).await;
            until_so("the authority was asked to sign out", async || {
                bench.azure().count(Operation::Logout) == 1
            })
            .await;
            bench.find(Role::Button, "Sign in").await;
            assert_eq!(bench.look::<Vec<String>>(STORED).await, Vec::<String>::new());
            let text = bench.all_text().await;
            assert!(!text.contains(APOSTROPHE) && !text.contains(OPERATOR), "{text}");
            assert_eq!(bench.search_box_text().await.unwrap_or_default(), "");
            {
                let azure = bench.azure();
                assert_eq!(azure.recorded(Operation::Logout)[0].actor.as_deref(), Some(OPERATOR));
            }

            // The authority has forgotten the person as well: it asks again.
            bench.sign_in().await;
            assert_eq!(bench.azure().count(Operation::SignInForm), 2);
        },
    );
}

#[test]
fn everything_is_forgotten_before_the_authority_answers() {
    bench(
        |setting| {
            // To an answer without content a browser stays where it is.
            let stay = FaultAction::Raw {
                status: 204,
                body: String::new(),
                headers: BTreeMap::new(),
            };
            setting.simulator.faults.push(Fault::once(stay).on(Operation::Logout));
        },
        async |bench| {
            bench.open_signed_in().await;
            bench.search(APOSTROPHE).await;
            bench.select_all_and_open_dialog().await;
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;
            sign_out(bench).await;
            until_so("the authority was asked to sign out", async || {
                bench.azure().count(Operation::Logout) == 1
            })
            .await;
            bench.find(Role::Button, "Sign in").await;
            bench.assert_one_voice().await;
            let text = bench.all_text().await;
            assert!(!text.contains(APOSTROPHE) && !text.contains(OPERATOR), "{text}");
            assert_eq!(bench.look::<Vec<String>>(STORED).await, Vec::<String>::new());
        },
    );
}
