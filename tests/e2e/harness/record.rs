//! Reading the simulator's own record of what it was asked: a test need not believe the page.

use azure_simulator::{Face, Operation, Recorded, Simulator};

/// Questions to the record.
pub trait Record {
    /// How often this was asked.
    fn count(&self, operation: Operation) -> usize;
    /// Whether a DELETE asked for force.
    fn forces(&self) -> Vec<bool>;
    /// Every request to Resource Manager that acts on a session.
    fn acts(&self) -> Vec<&Recorded>;
    /// Checks that each DELETE came straight after a look at the very same session, which found the same one.
    fn assert_each_delete_was_guarded(&self);
    /// Whether nothing was asked of anybody.
    fn is_untouched(&self) -> bool;
}

impl Record for Simulator {
    fn count(&self, operation: Operation) -> usize {
        self.recorded(operation).len()
    }

    fn forces(&self) -> Vec<bool> {
        let deletes = self.recorded(Operation::UserSessionsDelete);
        deletes.iter().map(|entry| asks_for_force(entry)).collect()
    }

    fn acts(&self) -> Vec<&Recorded> {
        self.record.iter().filter(|entry| entry.operation.acts()).collect()
    }

    fn assert_each_delete_was_guarded(&self) {
        for (at, delete) in self.record.iter().enumerate() {
            if delete.operation != Operation::UserSessionsDelete {
                continue;
            }
            let before = self.record[..at]
                .iter()
                .rev()
                .find(|entry| entry.operation != Operation::Preflight && entry.path == delete.path);
            let look = before.unwrap_or_else(|| panic!("nothing looked at {} before its DELETE", delete.path));
            assert_eq!((look.operation, look.status), (Operation::UserSessionsGet, Some(200)));
            let seen = |entry: &Recorded| entry.session.as_ref().map(|session| session.key);
            assert!(seen(delete).is_some(), "the DELETE of {} met no session", delete.path);
            assert_eq!(
                seen(look),
                seen(delete),
                "the session of {} has changed in between",
                delete.path
            );
        }
    }

    fn is_untouched(&self) -> bool {
        !self
            .record
            .iter()
            .any(|entry| matches!(entry.face, Face::Login | Face::Arm))
    }
}

fn asks_for_force(entry: &Recorded) -> bool {
    entry
        .query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .any(|(name, value)| name.eq_ignore_ascii_case("force") && !value.eq_ignore_ascii_case("false"))
}
