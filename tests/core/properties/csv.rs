//! The receipt as CSV: what a reader of RFC 4180 gets back is what was written, and no cell is a formula.

use avd_logoff::desk::act::{Kind, Message};
use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::receipt::{Operator, Receipt, Record};
use avd_logoff::desk::receipt_files::csv;
use proptest::prelude::*;
use time::{OffsetDateTime, UtcOffset};

use super::{holds, soup};

const PIECES: &[&str] = &[
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    ",",
    ";",
    " ",
    "'",
    "a",
    "1",
    "cmd|' /C calc'!A0",
    "\u{a0}",
    "=HYPERLINK(\"https://evil.example\")",
    "user0001@contoso.example",
    "\u{feff}",
    "ü",
];

/// How formulas begin.
const FORMULA: &str = "=+-@＝＋－＠";

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![4 => soup(PIECES, 5), 1 => any::<String>()]
}

fn record(texts: [String; 14], at: OffsetDateTime) -> Record {
    let [
        id,
        user,
        subscription,
        resource_group,
        host_pool,
        session_host,
        session_id,
        state,
        application,
        started,
        host_status,
        request_id,
        title,
        text,
    ] = texts;
    Record {
        id,
        user,
        subscription,
        resource_group,
        host_pool,
        session_host,
        session_id,
        state,
        application,
        started: Some(started),
        host_status: Some(host_status),
        act: Kind::SendMessage,
        force: false,
        message: Some(Message { title, text }),
        grace_minutes: None,
        warned: None,
        grace_over: false,
        intended_at: at,
        outcome: Some(Outcome::Gone),
        reason: None,
        outcome_at: Some(at),
        request_id: Some(request_id),
        correlation_id: None,
    }
}

/// Reads RFC 4180 strictly: quoted cells, commas, CRLF; `None` if the text is anything else.
fn read(text: &str) -> Option<Vec<Vec<String>>> {
    let mut rows = vec![Vec::new()];
    let mut rest = text.chars().peekable();
    while rest.peek().is_some() {
        if rest.next() != Some('"') {
            return None;
        }
        let mut cell = String::new();
        loop {
            match rest.next()? {
                '"' if rest.peek() == Some(&'"') => cell.push(rest.next()?),
                '"' => break,
                other => cell.push(other),
            }
        }
        rows.last_mut()?.push(cell);
        match rest.next()? {
            ',' => (),
            '\r' if rest.next() == Some('\n') => rows.push(Vec::new()),
            _ => return None,
        }
    }
    rows.pop()?.is_empty().then_some(rows)
}

#[test]
fn cells_come_back_as_they_were_and_none_is_a_formula() {
    let records = prop::collection::vec(prop::collection::vec(cell(), 14), 0..4);
    holds(1, (cell(), records), |(username, records)| {
        let at = OffsetDateTime::UNIX_EPOCH;
        let operator = Operator {
            username: username.clone(),
            ..Operator::default()
        };
        let mut receipt = Receipt::new(operator, UtcOffset::UTC);
        receipt.records = records
            .iter()
            .map(|texts| record(texts.clone().try_into().unwrap(), at))
            .collect();
        let text = csv(&receipt);
        let rows = text.strip_prefix('\u{feff}').and_then(read);
        prop_assert!(rows.is_some(), "not RFC 4180: {:?}", text);
        let rows = rows.unwrap();
        let (head, rows) = rows.split_first().unwrap();
        prop_assert_eq!(rows.len(), records.len());
        for (row, texts) in rows.iter().zip(&records) {
            prop_assert_eq!(row.len(), head.len());
            for cell in row {
                let safe =
                    !cell.trim_start().starts_with(|c| FORMULA.contains(c)) && !cell.starts_with(['\t', '\r', '\n']);
                prop_assert!(safe, "a formula: {:?}", cell);
            }
            let named = [
                ("operator", &username),
                ("resourceId", &texts[0]),
                ("user", &texts[1]),
                ("subscription", &texts[2]),
                ("resourceGroup", &texts[3]),
                ("hostPool", &texts[4]),
                ("sessionHost", &texts[5]),
                ("sessionId", &texts[6]),
                ("state", &texts[7]),
                ("application", &texts[8]),
                ("started", &texts[9]),
                ("hostStatus", &texts[10]),
                ("requestId", &texts[11]),
                ("messageTitle", &texts[12]),
                ("message", &texts[13]),
            ];
            for (column, written) in named {
                let at = head.iter().position(|name| name == column).unwrap();
                // An apostrophe is put before what would be a formula, and before nothing else.
                let plain = row[at] == *written;
                let guarded = row[at].strip_prefix('\'') == Some(written)
                    && written.starts_with(|c: char| c.is_whitespace() || FORMULA.contains(c));
                prop_assert!(plain || guarded, "{}: {:?} became {:?}", column, written, row[at]);
            }
        }
        Ok(())
    });
}
