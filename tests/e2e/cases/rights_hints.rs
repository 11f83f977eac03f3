//! What the person's roles do not include is said beforehand, and keeps nobody from trying.

use crate::harness::record::Record as _;
use crate::harness::{Bench, Role, bench};
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR, READER};

const HINT: &str = "your roles do not include logging off, disconnecting, sending messages in";
const ACTION: &str = "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/delete";

async fn find_as(bench: &Bench, upn: &str) {
    bench.open("").await;
    bench.click(Role::Button, "Sign in").await;
    bench.wait_for_login_page().await;
    bench.sign_in_there_as(upn).await;
    bench.wait_until_signed_in().await;
    bench.search(MANY_SESSIONS).await;
}

#[test]
fn a_missing_right_is_explained_with_its_action_and_the_button_still_tries() {
    bench(
        |_| {},
        async |bench| {
            find_as(bench, READER).await;
            let rows = bench.rows().await;
            bench.wait_to_read(HINT).await;
            let text = bench.readable().await;
            for row in &rows {
                assert!(text.contains(&row.cells["Host pool"]), "{text}");
            }
            assert!(bench.all_text().await.contains(ACTION));
            let dialog = bench.select_all_and_open_dialog().await;
            let said = dialog.text().await.unwrap();
            assert!(
                said.contains("do not include logging off") && !said.contains("disconnecting"),
                "{said}"
            );
            bench.confirm().await;
            bench.wait_for_outcomes(&["refused"]).await;
            let azure = bench.azure();
            assert_eq!(azure.count(Operation::UserSessionsDelete), rows.len());
            assert_eq!(azure.world.sessions_of(MANY_SESSIONS).len(), rows.len());
        },
    );
}

#[test]
fn nothing_is_said_where_nothing_is_missing() {
    bench(
        |_| {},
        async |bench| {
            find_as(bench, OPERATOR).await;
            assert!(!bench.all_text().await.contains("do not include"));
            assert!(bench.azure().count(Operation::PermissionsList) > 0);
        },
    );
}
