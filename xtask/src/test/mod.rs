//! `cargo xtask test`: everything that is checked, in one run, going on after a failure.
//!
//! `steps` says what is run, `counts` reads what the test programs report, `table` is what stands at the end.

mod counts;
mod steps;
mod table;

use crate::fault::Outcome;
use crate::tools::{Tool, Toolbox};
use crate::workspace::Workspace;
use crate::{page, run, say};
use counts::Verdict;
use std::time::Instant;
use steps::{Action, Step};
use table::Line;

/// Runs the steps that are named, or all; `false` when something failed.
pub fn test(arguments: &[String]) -> Outcome<bool> {
    let chosen = steps::choose(arguments)?;
    let workspace = Workspace::find()?;
    let mut toolbox = Toolbox::new(&workspace);
    set_up(&mut toolbox, &chosen);
    let mut lines = Vec::new();
    for (at, step) in chosen.iter().enumerate() {
        say::headline(&format!(
            "[{} of {}] {}: {} ({})",
            at + 1,
            chosen.len(),
            step.name,
            step.title,
            step.usual
        ));
        let started = Instant::now();
        let verdict = match step.after.filter(|before| failed(&lines, before)) {
            Some(before) => failure(&format!("{} was not run, because {before} failed.", step.name)),
            None => run_step(&workspace, &mut toolbox, step),
        };
        let line = Line {
            name: step.name,
            verdict,
            took: started.elapsed(),
        };
        say::line(&format!("    {}", line.outcome()));
        lines.push(line);
    }
    say::line("");
    say::line(&table::table(&lines));
    // The very last line, alone, so that a program can read it.
    say::line(&table::total(&lines));
    Ok(lines.iter().all(|line| line.verdict.failed == 0))
}

/// Whether a step has been run and failed.
fn failed(lines: &[Line], name: &str) -> bool {
    lines.iter().any(|line| line.name == name && line.verdict.failed > 0)
}

/// Installs what the chosen steps need. What cannot be had is told here and again at the steps that need it.
fn set_up(toolbox: &mut Toolbox<'_>, chosen: &[&Step]) {
    let mut needed: Vec<Tool> = chosen.iter().flat_map(|step| step.needs.iter().copied()).collect();
    needed.sort_unstable();
    needed.dedup();
    for tool in needed {
        if let Err(fault) = toolbox.ensure(tool) {
            say::problem(&fault.to_string());
        }
    }
}

/// Runs one step; whatever keeps it from running is a failure of it.
fn run_step(workspace: &Workspace, toolbox: &mut Toolbox<'_>, step: &Step) -> Verdict {
    if let Err(fault) = toolbox.ensure_all(step.needs) {
        return failure(&format!(
            "{} was not run, because something it needs is missing.\n{fault}",
            step.name
        ));
    }
    let ran = match step.action {
        Action::Page => page::build(workspace).map(|()| Verdict::one(true)),
        Action::Check(command) => logged(workspace, step, command(workspace)).map(|ran| Verdict::one(ran.ok)),
        Action::Tests(command) => {
            let mut command = command(workspace);
            command.env("AVD_LOGOFF_DIST", workspace.dist());
            if let Some(browser) = toolbox.browser() {
                command
                    .env("CHROME", &browser.chrome)
                    .env("CHROMEDRIVER", &browser.driver);
            }
            logged(workspace, step, command).map(|ran| counts::judge(ran.ok, &ran.output))
        }
    };
    match ran {
        Ok(verdict) => {
            for note in &verdict.notes {
                say::problem(note);
            }
            verdict
        }
        Err(fault) => failure(&fault.to_string()),
    }
}

/// Runs the command of a step; all it wrote is shown if it failed.
fn logged(workspace: &Workspace, step: &Step, command: std::process::Command) -> Outcome<run::Ran> {
    let log = workspace.log(&format!("test-{}", step.name))?;
    let ran = run::logged(command, &log)?;
    if !ran.ok {
        say::line(&run::without_progress(&ran.output));
        say::line(&format!(
            "    (the output of the failed step {}; also in {})",
            step.name,
            log.display()
        ));
    }
    Ok(ran)
}

fn failure(sentence: &str) -> Verdict {
    say::problem(sentence);
    Verdict::one(false)
}
