//! Reads what test programs report. Rust's own test harness and wasm-bindgen's write the same line:
//! `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.

/// What a step comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many passed.
    pub passed: u64,
    /// How many failed.
    pub failed: u64,
    /// What must be said besides.
    pub notes: Vec<String>,
}

impl Verdict {
    /// The verdict of a step that is one thing.
    pub fn one(ok: bool) -> Self {
        Self {
            passed: u64::from(ok),
            failed: u64::from(!ok),
            notes: Vec::new(),
        }
    }
}

/// Judges a test step by its exit and by what its programs wrote. Never kinder than the exit: what was skipped, what did
/// not run and what ended without a report counts as failed.
pub fn judge(ok: bool, output: &str) -> Verdict {
    let mut verdict = Verdict {
        passed: 0,
        failed: 0,
        notes: Vec::new(),
    };
    let mut ignored = 0;
    for line in output.lines() {
        let line = plain(line);
        let Some(report) = line.trim_start().strip_prefix("test result: ") else {
            continue;
        };
        verdict.passed += number_before(report, "passed");
        verdict.failed += number_before(report, "failed");
        ignored += number_before(report, "ignored");
    }
    if verdict.passed + verdict.failed + ignored == 0 && ok {
        verdict.failed += 1;
        verdict
            .notes
            .push("No test was run at all, which counts as a failure.".to_owned());
    }
    if ignored > 0 {
        verdict.failed += ignored;
        verdict.notes.push(format!(
            "{ignored} tests are marked as ignored. No test is skipped silently, so they count as failed."
        ));
    }
    if !ok && verdict.failed == 0 {
        verdict.failed += 1;
        verdict.notes.push("The step failed without a test that did: something was not built, or a test program ended before its report.".to_owned());
    }
    verdict
}

/// The number before a word, as in `5 passed;`.
fn number_before(report: &str, word: &str) -> u64 {
    let mut previous = "";
    for piece in report.split([' ', ';', '.']) {
        if piece == word {
            return previous.parse().unwrap_or(0);
        }
        previous = piece;
    }
    0
}

/// The line without colours, which some programs write even into a file.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        text.push_str(before);
        rest = after
            .split_once(|c: char| c.is_ascii_alphabetic())
            .map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::{Verdict, judge};

    const GOOD: &str = "running 5 tests\ntest a ... ok\n\ntest result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";

    #[test]
    fn several_programs_are_added_up() {
        let output = format!("{GOOD}\n   Doc-tests x\n{GOOD}");
        assert_eq!(
            judge(true, &output),
            Verdict {
                passed: 10,
                failed: 0,
                notes: vec![]
            }
        );
    }

    #[test]
    fn failures_are_counted() {
        let output =
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(
            judge(false, output),
            Verdict {
                passed: 3,
                failed: 2,
                notes: vec![]
            }
        );
    }

    #[test]
    fn the_line_of_wasm_bindgen_and_colours_are_read() {
        assert_eq!(
            judge(
                true,
                "\ntest result: ok. 4 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.31s\n"
            )
            .passed,
            4
        );
        assert_eq!(
            judge(true, "test result: \u{1b}[32mok\u{1b}[0m. 2 passed; 0 failed").passed,
            2
        );
        assert_eq!(judge(true, "\u{1b}[1mtest result: ok. 2 passed; 0 failed").passed, 2);
    }

    #[test]
    fn ignored_tests_fail() {
        let verdict = judge(
            true,
            "test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out",
        );
        assert_eq!((verdict.passed, verdict.failed, verdict.notes.len()), (3, 2, 1));
    }

    #[test]
    fn no_test_at_all_fails() {
        for output in [
            "",
            "no tests to run!",
            "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            assert_eq!(judge(true, output).failed, 1, "{output}");
        }
    }

    #[test]
    fn a_step_that_ends_badly_fails_also_when_no_test_did() {
        assert_eq!(judge(false, "error[E0425]: cannot find value").failed, 1);
        let crashed = judge(false, GOOD);
        assert_eq!((crashed.passed, crashed.failed), (5, 1));
    }

    #[test]
    fn words_that_only_look_like_a_report_are_not_one() {
        assert_eq!(
            judge(true, &format!("the text test result: ok. 9 passed; 0 failed\n{GOOD}")).passed,
            5
        );
    }
}
