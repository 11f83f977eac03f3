//! Every visible string, and nothing else: what to say, never when.
//!
//! English is the one language so far. Another becomes a sibling of these files behind the same functions; nothing
//! outside this folder holds a sentence for people.

mod aadsts;
mod arm;
mod auth;
mod config;
mod coverage;
mod embedding;
mod grace;
pub mod labels;
pub mod listing;
mod outcome;
pub mod phrases;
mod plan;
mod receipt;
pub mod set_up;
mod times;

pub use arm::{arm_error, missing_right};
pub use auth::auth_error;
pub use config::config_error;
pub use coverage::{address_fault, faulty_piece, gap, graph_failure, nothing};
pub use embedding::{not_allowed_to_frame, window_withheld};
pub use grace::{GraceText, grace};
pub use outcome::{OutcomeText, outcome, warned};
pub use plan::{consequences, friction, left_out, message_fault};
pub use receipt::{receipt_markdown, receipt_text};
pub use times::{age, local_time, utc_time};

use crate::desk::typed::NotUnderstood;

/// An error as people need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What happened.
    pub title: String,
    /// What it means for the sessions.
    pub meaning: String,
    /// What to do next.
    pub next: String,
    /// Technical lines for whoever is asked for help: name and value.
    pub detail: Vec<(&'static str, String)>,
}

impl Explanation {
    fn new(title: impl Into<String>, meaning: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            meaning: meaning.into(),
            next: next.into(),
            detail: Vec::new(),
        }
    }

    fn with_detail(mut self, detail: Vec<(&'static str, String)>) -> Self {
        self.detail = detail;
        self
    }
}

/// Why a piece of the typed text is no user.
pub fn not_understood(piece: &str, why: NotUnderstood) -> String {
    match why {
        NotUnderstood::NotAUserName => {
            format!(
                "“{piece}” is not a complete user name. Type it as name@domain or as DOMAIN\\name: half a name could be anybody’s."
            )
        }
        NotUnderstood::TooLong => {
            let start: String = piece.chars().take(40).collect();
            format!("“{start}…” is longer than any user name.")
        }
    }
}

/// A fault in the page itself; `place` is a file and a line of its source.
pub fn crashed(place: &str) -> String {
    format!(
        "The page has a fault and has stopped working ({place}). Sessions that were being logged off may or may not have ended. Reload the page: the receipt is kept, and what was under way is looked at again after you sign in."
    )
}

/// `1 session`, `2 sessions`.
fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {many}")
    }
}
