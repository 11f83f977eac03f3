//! The table of sessions, read as a person reads it: column by column, row by row.

use super::raw::{computed_label, computed_role};
use super::{Bench, Role, until};
use azure_simulator::Simulator;
use serde::Deserialize;
use std::collections::BTreeMap;
use thirtyfour::By;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// What stands under each column.
    pub cells: BTreeMap<String, String>,
    /// The word on the row.
    pub outcome: Option<String>,
    /// Whether its checkbox is ticked.
    pub selected: bool,
}

impl Row {
    /// Host pool, session host and number, which together tell sessions apart on the screen.
    pub fn place(&self) -> (String, String, String) {
        let cell = |name: &str| self.cells.get(name).cloned().unwrap_or_default();
        (cell("Host pool"), cell("Session host"), cell("Session ID"))
    }
}

/// What is hidden from assistive technology is left out: on a narrow screen each cell repeats the name of its column for the
/// eye.
const TEXT: &str = r"
    const text = (cell) => {
        const copy = cell.cloneNode(true);
        copy.querySelectorAll('[aria-hidden=true]').forEach(hidden => hidden.remove());
        return copy.textContent.replace(/\s+/g, ' ').trim();
    };
    const heads = (row) => [...row.closest('table').tHead.rows[0].cells].map(text);
    const cells = (row) => Object.fromEntries([...row.cells].map((cell, at) => [heads(row)[at], text(cell)]));
";

const READ: &str = r"
    return [...arguments[0].tBodies].flatMap(body => [...body.rows]).map(row => ({
        cells: cells(row),
        outcome: row.dataset.outcome ?? null,
        selected: row.querySelector('input[type=checkbox]')?.checked ?? false,
    }));
";

/// Notes every word that a row gets, in order.
const WATCH: &str = r"
    window.outcomesSeen = [];
    const note = (row) => {
        const { 'Host pool': pool, 'Session host': host, 'Session ID': number } = cells(row);
        const of = [pool, host, number].join(' / ');
        const last = window.outcomesSeen.findLast(seen => seen[0] === of);
        if (last?.[1] !== row.dataset.outcome) window.outcomesSeen.push([of, row.dataset.outcome]);
    };
    new MutationObserver(() => document.querySelectorAll('tr[data-outcome]').forEach(note))
        .observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-outcome'] });
";

impl Bench {
    /// The names of the columns, in order, as assistive technology hears them.
    pub async fn columns(&self) -> Vec<String> {
        let table = self.find(Role::Table, "Sessions").await;
        let script = format!("{TEXT} return [...arguments[0].tHead.rows[0].cells].map(text)");
        let given = self.driver.execute(script, vec![table.to_json().unwrap()]).await;
        let mut names: Vec<String> = given.unwrap().convert().unwrap();
        let heads = table.find_all(By::Css("thead th")).await.unwrap();
        assert_eq!(heads.len(), names.len());
        for (head, name) in heads.iter().zip(&mut names) {
            assert_eq!(computed_role(head).await.as_deref(), Some("columnheader"));
            // WebKitGTK computes no name from the content of a cell, and reads the content itself.
            let label = computed_label(head).await.unwrap();
            if !label.is_empty() {
                *name = label;
            }
        }
        names
    }

    /// The rows, in order.
    pub async fn rows(&self) -> Vec<Row> {
        let table = self.find(Role::Table, "Sessions").await;
        let given = vec![table.to_json().unwrap()];
        let script = format!("{TEXT}{READ}");
        self.driver.execute(script, given).await.unwrap().convert().unwrap()
    }

    /// Waits until every row has one of these words, and gives the rows.
    pub async fn wait_for_outcomes(&self, words: &[&str]) -> Vec<Row> {
        until(&format!("every row has an outcome of {words:?}"), async || {
            let rows = self.rows().await;
            let all = rows
                .iter()
                .all(|row| row.outcome.as_deref().is_some_and(|word| words.contains(&word)));
            (all && !rows.is_empty()).then_some(rows)
        })
        .await
    }

    /// From now on every word that a row gets is noted.
    pub async fn watch_outcomes(&self) {
        let script = format!("{TEXT}{WATCH}");
        self.driver.execute(script, Vec::new()).await.unwrap();
    }

    /// For each row the words that it got, in order.
    pub async fn outcomes_seen(&self) -> BTreeMap<String, Vec<String>> {
        let seen: Vec<(String, String)> = self.look("return window.outcomesSeen").await;
        let mut of = BTreeMap::<String, Vec<String>>::new();
        for (row, word) in seen {
            of.entry(row).or_default().push(word);
        }
        of
    }
}

/// Where a user's sessions truly are, as a row shows it.
pub fn true_places(azure: &Simulator, upn: &str) -> Vec<(String, String, String)> {
    let world = &azure.world;
    let mut places: Vec<_> = world
        .sessions_of(upn)
        .into_iter()
        .map(|session| {
            let host = world.host(session.host).unwrap();
            let pool = world.pool(host.pool).unwrap();
            (pool.name.clone(), host.name.clone(), session.number.to_string())
        })
        .collect();
    places.sort();
    places
}
