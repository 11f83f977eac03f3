//! What has to be there before a test can begin: the built page, a browser and its driver. A missing part fails the test
//! with a sentence that says what to do; nothing is skipped.

use std::env;
use std::path::{Path, PathBuf};

/// The folder with the release build of the page.
pub fn page() -> PathBuf {
    let named = env::var_os("AVD_LOGOFF_DIST").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist"));
    assert!(
        folder.join("index.html").is_file(),
        "There is no built page in {}. `cargo xtask test e2e` builds it and runs these tests; \
         or run `cargo xtask dist`, or name another folder in AVD_LOGOFF_DIST.",
        folder.display()
    );
    folder
}

/// The program named by the variable, or the first of these names on the PATH.
pub fn program(variable: &str, names: &[&str], package: &str) -> PathBuf {
    if let Some(named) = env::var_os(variable).map(PathBuf::from) {
        assert!(
            named.is_file(),
            "{variable} names {}, which is not a file.",
            named.display()
        );
        return named;
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let found = names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "{} was not found on the PATH. `cargo xtask test e2e` installs what these tests need ({package}); \
             another place can be named in {variable}.",
            names[0]
        )
    })
}
