//! Properties of the pure parsers: what holds of every input, tried over inputs that chance makes up.
//!
//! Each run draws other inputs. What breaks a property is told made small, with the seed that led to it:
//! `PROPTEST_RNG_SEED=… cargo test --test core properties` draws the same inputs again, and `PROPTEST_CASES=…` more.

mod config;
mod csv;
mod errors;
mod ids;
mod lists;
mod timestamps;
mod typed;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Tries `property` on values of `strategy`, `times` as many as proptest's own number of cases (256).
///
/// # Panics
/// If there is a value of which it does not hold.
fn holds<S: Strategy>(times: u32, strategy: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let defaults = Config::default();
    let seed = match defaults.rng_seed {
        RngSeed::Fixed(seed) => seed,
        // The standard library draws the keys of its hash maps anew in every run.
        RngSeed::Random => RandomState::new().hash_one(times),
    };
    let config = Config {
        cases: defaults.cases * times,
        max_global_rejects: 4 * defaults.cases * times,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..defaults
    };
    if let Err(broken) = TestRunner::new(config).run(&strategy, property) {
        panic!("PROPTEST_RNG_SEED={seed}: {broken}");
    }
}

/// Text of anything that may be typed, sent or pasted: mostly pieces that mean something, put together without sense.
fn soup(pieces: &'static [&'static str], longest: usize) -> impl Strategy<Value = String> {
    use proptest::prelude::{any, prop_oneof};
    let piece = prop_oneof![
        6 => proptest::sample::select(pieces).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..=longest).prop_map(|pieces| pieces.concat())
}

/// The same text in letter cases that chance chooses.
fn in_any_letter_case(text: &str, chance: u64) -> String {
    let upper = |at: usize| chance.rotate_left(u32::try_from(at % 64).unwrap()) & 1 == 1;
    let letters = text.chars().enumerate().map(|(at, c)| match upper(at) {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    });
    letters.collect()
}
