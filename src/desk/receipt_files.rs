//! The receipt as CSV for spreadsheets, and the names of its files.
//!
//! Column and field names are part of a format, not words for people, so they stand here and stay as they are.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::act::{Kind, Message};
use super::receipt::{Receipt, Record, Warned};

const COLUMNS: [&str; 29] = [
    "operator",
    "tenantId",
    "cloud",
    "user",
    "hostPool",
    "sessionHost",
    "sessionId",
    "subscription",
    "resourceGroup",
    "state",
    "application",
    "started",
    "hostStatus",
    "act",
    "force",
    "messageTitle",
    "message",
    "graceMinutes",
    "messageBefore",
    "intendedAtUtc",
    "intendedAtLocal",
    "outcome",
    "reason",
    "outcomeAtUtc",
    "outcomeAtLocal",
    "requestId",
    "correlationId",
    "status",
    "resourceId",
];

/// As CSV: RFC 4180 with CRLF, led by a byte order mark so that spreadsheets read names as UTF-8.
pub fn csv(receipt: &Receipt) -> String {
    let mut text = String::from('\u{feff}');
    text.push_str(&line(COLUMNS.map(str::to_owned)));
    for record in &receipt.records {
        text.push_str(&line(row(receipt, record)));
    }
    text
}

/// A file name without anybody's name in it: `avd-log-off-20261120-130305Z.csv`.
pub fn file_name(receipt: &Receipt, extension: &str) -> String {
    let newest = receipt.records.iter().map(|record| record.intended_at).max();
    let format = format_description!("[year][month][day]-[hour][minute][second]Z");
    let time = newest
        .and_then(|at| at.to_offset(UtcOffset::UTC).format(format).ok())
        .unwrap_or_default();
    format!("avd-log-off-{time}.{extension}")
}

fn row(receipt: &Receipt, record: &Record) -> [String; 29] {
    let utc = |at: Option<OffsetDateTime>| time_text(at, UtcOffset::UTC);
    let local = |at: Option<OffsetDateTime>| time_text(at, receipt.offset());
    let message = |read: fn(&Message) -> &String| record.message.as_ref().map(read).cloned().unwrap_or_default();
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let (reason, status) = match &record.reason {
        Some(super::outcome::Reason::Arm(error)) => (
            error.code.clone().unwrap_or_else(|| format!("{:?}", error.kind)),
            error.status.map(|status| status.to_string()).unwrap_or_default(),
        ),
        Some(other) => (format!("{other:?}"), String::new()),
        None => (String::new(), String::new()),
    };
    [
        receipt.operator.username.clone(),
        receipt.operator.tenant_id.clone(),
        receipt.operator.cloud.clone(),
        record.user.clone(),
        record.host_pool.clone(),
        record.session_host.clone(),
        record.session_id.clone(),
        record.subscription.clone(),
        record.resource_group.clone(),
        record.state.clone(),
        record.application.clone(),
        given(&record.started),
        given(&record.host_status),
        word(record.act),
        record.force.to_string(),
        message(|message| &message.title),
        message(|message| &message.text),
        record
            .grace_minutes
            .map(|minutes| minutes.to_string())
            .unwrap_or_default(),
        record.warned.as_ref().map(Warned::word).unwrap_or_default().to_owned(),
        utc(Some(record.intended_at)),
        local(Some(record.intended_at)),
        record
            .outcome
            .map(|outcome| outcome.word().to_owned())
            .unwrap_or_default(),
        reason,
        utc(record.outcome_at),
        local(record.outcome_at),
        given(&record.request_id),
        given(&record.correlation_id),
        status,
        record.id.clone(),
    ]
}

/// The word for an act, as in the JSON.
fn word(act: Kind) -> String {
    let value = serde_json::to_value(act).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn time_text(at: Option<OffsetDateTime>, offset: UtcOffset) -> String {
    at.and_then(|at| at.to_offset(offset).format(&Rfc3339).ok())
        .unwrap_or_default()
}

fn line<const N: usize>(cells: [String; N]) -> String {
    let mut text = cells.map(|cell| quoted(&cell)).join(",");
    text.push_str("\r\n");
    text
}

/// How a formula begins: OWASP, "CSV Injection". The full-width forms are read as the others are where Excel is set to
/// Japanese (OWASP/www-community #1088).
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A cell in quotation marks. A text that a spreadsheet would take for a formula gets an apostrophe before it, and so
/// does one that begins with a tab or a line break (OWASP again).
fn quoted(cell: &str) -> String {
    let formula = cell.trim_start().starts_with(FORMULA) || cell.starts_with(['\t', '\r', '\n']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::{Receipt, csv, file_name, quoted};

    #[test]
    fn no_cell_becomes_a_formula_or_breaks_out() {
        for (cell, safe) in [
            ("plain", "\"plain\""),
            ("=1+1", "\"'=1+1\""),
            ("+x", "\"'+x\""),
            ("-x", "\"'-x\""),
            ("@x", "\"'@x\""),
            ("  =x", "\"'  =x\""),
            ("＝1＋1", "\"'＝1＋1\""),
            ("＋x", "\"'＋x\""),
            ("－x", "\"'－x\""),
            ("＠x", "\"'＠x\""),
            ("\u{3000}＝x", "\"'\u{3000}＝x\""),
            ("\tx", "\"'\tx\""),
            ("a\"b,c", "\"a\"\"b,c\""),
        ] {
            assert_eq!(quoted(cell), safe);
        }
    }

    #[test]
    fn empty_receipts_are_still_files() {
        let receipt = Receipt::default();
        assert_eq!(csv(&receipt).lines().count(), 1);
        assert_eq!(file_name(&receipt, "csv"), "avd-log-off-.csv");
    }
}
