//! The one error type: a sentence that says what happened and what to do. The commands end in front of a person, so
//! there is nothing to tell apart in code.

use std::fmt;
use std::path::Path;

/// What went wrong, as text for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(String);

/// The result of everything that can fail here.
pub type Outcome<T> = Result<T, Fault>;

/// Makes a fault of a sentence.
pub fn fault(sentence: impl Into<String>) -> Fault {
    Fault(sentence.into())
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Puts the file's name to an input/output error, which by itself never says it.
pub trait OnFile<T> {
    /// Turns the error into a fault that begins with what was tried, e.g. `read`, and the file.
    fn on(self, what: &str, file: &Path) -> Outcome<T>;
}

impl<T> OnFile<T> for std::io::Result<T> {
    fn on(self, what: &str, file: &Path) -> Outcome<T> {
        self.map_err(|error| fault(format!("cannot {what} {}: {error}", file.display())))
    }
}
