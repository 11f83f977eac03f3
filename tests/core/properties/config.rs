//! `config.json`: any text is read, or every fault in it is told with the place where it is.

use avd_logoff::config::{Config, Expected};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{holds, soup};

const KEYS: &[&str] = &[
    "clientId",
    "tenant",
    "cloud",
    "subscriptions",
    "signIn",
    "tokenCache",
    "declareClientCapabilities",
    "apiVersion",
    "serverFilter",
    "allowedParents",
    "protectedUsers",
    "allowSkippingConfirmation",
    "$schema",
    "name",
    "authorityHost",
    "resourceManager",
    "scope",
    "odd key",
    "",
    "a.b",
    "a[0]",
    "ü",
    "\"",
    "]",
];

const TEXTS: &[&str] = &[
    "11111111-2222-3333-4444-555555555555",
    "organizations",
    "contoso.example",
    "public",
    "china",
    "redirect",
    "popup",
    "memory",
    "session",
    "auto",
    "never",
    "2024-04-03",
    "2024-04-03-preview",
    "https://portal.contoso.example",
    "http://localhost:1",
    "http://contoso.example",
    "https://a@b",
    "*@contoso.example",
    "board-*",
    " ",
    "",
    "-",
    "https://management.example/user_impersonation",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        2 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        6 => select(TEXTS).prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 32, 12, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            2 => prop::collection::hash_map(select(KEYS).prop_map(str::to_owned), inner, 0..12)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A good configuration with some of its values changed.
fn nearly_good() -> impl Strategy<Value = Value> {
    let changes = prop::collection::vec((select(KEYS), value()), 0..4);
    (changes, any::<bool>()).prop_map(|(changes, in_cloud)| {
        let mut good = json!({
            "clientId": "11111111-2222-3333-4444-555555555555", "tenant": "contoso.example",
            "cloud": { "name": "Lab", "authorityHost": "https://login.example", "resourceManager": "https://management.example" },
            "allowedParents": ["https://portal.contoso.example"], "protectedUsers": ["board-*@contoso.example"]
        });
        for (key, value) in changes {
            let place = if in_cloud { &mut good["cloud"] } else { &mut good };
            place[key] = value;
            if !good["cloud"].is_object() {
                break;
            }
        }
        good
    })
}

/// The value at a path such as `$.cloud["odd key"][1]`: `Err` if it is no path, `Ok(None)` if nothing is there.
fn at<'a>(path: &str, root: &'a Value) -> Result<Option<&'a Value>, String> {
    let mut rest = path.strip_prefix('$').ok_or("no $")?;
    let mut place = Some(root);
    while !rest.is_empty() {
        if let Some(key) = rest.strip_prefix('.') {
            let end = key.find(['.', '[']).unwrap_or(key.len());
            place = place.and_then(|value| value.get(&key[..end]));
            rest = &key[end..];
        } else {
            let inside = rest.strip_prefix('[').ok_or("neither . nor [")?;
            let mut read = serde_json::Deserializer::from_str(inside).into_iter::<Value>();
            let step = read.next().and_then(Result::ok).ok_or("no step")?;
            rest = inside[read.byte_offset()..].strip_prefix(']').ok_or("no ]")?;
            place = place.and_then(|value| match &step {
                Value::String(key) => value.get(key),
                step => value.get(usize::try_from(step.as_u64()?).ok()?),
            });
        }
    }
    Ok(place)
}

#[test]
fn each_fault_of_a_configuration_names_its_place() {
    holds(4, prop_oneof![nearly_good(), value()], |value| {
        let Err(errors) = Config::parse(&value.to_string()) else {
            return Ok(());
        };
        prop_assert!(!errors.is_empty());
        for (number, error) in errors.iter().enumerate() {
            let found = at(&error.path, &value);
            prop_assert!(found.is_ok(), "{:?}: {:?}", error.path, found);
            let missing = error.expected == Expected::Present;
            prop_assert_eq!(found.unwrap().is_none(), missing, "{:?} in {}", error, value);
            prop_assert!(!errors[..number].contains(error), "told twice: {:?}", error);
        }
        Ok(())
    });
}

#[test]
fn what_is_accepted_is_what_was_written() {
    holds(2, nearly_good(), |value| {
        if let Ok(config) = Config::parse(&value.to_string()) {
            prop_assert!(
                config
                    .client_id
                    .eq_ignore_ascii_case(value["clientId"].as_str().unwrap())
            );
            prop_assert_eq!(Some(&*config.tenant), value["tenant"].as_str());
            prop_assert_eq!(
                config.allow_skipping_confirmation,
                value["allowSkippingConfirmation"].as_bool().unwrap_or(false)
            );
            let parents: Vec<&str> = config.allowed_parents.iter().map(|origin| origin.as_str()).collect();
            prop_assert!(
                parents
                    .iter()
                    .all(|parent| !parent.ends_with('/') && parent.contains("://"))
            );
            let known = value
                .as_object()
                .unwrap()
                .keys()
                .all(|key| KEYS[..13].contains(&&**key));
            prop_assert!(known, "an unknown key is accepted");
        }
        Ok(())
    });
}

#[test]
fn text_that_is_no_json_is_told_with_its_line() {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        "\"clientId\"",
        ":",
        ",",
        "\"x\"",
        "null",
        "\n",
        " ",
        "\u{feff}",
        "1e999",
        "\\u",
        "//",
    ];
    holds(4, prop_oneof![soup(PIECES, 10), any::<String>()], |text| {
        let Err(errors) = Config::parse(&text) else {
            return Err(TestCaseError::fail("accepted"));
        };
        // Editors write a byte order mark, and are not to be blamed for it.
        let json = serde_json::from_str::<Value>(text.strip_prefix('\u{feff}').unwrap_or(&text)).is_ok();
        for error in &errors {
            prop_assert!(error.path.starts_with('$'), "{:?}", error);
            prop_assert_eq!(
                matches!(error.expected, Expected::Json { .. }),
                !json,
                "{:?} of {:?}",
                error,
                text
            );
        }
        prop_assert!(!errors.is_empty() && (json || errors.len() == 1));
        Ok(())
    });
}
