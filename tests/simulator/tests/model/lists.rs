//! Lists: pages, links, filters, permissions, Resource Graph.

use crate::support::*;
use azure_simulator::FilterSupport;
use azure_simulator::scenario::{APOSTROPHE, GUEST, LIMITED_OPERATOR, OPERATOR, REFUSED_POOL, SUBSCRIPTIONS, UMLAUT};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use std::collections::BTreeSet;

fn office(desk: &Desk) -> String {
    let pool = desk.sim.world.pool_named("HP-Office").unwrap().key;
    format!("{}/userSessions?api-version={AVD}", desk.sim.world.pool_id(pool))
}

#[test]
fn pages_are_joined_by_absolute_links_and_hold_every_row_once() {
    let mut desk = company().signed_in(OPERATOR);
    let at = office(&desk);
    let (_, first) = desk.get(&at);
    assert_eq!(first["value"].as_array().unwrap().len(), 100);
    let link = first["nextLink"].as_str().unwrap();
    assert!(
        link.starts_with(&format!("{}/subscriptions/", origins().arm)) && link.contains("api-version="),
        "{link}"
    );
    let whole = desk.all(&format!("{at}&pageSize=1000"));
    let paged = desk.all(&format!("{at}&pageSize=7"));
    assert_eq!(whole, paged);
    let ids: BTreeSet<_> = whole.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), whole.len());
}

#[test]
fn what_ends_between_two_pages_hides_another_row_unless_pages_are_stable() {
    for (stable, hidden) in [(false, 1), (true, 0)] {
        let mut desk = company().signed_in(OPERATOR);
        desk.sim.world.switches.stable_pages = stable;
        let at = office(&desk);
        let whole = desk.all(&at);
        let (_, first) = desk.get(&at);
        let ended = first["value"][0]["id"].as_str().unwrap();
        let key = desk.sim.world.session_at(ended).unwrap().key;
        let now = desk.now;
        desk.sim.world.end_session(key, now);
        let link = first["nextLink"].as_str().unwrap();
        let rest = desk.all(link.strip_prefix(&origins().arm).unwrap());
        assert_eq!(rest.len() + 100 + hidden, whole.len(), "stable: {stable}");
    }
}

#[test]
fn skip_and_order_are_honoured_and_bad_numbers_refused() {
    let mut desk = company().signed_in(OPERATOR);
    let at = office(&desk);
    let whole = desk.all(&at);
    assert_eq!(desk.all(&format!("{at}&initialSkip=5")), whole[5..]);
    let mut reversed = desk.all(&format!("{at}&isDescending=true"));
    reversed.reverse();
    assert_eq!(reversed, whole);
    for wrong in ["pageSize=0", "pageSize=x", "initialSkip=-1", "$skipToken=x"] {
        assert_eq!(desk.get(&format!("{at}&{wrong}")).0, 400, "{wrong}");
    }
}

#[test]
fn the_filter_does_what_the_switch_says() {
    let mut desk = company().signed_in(OPERATOR);
    let at = office(&desk);
    let everybody = desk.all(&at).len();
    let filter = |text: &str| format!("{at}&$filter={}", utf8_percent_encode(text, NON_ALPHANUMERIC));
    let swapped = filter("userPrincipalName eq 'ÜBER.User@Contoso.example'");
    assert_eq!(desk.all(&swapped).len(), 1);
    desk.sim.world.switches.filter = FilterSupport::CaseSensitive;
    assert_eq!(desk.all(&swapped).len(), 0);
    assert_eq!(desk.all(&filter(&format!("userPrincipalName eq '{UMLAUT}'"))).len(), 1);
    desk.sim.world.switches.filter = FilterSupport::Ignored;
    assert_eq!(desk.all(&swapped).len(), everybody);
    desk.sim.world.switches.filter = FilterSupport::Refused;
    assert_eq!(desk.get(&swapped).0, 400);
    desk.sim.world.switches.filter = FilterSupport::Honoured;
    assert_eq!(desk.get(&filter("state eq 'active'")).0, 400);
}

#[test]
fn names_with_an_apostrophe_or_a_hash_can_be_filtered_when_encoded() {
    for (pool, upn) in [("HP-Warehouse", APOSTROPHE), ("HP-Contractors", GUEST)] {
        let mut desk = company().signed_in(OPERATOR);
        let key = desk.sim.world.pool_named(pool).unwrap().key;
        let text = format!("userPrincipalName eq '{}'", upn.replace('\'', "''"));
        let filter = utf8_percent_encode(&text, NON_ALPHANUMERIC);
        let at = format!(
            "{}/userSessions?api-version={AVD}&$filter={filter}",
            desk.sim.world.pool_id(key)
        );
        assert_eq!(desk.all(&at).len(), 1, "{upn}");
    }
}

#[test]
fn lists_of_pools_are_filtered_by_rights() {
    let mut desk = company().signed_in(OPERATOR);
    let third = format!("/subscriptions/{}", SUBSCRIPTIONS[2]);
    let list = format!("{third}/providers/Microsoft.DesktopVirtualization/hostPools?api-version={AVD}");
    let names: Vec<_> = desk
        .all(&list)
        .iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        names.contains(&REFUSED_POOL.to_owned()) && names.len() == 5,
        "{names:?}"
    );
    desk.sim
        .world
        .assignments
        .retain(|given| given.role != "AVD Host Pool Name Reader");
    assert_eq!(desk.all(&list).len(), 4);
    let group = format!(
        "{third}/resourceGroups/RG-AVD-PROJECTS/providers/Microsoft.DesktopVirtualization/hostPools?api-version={AVD}"
    );
    assert_eq!(desk.all(&group).len(), 3);
    let missing = group.replace("PROJECTS", "NOWHERE");
    assert!([403, 404].contains(&desk.get(&missing).0));
}

#[test]
fn permissions_tell_what_the_role_allows_at_a_scope() {
    let mut desk = company().signed_in(LIMITED_OPERATOR);
    let pool = desk.sim.world.pool_named("HP-Office").unwrap().key;
    let at = format!(
        "{}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01",
        desk.sim.world.pool_id(pool)
    );
    let rows = desk.all(&at);
    assert_eq!(rows.len(), 1);
    let actions = rows[0]["actions"].as_array().unwrap();
    assert!(actions.contains(&json!(
        "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/*"
    )));
    assert_eq!(rows[0]["notActions"], json!([]));
    desk.become_person(OPERATOR, azure_simulator::TokenTraits::default());
    assert_eq!(desk.all(&at).len(), 1);
    desk.sim.world.switches.permissions_need_right = true;
    assert_eq!(desk.get(&at).0, 403);
}

#[test]
fn resource_graph_gives_what_the_caller_may_read_page_by_page() {
    let mut desk = company().signed_in(OPERATOR);
    let query = "resources | where type =~ 'microsoft.desktopvirtualization/hostpools' | project id, name, kind = properties.hostPoolType | order by id asc";
    let mut names = Vec::new();
    let mut token = None;
    loop {
        let body = json!({ "query": query, "options": { "$top": 5, "$skipToken": token } }).to_string();
        let response = desk.raw(
            "POST",
            "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01",
            &[("content-type", "application/json")],
            &body,
        );
        assert_eq!(response.status(), 200);
        let answer = json(&response);
        assert_eq!(answer["totalRecords"], 16);
        names.extend(
            answer["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["name"].as_str().unwrap().to_owned()),
        );
        token = answer["$skipToken"].as_str().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(names.len(), 16);
    let response = desk.raw(
        "POST",
        "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01",
        &[("content-type", "application/json")],
        &json!({ "query": "resources | delete" }).to_string(),
    );
    assert_eq!(response.status(), 400);
}
