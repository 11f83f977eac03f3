//! The log off with its guard and its proof, one question at a time, against what Azure was asked to do.

mod expiry;
mod guard;
mod proof;
mod refusals;
pub mod stage;
mod step_up;
mod unsent;

use std::collections::BTreeMap;

use avd_logoff::desk::carry_out::Progress;
use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::receipt::Receipt;
use azure_simulator::{FaultAction, Operation};

use crate::support::Lab;
use crate::support::bench::{OPERATOR, USER};

impl Lab {
    /// Signs in, finds the user's sessions, prepares what goes wrong, and logs them all off.
    fn find_and_log_off(&self, force: bool, prepare: impl FnOnce(&Self)) -> (Vec<Progress>, Receipt) {
        let arm = self.bench.arm(OPERATOR);
        let findings = self.bench.find(&arm, USER);
        assert!(!findings.rows().is_empty());
        prepare(self);
        self.bench.log_off(&arm, findings.rows(), force)
    }

    fn deletes(&self) -> usize {
        self.bench.count(Operation::UserSessionsDelete)
    }
}

fn words(steps: &[Progress]) -> Vec<&'static str> {
    steps.iter().filter_map(Progress::outcome).map(Outcome::word).collect()
}

fn last(receipt: &Receipt) -> Outcome {
    receipt.records.last().unwrap().outcome.unwrap()
}

/// An answer of Resource Manager that is a refusal.
pub fn refusal(status: u16, code: &str) -> FaultAction {
    FaultAction::Status {
        status,
        code: code.to_owned(),
        message: String::new(),
        headers: BTreeMap::new(),
    }
}
