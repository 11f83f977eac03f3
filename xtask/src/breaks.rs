//! `cargo xtask simulate --breaks`: the code is broken on purpose, in one place at a time, in a copy of the tree, and the
//! simulation has to find each break. What comes out stands in tests/simulation/README.md.

use crate::fault::{OnFile, Outcome, fault};
use crate::workspace::Workspace;
use crate::{run, say, simulate};
use std::path::Path;

/// So many runs have to be enough.
const MOST_RUNS: &str = "200000";

/// Where they begin, so that the figures in the README can be had again.
const FIRST_SEED: &str = "1";

/// What is not copied.
const LEFT_OUT: [&str; 5] = ["target", "node_modules", "dist", ".git", "corpus"];

/// One way to break the code: this text of this file becomes that one.
struct Break {
    name: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const BREAKS: &[Break] = &[
    Break {
        name: "the guard lets everything pass",
        file: "src/arm/guard.rs",
        from: "Some(found) => identity.verdict(found, asked_at),",
        to: "Some(found) => Verdict::Same(Guarded { session: found, asked_at }),",
    },
    Break {
        name: "the guard ignores the creation time",
        file: "src/arm/guard.rs",
        from: "} else if found.created != self.created {",
        to: "} else if found.created.is_none() {",
    },
    Break {
        name: "the guard ignores the user",
        file: "src/arm/guard.rs",
        from: "        if !same_user {\n            Verdict::WrongPerson",
        to: "        if !same_user && found.user.is_none() {\n            Verdict::WrongPerson",
    },
    Break {
        name: "ids are compared without the host",
        file: "src/arm/ids.rs",
        from: "                self.0.raw.to_lowercase()\n",
        to: "                let raw = self.0.raw.to_lowercase();\n                let parts = raw.split('/').enumerate().filter(|(at, _)| *at != 10);\n                parts.map(|(_, part)| part).collect::<Vec<_>>().join(\"/\")\n",
    },
    Break {
        name: "a look that failed is taken for gone",
        file: "src/desk/watch.rs",
        from: "Ok(None) => return (Outcome::Gone, None),",
        to: "Ok(None) | Err(_) => return (Outcome::Gone, None),",
    },
    Break {
        name: "the next page of a list is not read",
        file: "src/arm/paging.rs",
        from: "page.next_link.filter(|link| !link.is_empty())",
        to: "page.next_link.filter(|_| false)",
    },
    Break {
        name: "the intent is not kept",
        file: "src/desk/workspace.rs",
        from: "let is_kept = self.keep_receipt(receipt);",
        to: "let is_kept = true;",
    },
    Break {
        name: "a server's error is taken for \"nothing was done\"",
        file: "src/arm/error.rs",
        from: "    pub fn leaves_outcome_open(&self) -> bool {\n",
        to: "    pub fn leaves_outcome_open(&self) -> bool {\n        if self.kind == ArmErrorKind::Server {\n            return false;\n        }\n",
    },
    Break {
        name: "an empty list is trusted",
        file: "src/desk/visit.rs",
        from: "Ok(()) if self.any.get() || self.may_list().await => Reading::Read,",
        to: "Ok(()) => Reading::Read,",
    },
    Break {
        name: "a DELETE is repeated after a lost answer",
        file: "src/arm/session_acts.rs",
        from: "        request = request.with(\"force\", \"true\");\n    }\n    Ok(accepted(&client.act(&request, turn).await?))",
        to: "        request = request.with(\"force\", \"true\");\n    }\n    match client.act(&request, turn).await {\n        Err(error) if error.leaves_outcome_open() => {\n            let turn = client.turn_to_act(guarded.id(), super::Class::Deletes).await?;\n            Ok(accepted(&client.act(&request, turn).await?))\n        }\n        answer => Ok(accepted(&answer?)),\n    }",
    },
    Break {
        name: "gone is said after 200, 202 or 204",
        file: "src/desk/run.rs",
        from: "                self.say(Outcome::Requested, None);\n",
        to: "                self.say(Outcome::Requested, None);\n                if goal == Goal::Gone {\n                    return (Outcome::Gone, None);\n                }\n",
    },
    Break {
        name: "a host pool that refuses counts as read",
        file: "src/desk/visit.rs",
        from: "        Reading::Refused(error.needs)\n",
        to: "        Reading::Read\n",
    },
    Break {
        name: "after leaving for a sign-in, what is unknown is sent again",
        file: "src/desk/receipt.rs",
        from: "record.outcome.is_none() && unsent.contains(at));\n        let sessions = waiting",
        to: "record.outcome.is_none_or(|one| one == Outcome::Unknown) && *at < usize::MAX - unsent.len());\n        let sessions = waiting",
    },
    Break {
        name: "Stop still sends",
        file: "src/desk/carry_out.rs",
        from: "        self.0.pressed.get()\n",
        to: "        false\n",
    },
    Break {
        name: "a load that is no return from a sign-in resumes what was not sent",
        file: "tests/simulation/src/page/signing.rs",
        from: "let may_resume = resumes && (anything_done || !had_receipt);",
        to: "let may_resume = resumes || anything_done || !had_receipt;",
    },
    Break {
        name: "a message is sent without looking whether the session is in use",
        file: "src/desk/run.rs",
        from: "        Act::SendMessage(_) => *state != SessionState::Active,",
        to: "        Act::SendMessage(_) => false,",
    },
    Break {
        name: "the time after a message is not waited for",
        file: "src/desk/warning.rs",
        from: "Duration::from_secs(60 * u64::from(minutes))",
        to: "Duration::from_secs(u64::from(minutes))",
    },
    Break {
        name: "nobody is asked after an overslept end",
        file: "src/desk/grace.rs",
        from: "(Heard::TimeIsUp, Stage::Until(until)) if now - until > LATEST =>",
        to: "(Heard::TimeIsUp, Stage::Until(until)) if now - until > LATEST * 1000 =>",
    },
    Break {
        name: "failed messages pass in silence",
        file: "src/desk/warning.rs",
        from: "if failed > 0 && !grace",
        to: "if failed > 1000 && !grace",
    },
    Break {
        name: "the filter is trusted without proof",
        file: "src/arm/filter_trust.rs",
        from: "    pub fn state(&self) -> Trust {\n        self.0.get()\n",
        to: "    pub fn state(&self) -> Trust {\n        match self.0.get() {\n            Trust::Unknown => Trust::Trusted,\n            other => other,\n        }\n",
    },
    Break {
        name: "a session that was seen is taken for disconnected",
        file: "src/desk/watch.rs",
        from: "goal == Goal::Disconnected && found.state == SessionState::Disconnected",
        to: "goal == Goal::Disconnected",
    },
    Break {
        name: "a page that is loaded again takes the buckets for full",
        file: "src/arm/gate.rs",
        from: "for (key, bucket) in levels.kept() {",
        to: "for (key, bucket) in levels.kept().into_iter().take(0) {",
    },
    Break {
        name: "nothing waits for the buckets",
        file: "src/arm/buckets.rs",
        from: "    pub fn wait(&self) -> Duration {\n",
        to: "    pub fn wait(&self) -> Duration {\n        if self.refusals == 0 {\n            return Duration::ZERO;\n        }\n",
    },
];

/// Breaks the code in every way whose name contains `words`; `false` if one was not found.
pub fn breaks(workspace: &Workspace, words: &str) -> Outcome<bool> {
    let breaks: Vec<&Break> = BREAKS.iter().filter(|broken| broken.name.contains(words)).collect();
    if breaks.is_empty() {
        return Err(fault(format!("No break is called like \"{words}\".")));
    }
    let copy = workspace.root().join("target/breaks");
    let tree = copy.join("tree");
    if tree.exists() {
        std::fs::remove_dir_all(&tree).on("remove", &tree)?;
    }
    copy_folder(workspace.root(), &tree)?;
    let mut all_found = true;
    for (number, broken) in breaks.into_iter().enumerate() {
        let file = tree.join(broken.file);
        let sound = std::fs::read_to_string(&file).on("read", &file)?;
        std::fs::write(&file, changed(&sound, broken)?).on("write", &file)?;
        let mut cargo = simulate::program(workspace);
        cargo.args(["--seed", FIRST_SEED, "--seeds", MOST_RUNS, "--first"]);
        cargo
            .current_dir(&tree)
            .env("CARGO_TARGET_DIR", copy.join("build"))
            .env("RUSTFLAGS", "--cap-lints allow")
            // Built once for each break and run for a moment.
            .env("CARGO_PROFILE_SIMULATE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_SIMULATE_DEBUG", "false");
        let ran = run::logged(cargo, &workspace.log(&format!("break-{number}"))?)?;
        std::fs::write(&file, sound).on("write", &file)?;
        let verdict = verdict(&ran.output);
        all_found &= !ran.ok && verdict.is_some();
        let told = verdict.unwrap_or_else(|| "NOT FOUND".to_owned());
        say::line(&format!("{}: {told}", broken.name));
    }
    Ok(all_found)
}

/// The text with the break in it.
fn changed(sound: &str, broken: &Break) -> Outcome<String> {
    if sound.matches(broken.from).count() == 1 {
        Ok(sound.replace(broken.from, broken.to))
    } else {
        let (name, file) = (broken.name, broken.file);
        Err(fault(format!(
            "The break \"{name}\" does not fit {file} any more; write it anew."
        )))
    }
}

/// Which invariant was violated, and after how many runs.
fn verdict(output: &str) -> Option<String> {
    let invariant = output
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("VIOLATED "))?;
    let (name, _) = invariant.split_once(':')?;
    let last = output.lines().last()?;
    let (runs, _) = last.split_once(" runs from seed ")?;
    Some(format!("found by `{name}` after {runs} runs"))
}

fn copy_folder(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir_all(to).on("make", to)?;
    for entry in std::fs::read_dir(from).on("list", from)? {
        let path = entry.on("list", from)?.path();
        let Some(name) = path.file_name() else { continue };
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        if path.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else {
            std::fs::copy(&path, to.join(name)).on("copy", &path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{BREAKS, changed, verdict};

    #[test]
    fn every_break_fits_the_code() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for broken in BREAKS {
            let sound = std::fs::read_to_string(root.join(broken.file)).unwrap();
            assert_ne!(changed(&sound, broken).unwrap(), sound, "{}", broken.name);
        }
    }

    #[test]
    fn what_was_found_is_read_from_the_output() {
        let output = "seed 7\n  VIOLATED gone: Sentence.\n      seen\nfigures\n12 runs from seed 1, 1 violations, 9 runs per second";
        assert_eq!(verdict(output).as_deref(), Some("found by `gone` after 12 runs"));
        assert_eq!(verdict("9 runs from seed 1, 0 violations, 9 runs per second"), None);
    }
}
