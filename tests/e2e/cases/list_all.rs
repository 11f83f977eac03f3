//! "List all sessions", and what the table does with many rows: filter, order, a few hundred at a time. What the filter
//! hides is not selected unseen, and what is selected and hidden is said.

use crate::harness::record::Record as _;
use crate::harness::table::true_places;
use crate::harness::{Bench, Name, Role, bench, until_so};
use azure_simulator::scenario::{MANY_SESSIONS, REFUSED_POOL, UMLAUT};
use azure_simulator::world::ReportedUpn;
use azure_simulator::{Operation, Simulator};

/// Sessions in pools that the operator can read.
fn readable(azure: &Simulator) -> usize {
    let world = &azure.world;
    let pool_of = |host| world.pool(world.host(host).unwrap().pool).unwrap();
    let sessions = world.sessions().iter();
    sessions.filter(|one| pool_of(one.host).name != REFUSED_POOL).count()
}

async fn list_all(bench: &Bench) {
    bench.open_signed_in().await;
    bench.click(Role::Button, "List all sessions").await;
    until_so("the search has begun", async || {
        bench.azure().count(Operation::SubscriptionsList) > 0
    })
    .await;
    bench.wait_for_end_of_search().await;
}

async fn filter(bench: &Bench, text: &str) {
    let filter = bench.find(Role::Textbox, "Filter").await;
    filter.clear().await.unwrap();
    filter.send_keys(text).await.unwrap();
}

async fn column(bench: &Bench, name: &str) -> Vec<String> {
    bench
        .rows()
        .await
        .iter()
        .map(|row| row.cells[name].to_lowercase())
        .collect()
}

/// What assistive technology hears of the order: which column, and which way.
async fn sorted_by(bench: &Bench) -> Vec<(String, String)> {
    let script = "return [...document.querySelectorAll('th[aria-sort]')] \
                  .map(one => [one.querySelector('button').firstChild.textContent.trim(), one.ariaSort])";
    bench.look(script).await
}

#[test]
fn everybodys_sessions_are_listed_sorted_and_filtered_without_asking_azure_again() {
    bench(
        |_| {},
        async |bench| {
            list_all(bench).await;
            let total = readable(&bench.azure());
            assert!(total > 600, "{total}");
            assert_eq!(bench.rows().await.len(), 200);
            let text = bench.all_text().await;
            assert!(
                text.contains(&format!("The first 200 of {total} sessions shown")),
                "{text}"
            );
            assert!(bench.region("Coverage").await.contains(REFUSED_POOL));
            let asked = {
                let azure = bench.azure();
                let lists = azure.recorded(Operation::UserSessionsListByHostPool);
                assert!(!lists.is_empty() && lists.iter().all(|list| !list.query.contains("filter")));
                azure.record.len()
            };

            bench.click(Role::Button, "Show 200 more").await;
            until_so("more rows are shown", async || bench.rows().await.len() == 400).await;
            assert!(sorted_by(bench).await.is_empty());
            bench.click(Role::Button, "User").await;
            until_so("the rows are in order", async || {
                column(bench, "User").await.is_sorted()
            })
            .await;
            assert_eq!(sorted_by(bench).await, [("User".to_owned(), "ascending".to_owned())]);
            bench.click(Role::Button, "User").await;
            until_so("and the other way round", async || {
                column(bench, "User").await.is_sorted_by(|one, other| one >= other)
            })
            .await;
            bench.click(Role::Button, "Host pool").await;
            assert_eq!(
                sorted_by(bench).await,
                [("Host pool".to_owned(), "ascending".to_owned())]
            );
            assert_eq!(bench.columns().await.last().map(String::as_str), Some("Outcome"));

            filter(bench, MANY_SESSIONS).await;
            let places = true_places(&bench.azure(), MANY_SESSIONS);
            until_so("only that user is shown", async || {
                bench.rows().await.len() == places.len()
            })
            .await;
            assert!(column(bench, "User").await.iter().all(|user| user == MANY_SESSIONS));
            let azure = bench.azure();
            assert_eq!(azure.record.len(), asked, "the table asks nobody");
            assert!(azure.acts().is_empty());
        },
    );
}

#[test]
fn all_means_what_the_filter_shows_and_what_it_then_hides_is_said() {
    bench(
        |_| {},
        async |bench| {
            list_all(bench).await;
            let total = readable(&bench.azure());
            filter(bench, MANY_SESSIONS).await;
            let count = true_places(&bench.azure(), MANY_SESSIONS).len();
            until_so("only that user is shown", async || bench.rows().await.len() == count).await;
            bench.click(Role::Checkbox, "Select all sessions").await;
            until_so("they are counted", async || {
                bench.all_text().await.contains(&format!("{count} of {total} selected"))
            })
            .await;
            filter(bench, UMLAUT).await;
            until_so("what is hidden is said", async || {
                let text = bench.all_text().await;
                text.contains(&format!("{count} sessions that are selected are hidden by the filter"))
            })
            .await;

            // The dialog names them all the same.
            let dialog = bench.open_dialog().await;
            let listed = dialog.text().await.unwrap();
            assert_eq!(listed.matches(" · session ").count(), count, "{listed}");
            bench.confirm().await;
            bench.click(Role::Button, "Clear filter").await;
            filter(bench, MANY_SESSIONS).await;
            bench.wait_for_outcomes(&["gone"]).await;
            let azure = bench.azure();
            azure.assert_each_delete_was_guarded();
            assert_eq!(azure.acts().len(), count);
            assert!(azure.world.sessions_of(MANY_SESSIONS).is_empty());
        },
    );
}

#[test]
fn sessions_that_name_nobody_stand_apart_and_cannot_be_selected() {
    bench(
        |setting| {
            let world = &mut setting.simulator.world;
            let key = world.sessions_of(MANY_SESSIONS)[0].key;
            world.session_mut(key).unwrap().reported = ReportedUpn::Null;
        },
        async |bench| {
            let (all, nameless, number) = {
                let azure = bench.azure();
                let sessions = azure.world.sessions_of(MANY_SESSIONS);
                let named = |one: &ReportedUpn| matches!(one, ReportedUpn::AsIs | ReportedUpn::Other(_));
                let world = &azure.world;
                let pool = |host| &world.pool(world.host(host).unwrap().pool).unwrap().name;
                let nameless = world.sessions().iter().filter(|one| !named(&one.reported));
                let nameless = nameless.filter(|one| pool(one.host) != REFUSED_POOL).count();
                let host = &world.host(sessions[0].host).unwrap().name;
                (
                    sessions.len(),
                    nameless,
                    format!("{host} · session {}", sessions[0].number),
                )
            };
            bench.open_signed_in().await;
            bench.search(MANY_SESSIONS).await;
            assert_eq!(bench.rows().await.len(), all - 1);
            let text = bench.all_text().await;
            assert!(text.contains(&format!("{nameless} sessions name no user")), "{text}");
            assert!(text.contains(&number), "{number} in {text}");
            bench.click(Role::Checkbox, "Select all sessions").await;
            let dialog = bench.open_dialog().await;
            let listed = dialog.text().await.unwrap();
            assert!(!listed.contains(&number), "{listed}");
            assert!(!bench.shows(Role::Checkbox, Name::Begins("Select session 0")).await);
        },
    );
}
