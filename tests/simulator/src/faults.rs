//! Bad days on demand: which requests a fault meets, and what it does to them.

use crate::record::{Face, Operation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What goes wrong, for which requests, and how often. All conditions given must hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Fault {
    /// Only requests to this server.
    #[serde(default)]
    pub face: Option<Face>,
    /// Only this operation. A fault without it leaves preflights alone.
    #[serde(default)]
    pub operation: Option<Operation>,
    /// Only requests whose percent-decoded path and query contain this text, whatever its case.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// Let so many matching requests pass first. Counts down.
    #[serde(default)]
    pub skip: u32,
    /// Meet so many requests, then go away; 0 = for ever. Counts down.
    #[serde(default)]
    pub times: u32,
    /// What happens.
    pub action: FaultAction,
}

/// What a fault does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FaultAction {
    /// Answers with an error in the face's own shape, without doing anything.
    Status {
        /// HTTP status.
        status: u16,
        /// `error.code` on ARM, `error` on the login server.
        code: String,
        /// The message.
        message: String,
        /// Extra headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// Answers with exactly this body, without doing anything (a gateway's HTML, an empty body, broken JSON).
    Raw {
        /// HTTP status.
        status: u16,
        /// The body.
        body: String,
        /// Headers, content type included.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// Adds to the delay, then goes on.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Breaks the connection before anything was done.
    LoseBefore,
    /// Does what was asked, then breaks the connection instead of answering.
    LoseAfter,
    /// Does what was asked, but answers without CORS headers, so that a page sees no answer.
    HideFromPage,
    /// A list's first page is empty and has a `nextLink`.
    EmptyPageFirst,
    /// The list's `nextLink` leads to another origin; added if the list had none.
    NextLinkTo {
        /// Scheme, host and port.
        origin: String,
    },
    /// The list's `nextLink` leads to the same page again.
    NextLinkLoop,
    /// ARM: 401 with a claims challenge.
    ClaimsChallenge {
        /// The claims, as JSON (not base64).
        claims: Value,
    },
    /// Before anything else, the session addressed by the request ends and another one takes its ARM id.
    ReplaceSession {
        /// Whose the new session is; ignored if `same_user`.
        #[serde(default)]
        user: Option<String>,
        /// The same user with a new creation time.
        #[serde(default)]
        same_user: bool,
    },
    /// Before anything else, the session addressed by the request ends.
    EndSession,
    /// Token endpoint: tokens as asked, but claims of the id_token are changed (`aud`, `nonce`, `tid`, `iss`, …), or taken
    /// away where the value is null.
    IdTokenClaims {
        /// A JSON object: claim and value.
        claims: Value,
    },
    /// Token endpoint: Entra's error JSON with this number.
    EntraError {
        /// `error`, such as `invalid_grant`.
        error: String,
        /// The AADSTS number.
        number: u32,
        /// The sentence after the number.
        text: String,
        /// `suberror`.
        #[serde(default)]
        suberror: Option<String>,
        /// `claims`, as JSON.
        #[serde(default)]
        claims: Option<Value>,
    },
}

impl Fault {
    /// A fault that meets every request of its kind, for ever, until narrowed by the methods below.
    pub fn always(action: FaultAction) -> Self {
        Self {
            face: None,
            operation: None,
            path_contains: None,
            skip: 0,
            times: 0,
            action,
        }
    }

    /// A fault that meets one request.
    pub fn once(action: FaultAction) -> Self {
        Self::always(action).times(1)
    }

    /// Only this operation.
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Only this server.
    pub fn face(mut self, face: Face) -> Self {
        self.face = Some(face);
        self
    }

    /// Only where path or query contain this text.
    pub fn containing(mut self, text: &str) -> Self {
        self.path_contains = Some(text.to_owned());
        self
    }

    /// Let so many pass first.
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Meet so many.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn meets(&self, face: Face, operation: Operation, address: &str) -> bool {
        if operation == Operation::Preflight && self.operation != Some(Operation::Preflight) {
            return false;
        }
        self.face.is_none_or(|wanted| wanted == face)
            && self.operation.is_none_or(|wanted| wanted == operation)
            && self
                .path_contains
                .as_ref()
                .is_none_or(|text| address.to_lowercase().contains(&text.to_lowercase()))
    }

    /// True if this fault breaks connections.
    pub fn loses(&self) -> bool {
        matches!(self.action, FaultAction::LoseBefore | FaultAction::LoseAfter)
    }
}

/// Takes the actions that meet this request, in order, and counts them.
pub(crate) fn take(faults: &mut Vec<Fault>, face: Face, operation: Operation, address: &str) -> Vec<FaultAction> {
    let mut actions = Vec::new();
    faults.retain_mut(|fault| {
        if !fault.meets(face, operation, address) {
            return true;
        }
        if fault.skip > 0 {
            fault.skip -= 1;
            return true;
        }
        actions.push(fault.action.clone());
        if fault.times == 0 {
            return true;
        }
        fault.times -= 1;
        fault.times > 0
    });
    actions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(faults: &mut Vec<Fault>, operation: Operation, address: &str) -> usize {
        take(faults, Face::Arm, operation, address).len()
    }

    #[test]
    fn a_fault_counts_skip_and_times_and_goes_away() {
        let mut faults = vec![
            Fault::always(FaultAction::LoseBefore)
                .on(Operation::UserSessionsGet)
                .after(1)
                .times(2),
        ];
        let met: Vec<_> = (0..5)
            .map(|_| hits(&mut faults, Operation::UserSessionsGet, "/x"))
            .collect();
        assert_eq!(met, [0, 1, 1, 0, 0]);
        assert!(faults.is_empty());
    }

    #[test]
    fn a_fault_without_times_stays_and_matches_the_path_in_any_case() {
        let mut faults = vec![Fault::always(FaultAction::LoseAfter).containing("HP-Finance")];
        assert_eq!(hits(&mut faults, Operation::HostPoolsGet, "/hostpools/hp-finance"), 1);
        assert_eq!(hits(&mut faults, Operation::HostPoolsGet, "/hostpools/hp-sales"), 0);
        assert_eq!(hits(&mut faults, Operation::Preflight, "/hostpools/hp-finance"), 0);
        assert_eq!(faults.len(), 1);
    }

    #[test]
    fn a_fault_is_read_from_json() {
        let text = r#"{"operation":"UserSessionsDelete","times":1,"action":{"status":{"status":409,"code":"ScopeLocked","message":"locked"}}}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert_eq!(fault.operation, Some(Operation::UserSessionsDelete));
        assert!(matches!(fault.action, FaultAction::Status { status: 409, .. }));
        assert!(serde_json::from_str::<Fault>(r#"{"action":"loseAfter","tims":1}"#).is_err());
    }
}
