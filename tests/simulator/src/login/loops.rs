//! Loop detection: AADSTS50196, with which the server itself ends a page that sends its browser back again and again
//! (Microsoft entra-docs, reference-error-codes.md: "too many of the same request in too short a period"). That page
//! gives no figures; those here are invented.

use super::errors::LoginError;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// So many answers without a person in [`WINDOW`] are tolerated.
const TOLERATED: usize = 6;

const WINDOW: Duration = Duration::seconds(10);

/// When which browser (by cookie; all that have none are one) was answered for which client without a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loops {
    answered: BTreeMap<(String, String), Vec<OffsetDateTime>>,
}

impl Loops {
    /// An error, if this browser has been sent back for this client too often of late.
    pub(crate) fn check(&mut self, browser: &str, client: &str, now: OffsetDateTime) -> Result<(), LoginError> {
        let key = (browser.to_owned(), client.to_owned());
        let Some(times) = self.answered.get_mut(&key) else {
            return Ok(());
        };
        times.retain(|at| now - *at < WINDOW);
        if times.len() < TOLERATED {
            return Ok(());
        }
        let text = "The server terminated an operation because it encountered a client request loop. Please contact your \
                    app vendor.";
        Err(LoginError::new("invalid_grant", 50_196, text))
    }

    /// The browser was sent back without a person.
    pub(crate) fn note(&mut self, browser: &str, client: &str, now: OffsetDateTime) {
        let key = (browser.to_owned(), client.to_owned());
        self.answered.entry(key).or_default().push(now);
    }

    /// A person acted in this browser.
    pub(crate) fn person_acted(&mut self, browser: &str) {
        self.answered.retain(|(of, _), _| of != browser);
    }
}
