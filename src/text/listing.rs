//! What stands around the table: what it shows and hides, the sessions that name nobody, and what the person's roles
//! probably do not include.

use super::counted;
use super::phrases::word;
use crate::arm::session_acts::{DELETE, DISCONNECT, SEND_MESSAGE};
use crate::desk::act::Kind;
use crate::desk::findings::Row;
use crate::desk::hints::Hint;
use crate::desk::selection::HiddenChosen;

/// So many host pools are named before the rest is only counted.
const NAMED: usize = 4;

/// Above the sessions that name no user.
pub fn unnamed(count: usize) -> String {
    format!("{} no user", counted(count, "session names", "sessions name"))
}

/// One of them.
pub fn unnamed_session(row: &Row) -> String {
    let (id, session) = (&row.session.id, &row.session);
    let name = session.directory_user.as_deref().map_or_else(
        || "no Active Directory name either".to_owned(),
        |name| format!("Active Directory name {name}"),
    );
    format!(
        "{} · {} · session {} · {} · {name}",
        id.host_pool(),
        id.session_host(),
        id.session(),
        word(session.state.as_str())
    )
}

/// Where nobody has looked for those.
pub fn unnamed_not_looked_for(count: usize) -> String {
    format!(
        "In {} Azure was asked for sessions of these users only, so sessions that name no user were not looked for there.",
        counted(count, "host pool", "host pools")
    )
}

/// Beside the filter: how much of the table is to be seen.
pub fn shown_of(shown: usize, matching: usize, total: usize) -> String {
    let sessions = counted(total, "session", "sessions");
    match (shown == matching, matching == total) {
        (true, true) => format!("All {sessions} shown."),
        (true, false) => format!("{matching} of {sessions} shown; the filter hides the others."),
        (false, true) => format!("The first {shown} of {sessions} shown."),
        (false, false) => {
            format!("The first {shown} of {matching} shown that the filter lets through, of {sessions} in all.")
        }
    }
}

/// Selected sessions that are not to be seen; nothing where all are.
pub fn hidden_chosen(hidden: HiddenChosen) -> Option<String> {
    let are = |count: usize| if count == 1 { "is" } else { "are" };
    let told = |count: usize, where_: &str| {
        (count > 0).then(|| {
            format!(
                "{} that {} selected {} {where_}.",
                counted(count, "session", "sessions"),
                are(count),
                are(count)
            )
        })
    };
    let sentences = [
        told(hidden.by_filter, "hidden by the filter"),
        told(hidden.further_down, "further down than the rows that are shown"),
    ];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// Brings more rows.
pub fn show_more(count: usize) -> String {
    format!("Show {count} more")
}

/// What the person's roles probably do not include, and where.
pub fn rights_hint(hint: &Hint) -> String {
    let acts: Vec<&str> = hint.missing.iter().map(|act| doing(*act).0).collect();
    let named = hint
        .pools
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let pools = match hint.pools.len().saturating_sub(NAMED) {
        0 => named,
        rest => format!("{named} and {}", counted(rest, "more host pool", "more host pools")),
    };
    format!(
        "As far as can be seen, your roles do not include {} in {pools}.",
        acts.join(", ")
    )
}

/// The actions of these, what would include them, and that nobody is kept from trying.
pub fn rights_detail(hint: &Hint) -> String {
    let actions: Vec<&str> = hint.missing.iter().map(|act| doing(*act).1).collect();
    format!(
        "Not included: {}. The role “Desktop Virtualization User Session Operator” on the host pool would include it. You can try all the same: only Azure decides.",
        actions.join(", ")
    )
}

/// What doing an act is called, and Azure's name for it.
fn doing(act: Kind) -> (&'static str, &'static str) {
    match act {
        Kind::LogOff => ("logging off", DELETE),
        Kind::Disconnect => ("disconnecting", DISCONNECT),
        Kind::SendMessage => ("sending messages", SEND_MESSAGE),
    }
}

/// A link that the browser did not let the page copy.
pub fn link_not_copied(link: &str) -> String {
    format!("The browser does not let the page copy. The link is {link}")
}
