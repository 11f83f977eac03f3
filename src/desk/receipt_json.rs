//! The receipt as JSON for machines, in a form that stays as it is however the program changes inside.
//! `static/receipt.schema.json` describes it; a test keeps the two together.

use serde::Serialize;
use time::{OffsetDateTime, UtcOffset};

use super::act::{Kind, Message};
use super::outcome::{Outcome, Reason};
use super::receipt::{Operator, Receipt, Record, Warned};

/// Name and number of the form.
const FORMAT: &str = "avd-logoff.receipt.1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    format: &'static str,
    operator: &'a Operator,
    records: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    act: Kind,
    force: bool,
    message: Option<&'a Message>,
    message_before: Option<Before<'a>>,
    id: &'a str,
    user: &'a str,
    subscription: &'a str,
    resource_group: &'a str,
    host_pool: &'a str,
    session_host: &'a str,
    session_id: &'a str,
    state: &'a str,
    application: &'a str,
    started: Option<&'a str>,
    host_status: Option<&'a str>,
    #[serde(with = "time::serde::rfc3339")]
    intended_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    intended_at_local: OffsetDateTime,
    outcome: Option<Outcome>,
    #[serde(with = "time::serde::rfc3339::option")]
    outcome_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    outcome_at_local: Option<OffsetDateTime>,
    reason: Option<Why<'a>>,
    request_id: Option<&'a str>,
    correlation_id: Option<&'a str>,
}

/// The message before a log off.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Before<'a> {
    grace_minutes: u8,
    outcome: Option<&'static str>,
    reason: Option<Why<'a>>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Why<'a> {
    what: &'static str,
    status: Option<u16>,
    code: Option<&'a str>,
    text: Option<&'a str>,
    action: Option<&'a str>,
    scope: Option<&'a str>,
}

/// The whole receipt.
pub fn json(receipt: &Receipt) -> String {
    let offset = receipt.offset();
    let document = Document {
        format: FORMAT,
        operator: &receipt.operator,
        records: receipt.records.iter().map(|record| entry(record, offset)).collect(),
    };
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn entry(record: &Record, offset: UtcOffset) -> Entry<'_> {
    let utc = |at: OffsetDateTime| at.to_offset(UtcOffset::UTC);
    let local = |at: OffsetDateTime| at.to_offset(offset);
    Entry {
        act: record.act,
        force: record.force,
        message: record.message.as_ref(),
        message_before: record.grace_minutes.map(|grace_minutes| before(grace_minutes, record)),
        id: &record.id,
        user: &record.user,
        subscription: &record.subscription,
        resource_group: &record.resource_group,
        host_pool: &record.host_pool,
        session_host: &record.session_host,
        session_id: &record.session_id,
        state: &record.state,
        application: &record.application,
        started: record.started.as_deref(),
        host_status: record.host_status.as_deref(),
        intended_at: utc(record.intended_at),
        intended_at_local: local(record.intended_at),
        outcome: record.outcome,
        outcome_at: record.outcome_at.map(utc),
        outcome_at_local: record.outcome_at.map(local),
        reason: record.reason.as_ref().map(why),
        request_id: record.request_id.as_deref(),
        correlation_id: record.correlation_id.as_deref(),
    }
}

fn before(grace_minutes: u8, record: &Record) -> Before<'_> {
    let reason = match &record.warned {
        Some(Warned::Failed(reason)) => reason.as_ref().map(why),
        _ => None,
    };
    Before {
        grace_minutes,
        outcome: record.warned.as_ref().map(Warned::word),
        reason,
    }
}

fn why(reason: &Reason) -> Why<'_> {
    let plain = |what| Why { what, ..Why::default() };
    match reason {
        Reason::Arm(error) => Why {
            what: "azure",
            status: error.status,
            code: error.code.as_deref(),
            text: error.message.as_deref(),
            action: Some(&error.needs.action),
            scope: Some(&error.needs.scope),
        },
        Reason::DeniedButListed => plain("denied-but-listed"),
        Reason::Interrupted => plain("interrupted"),
        Reason::NotActive => plain("not-active"),
        Reason::SeenDisconnected => plain("seen-disconnected"),
        Reason::CameBack(started) => Why {
            text: Some(started),
            ..plain("came-back")
        },
    }
}
