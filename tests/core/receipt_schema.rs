//! The published schema of the receipt against receipts of every kind. The little that it uses of JSON Schema is
//! understood here; a keyword that is not makes the test fail.

use avd_logoff::desk::act::{Act, Message, Warning};
use avd_logoff::desk::carry_out::Control;
use avd_logoff::desk::receipt::Receipt;
use avd_logoff::desk::receipt_json::json;
use azure_simulator::{Fault, FaultAction, Operation};
use serde_json::Value;

use crate::support::Lab;
use crate::support::bench::{OPERATOR, USER};

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/static/receipt.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Why `value` is not what `rule` says; `None` if it is.
fn fault(root: &Value, rule: &Value, value: &Value) -> Option<String> {
    let rules = rule.as_object().expect("a rule is an object");
    rules.iter().find_map(|(keyword, wanted)| {
        let broken = |what: &str| Some(format!("{what}: {value} against {keyword} {wanted}"));
        match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => None,
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                fault(root, &root["$defs"][name], value)
            }
            "type" => {
                let is = |name: &Value| match name.as_str().unwrap() {
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64(),
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "null" => value.is_null(),
                    other => panic!("unknown type {other}"),
                };
                let fits = wanted
                    .as_array()
                    .map_or_else(|| is(wanted), |types| types.iter().any(is));
                if fits { None } else { broken("another type") }
            }
            "enum" => (!wanted.as_array().unwrap().contains(value))
                .then(|| broken("not listed"))
                .flatten(),
            "const" => (wanted != value).then(|| broken("not the same")).flatten(),
            "minimum" => value
                .as_i64()
                .filter(|v| *v < wanted.as_i64().unwrap())
                .and_then(|_| broken("too small")),
            "maximum" => value
                .as_i64()
                .filter(|v| *v > wanted.as_i64().unwrap())
                .and_then(|_| broken("too large")),
            "format" => {
                let text = value.as_str()?;
                time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
                    .err()
                    .and_then(|_| broken("no time"))
            }
            "oneOf" => {
                let fitting = wanted
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|one| fault(root, one, value).is_none());
                (fitting.count() != 1).then(|| broken("not exactly one")).flatten()
            }
            "required" => wanted.as_array().unwrap().iter().find_map(|name| {
                let missing = value.as_object()?.get(name.as_str().unwrap()).is_none();
                missing.then(|| format!("{name} is missing"))
            }),
            "additionalProperties" => {
                assert_eq!(wanted, false);
                let known = rule["properties"].as_object().unwrap();
                let unknown = value.as_object()?.keys().find(|key| !known.contains_key(*key))?;
                Some(format!("{unknown} is not described"))
            }
            "properties" => wanted.as_object().unwrap().iter().find_map(|(name, rule)| {
                let found = value.as_object()?.get(name)?;
                fault(root, rule, found).map(|fault| format!("{name}: {fault}"))
            }),
            "items" => value.as_array()?.iter().find_map(|item| fault(root, wanted, item)),
            other => panic!("unknown keyword {other}"),
        }
    })
}

fn check(receipt: &Receipt) -> Value {
    let value: Value = serde_json::from_str(&json(receipt)).unwrap();
    let schema = schema();
    assert_eq!(fault(&schema, &schema, &value), None);
    value
}

fn message() -> Message {
    Message {
        title: "Title".into(),
        text: "Text".into(),
    }
}

fn receipt_of(act: Act, prepare: impl FnOnce(&Lab)) -> Receipt {
    let lab = Lab::new();
    lab.session(USER);
    let arm = lab.bench.arm(OPERATOR);
    let findings = lab.bench.find(&arm, USER);
    prepare(&lab);
    lab.bench
        .do_until(&arm, findings.rows(), act, &Control::default(), |_| ())
        .1
}

#[test]
fn receipts_of_every_act_are_as_described() {
    let warned = Act::LogOff {
        force: true,
        warning: Some(Warning {
            message: message(),
            grace_minutes: 0,
        }),
    };
    for act in [
        Act::log_off(false),
        warned,
        Act::Disconnect,
        Act::SendMessage(message()),
    ] {
        let value = check(&receipt_of(act, |_| ()));
        assert_eq!(value["records"].as_array().unwrap().len(), 1);
    }
    check(&Receipt::default());
}

#[test]
fn reasons_are_as_described() {
    let refused = check(&receipt_of(Act::log_off(false), |lab| {
        let refusal = crate::log_off::refusal(403, "AuthorizationFailed");
        lab.bench.fault(Fault::once(refusal).on(Operation::UserSessionsDelete));
    }));
    assert_eq!(refused["records"][0]["reason"]["what"], "azure");
    assert_eq!(refused["records"][0]["reason"]["status"], 403);
    let lost = check(&receipt_of(Act::SendMessage(message()), |lab| {
        lab.bench
            .fault(Fault::once(FaultAction::LoseAfter).on(Operation::UserSessionsSendMessage));
    }));
    assert_eq!(lost["records"][0]["outcome"], "unknown");
    let mut untold = receipt_of(Act::log_off(false), |_| ());
    untold.records[0].outcome = None;
    check(&untold);
}

#[test]
fn what_is_not_described_is_noticed() {
    let schema = schema();
    let good: Value = serde_json::from_str(&json(&receipt_of(Act::Disconnect, |_| ()))).unwrap();
    let spoiled = |spoil: fn(&mut Value)| {
        let mut value = good.clone();
        spoil(&mut value);
        fault(&schema, &schema, &value)
    };
    assert!(spoiled(|v| v["records"][0]["act"] = "reboot".into()).is_some());
    assert!(spoiled(|v| v["records"][0]["more"] = true.into()).is_some());
    assert!(spoiled(|v| v["records"][0]["intendedAt"] = "today".into()).is_some());
    assert!(spoiled(|v| drop(v["records"][0].as_object_mut().unwrap().remove("user"))).is_some());
}
