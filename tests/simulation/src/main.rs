//! `simulate --seeds N [--seed S]`: see `cargo xtask help` and `README.md`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a program for people, and its last line is for programs"
)]

use std::hash::{BuildHasher as _, RandomState};
use std::process::ExitCode;

use avd_logoff_simulation::{Checks, Totals, many, run};

/// So many runs pass between two lines of progress: a minute or two.
const NEWS_EVERY: u64 = 100_000;

struct Options {
    seeds: u64,
    seed: Option<u64>,
    checks: Checks,
    stop_at_first: bool,
    shows: bool,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(fault) => {
            eprintln!("{fault}\nsimulate [--seeds N] [--seed S] [--no-pacing] [--first] [--show]");
            return ExitCode::FAILURE;
        }
    };
    // The standard library draws new keys for every hasher: random enough to begin anywhere.
    let first = options.seed.unwrap_or_else(|| RandomState::new().hash_one(()));
    if options.shows {
        run(first, options.checks, true)
            .trace
            .iter()
            .for_each(|line| println!("{line}"));
    }
    println!("{} runs from seed {first}", options.seeds);
    let totals = many(first, options.seeds, options.checks, options.stop_at_first, |number| {
        if number > 0 && number.is_multiple_of(NEWS_EVERY) {
            eprintln!("… {number} of {}", options.seeds);
        }
    });
    tell(&totals, first);
    if totals.violations == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn options(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        seeds: 0,
        seed: None,
        checks: Checks::default(),
        stop_at_first: false,
        shows: false,
    };
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let text = arguments.next().ok_or(format!("{argument} takes a number"))?;
            text.parse().map_err(|_| format!("{text} is not a number"))
        };
        match argument.as_str() {
            "--seeds" => options.seeds = number()?,
            "--seed" => options.seed = Some(number()?),
            "--no-pacing" => options.checks.pacing = false,
            "--first" => options.stop_at_first = true,
            "--show" => options.shows = true,
            other => return Err(format!("there is no option {other}")),
        }
    }
    if options.seeds == 0 {
        // One seed is wanted again; without one, a look.
        options.seeds = if options.seed.is_some() { 1 } else { 1000 };
    }
    Ok(options)
}

fn tell(totals: &Totals, first: u64) {
    for found in &totals.found {
        println!("\nseed {} (again: --seed {} --seeds 1)", found.seed, found.seed);
        for line in &found.trace {
            println!("  {line}");
        }
        for violation in &found.violations {
            println!("  VIOLATED {}: {}", violation.name, violation.sentence);
            println!("           {}", violation.seen);
        }
    }
    let figures = &totals.figures;
    println!(
        "requests {}, searches ended {} (\"No sessions\": {})",
        figures.requests, figures.searches, figures.none
    );
    println!(
        "acts sent {} (messages: {}, disconnections: {}), with an effect {}, words said {}",
        figures.acts, figures.messages, figures.disconnections, figures.effects, figures.words
    );
    println!(
        "log offs whose users had had their time {}, searches by filter {}, searches with pools that only Resource Graph knows {}",
        figures.waited, figures.filtered, figures.by_graph
    );
    let mean = figures.windows_total.as_secs_f64() / (figures.windows.max(1) as f64);
    println!(
        "window between guard and act: {} measured, mean {mean:.3} s, longest {:.3} s, hits {} (in {:.3} % of the acts)",
        figures.windows,
        figures.longest_window.as_secs_f64(),
        figures.hits,
        100.0 * figures.hits as f64 / figures.windows.max(1) as f64
    );
    println!(
        "longest end after the admin's last act {:.0} s; virtual time in all {:.1} days",
        figures.longest_end.as_secs_f64(),
        figures.virtual_time.as_secs_f64() / 86_400.0
    );
    let speed = totals.runs as f64 / totals.took.as_secs_f64().max(0.001);
    println!(
        "{} runs from seed {first}, {} violations, {speed:.0} runs per second",
        totals.runs, totals.violations
    );
}
