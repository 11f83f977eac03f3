//! Reads the version of a package from Cargo.lock, so that the command-line tool of wasm-bindgen, which must match the
//! library exactly, is pinned in one place only.

/// The version of `package` in the text of a Cargo.lock; nothing if it is absent or there are several.
pub fn version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut found = None;
    let mut inside = false;
    for line in lock.lines() {
        if let Some(name) = value(line, "name") {
            inside = name == package;
        } else if let (true, Some(version)) = (inside, value(line, "version")) {
            if found.is_some() {
                return None;
            }
            found = Some(version);
            inside = false;
        } else if line.starts_with("[[") {
            inside = false;
        }
    }
    found
}

/// The text between the quotes of `key = "text"`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::version;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\ndependencies = [\n \"cfg-if\",\n]\n\n\
        [[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
        [[package]]\nname = \"twice\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"twice\"\nversion = \"2.0.0\"\n";

    #[test]
    fn the_exact_package_is_read() {
        assert_eq!(version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version(LOCK, "wasm-bindgen-futures"), Some("0.4.80"));
    }

    #[test]
    fn absent_or_ambiguous_is_nothing() {
        assert_eq!(version(LOCK, "wasm"), None);
        assert_eq!(version(LOCK, "twice"), None);
    }

    #[test]
    fn the_projects_own_lock_file_has_it() {
        assert!(version(include_str!("../../Cargo.lock"), "wasm-bindgen").is_some());
    }
}
