//! The main job with the mouse: sign in, find, choose, confirm, see the sessions gone, take the receipt along.

use crate::ENGINE;
use crate::harness::engine::{Engine as _, Network};
use crate::harness::record::Record as _;
use crate::harness::table::true_places;
use crate::harness::{Bench, Name, Role, Within, bench, until, until_so};
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};
use azure_simulator::world::EndReason;
use azure_simulator::{Face, Operation};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use thirtyfour::Key;

const COLUMNS: [&str; 10] = [
    "User",
    "Host pool",
    "Session host",
    "Session ID",
    "State",
    "Type",
    "Started",
    "Host status",
    "Subscription",
    "Outcome",
];

#[test]
fn every_session_of_a_user_is_found_logged_off_and_seen_to_be_gone() {
    bench(
        |_| {},
        async |bench| {
            let truth = true_places(&bench.azure(), MANY_SESSIONS);
            bench.open_signed_in().await;
            assert_eq!(bench.azure().recorded(Operation::SignInForm).len(), 1);

            bench.find(Role::Search, Name::Any).await;
            bench.search(MANY_SESSIONS).await;
            let columns = bench.columns().await;
            assert!(columns.ends_with(&COLUMNS.map(str::to_owned)), "{columns:?}");
            assert!(columns.len() <= COLUMNS.len() + 1, "{columns:?}");
            let rows = bench.rows().await;
            let mut shown: Vec<_> = rows.iter().map(|row| row.place()).collect();
            shown.sort();
            assert_eq!(shown, truth);
            assert!(
                rows.iter()
                    .all(|row| row.cells["User"] == MANY_SESSIONS && row.outcome.is_none())
            );
            let coverage = bench.region("Coverage").await;
            let pools = bench.azure().world.host_pools().len();
            assert!(
                coverage.contains(&format!("{} of {pools} host pools read", pools - 1)),
                "{coverage}"
            );
            assert!(bench.azure().acts().is_empty());

            bench.click(Role::Checkbox, "Select all sessions").await;
            assert!(bench.rows().await.iter().all(|row| row.selected));
            let dialog = bench.open_dialog().await;
            bench.wait_for_focus(Role::Button, "Cancel").await;
            assert!(
                !Within::Element(&dialog)
                    .find(Role::Checkbox, "Force".into())
                    .await
                    .is_selected()
                    .await
                    .unwrap()
            );
            let list = dialog.text().await.unwrap();
            for (pool, host, number) in &truth {
                assert!(list.contains(&format!("{pool} · {host} · session {number}")), "{list}");
            }

            bench.watch_outcomes().await;
            bench.confirm().await;
            bench.wait_for_outcomes(&["gone"]).await;
            for (row, words) in bench.outcomes_seen().await {
                let order: Vec<_> = ["requested", "leaving", "gone"]
                    .into_iter()
                    .filter(|word| words.iter().any(|seen| seen == word))
                    .collect();
                assert_eq!(words, order, "{row}");
                assert!(words.len() > 1, "{row} was said to be gone at once: {words:?}");
            }
            assert_what_azure_saw(bench, &truth);
            assert_receipt(bench, &truth).await;
            assert_where_tokens_went(bench).await;
        },
    );
}

fn assert_what_azure_saw(bench: &Bench, truth: &[(String, String, String)]) {
    let azure = bench.azure();
    azure.assert_each_delete_was_guarded();
    assert_eq!(azure.forces(), vec![false; truth.len()]);
    let mut deleted: Vec<_> = azure
        .recorded(Operation::UserSessionsDelete)
        .into_iter()
        .map(|entry| {
            let session = entry.session.clone().unwrap();
            assert_eq!((session.upn.as_str(), entry.status), (MANY_SESSIONS, Some(200)));
            assert_eq!(entry.actor.as_deref(), Some(OPERATOR));
            let number = session.arm_id.rsplit('/').next().unwrap().to_owned();
            (session.pool, session.host, number)
        })
        .collect();
    deleted.sort();
    assert_eq!(deleted, truth);
    assert!(azure.world.sessions_of(MANY_SESSIONS).is_empty());
    let ended = azure.world.history().iter().filter(|life| life.upn == MANY_SESSIONS);
    assert!(ended.clone().all(|life| {
        life.ended
            .as_ref()
            .is_some_and(|ended| ended.why == EndReason::LoggedOff)
    }));
    // Nobody else's session was asked to go.
    let others = azure.world.history().iter().filter(|life| life.upn != MANY_SESSIONS);
    assert!(others.clone().count() > 800 && others.clone().all(|life| life.delete_requests.is_empty()));
}

async fn assert_receipt(bench: &Bench, truth: &[(String, String, String)]) {
    let receipt = bench.region("Receipt").await;
    for (pool, host, number) in truth {
        assert!(
            receipt.contains(&format!("{MANY_SESSIONS} · {pool} · {host} · session {number}")),
            "{receipt}"
        );
    }
    bench.click(Role::Button, "Download JSON").await;
    let text = downloaded(bench, "json").await;
    let receipt: Value = serde_json::from_str(&text).unwrap();
    let records = receipt["records"].as_array().unwrap();
    assert_eq!(receipt["operator"]["username"], OPERATOR);
    assert_eq!(records.len(), truth.len());
    let deletes: Vec<_> = bench
        .azure()
        .recorded(Operation::UserSessionsDelete)
        .into_iter()
        .cloned()
        .collect();
    for record in records {
        assert_eq!((&record["outcome"], &record["force"]), (&json!("gone"), &json!(false)));
        let delete = deletes
            .iter()
            .find(|delete| {
                delete
                    .session
                    .as_ref()
                    .is_some_and(|session| record["id"] == session.arm_id.as_str())
            })
            .unwrap_or_else(|| panic!("the receipt names what Azure was not asked: {record}"));
        assert_eq!(record["requestId"].as_str(), delete.client_request_id.as_deref());
    }
    bench.click(Role::Button, "Download CSV").await;
    let table = downloaded(bench, "csv").await;
    assert_eq!(table.lines().count(), truth.len() + 1);

    // What a person pastes elsewhere is what was copied.
    bench.click(Role::Button, "Copy").await;
    let text_box = bench.search_box().await;
    until_so("the receipt is on the clipboard", async || {
        text_box.clear().await.unwrap();
        text_box.send_keys(Key::Control + "v").await.unwrap();
        let pasted = bench.search_box_text().await.unwrap_or_default();
        truth.iter().all(|(_, host, _)| pasted.contains(host)) && pasted.contains(MANY_SESSIONS)
    })
    .await;
}

/// The content of the file with this ending, once the browser has written it whole.
async fn downloaded(bench: &Bench, ending: &str) -> String {
    until(&format!("a file with the ending {ending} was downloaded"), async || {
        let files = fs::read_dir(&bench.downloads).unwrap();
        let mut paths = files.map(|file| file.unwrap().path());
        let path = paths.find(|path| path.extension().is_some_and(|found| found == ending))?;
        fs::read_to_string(path).ok().filter(|text| !text.is_empty())
    })
    .await
}

async fn assert_where_tokens_went(bench: &Bench) {
    if let Some(network) = ENGINE.network(&bench.driver).await {
        assert_where_the_browser_sent_tokens(bench, &network);
    }
    let azure = bench.azure();
    let faces: BTreeSet<_> = azure
        .record
        .iter()
        .filter(|entry| entry.bearer)
        .map(|entry| format!("{:?}", entry.face))
        .collect();
    assert_eq!(faces, BTreeSet::from([format!("{:?}", Face::Arm)]));
}

fn assert_where_the_browser_sent_tokens(bench: &Bench, network: &Network) {
    let origins = bench.origins();
    let with_token: Vec<_> = network.sent.iter().filter(|sent| sent.authorization).collect();
    assert!(with_token.len() > 30, "{}", with_token.len());
    for sent in with_token {
        assert!(
            sent.url.starts_with(&format!("{}/", origins.arm)),
            "a token went to {}",
            sent.url
        );
    }
    let ours = [&origins.page, &origins.login, &origins.arm].map(|origin| format!("{origin}/"));
    for sent in network.sent.iter().filter(|sent| sent.url.starts_with("http")) {
        assert!(ours.iter().any(|origin| sent.url.starts_with(origin)), "{}", sent.url);
        assert!(!sent.url.contains("eyJ"), "a token in an address: {}", sent.url);
    }
}
