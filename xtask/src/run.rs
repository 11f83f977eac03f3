//! Running other programs: quietly into a log with a sign of life, or to ask them something.

use crate::fault::{OnFile, Outcome, fault};
use crate::say;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often a program is looked at.
const GLANCE: Duration = Duration::from_millis(50);
/// After how long without an end a sign of life is given, and again each time.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);
/// After how long a program is stopped: no step takes half of it on a slow machine, so it hangs.
const LIMIT: Duration = Duration::from_secs(25 * 60);

/// How a program ended.
#[derive(Debug)]
pub struct Ran {
    /// Whether it reported success.
    pub ok: bool,
    /// All it wrote, standard output and error in their order.
    pub output: String,
}

/// Runs a program to its end with all its output in `log`.
pub fn logged(mut command: Command, log: &Path) -> Outcome<Ran> {
    let started = Instant::now();
    let out = File::create(log).on("write", log)?;
    let err = out.try_clone().on("write", log)?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(|error| fault(format!("cannot start {}: {error}", name_of(&command))))?;
    let mut signs = 1;
    let mut hung = false;
    let status = loop {
        if let Some(status) = child
            .try_wait()
            .map_err(|error| fault(format!("lost sight of {}: {error}", name_of(&command))))?
        {
            break status;
        }
        if started.elapsed() > SIGN_OF_LIFE * signs {
            signs += 1;
            say::line(&format!("    … still at it after {}", say::duration(started.elapsed())));
        }
        if !hung && started.elapsed() > LIMIT {
            hung = true;
            // A failure to kill shows itself by the child's going on; there is nothing else to do about it.
            let _ = child.kill();
        }
        std::thread::sleep(GLANCE);
    };
    let bytes = std::fs::read(log).on("read", log)?;
    let mut output = String::from_utf8_lossy(&bytes).into_owned();
    if hung {
        output.push_str(&format!(
            "\nstopped after {}: it hung; programs that it started may still run\n",
            say::duration(LIMIT)
        ));
    }
    Ok(Ran {
        ok: status.success() && !hung,
        output,
    })
}

/// Like `logged`, with a failure told as a fault that shows the end of the log.
pub fn must(command: Command, log: &Path, what: &str) -> Outcome<()> {
    let ran = logged(command, log)?;
    if ran.ok {
        return Ok(());
    }
    Err(fault(format!(
        "{what} failed. The end of {}:\n\n{}",
        log.display(),
        last_lines(&ran.output, 40)
    )))
}

/// What a program answers on standard output, or nothing if it is missing or fails.
pub fn answer(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The last `count` lines of a text.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// A log without cargo's lines of progress, between which an error is hard to find.
pub fn without_progress(text: &str) -> String {
    const PROGRESS: &[&str] = &[
        "   Compiling ",
        "    Checking ",
        "  Downloaded ",
        " Downloading ",
        "    Updating ",
        "    Blocking ",
    ];
    text.lines()
        .filter(|line| !PROGRESS.iter().any(|start| line.starts_with(start)))
        .collect::<Vec<_>>()
        .join("\n")
}

fn name_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{last_lines, without_progress};

    #[test]
    fn progress_is_left_out_and_nothing_else() {
        let log = "   Compiling a v1.0.0\n    Checking b v1.0.0\nerror: x\n  --> src/a.rs\n   Compiling c";
        assert_eq!(without_progress(log), "error: x\n  --> src/a.rs");
    }

    #[test]
    fn the_end_of_a_log_is_cut_at_lines() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 5), "a");
        assert_eq!(last_lines("", 5), "");
    }
}
