//! Tells whether the page must be built again: a hash over the content of everything it depends on, and over what was
//! built. Times of files are not asked, because a fresh clone or a change of branch makes all of them new.

use crate::fault::{OnFile, Outcome};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Hashes files and folders (all that is in them) below `root`, by name and content; `also` are further facts. What does
/// not exist counts as such. The hash is for this machine and compiler only: another one merely builds once more.
pub fn of(root: &Path, inputs: &[&str], also: &[&str]) -> Outcome<String> {
    let mut files = Vec::new();
    for input in inputs {
        collect(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    also.hash(&mut hasher);
    for file in files {
        // The name below the root, so that a clone elsewhere has the same hash.
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        std::fs::read(&file).on("read", &file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// All files at or below `place`, in no order.
pub fn collect(place: &Path, files: &mut Vec<PathBuf>) -> Outcome<()> {
    if place.is_file() {
        files.push(place.to_path_buf());
    } else if place.is_dir() {
        for entry in std::fs::read_dir(place).on("list", place)? {
            collect(&entry.on("list", place)?.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::of;
    use std::path::PathBuf;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-fingerprint-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("src/deep")).unwrap();
        std::fs::write(folder.join("src/deep/a.rs"), "a").unwrap();
        std::fs::write(folder.join("index.html"), "i").unwrap();
        folder
    }

    const INPUTS: &[&str] = &["src", "index.html", "absent"];

    #[test]
    fn the_same_content_elsewhere_has_the_same_hash() {
        let (one, two) = (folder("one"), folder("two"));
        assert_eq!(of(&one, INPUTS, &["1"]).unwrap(), of(&two, INPUTS, &["1"]).unwrap());
        let _ = (std::fs::remove_dir_all(one), std::fs::remove_dir_all(two));
    }

    #[test]
    fn content_names_and_facts_all_count() {
        let place = folder("three");
        let before = of(&place, INPUTS, &["1"]).unwrap();
        assert_ne!(before, of(&place, INPUTS, &["2"]).unwrap());
        std::fs::write(place.join("src/deep/a.rs"), "b").unwrap();
        let changed = of(&place, INPUTS, &["1"]).unwrap();
        assert_ne!(before, changed);
        std::fs::rename(place.join("src/deep/a.rs"), place.join("src/deep/b.rs")).unwrap();
        assert_ne!(changed, of(&place, INPUTS, &["1"]).unwrap());
        let _ = std::fs::remove_dir_all(place);
    }

    #[test]
    fn what_lies_outside_the_inputs_does_not_count() {
        let place = folder("four");
        let before = of(&place, INPUTS, &[]).unwrap();
        std::fs::write(place.join("README.md"), "r").unwrap();
        assert_eq!(before, of(&place, INPUTS, &[]).unwrap());
        let _ = std::fs::remove_dir_all(place);
    }
}
