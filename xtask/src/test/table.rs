//! What stands at the end of `cargo xtask test`.

use super::counts::Verdict;
use crate::say;
use std::time::Duration;

/// One step that was run.
#[derive(Debug)]
pub struct Line {
    /// Its short name.
    pub name: &'static str,
    /// What it came to.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
}

impl Line {
    /// The outcome in a few words, as it is said after the step.
    pub fn outcome(&self) -> String {
        let word = if self.verdict.failed == 0 { "ok" } else { "FAILED" };
        format!(
            "{word}: {} passed, {} failed, {}",
            self.verdict.passed,
            self.verdict.failed,
            say::duration(self.took)
        )
    }
}

/// The table of all steps.
pub fn table(lines: &[Line]) -> String {
    let width = lines.iter().map(|line| line.name.len()).max().unwrap_or(0).max(4);
    let mut text = format!(
        "{:width$}  {:>6}  {:>6}  {:>6}  {:>12}",
        "step", "", "passed", "failed", "time"
    );
    for line in lines {
        let word = if line.verdict.failed == 0 { "ok" } else { "FAILED" };
        let Verdict { passed, failed, .. } = line.verdict;
        text.push_str(&format!(
            "\n{:width$}  {word:>6}  {passed:>6}  {failed:>6}  {:>12}",
            line.name,
            say::duration(line.took)
        ));
    }
    let all: Duration = lines.iter().map(|line| line.took).sum();
    text.push_str(&format!(
        "\n{:width$}  {:>6}  {:>6}  {:>6}  {:>12}",
        "all",
        "",
        "",
        "",
        say::duration(all)
    ));
    text
}

/// The last line.
pub fn total(lines: &[Line]) -> String {
    let (passed, failed) = lines.iter().fold((0, 0), |(p, f), line| {
        (p + line.verdict.passed, f + line.verdict.failed)
    });
    format!("{passed} passed, {failed} failed")
}

#[cfg(test)]
mod tests {
    use super::{Line, table, total};
    use crate::test::counts::{Verdict, judge};
    use std::time::Duration;

    fn lines() -> Vec<Line> {
        vec![
            Line {
                name: "fmt",
                verdict: Verdict::one(true),
                took: Duration::from_millis(900),
            },
            Line {
                name: "native",
                verdict: judge(false, "test result: FAILED. 40 passed; 2 failed;"),
                took: Duration::from_secs(71),
            },
        ]
    }

    #[test]
    fn the_last_line_adds_up() {
        assert_eq!(total(&lines()), "41 passed, 2 failed");
        assert_eq!(total(&[]), "0 passed, 0 failed");
    }

    #[test]
    fn the_table_has_a_line_for_each_step() {
        let text = table(&lines());
        assert!(text.contains("fmt         ok       1       0         0.9 s"), "{text}");
        assert!(text.contains("native  FAILED      40       2    1 min 11 s"), "{text}");
        assert!(text.lines().last().unwrap().starts_with("all "));
    }
}
