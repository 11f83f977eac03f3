//! What a plan will do, and why it takes typing, in words.

use super::counted;
use crate::arm::{ApplicationType, SessionState};
use crate::desk::plan::{Friction, Plan, Planned};

/// Why a plan takes more than a click.
pub fn friction(friction: Friction) -> String {
    match friction {
        Friction::SeveralUsers => "These sessions belong to more than one user.",
        Friction::ForceOnHealthyHost => {
            "Force is chosen although a host works, or may work: Windows could go on running a session that the list no longer shows."
        }
        Friction::ProtectedUser => "A protected user is among them.",
        Friction::OwnSession => "Your own session is among them.",
    }
    .to_owned()
}

/// What will be lost or happen, each a sentence, the gravest first.
pub fn consequences(plan: &Plan) -> Vec<String> {
    let count = |fits: fn(&Planned) -> bool| plan.sessions().iter().filter(|planned| fits(planned)).count();
    let mut sentences = vec!["All programs in these sessions end. Work that was not saved is lost.".to_owned()];
    let mut say = |count: usize, sentence: fn(String) -> String| {
        if count > 0 {
            sentences.push(sentence(counted(count, "session", "sessions")));
        }
    };
    say(count(|p| p.state == SessionState::Active), |n| {
        format!("{n}: somebody is working in it right now.")
    });
    say(count(|p| p.state == SessionState::Disconnected), |n| {
        format!("{n}: disconnected, but its programs still run.")
    });
    say(count(|p| p.state == SessionState::Pending), |n| {
        format!("{n}: the user is just signing in. Waiting a few minutes may be enough.")
    });
    say(count(|p| p.state == SessionState::LogOff), |n| {
        format!("{n}: already ending by itself.")
    });
    say(count(|p| p.application == ApplicationType::RemoteApp), |n| {
        format!("{n} of type RemoteApp: all of the user’s applications on that host end together.")
    });
    say(
        count(|p| p.host_status.as_ref().is_some_and(|s| s.is_out_of_reach())),
        |n| format!("{n} on a host that is out of reach: a plain log off may change nothing there."),
    );
    if plan.force() {
        sentences.push(
            "Force removes a session from Azure’s list even if its host cannot be reached. It does not save anybody’s work."
                .to_owned(),
        );
    }
    sentences
}
