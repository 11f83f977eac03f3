//! A session that does not go: watched for two minutes, said to be still there, and removed with force on demand only.

use crate::harness::record::Record as _;
use crate::harness::{Name, Role, Within, bench, clock};
use azure_simulator::scenario::GHOST;
use azure_simulator::world::EndReason;

/// Two minutes of watching in five seconds.
const PACE: u32 = 24;

#[test]
fn a_ghost_is_still_there_until_force_is_asked_for_and_confirmed() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            bench.search(GHOST).await;
            let rows = bench.rows().await;
            assert_eq!(rows.len(), 1);
            assert!(rows[0].cells["Host status"].contains("stale"), "{rows:?}");
            let dialog = bench.select_all_and_open_dialog().await;
            let force = Within::Element(&dialog).find(Role::Checkbox, "Force".into()).await;
            assert!(!force.is_selected().await.unwrap());
            clock::pace(&bench.driver, PACE).await;
            bench.confirm().await;
            bench.wait_for_outcomes(&["still-there"]).await;
            assert_eq!(bench.azure().forces(), [false]);
            assert_eq!(bench.azure().world.sessions_of(GHOST).len(), 1);

            clock::pace(&bench.driver, 1).await;
            bench.click(Role::Button, "Log off with force").await;
            let dialog = bench.find(Role::Alertdialog, Name::Begins("Log off")).await;
            bench.wait_for_focus(Role::Button, "Cancel").await;
            let force = Within::Element(&dialog).find(Role::Checkbox, "Force".into()).await;
            assert!(force.is_selected().await.unwrap());
            assert_eq!(bench.azure().forces(), [false], "opening the dialog has sent something");
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;

            let azure = bench.azure();
            azure.assert_each_delete_was_guarded();
            assert_eq!(azure.forces(), [false, true]);
            let life = azure.world.history().iter().find(|life| life.upn == GHOST).unwrap();
            assert_eq!(life.ended.as_ref().unwrap().why, EndReason::Forced);
        },
    );
}
