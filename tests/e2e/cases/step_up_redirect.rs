//! The same where the page has to leave for the sign-in: the confirmed plan survives it, and only the successful return
//! from that very sign-in goes on with it.

use crate::ENGINE;
use crate::harness::challenges::{asked_since, assert_each_was_done_after, effects};
use crate::harness::engine::Engine as _;
use crate::harness::record::Record as _;
use crate::harness::table::true_places;
use crate::harness::{Bench, Role, bench, until_so};
use azure_simulator::Operation;
use azure_simulator::scenario::{APOSTROPHE, MANY_SESSIONS};

/// Changes need a second factor.
fn bench_with_challenge(test: impl AsyncFnOnce(&Bench)) {
    bench(
        |setting| {
            let switches = &mut setting.simulator.world.switches;
            switches.writes_need_mfa = true;
            switches.challenge_needs_acrs = true;
        },
        test,
    );
}

/// How often this stands in the receipt.
async fn in_receipt(bench: &Bench, words: &str) -> usize {
    bench.region("Receipt").await.matches(words).count()
}

/// Every session of a user is logged off, up to the challenge, with the search as it is.
async fn log_off_up_to_the_challenge(bench: &Bench) {
    bench.log_off_all().await;
    bench.find(Role::Button, "Continue sign-in").await;
    assert!(effects(&bench.azure()).is_empty());
}

/// Waits until the return was understood, and then until the receipt says that so many are gone.
async fn wait_until_gone_after_return(bench: &Bench, count: usize) {
    bench.wait_for_words("what the sign-in interrupted goes on").await;
    until_so("the receipt says that all are gone", async || {
        in_receipt(bench, &format!("{count} gone.")).await > 0
    })
    .await;
}

#[test]
fn the_plan_survives_the_way_to_the_authority_and_back() {
    bench_with_challenge(async |bench| {
        let truth = true_places(&bench.azure(), MANY_SESSIONS);
        let (_, host, number) = true_places(&bench.azure(), APOSTROPHE).remove(0);
        let of_another = format!("Select session {number} on {host}");
        bench.open_signed_in().await;
        let both = format!("{MANY_SESSIONS}, {APOSTROPHE}");
        bench.search(&both).await;
        bench.click(Role::Checkbox, "Select all sessions").await;
        bench.click(Role::Checkbox, &of_another).await;
        bench.open_dialog().await;
        bench.confirm().await;
        bench.wait_for_challenge().await;
        bench.click(Role::Checkbox, &of_another).await;
        assert!(effects(&bench.azure()).is_empty());

        let mark = bench.mark();
        bench.continue_and_approve().await;
        wait_until_gone_after_return(bench, truth.len()).await;
        for (pool, host, number) in &truth {
            let line = format!("{MANY_SESSIONS} · {pool} · {host} · session {number}");
            assert_eq!(in_receipt(bench, &line).await, 1, "{line}");
        }
        bench.wait_for_end_of_search().await;
        assert_eq!(bench.search_box_text().await, Some(both));
        let rows = bench.rows().await;
        let selected: Vec<_> = rows.iter().filter(|row| row.selected).collect();
        assert_eq!(selected.len(), 1, "{rows:?}");
        assert_eq!(
            (selected[0].cells["User"].as_str(), &selected[0].outcome),
            (APOSTROPHE, &None)
        );
        let azure = bench.azure();
        assert_each_was_done_after(&azure, mark, truth.len());
        assert_eq!(azure.count(Operation::SecondFactorForm), 1);
        assert_eq!(azure.world.sessions_of(APOSTROPHE).len(), 1);
    });
}

#[test]
fn a_session_that_was_opened_by_its_address_is_opened_again_and_the_log_off_goes_on() {
    bench_with_challenge(async |bench| {
        let id = {
            let azure = bench.azure();
            azure.world.session_id(azure.world.sessions_of(MANY_SESSIONS)[0].key)
        };
        bench.open(&format!("#/session?id={}", id.replace('/', "%2F"))).await;
        bench.sign_in().await;
        bench.wait_for_end_of_search().await;
        log_off_up_to_the_challenge(bench).await;

        let mark = bench.mark();
        bench.continue_and_approve().await;
        wait_until_gone_after_return(bench, 1).await;
        bench.wait_for_end_of_search().await;
        assert!(bench.region("Coverage").await.contains("No host pool was searched"));
        let azure = bench.azure();
        assert_each_was_done_after(&azure, mark, 1);
        let searched = [Operation::SubscriptionsList, Operation::UserSessionsListByHostPool];
        assert!(searched.iter().all(|operation| azure.count(*operation) == 0));
        assert!(
            azure.world.sessions_of(MANY_SESSIONS).len() > 1,
            "the others were left alone"
        );
    });
}

#[test]
fn a_list_of_everybodys_sessions_is_there_again_and_only_what_was_confirmed_goes_on() {
    bench_with_challenge(async |bench| {
        bench.open_signed_in().await;
        bench.click(Role::Button, "List all sessions").await;
        bench.wait_for_end_of_search().await;
        let (_, host, number) = true_places(&bench.azure(), APOSTROPHE).remove(0);
        bench
            .find(Role::Textbox, "Filter")
            .await
            .send_keys(APOSTROPHE)
            .await
            .unwrap();
        bench
            .click(Role::Checkbox, &format!("Select session {number} on {host}"))
            .await;
        bench.open_dialog().await;
        bench.confirm().await;
        bench.find(Role::Button, "Continue sign-in").await;

        let mark = bench.mark();
        let searches = bench.azure().count(Operation::SubscriptionsList);
        bench.continue_and_approve().await;
        wait_until_gone_after_return(bench, 1).await;
        bench.wait_for_end_of_search().await;
        assert_eq!(bench.rows().await.len(), 200, "everybody is listed again");
        let azure = bench.azure();
        assert_eq!(azure.count(Operation::SubscriptionsList), searches + 1);
        assert_each_was_done_after(&azure, mark, 1);
        assert!(azure.world.sessions_of(APOSTROPHE).is_empty());
    });
}

#[test]
fn cancelling_at_the_authority_ends_what_waits() {
    bench_with_challenge(async |bench| {
        bench.open_signed_in().await;
        bench.search(MANY_SESSIONS).await;
        log_off_up_to_the_challenge(bench).await;
        let count = bench.rows().await.len();
        let mark = bench.mark();
        bench.click(Role::Button, "Continue sign-in").await;
        bench.wait_for_login_page().await;
        bench.click_away(Role::Button, "Cancel").await;
        bench.find(Role::Button, "Sign in").await;
        until_so("the page says what happened", async || !bench.alert().await.is_empty()).await;
        assert_eq!(in_receipt(bench, "Stopped before anything was sent").await, count);
        assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));

        bench.sign_in_silently().await;
        bench.wait_for_words("is being read anew").await;
        let rows = bench.wait_for_outcomes(&["cancelled"]).await;
        bench.wait_for_end_of_search().await;
        assert_eq!(rows.len(), count);
        let azure = bench.azure();
        assert!(asked_since(&azure, mark).is_empty(), "something went on");
        assert_eq!(azure.world.sessions_of(MANY_SESSIONS).len(), count);
    });
}

#[test]
fn going_back_from_the_authority_sends_nothing_and_voids_the_answer() {
    bench_with_challenge(async |bench| {
        bench.open_signed_in().await;
        bench.search(MANY_SESSIONS).await;
        log_off_up_to_the_challenge(bench).await;
        let count = bench.rows().await.len();
        let mark = bench.mark();
        bench.look::<Option<()>>("window.isTheSameDocument = true").await;
        bench.click(Role::Button, "Continue sign-in").await;
        bench.wait_for_login_page().await;
        bench.find(Role::Button, "Approve").await;
        let asked = bench.driver.current_url().await.unwrap().to_string();
        bench.go_back().await;
        bench.find(Role::Region, "Receipt").await;
        ENGINE.arrived(&bench.driver).await;
        // Either the browser has kept the page, and everything in it waits on; or it was loaded anew.
        if bench.look("return window.isTheSameDocument === true").await {
            bench.wait_for_words("The sign-in was left").await;
            bench.wait_for_challenge().await;
            assert_eq!(bench.rows().await.len(), count);
        } else {
            bench.find(Role::Button, "Sign in").await;
            assert_eq!(in_receipt(bench, "Stopped before anything was sent").await, count);
        }
        assert_eq!(bench.search_box_text().await.as_deref(), Some(MANY_SESSIONS));

        // The answer, later, out of the history.
        bench.go_forward(&asked).await;
        bench.approve_there().await;
        bench.wait_for_words("did not ask for").await;
        bench.find(Role::Button, "Sign in").await;
        ENGINE.arrived(&bench.driver).await;
        assert_eq!(in_receipt(bench, MANY_SESSIONS).await, count);
        let azure = bench.azure();
        assert!(asked_since(&azure, mark).is_empty(), "something went on");
        assert_eq!(azure.count(Operation::SecondFactorForm), 1);
        assert_eq!(
            azure.recorded(Operation::Token).len(),
            tokens_before(&azure, mark),
            "the answer was taken"
        );
        assert_eq!(azure.world.sessions_of(MANY_SESSIONS).len(), count);
    });
}

fn tokens_before(azure: &azure_simulator::Simulator, mark: usize) -> usize {
    let before = azure.record[..mark].iter();
    before.filter(|entry| entry.operation == Operation::Token).count()
}

#[test]
fn no_other_load_of_the_page_goes_on_with_the_plan() {
    bench_with_challenge(async |bench| {
        bench.open_signed_in().await;
        bench.search(MANY_SESSIONS).await;
        log_off_up_to_the_challenge(bench).await;
        let count = bench.rows().await.len();
        bench.click(Role::Button, "Continue sign-in").await;
        bench.wait_for_login_page().await;
        bench.find(Role::Button, "Approve").await;
        bench.open("").await;
        bench.find(Role::Button, "Sign in").await;
        assert_eq!(in_receipt(bench, "Stopped before anything was sent").await, count);

        // The next sign-in is for the list alone; and then a reload, while the page waits for the challenge's answer.
        bench.sign_in_silently().await;
        bench.wait_for_outcomes(&["cancelled"]).await;
        bench.wait_for_end_of_search().await;
        log_off_up_to_the_challenge(bench).await;
        let mark = bench.mark();
        bench.reload().await;
        bench.find(Role::Button, "Sign in").await;
        let receipt = bench.region("Receipt").await;
        assert!(
            receipt.contains(&format!("{count} cancelled, {count} unknown.")),
            "{receipt}"
        );
        bench.sign_in_silently().await;
        bench
            .wait_for_words("They are being looked at again; nothing is sent.")
            .await;
        until_so("each is looked at again", async || {
            asked_since(&bench.azure(), mark).len() == count
        })
        .await;
        let azure = bench.azure();
        assert!(
            azure.record[mark..].iter().all(|entry| !entry.operation.acts()),
            "something was sent again"
        );
        assert_eq!(azure.world.sessions_of(MANY_SESSIONS).len(), count);
        assert_eq!(azure.count(Operation::SecondFactorForm), 0);
    });
}
