//! Every target over its seeds and over many small changes of them: the same in every run, and without a fuzzer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; clippy.toml allows it in test functions, not in what they call"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use avd_logoff_fuzz::mutate::{Corpus, Mutator};
use avd_logoff_fuzz::targets;

/// How many changed inputs each target is given.
const INPUTS: usize = 6_000;

fn drive(name: &str) {
    let target = targets::ALL.iter().find(|(known, _)| *known == name).unwrap().1;
    let corpus = Corpus::read(name).unwrap();
    assert!(
        corpus.seeds.len() >= 5 && !corpus.words.is_empty(),
        "{name}: there is little to begin with"
    );
    let give = |input: &[u8]| {
        if catch_unwind(AssertUnwindSafe(|| target(input))).is_err() {
            panic!("{name}: a promise is broken by \"{}\"", input.escape_ascii());
        }
    };
    give(b"");
    for seed in &corpus.seeds {
        give(seed);
    }
    let mut mutator = Mutator::new(corpus, 1);
    for _ in 0..INPUTS {
        give(&mutator.input());
    }
}

#[test]
fn response() {
    drive("response");
}

#[test]
fn token_answer() {
    drive("token_answer");
}

#[test]
fn id_token() {
    drive("id_token");
}

#[test]
fn renewal() {
    drive("renewal");
}

#[test]
fn challenge() {
    drive("challenge");
}

#[test]
fn arm() {
    drive("arm");
}
