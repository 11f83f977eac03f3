//! What a page sees through the browser's rules.

use crate::support::*;
use azure_simulator::scenario::OPERATOR;
use azure_simulator::{CorsSettings, Operation};

const SUBS: &str = "/subscriptions?api-version=2022-12-01";

#[test]
fn a_page_asks_beforehand_and_the_browser_remembers() {
    let mut desk = company().signed_in(OPERATOR);
    assert_eq!(desk.fetch("GET", SUBS).unwrap().status(), 200);
    desk.fetch("GET", SUBS).unwrap();
    assert_eq!(desk.sim.recorded(Operation::Preflight).len(), 1);
    assert_eq!(desk.sim.record[0].origin.as_deref(), Some(origins().page.as_str()));
    desk.wait(3600);
    desk.become_person(OPERATOR, azure_simulator::TokenTraits::default());
    desk.fetch("GET", SUBS).unwrap();
    assert_eq!(desk.sim.recorded(Operation::Preflight).len(), 2);
}

#[test]
fn headers_are_hidden_unless_exposed() {
    let mut desk = company().signed_in(OPERATOR);
    let hidden = desk.fetch("GET", SUBS).unwrap();
    assert_eq!(header(&hidden, "x-ms-request-id"), None);
    assert!(header(&hidden, "content-type").is_some());
    desk.sim.cors = CorsSettings::exposing_everything_useful();
    let shown = desk.fetch("GET", SUBS).unwrap();
    assert!(header(&shown, "x-ms-request-id").is_some());
    desk.sim.cors.exposed = vec!["Retry-After".to_owned()];
    assert_eq!(header(&desk.fetch("GET", SUBS).unwrap(), "x-ms-request-id"), None);
}

#[test]
fn without_cors_headers_a_page_sees_nothing() {
    let mut desk = company().signed_in(OPERATOR);
    desk.sim.cors.enabled = false;
    assert!(desk.fetch("GET", SUBS).is_err());
    assert_eq!(desk.sim.record.len(), 1, "the preflight failed, so nothing was sent");
}

#[test]
fn errors_can_be_read_too() {
    let mut desk = company();
    desk.token = "made-up".to_owned();
    assert_eq!(desk.fetch("GET", SUBS).unwrap().status(), 401);
}

#[test]
fn another_origin_gets_no_answer_and_the_record_shows_the_token() {
    let mut desk = company().signed_in(OPERATOR);
    let request = http::Request::get("https://elsewhere.example/x").header("authorization", "Bearer x");
    assert!(desk.sim.fetch(START, request.body(Vec::new()).unwrap()).result.is_err());
    let entry = desk.sim.record.last().unwrap();
    assert_eq!(entry.face, azure_simulator::Face::Elsewhere);
}

#[test]
fn login_pages_are_not_for_fetch() {
    let mut desk = company();
    let request = http::Request::get(authorize_url(&[])).body(Vec::new()).unwrap();
    assert!(desk.sim.fetch(START, request).result.is_err());
}
