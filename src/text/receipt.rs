//! The receipt as text for a ticket, plain or as Markdown.

use time::{OffsetDateTime, UtcOffset};

use super::labels;
use super::outcome::{outcome, warned};
use super::times::{local_time, utc_time};
use crate::desk::act::Kind;
use crate::desk::receipt::{Receipt, Record};

const TITLE: &str = "AVD Log off: receipt";

/// As plain text.
pub fn receipt_text(receipt: &Receipt) -> String {
    let mut lines = vec![TITLE.to_owned()];
    lines.extend(
        head(receipt)
            .into_iter()
            .map(|(name, value)| format!("{name}: {value}")),
    );
    for (number, record) in receipt.records.iter().enumerate() {
        lines.push(String::new());
        lines.push(format!("{}. {}", number + 1, sentence(record, receipt.offset())));
        lines.extend(
            facts(record, receipt.offset())
                .into_iter()
                .map(|(name, value)| format!("   {name}: {value}")),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}

/// As Markdown. What came from Azure stands in code spans, so that no name can become markup.
pub fn receipt_markdown(receipt: &Receipt) -> String {
    let mut lines = vec![format!("## {TITLE}"), String::new()];
    lines.extend(
        head(receipt)
            .into_iter()
            .map(|(name, value)| format!("- {name}: {}", code(&value))),
    );
    for (number, record) in receipt.records.iter().enumerate() {
        lines.push(String::new());
        lines.push(format!("### {}. {}", number + 1, word(record)));
        lines.push(String::new());
        lines.extend(
            facts(record, receipt.offset())
                .into_iter()
                .map(|(name, value)| format!("- {name}: {}", code(&value))),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}

fn head(receipt: &Receipt) -> Vec<(&'static str, String)> {
    vec![
        ("Operator", receipt.operator.username.clone()),
        ("Tenant", receipt.operator.tenant_id.clone()),
        ("Cloud", receipt.operator.cloud.clone()),
    ]
}

fn word(record: &Record) -> &'static str {
    record.outcome.map_or("nothing heard yet", |outcome| outcome.word())
}

fn sentence(record: &Record, offset: UtcOffset) -> String {
    match outcome(record, offset) {
        Some(text) => format!("{}: {}", word(record), text.sentence),
        None => word(record).to_owned(),
    }
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// What was to be done, with all that goes with it.
fn act(record: &Record) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Act", labels::act(record.act).to_owned())];
    if record.act == Kind::LogOff {
        facts.push(("Force", yes_or_no(record.force)));
        let before = match (record.grace_minutes, warned(record)) {
            (None, _) => "no".to_owned(),
            (Some(minutes), None) => format!("yes, {minutes} min before"),
            (Some(minutes), Some((what, _))) => format!("yes, {minutes} min before. {what}"),
        };
        facts.push(("Message before", before));
    }
    if let Some(message) = &record.message {
        facts.push(("Title of the message", message.title.clone()));
        facts.push(("Message", message.text.clone()));
    }
    facts
}

fn facts(record: &Record, offset: UtcOffset) -> Vec<(&'static str, String)> {
    let both = |at: OffsetDateTime| format!("{} ({})", local_time(at, offset), utc_time(at));
    let mut facts = vec![
        ("User", record.user.clone()),
        ("Host pool", record.host_pool.clone()),
        ("Session host", record.session_host.clone()),
        ("Session ID", record.session_id.clone()),
        ("Subscription", record.subscription.clone()),
        ("Resource group", record.resource_group.clone()),
        ("State before", record.state.clone()),
        ("Type", record.application.clone()),
        ("Started", record.started.clone().unwrap_or_else(|| "not known".into())),
    ];
    facts.extend(act(record));
    facts.push(("Confirmed", both(record.intended_at)));
    facts.push(("Outcome", word(record).to_owned()));
    if let Some(at) = record.outcome_at {
        facts.push(("Seen", both(at)));
    }
    if let Some(status) = &record.host_status {
        facts.push(("Host status", status.clone()));
    }
    for (name, value) in [
        ("Request id", &record.request_id),
        ("Correlation id", &record.correlation_id),
    ] {
        if let Some(value) = value {
            facts.push((name, value.clone()));
        }
    }
    facts.push(("Resource", record.id.clone()));
    facts
}

/// A Markdown code span, with a fence longer than any run of backticks inside.
fn code(value: &str) -> String {
    let plain: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = plain.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 {
        format!("`{plain}`")
    } else {
        format!("{fence} {plain} {fence}")
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn no_name_becomes_markup() {
        assert_eq!(code("a*b_c"), "`a*b_c`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(code("a\nb"), "`a b`");
    }
}
