//! The table in `docs/edge-cases.md`: whole, in order, and every test that it names is there.

use std::fs;
use std::path::Path;

/// What a row says that has no test.
const REASONS: [&str; 3] = ["not yet:", "no test:", "not for this page:"];

#[test]
fn every_edge_case_names_tests_that_exist_or_says_why_there_is_none() {
    let table = text_of("docs/edge-cases.md").unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| E")).collect();
    for (at, row) in rows.iter().enumerate() {
        assert!(row.starts_with(&format!("| E{} |", at + 1)), "not in order: {row}");
        let code = row.split('`').skip(1).step_by(2);
        let tests: Vec<&str> = code.filter(|code| code.contains(".rs::")).collect();
        for test in &tests {
            assert!(is_a_test(test), "there is no test {test}");
        }
        let says_why = REASONS.iter().any(|reason| row.contains(reason));
        assert!(!tests.is_empty() || says_why, "neither a test nor a reason: {row}");
    }
    assert_eq!(rows.len(), 70);
}

/// Whether the file before the `::` holds a test of the name behind it.
fn is_a_test(named: &str) -> bool {
    let Some((path, name)) = named.split_once("::") else {
        return false;
    };
    let Some(text) = text_of(path) else {
        return false;
    };
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else {
        return false;
    };
    // Its attribute stands right before it: `#[test]`, `#[wasm_bindgen_test]`.
    let before = before.trim_end();
    before
        .strip_suffix("async")
        .unwrap_or(before)
        .trim_end()
        .ends_with("test]")
}

fn text_of(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}
