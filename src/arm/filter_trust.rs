//! Whether Azure's `$filter` on the session list of a host pool is believed: proved before it is used, and given up at
//! the first doubt. A pure decision over what lists have shown; it asks nothing by itself.
//!
//! Azure's own description and its own example of the filter contradict each other, and whether letter case counts is
//! not known (Azure/azure-rest-api-specs `UserSession.tsp`, `UserSession_ListByHostPool.json`). A filter that is ignored
//! shows everybody's sessions, one that minds letter case hides the very ones that are looked for.

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;

use percent_encoding::utf8_percent_encode;

use super::guard::same_name;
use super::ids::SEGMENT;
use super::user_sessions::UserSession;

/// How far the filter is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Nobody has tried.
    #[default]
    Unknown,
    /// The proof is under way.
    Proving,
    /// It has given exactly the rows of a user, asked for in swapped letter case.
    Trusted,
    /// It has not, or has later shown somebody else.
    Distrusted,
}

/// The state, for as long as one sign-in.
#[derive(Debug, Default)]
pub struct FilterTrust(Cell<Trust>);

impl FilterTrust {
    /// How far it is believed now.
    pub fn state(&self) -> Trust {
        self.0.get()
    }

    /// Takes the proof on. `None` if it was taken on before.
    pub fn begin_proof(self: &Rc<Self>) -> Option<Proof> {
        (self.0.get() == Trust::Unknown).then(|| {
            self.0.set(Trust::Proving);
            Proof(Rc::clone(self))
        })
    }

    /// It has shown another user's row, or was refused: never again in this sign-in.
    pub fn end(&self) {
        self.0.set(Trust::Distrusted);
    }

    /// Somebody else is signed in, or somewhere else: nothing is known.
    pub fn forget(&self) {
        self.0.set(Trust::Unknown);
    }
}

/// A proof under way. Dropped without a word, as by a search that is stopped, it has proved nothing either way.
#[derive(Debug)]
pub struct Proof(Rc<FilterTrust>);

impl Proof {
    /// What has come of it.
    pub fn conclude(self, exact: bool) {
        if self.0.state() == Trust::Proving {
            self.0.0.set(if exact { Trust::Trusted } else { Trust::Distrusted });
        }
    }
}

impl Drop for Proof {
    fn drop(&mut self) {
        if self.0.state() == Trust::Proving {
            self.0.0.set(Trust::Unknown);
        }
    }
}

/// What an unfiltered list has shown of the first user in it: what the filter has to give for that user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    upn: Option<String>,
    ids: HashSet<String>,
}

impl Sample {
    /// Takes in rows of the list.
    pub fn take(&mut self, rows: &[UserSession]) {
        for row in rows {
            let Some(user) = &row.user else { continue };
            // Without a letter there is no case to swap, and half of the proof would be missing.
            if self.upn.is_none() && swap_case(user) != *user {
                self.upn = Some(user.clone());
            }
            if self.upn.as_deref().is_some_and(|upn| same_name(upn, user)) {
                self.ids.insert(row.id.key());
            }
        }
    }

    /// The user to ask for, in swapped letter case; `None` if the list named nobody.
    pub fn question(&self) -> Option<String> {
        self.upn.as_deref().map(swap_case)
    }

    /// Whether `answer` is exactly the rows of that user.
    pub fn is_exactly(&self, answer: &[UserSession]) -> bool {
        let ids: HashSet<String> = answer.iter().map(|row| row.id.key()).collect();
        let upn = self.upn.as_deref();
        upn.is_some_and(|upn| answer.iter().all(|row| names(row, upn))) && ids == self.ids
    }
}

/// Whether the row names this user.
pub fn names(row: &UserSession, upn: &str) -> bool {
    row.user.as_deref().is_some_and(|user| same_name(user, upn))
}

/// Whether the filter may be asked for this name at all. What was proved is that letter case does not count from A to
/// Z; of other letters nothing is known, and a name may be written in more than one way with them.
pub fn may_ask_for(upn: &str) -> bool {
    upn.is_ascii()
}

/// The value of `$filter`, ready for a URL: apostrophes doubled as OData literals want it, then percent-encoded, without
/// which a guest's `#EXT#` would cut the address off.
pub(super) fn query_value(upn: &str) -> String {
    let literal = upn.replace('\'', "''");
    utf8_percent_encode(&format!("userPrincipalName eq '{literal}'"), SEGMENT).to_string()
}

/// Only letters that come back when they are swapped twice.
fn swap_case(text: &str) -> String {
    let swap = |c: char| {
        let other = |c: char| {
            let (mut upper, mut lower) = (c.to_uppercase(), c.to_lowercase());
            match (upper.next(), upper.next(), lower.next(), lower.next()) {
                (Some(upper), None, Some(lower), None) if c == lower => Some(upper),
                (Some(_), None, Some(lower), None) => Some(lower),
                _ => None,
            }
        };
        other(c).filter(|&swapped| other(swapped) == Some(c)).unwrap_or(c)
    };
    text.chars().map(swap).collect()
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{FilterTrust, Sample, Trust, may_ask_for, query_value, swap_case};
    use crate::arm::{ApplicationType, SessionId, SessionState, UserSession};

    fn row(number: u32, user: Option<&str>) -> UserSession {
        let id = format!(
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool/sessionhosts/vm/usersessions/{number}"
        );
        UserSession {
            id: SessionId::parse(&id).unwrap(),
            user: user.map(str::to_owned),
            directory_user: None,
            state: SessionState::Active,
            application: ApplicationType::Desktop,
            created: None,
        }
    }

    #[test]
    fn trust_comes_of_one_proof_and_goes_for_good() {
        let trust = Rc::new(FilterTrust::default());
        let proof = trust.begin_proof().unwrap();
        assert_eq!(trust.state(), Trust::Proving);
        assert!(trust.begin_proof().is_none(), "one proof is enough");
        proof.conclude(true);
        assert_eq!(trust.state(), Trust::Trusted);
        trust.end();
        assert_eq!(trust.state(), Trust::Distrusted);
        assert!(trust.begin_proof().is_none());
        trust.forget();
        trust.begin_proof().unwrap().conclude(false);
        assert_eq!(trust.state(), Trust::Distrusted);
    }

    #[test]
    fn a_proof_that_was_dropped_has_proved_nothing_and_one_that_comes_late_does_not_count() {
        let trust = Rc::new(FilterTrust::default());
        drop(trust.begin_proof());
        assert_eq!(trust.state(), Trust::Unknown);
        let proof = trust.begin_proof().unwrap();
        trust.end();
        proof.conclude(true);
        assert_eq!(trust.state(), Trust::Distrusted);
    }

    #[test]
    fn only_exactly_the_rows_of_the_user_are_a_proof() {
        let mut sample = Sample::default();
        assert_eq!(sample.question(), None);
        sample.take(&[row(1, None), row(2, Some("1@2")), row(3, Some("Ab@x.example"))]);
        sample.take(&[row(4, Some("aB@X.example")), row(5, Some("other@x.example"))]);
        assert_eq!(sample.question().as_deref(), Some("aB@X.EXAMPLE"));
        let mine = [row(3, Some("ab@x.example")), row(4, Some("ab@x.example"))];
        assert!(sample.is_exactly(&mine));
        assert!(!sample.is_exactly(&mine[..1]), "a row is missing");
        assert!(!sample.is_exactly(&[]), "letter case counts there");
        let all = [mine.to_vec(), vec![row(5, Some("other@x.example"))]].concat();
        assert!(!sample.is_exactly(&all), "the filter is ignored");
        let another_user = [mine[0].clone(), row(4, Some("other@x.example"))];
        assert!(!sample.is_exactly(&another_user), "the id has passed to another");
        let unnamed = [mine[0].clone(), row(4, None)];
        assert!(!sample.is_exactly(&unnamed));
    }

    #[test]
    fn names_travel_unharmed() {
        assert_eq!(
            query_value("o'user+1@x.example"),
            "userPrincipalName%20eq%20%27o%27%27user%2B1%40x.example%27"
        );
        assert!(query_value("g_x.example#EXT#@y.example").contains("%23EXT%23"));
        assert!(query_value("über@x.example").contains("%C3%BCber"));
        assert!(may_ask_for("o'user@x.example") && !may_ask_for("über@x.example"));
        assert_eq!(swap_case("aBc1@ÜßıI"), "AbC1@üßıi");
    }
}
