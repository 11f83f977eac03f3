//! The simulator's answers beside the official examples: the same keys, and the same types where neither side is null.

use crate::support::*;
use azure_simulator::scenario::{MANY_SESSIONS, READER};
use serde_json::Value;

fn official(text: &str) -> Value {
    let example: Value = serde_json::from_str(text).unwrap();
    example["responses"]["200"]["body"].clone()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Differences, by path. Tags are free, so their keys are not compared.
fn compare(at: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) if !at.ends_with(".tags") => {
            for key in theirs.keys().filter(|key| !ours.contains_key(*key)) {
                found.push(format!("{at}.{key} is missing"));
            }
            for (key, value) in ours {
                match theirs.get(key) {
                    Some(their) => compare(&format!("{at}.{key}"), value, their, found),
                    None => found.push(format!("{at}.{key} is ours alone")),
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            if let (Some(one), Some(their)) = (ours.first(), theirs.first()) {
                compare(&format!("{at}[]"), one, their, found);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        _ if kind(ours) != kind(theirs) => found.push(format!("{at} is {} and not {}", kind(ours), kind(theirs))),
        _ => {}
    }
}

fn same(ours: &Value, theirs: &str) {
    let mut found = Vec::new();
    compare("$", ours, &official(theirs), &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn answers_have_the_shape_of_the_official_examples() {
    let mut desk = company().signed_in(READER);
    let world = &desk.sim.world;
    let session = world.sessions_of(MANY_SESSIONS)[0];
    let (id, host) = (world.session_id(session.key), world.host_id(session.host));
    let pool = world.host(session.host).unwrap().pool;
    let (pool_id, group) = (world.pool_id(pool), world.pool(pool).unwrap().resource_group.clone());
    let subscription = format!("/subscriptions/{}", world.pool(pool).unwrap().subscription);
    let provider = "providers/Microsoft.DesktopVirtualization/hostPools";
    // Every row on one page: examples have no nextLink.
    let query = format!("?api-version={AVD}&pageSize=1000");
    let mut ask = |path: String| desk.get(&format!("{path}{query}")).1;
    same(&ask(id), include_str!("../../azure-examples/UserSession_Get.json"));
    same(
        &ask(format!("{host}/userSessions")),
        include_str!("../../azure-examples/UserSession_List.json"),
    );
    same(
        &ask(format!("{pool_id}/userSessions")),
        include_str!("../../azure-examples/UserSession_ListByHostPool.json"),
    );
    same(
        &ask(format!("{pool_id}/sessionHosts")),
        include_str!("../../azure-examples/SessionHost_List.json"),
    );
    same(
        &ask(format!("{subscription}/{provider}")),
        include_str!("../../azure-examples/HostPool_List.json"),
    );
    same(
        &ask(format!("{subscription}/resourceGroups/{group}/{provider}")),
        include_str!("../../azure-examples/HostPool_ListByResourceGroup.json"),
    );
}

#[test]
fn acts_answer_without_a_body() {
    for name in ["UserSession_Disconnect_Post", "UserSession_SendMessage_Post"] {
        let path = format!("{}/azure-examples/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let example: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(example["responses"]["200"], serde_json::json!({}));
    }
    let mut desk = company().signed_in(azure_simulator::scenario::OPERATOR);
    let world = &desk.sim.world;
    let at = format!(
        "{}/disconnect?api-version={AVD}",
        world.session_id(world.sessions_of(MANY_SESSIONS)[0].key)
    );
    assert!(desk.raw("POST", &at, &[], "").body().is_empty());
}
