//! Sentences of the page that carry a number, a name or a word of Azure's.

use super::labels::{self, NOT_KNOWN};
use super::{Explanation, auth_error, counted};
use crate::arm::guard::Identity;
use crate::arm::{HostPool, HostPoolType, HostStatus, Tenant};
use crate::auth::Account;
use crate::desk::act::Kind;
use crate::desk::coverage::Coverage;
use crate::desk::findings::{Findings, Row};
use crate::desk::outcome::Outcome;
use crate::desk::plan::{LeftOut, Plan, Planned};
use crate::desk::receipt::Record;
use crate::desk::selection::NotChoosable;
use crate::desk::step_up::SignInNeeded;
use crate::desk::typed::Wanted;

/// Where it was done, for the line above the receipt.
pub fn operator(name: &str, tenant: &str, cloud: &str) -> String {
    format!("By {name}, tenant {tenant}, cloud {cloud}.")
}

/// Who is signed in, for the header.
pub fn account_and_tenant(account: &Account, tenant: &str) -> String {
    format!("{} · {tenant}", account.username)
}

/// After a sign-in through a window.
pub fn signed_in_as(account: &Account) -> String {
    format!("Signed in as {}.", account.username)
}

/// Menu item.
pub fn switch_to(tenant: &Tenant) -> String {
    match &tenant.domain {
        Some(domain) if *domain != tenant.name => format!("Switch to {} ({domain})", tenant.name),
        _ => format!("Switch to {}", tenant.name),
    }
}

/// Work waits for a sign-in.
pub fn sign_in_needed(needed: &SignInNeeded) -> Explanation {
    match needed {
        SignInNeeded::Claims(_) => Explanation::new(
            "Azure wants a stronger sign-in for this.",
            "Nothing was done yet to the sessions that wait for it. What was finished stays finished, and the others are checked again before anything is sent.",
            "Continue the sign-in with the same account and complete the multifactor authentication. The page then goes on by itself.",
        ),
        SignInNeeded::Again(error) => {
            let mut explanation = auth_error(error);
            "Nothing is lost: what you typed, found and selected is kept, and what waits goes on by itself."
                .clone_into(&mut explanation.meaning);
            "Continue the sign-in with the same account.".clone_into(&mut explanation.next);
            explanation
        }
    }
}

/// The tenant as configured, with its id where that says more.
pub fn tenant(configured: &str, id: &str) -> String {
    if configured.eq_ignore_ascii_case(id) {
        id.to_owned()
    } else {
        format!("{configured} ({id})")
    }
}

/// So many users are named before the rest is only counted.
const NAMED: usize = 10;

/// What was understood of the typed text.
pub fn understood(wanted: &[Wanted]) -> String {
    let mut names: Vec<String> = wanted
        .iter()
        .take(NAMED)
        .map(|wanted| match wanted {
            Wanted::Upn(name) => name.clone(),
            Wanted::DirectoryName(name) => format!("{name} (by the Active Directory name of the session)"),
        })
        .collect();
    if wanted.len() > NAMED {
        names.push(more(wanted.len() - NAMED));
    }
    format!(
        "Understood as {}: {}",
        counted(wanted.len(), "user", "users"),
        names.join(", ")
    )
}

/// A search begins; `cleared` sessions are no longer selected.
pub fn searching(cleared: usize) -> String {
    match cleared {
        0 => "Searching…".into(),
        cleared => format!(
            "Searching… The selection of {} was cleared.",
            counted(cleared, "session", "sessions")
        ),
    }
}

/// Under the progress bar.
pub fn progress(coverage: &Coverage) -> String {
    match coverage.known() {
        _ if coverage.is_of_address() => labels::OPENING.into(),
        0 => "Looking for host pools…".into(),
        known => format!("{} of {known} host pools", coverage.done()),
    }
}

/// How a search ended, with hits.
pub fn found(findings: &Findings) -> String {
    let coverage = findings.coverage();
    if coverage.is_of_address() {
        return "The session was found at its address.".into();
    }
    format!(
        "{} found. {} of {} read.",
        counted(findings.rows().len(), "session", "sessions"),
        coverage.read(),
        counted(coverage.known(), "host pool", "host pools")
    )
}

/// The line that is always in the coverage.
pub fn coverage(coverage: &Coverage) -> String {
    if coverage.is_of_address() {
        return "One session was opened by its address. No host pool was searched, so nothing is known about other sessions.".into();
    }
    let (refused, failed) = (coverage.refused().count(), coverage.failed().count());
    let mut text = format!(
        "{} of {} read in {}",
        coverage.read(),
        counted(coverage.known(), "host pool", "host pools"),
        counted(coverage.subscriptions(), "subscription", "subscriptions")
    );
    let unread = coverage.known() - coverage.done();
    for (count, what) in [(refused, "refused"), (failed, "failed"), (unread, "not looked into")] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    let gaps = coverage.gaps().iter();
    let (named, list): (Vec<_>, Vec<_>) = gaps.partition(|gap| gap.subscription.is_some());
    if !named.is_empty() {
        text.push_str(&format!(
            "; {} not looked into",
            counted(named.len(), "subscription", "subscriptions")
        ));
    }
    if !list.is_empty() {
        text.push_str("; the list of subscriptions could not be read");
    }
    text.push('.');
    text
}

/// A host pool in the coverage, with the resource group that tells two of one name apart.
pub fn pool(pool: &HostPool) -> String {
    format!("{} (resource group {})", pool.id.host_pool(), pool.id.resource_group())
}

/// Opens the rest of a long list.
pub fn more(count: usize) -> String {
    format!("{count} more")
}

/// Beside "Log off…".
pub fn selected(count: usize, of: usize) -> String {
    match count {
        0 => "None selected".into(),
        count => format!("{count} of {of} selected"),
    }
}

/// Name of a row's checkbox.
pub fn select_session(row: &Row) -> String {
    let id = &row.session.id;
    format!("Select session {} on {}", id.session(), id.session_host())
}

/// Who a row names.
pub fn user(row: &Row) -> String {
    let session = &row.session;
    match (&session.user, &session.directory_user) {
        (Some(user), _) => user.clone(),
        (None, Some(directory)) => directory.clone(),
        (None, None) => NOT_KNOWN.into(),
    }
}

/// Why a row cannot be chosen; nothing where its outcome says so already.
pub fn not_choosable(why: NotChoosable) -> Option<&'static str> {
    match why {
        NotChoosable::NobodyNamed => Some(
            "Azure names no user principal name for it, so the page cannot make sure whose it is. It can only be looked at.",
        ),
        NotChoosable::UnderWay | NotChoosable::Over => None,
    }
}

/// A word of Azure's, or that there is none.
pub fn word(text: &str) -> String {
    match text {
        "" => NOT_KNOWN.into(),
        text => text.to_owned(),
    }
}

/// How a host is.
pub fn host_status(status: Option<&HostStatus>) -> String {
    match status {
        Some(HostStatus::Shutdown) => "Shut down".into(),
        Some(HostStatus::NoHeartbeat) => "No heartbeat".into(),
        Some(HostStatus::NeedsAssistance) => "Needs assistance".into(),
        Some(status) => word(status.as_str()),
        None => NOT_KNOWN.into(),
    }
}

/// When a host was last heard of.
pub fn heard_of(age: &str) -> String {
    format!("heard of {age} ago")
}

/// How long ago.
pub fn age(age: &str) -> String {
    format!("({age})")
}

/// Name of the dialog. It begins with the act.
pub fn dialog_title(plan: &Plan) -> String {
    let sessions = counted(plan.sessions().len(), "session", "sessions");
    let act = labels::act(plan.kind());
    let to = if plan.kind() == Kind::SendMessage { "to " } else { "" };
    match *plan.users() {
        [user] => format!("{act} {to}{sessions} of {user}"),
        ref users => format!("{act} {to}{sessions} of {} users", users.len()),
    }
}

/// How much of a message's room is used.
pub fn room_used(text: &str, longest: usize) -> String {
    format!("{} of {longest} characters", text.chars().count())
}

/// A message that can be changed.
pub fn suggested_message(kind: Kind, minutes: u8) -> String {
    match (kind, minutes) {
        (Kind::LogOff, 0) => "Please save your work. You will be logged off now.".to_owned(),
        (Kind::LogOff, minutes) => format!(
            "Please save your work. You will be logged off in {}.",
            counted(usize::from(minutes), "minute", "minutes")
        ),
        _ => "Please get in touch with the help desk.".to_owned(),
    }
}

/// A chosen session that an act leaves out.
pub fn left_out(identity: &Identity, why: LeftOut) -> String {
    let id = &identity.id;
    format!(
        "{} · {} · {} · session {}: {}",
        identity.user,
        id.host_pool(),
        id.session_host(),
        id.session(),
        super::left_out(why)
    )
}

/// One session in the dialog.
pub fn planned(planned: &Planned) -> String {
    let id = &planned.identity.id;
    format!("{} · {} · session {}", id.host_pool(), id.session_host(), id.session())
}

/// What else the dialog says of a session.
pub fn planned_facts(planned: &Planned, started: &str) -> String {
    let pool_type = match planned.pool_type {
        Some(HostPoolType::Personal) => " · personal",
        Some(HostPoolType::Pooled) => " · pooled",
        None => "",
    };
    format!(
        "{} · {} · started {started} · host {}{pool_type} · {}",
        word(planned.state.as_str()),
        word(planned.application.as_str()),
        host_status(planned.host_status.as_ref()),
        planned.subscription
    )
}

/// What to type.
pub fn type_this(text: &str) -> String {
    format!("Type {text} here, in upper or lower case.")
}

/// How far an act has come.
pub fn sessions_done(done: usize, total: usize) -> String {
    format!("{done} of {} done", counted(total, "session", "sessions"))
}

/// An act begins.
pub fn begins(kind: Kind, count: usize) -> String {
    let sessions = counted(count, "session", "sessions");
    match kind {
        Kind::LogOff => format!("Logging off {sessions}…"),
        Kind::Disconnect => format!("Disconnecting {sessions}…"),
        Kind::SendMessage => format!("Sending a message to {sessions}…"),
    }
}

/// A watch begins.
pub fn watching(count: usize) -> String {
    format!("Watching {}…", counted(count, "session", "sessions"))
}

/// How many ended how: `2 gone, 1 still there.`
pub fn totals(totals: &[(Option<Outcome>, usize)]) -> String {
    let parts: Vec<String> = totals
        .iter()
        .map(|(outcome, count)| {
            let word = outcome.map_or_else(
                || "not yet heard of".to_owned(),
                |outcome| outcome.word().replace('-', " "),
            );
            format!("{count} {word}")
        })
        .collect();
    format!("{}.", parts.join(", "))
}

/// One line of the receipt.
pub fn record(record: &Record) -> String {
    format!(
        "{} · {} · {} · session {}",
        record.user, record.host_pool, record.session_host, record.session_id
    )
}

/// The line under it.
pub fn record_facts(record: &Record, confirmed: &str) -> String {
    let force = if record.force { " with force" } else { "" };
    let before = record.grace_minutes.map_or_else(String::new, |minutes| {
        format!(
            ", message {} before",
            counted(usize::from(minutes), "minute", "minutes")
        )
    });
    format!(
        "{}{force}{before} · {}, {}, confirmed {confirmed}",
        labels::act(record.act),
        word(&record.state),
        word(&record.application)
    )
}
