//! `cargo xtask fuzz`: coverage-guided fuzzing with libFuzzer, on the stable toolchain. What the targets promise stands in
//! tests/fuzz/README.md; the ordinary tests run the same targets over a fixed number of mutations.

use crate::fault::{OnFile, Outcome, fault};
use crate::workspace::Workspace;
use crate::{run, say};
use std::path::Path;

/// The targets, by the names of their folders in tests/fuzz.
const TARGETS: [&str; 6] = ["response", "token_answer", "id_token", "renewal", "challenge", "arm"];

/// The platform has to be named so that the flags below are kept from build scripts.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// What makes the compiler tell libFuzzer which code was reached. `--cfg fuzzing` brings libFuzzer in. Debug assertions
/// are on by the profile, which can spare a package.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Fuzzes the targets that are named, or all; `false` if one found something.
pub fn fuzz(arguments: &[String]) -> Outcome<bool> {
    let (seconds, targets) = read(arguments)?;
    let workspace = Workspace::find()?;
    build(&workspace)?;
    let mut found_nothing = true;
    for target in targets {
        found_nothing &= run_target(&workspace, target, seconds)?;
    }
    Ok(found_nothing)
}

fn read(arguments: &[String]) -> Outcome<(u32, Vec<&'static str>)> {
    let (mut seconds, mut targets) = (60, Vec::new());
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--seconds" {
            let given = rest.next().and_then(|text| text.parse().ok());
            seconds = given.ok_or_else(|| fault("--seconds takes a whole number."))?;
        } else {
            let known = TARGETS.into_iter().find(|target| target == argument);
            targets.push(known.ok_or_else(|| {
                fault(format!(
                    "There is no target `{argument}`. The targets are: {}",
                    TARGETS.join(" ")
                ))
            })?);
        }
    }
    if targets.is_empty() {
        targets = TARGETS.to_vec();
    }
    Ok((seconds, targets))
}

fn build(workspace: &Workspace) -> Outcome<()> {
    if workspace.which(&["g++", "c++", "clang++"]).is_none() {
        return Err(fault(
            "A C++ compiler is needed for libFuzzer, such as the package g++.",
        ));
    }
    say::headline("Building the targets with libFuzzer (usually 2 minutes the first time)");
    let mut cargo = workspace.cargo();
    cargo
        .args([
            "build",
            "--package",
            "avd-logoff-fuzz",
            "--bins",
            "--target",
            PLATFORM,
            "--target-dir",
        ])
        .arg(workspace.root().join("target/fuzz"))
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2");
    run::must(cargo, &workspace.log("fuzz-build")?, "the build of the fuzz targets")
}

fn run_target(workspace: &Workspace, target: &str, seconds: u32) -> Outcome<bool> {
    say::headline(&format!("Fuzzing {target} for {seconds} s"));
    let (root, fuzz) = (workspace.root(), workspace.root().join("target/fuzz"));
    let grown = fuzz.join("corpus").join(target);
    std::fs::create_dir_all(&grown).on("make", &grown)?;
    let program = fuzz
        .join(PLATFORM)
        .join("debug")
        .join(format!("fuzz-{}", target.replace('_', "-")));
    let text = |path: &Path| path.display().to_string();
    let mut command = workspace.command(&text(&program));
    command
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-max_len=4096", "-print_final_stats=1"])
        .arg(format!(
            "-dict={}",
            text(&root.join(format!("tests/fuzz/dictionary/{target}.txt")))
        ))
        .arg(format!("-artifact_prefix={}/{target}-", text(&fuzz)))
        .arg(&grown)
        .arg(root.join("tests/fuzz/corpus").join(target));
    let log = workspace.log(&format!("fuzz-{target}"))?;
    let ran = run::logged(command, &log)?;
    let told = std::fs::read_to_string(&log).unwrap_or_default();
    for line in told
        .lines()
        .filter(|line| line.starts_with("stat::") || line.contains("DONE"))
    {
        say::line(&format!("    {line}"));
    }
    if !ran.ok {
        say::problem(&format!("{target} found something; see {}", log.display()));
    }
    Ok(ran.ok)
}

#[cfg(test)]
mod tests {
    use super::{TARGETS, read};

    #[test]
    fn without_a_name_every_target_has_its_minute() {
        assert_eq!(read(&[]).unwrap(), (60, TARGETS.to_vec()));
        let named = ["--seconds", "5", "renewal"].map(str::to_owned);
        assert_eq!(read(&named).unwrap(), (5, vec!["renewal"]));
        assert!(read(&["nothing".to_owned()]).is_err());
        assert!(read(&["--seconds".to_owned(), "soon".to_owned()]).is_err());
        assert!(TARGETS.iter().all(|target| crate::HELP.contains(target)));
    }
}
