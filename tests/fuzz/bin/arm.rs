//! `arm` for libFuzzer; built without it, the same target over the files that are named.

#![cfg_attr(fuzzing, no_main)]
#![allow(unexpected_cfgs, reason = "`fuzzing` is set by hand, where the fuzzer is built")]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| avd_logoff_fuzz::targets::arm(data));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    avd_logoff_fuzz::replay(avd_logoff_fuzz::targets::arm)
}
