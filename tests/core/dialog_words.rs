//! What the dialog says of the sessions in its plan.

use avd_logoff::desk::act::Act;
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::text::{consequences, phrases};
use azure_simulator::world::{ApplicationType, HostStatus, PoolKind, SessionState};

use crate::support::Lab;
use crate::support::bench::{OPERATOR, USER};

#[test]
fn the_dialog_says_what_is_special_about_sessions() {
    let said = |change: &dyn Fn(&Lab)| {
        let lab = Lab::new();
        lab.session(USER);
        change(&lab);
        let findings = lab.bench.find(&lab.bench.arm(OPERATOR), USER);
        let plan = Plan::freeze(findings.rows(), Act::log_off(false), &Circumstances::default());
        consequences(&plan).join(" ")
    };
    let ordinary = said(&|_| ());
    assert!(ordinary.starts_with("All programs in these sessions end. Work that was not saved is lost."));
    let state = |state: SessionState| move |lab: &Lab| change_session(lab, |session| session.state = state.clone());
    type Change = Box<dyn Fn(&Lab)>;
    let cases: [(&str, Change); 9] = [
        ("just signing in: 1 session.", Box::new(state(SessionState::Pending))),
        ("Already ending", Box::new(state(SessionState::LogOff))),
        (
            "programs still running: 1 session.",
            Box::new(state(SessionState::Disconnected)),
        ),
        (
            "All applications of that user on that host end together.",
            Box::new(|lab| change_session(lab, |session| session.application = ApplicationType::RemoteApp)),
        ),
        (
            "On a personal desktop: 1 session.",
            Box::new(|lab| {
                let mut simulator = lab.bench.simulator();
                simulator.world.pool_mut(lab.pool).unwrap().kind = PoolKind::Personal;
            }),
        ),
        (
            "neither that somebody works there nor that nobody does: 1 session.",
            Box::new(state(SessionState::UserProfileDiskMounted)),
        ),
        (
            "agent is being updated: 1 session.",
            Box::new(|lab| {
                let host = lab.hosts[0];
                lab.bench.simulator().world.host_mut(host).unwrap().status = HostStatus::Upgrading;
            }),
        ),
        (
            "a message does not arrive",
            Box::new(|lab| {
                let host = lab.hosts[0];
                lab.bench.simulator().world.host_mut(host).unwrap().status = HostStatus::Shutdown;
            }),
        ),
        (
            "On a host that is out of reach: 1 session.",
            Box::new(|lab| {
                let host = lab.hosts[0];
                lab.bench.simulator().world.host_mut(host).unwrap().status = HostStatus::NoHeartbeat;
            }),
        ),
    ];
    for (sentence, change) in cases {
        assert!(!ordinary.contains(sentence), "{sentence}");
        let said = said(&*change);
        assert!(said.contains(sentence), "{sentence} is not in: {said}");
    }
}

fn change_session(lab: &Lab, change: impl FnOnce(&mut azure_simulator::world::Session)) {
    let mut simulator = lab.bench.simulator();
    let key = simulator.world.sessions_of(USER)[0].key;
    change(simulator.world.session_mut(key).unwrap());
}

#[test]
fn of_each_session_the_dialog_says_whose_its_host_is() {
    let facts = |kind: PoolKind| {
        let lab = Lab::new();
        lab.session(USER);
        lab.bench.simulator().world.pool_mut(lab.pool).unwrap().kind = kind;
        let findings = lab.bench.find(&lab.bench.arm(OPERATOR), USER);
        let plan = Plan::freeze(findings.rows(), Act::log_off(false), &Circumstances::default());
        phrases::planned_facts(&plan.sessions()[0], "12:00")
    };
    assert!(facts(PoolKind::Personal).contains(" · personal · "));
    assert!(facts(PoolKind::Pooled).contains(" · pooled · "));
}
