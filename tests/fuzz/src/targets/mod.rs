//! The targets. Each says in its head what its bytes mean.

mod arm;
mod challenge;
mod id_token;
mod renewal;
mod response;
mod token_answer;

pub use arm::arm;
pub use challenge::challenge;
pub use id_token::id_token;
pub use renewal::renewal;
pub use response::response;
pub use token_answer::token_answer;

use avd_logoff::ports::NoAnswer;

use crate::outside::Answer;

/// A target.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also its folder in the corpus.
pub const ALL: [(&str, Target); 6] = [
    ("response", response),
    ("token_answer", token_answer),
    ("id_token", id_token),
    ("renewal", renewal),
    ("challenge", challenge),
    ("arm", arm),
];

/// The first bytes, which choose, and the rest, which is said.
fn split<const N: usize>(data: &[u8]) -> Option<([u8; N], &[u8])> {
    let (choices, rest) = data.split_at_checked(N)?;
    Some((choices.try_into().ok()?, rest))
}

/// Statuses that token endpoints and gateways answer with.
fn status(choice: u8) -> u16 {
    [200, 400, 401, 403, 429, 500, 201, 204, 302, 503][usize::from(choice) % 10]
}

/// An answer of a token endpoint; some choices are none at all.
fn token_endpoint_answer(choice: u8, body: Vec<u8>) -> Answer {
    match choice {
        255 => Err(NoAnswer::Offline),
        254 => Err(NoAnswer::TimedOut),
        253 => Err(NoAnswer::Unreachable("nobody is there".into())),
        _ => Ok(http::Response::builder()
            .status(status(choice))
            .header(
                "content-type",
                if choice >= 128 { "text/html" } else { "application/json" },
            )
            .body(body)
            .expect("it is whole")),
    }
}

/// Puts a value in the place of its name; inputs cannot know what is drawn anew for each request.
fn filled(text: &[u8], values: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::from_utf8(text.to_vec()).map_err(|error| error.into_bytes());
    if let Ok(text) = &mut text {
        for (name, value) in values {
            if text.contains(name) {
                *text = text.replace(name, value);
            }
        }
    }
    text.map_or_else(|bytes| bytes, String::into_bytes)
}
