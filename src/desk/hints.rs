//! What the person's roles probably do not include where sessions were found, told before it is tried. A hint and never
//! an answer: it keeps nobody from trying, because only Azure decides.

use std::collections::{BTreeMap, BTreeSet};

use super::act::Kind;
use super::findings::Findings;
use crate::arm::{Rights, SessionId};

const ACTS: [Kind; 3] = [Kind::LogOff, Kind::Disconnect, Kind::SendMessage];

/// Acts that are missing, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What the roles do not include.
    pub missing: Vec<Kind>,
    /// Names of the host pools.
    pub pools: Vec<String>,
}

/// For all host pools that have hits: those where the same is missing together.
pub fn hints(findings: &Findings) -> Vec<Hint> {
    let mut pools: BTreeMap<Vec<usize>, BTreeSet<String>> = BTreeMap::new();
    for (pool, rights) in findings.rights_by_pool() {
        let missing = (0..ACTS.len()).filter(|&at| !allows(rights, ACTS[at])).collect();
        pools.entry(missing).or_default().insert(pool.host_pool().to_owned());
    }
    pools.remove(&Vec::new());
    let hint = |(missing, pools): (Vec<usize>, BTreeSet<String>)| Hint {
        missing: missing.into_iter().map(|at| ACTS[at]).collect(),
        pools: pools.into_iter().collect(),
    };
    pools.into_iter().map(hint).collect()
}

/// For one act on these sessions; `None` where nothing is known to be missing.
pub fn hint<'a>(findings: &Findings, act: Kind, sessions: impl Iterator<Item = &'a SessionId>) -> Option<Hint> {
    let missing = |id: &&SessionId| findings.rights_at(id).is_some_and(|rights| !allows(rights, act));
    let pools: BTreeSet<String> = sessions.filter(missing).map(|id| id.host_pool().to_owned()).collect();
    (!pools.is_empty()).then(|| Hint {
        missing: vec![act],
        pools: pools.into_iter().collect(),
    })
}

fn allows(rights: Rights, act: Kind) -> bool {
    match act {
        Kind::LogOff => rights.log_off,
        Kind::Disconnect => rights.disconnect,
        Kind::SendMessage => rights.send_message,
    }
}

#[cfg(test)]
mod tests {
    use super::{Hint, hint, hints};
    use crate::arm::{HostPoolId, Rights, SessionId};
    use crate::desk::act::Kind;
    use crate::desk::findings::Findings;
    use crate::desk::search::Event;

    fn pool(name: &str) -> HostPoolId {
        let id = format!(
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/{name}"
        );
        HostPoolId::parse(&id).unwrap()
    }

    fn session(name: &str) -> SessionId {
        SessionId::parse(&format!("{}/sessionhosts/vm/usersessions/1", pool(name).as_str())).unwrap()
    }

    fn findings(rights: &[(&str, bool, bool)]) -> Findings {
        let mut findings = Findings::default();
        for (name, log_off, send_message) in rights {
            let rights = Rights {
                log_off: *log_off,
                disconnect: true,
                send_message: *send_message,
            };
            findings.apply(Event::Rights(pool(name), rights));
        }
        findings
    }

    #[test]
    fn pools_where_the_same_is_missing_are_told_together() {
        let findings = findings(&[
            ("b", false, true),
            ("all", true, true),
            ("a", false, true),
            ("c", false, false),
        ]);
        let told = |missing: &[Kind], pools: &[&str]| Hint {
            missing: missing.to_vec(),
            pools: pools.iter().map(|&pool| pool.to_owned()).collect(),
        };
        assert_eq!(
            hints(&findings),
            [
                told(&[Kind::LogOff], &["a", "b"]),
                told(&[Kind::LogOff, Kind::SendMessage], &["c"])
            ]
        );
    }

    #[test]
    fn an_act_is_hinted_at_only_where_it_is_known_to_be_missing() {
        let findings = findings(&[("a", false, true), ("all", true, true)]);
        let ids = ["a", "all", "unknown"].map(session);
        let hint = |act, ids: &[SessionId]| hint(&findings, act, ids.iter());
        assert_eq!(hint(Kind::LogOff, &ids).unwrap().pools, ["a"]);
        assert_eq!(hint(Kind::SendMessage, &ids), None);
        assert_eq!(hint(Kind::LogOff, &ids[1..]), None);
    }
}
