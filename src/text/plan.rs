//! What a plan will do, and why it takes typing, in words.

use super::counted;
use crate::arm::{ApplicationType, HostPoolType, HostStatus, SessionState};
use crate::desk::act::{Kind, LONGEST_TEXT, LONGEST_TITLE, MessageFault};
use crate::desk::plan::{Friction, LeftOut, Plan, Planned};

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
    let mut sentences = vec![first(plan.kind()).to_owned()];
    let mut say = |count: usize, sentence: fn(String) -> String| {
        if count > 0 {
            sentences.push(sentence(counted(count, "session", "sessions")));
        }
    };
    say(count(|p| p.state == SessionState::Active), |n| {
        format!("In use right now: {n}.")
    });
    let out_of_reach = count(|p| p.host_status.as_ref().is_some_and(HostStatus::is_out_of_reach));
    if plan.kind() != Kind::LogOff {
        say(out_of_reach, |n| {
            format!("On a host that is out of reach: {n}. It will most likely not arrive there.")
        });
        return sentences;
    }
    say(count(|p| p.state == SessionState::Disconnected), |n| {
        format!("Disconnected, with programs still running: {n}.")
    });
    say(count(|p| p.state == SessionState::Pending), |n| {
        format!("The user is just signing in: {n}. Waiting a few minutes may be enough.")
    });
    say(count(|p| p.state == SessionState::LogOff), |n| {
        format!("Already ending without being told to: {n}.")
    });
    say(count(|p| p.application == ApplicationType::RemoteApp), |n| {
        format!("Of type RemoteApp: {n}. All applications of that user on that host end together.")
    });
    say(count(|p| p.pool_type == Some(HostPoolType::Personal)), |n| {
        format!("On a personal desktop: {n}. The host stays assigned to its user.")
    });
    say(count(|p| matches!(p.state, SessionState::Other(_))), |n| {
        format!(
            "In a state that says neither that somebody works there nor that nobody does: {n}. They can be logged off like others."
        )
    });
    say(out_of_reach, |n| {
        format!(
            "On a host that is out of reach: {n}. A plain log off may change nothing there, and a message does not arrive."
        )
    });
    say(count(|p| p.host_status == Some(HostStatus::Upgrading)), |n| {
        format!("On a host whose agent is being updated: {n}. Their log off may take longer.")
    });
    if plan.force() {
        sentences.push(
            "Force removes a session from Azure’s list even if its host cannot be reached. It does not save anybody’s work."
                .to_owned(),
        );
    }
    sentences
}

fn first(kind: Kind) -> &'static str {
    match kind {
        Kind::LogOff => "All programs in these sessions end. Work that was not saved is lost.",
        Kind::Disconnect => {
            "The screen closes, and all programs go on running. Nobody is logged off; the users can connect again."
        }
        Kind::SendMessage => {
            "The message appears over whatever the users are doing. Azure says whether it accepted it, never whether it was read."
        }
    }
}

/// Why a chosen session is left out.
pub fn left_out(why: LeftOut) -> &'static str {
    match why {
        LeftOut::NotActive => "nobody works in it, so nobody would see a message",
        LeftOut::AlreadyDisconnected => "it is disconnected already",
    }
}

/// What a message lacks.
pub fn message_fault(fault: MessageFault) -> String {
    match fault {
        MessageFault::NoTitle => "The message needs a title.".to_owned(),
        MessageFault::NoText => "The message needs a text.".to_owned(),
        MessageFault::TitleTooLong => format!("The title may have {LONGEST_TITLE} characters at most."),
        MessageFault::TextTooLong => format!("The message may have {LONGEST_TEXT} characters at most."),
    }
}
