//! The life of sessions: letter cases, log off, lingering, ghosts, force, ids taken over, users who come back.

use crate::support::*;
use azure_simulator::Operation;
use azure_simulator::scenario::{COMES_BACK, GHOST, MANY_SESSIONS, OPERATOR, SLOW, STUCK};
use azure_simulator::world::{Behaviour, EndReason, Event, SessionKey, SessionState};
use serde_json::json;

fn of(desk: &Desk, upn: &str) -> (SessionKey, String) {
    let world = &desk.sim.world;
    let key = world.sessions_of(upn)[0].key;
    (key, format!("{}?api-version={AVD}", world.session_id(key)))
}

fn delete(desk: &mut Desk, at: &str) -> u16 {
    desk.raw("DELETE", at, &[], "").status().as_u16()
}

fn state(desk: &mut Desk, at: &str) -> String {
    desk.get(at).1["properties"]["sessionState"]
        .as_str()
        .unwrap_or("gone")
        .to_owned()
}

#[test]
fn ids_and_names_have_the_letter_cases_of_the_service() {
    let mut desk = company().signed_in(OPERATOR);
    let (_, at) = of(&desk, MANY_SESSIONS);
    let (_, row) = desk.get(&at);
    let id = row["id"].as_str().unwrap();
    let parts: Vec<_> = id.split('/').collect();
    assert_eq!(
        [parts[3], parts[6], parts[7], parts[9], parts[11]],
        [
            "resourcegroups",
            "Microsoft.DesktopVirtualization",
            "hostpools",
            "sessionhosts",
            "usersessions"
        ]
    );
    assert_eq!(row["name"], json!(format!("{}/{}/{}", parts[8], parts[10], parts[12])));
    assert_eq!(row["properties"]["objectId"], "00000000-0000-0000-0000-000000000000");
    let created = row["properties"]["createTime"].as_str().unwrap();
    assert_eq!(created.len(), "2008-09-22T14:01:54.9571247Z".len());
}

#[test]
fn only_the_host_minds_its_case() {
    let mut desk = company().signed_in(OPERATOR);
    let (_, at) = of(&desk, MANY_SESSIONS);
    let (head, rest) = at.split_once("/sessionhosts/").unwrap();
    assert_eq!(desk.get(&format!("{}/SESSIONHOSTS/{rest}", head.to_uppercase())).0, 200);
    let host = rest.split('/').next().unwrap();
    let (status, body) = desk.get(&at.replace(host, &host.to_lowercase()));
    assert_eq!(status, 404);
    let message = body["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("ActivityId: ") && message.ends_with("Error: User session ID not found"),
        "{message}"
    );
    assert_eq!(delete(&mut desk, &at.replace(host, &host.to_lowercase())), 404);
}

#[test]
fn segments_are_decoded() {
    let mut desk = company().signed_in(OPERATOR);
    let pool = desk.sim.world.pool_named("HP CAD Design").unwrap().key;
    let at = format!("{}/userSessions?api-version={AVD}", desk.sim.world.pool_id(pool)).replace(' ', "%20");
    assert_eq!(desk.all(&at).len(), 12);
}

#[test]
fn a_log_off_is_a_request_first_and_an_end_later() {
    let mut desk = company().signed_in(OPERATOR);
    let (key, at) = of(&desk, MANY_SESSIONS);
    assert_eq!(delete(&mut desk, &at), 200);
    assert_eq!(state(&mut desk, &at), "LogOff");
    assert_eq!(delete(&mut desk, &at), 200);
    assert_eq!(
        desk.sim
            .recorded(Operation::UserSessionsDelete)
            .iter()
            .map(|entry| entry.effect)
            .collect::<Vec<_>>(),
        [true, false]
    );
    desk.wait(3);
    assert_eq!(state(&mut desk, &at), "gone");
    assert_eq!(delete(&mut desk, &at), 404);
    let life = desk.sim.world.life(key).unwrap();
    assert_eq!(life.delete_requests.len(), 2);
    assert_eq!(life.ended.as_ref().unwrap().why, EndReason::LoggedOff);
    assert_eq!((life.ended.as_ref().unwrap().at - START).whole_seconds(), 3);
}

#[test]
fn the_statuses_of_a_delete_can_be_chosen() {
    let mut desk = company().signed_in(OPERATOR);
    desk.sim.world.switches.delete_status = 204;
    desk.sim.world.switches.delete_missing_status = 204;
    let (_, at) = of(&desk, MANY_SESSIONS);
    assert_eq!(delete(&mut desk, &at), 204);
    desk.wait(5);
    assert_eq!(delete(&mut desk, &at), 204);
    assert!(!desk.sim.record.last().unwrap().effect);
}

#[test]
fn a_ghost_stays_until_it_is_forced() {
    let mut desk = company().signed_in(OPERATOR);
    let (key, at) = of(&desk, GHOST);
    assert_eq!(delete(&mut desk, &at), 200);
    desk.wait(600);
    assert_eq!(state(&mut desk, &at), "Disconnected");
    assert_eq!(delete(&mut desk, &format!("{at}&force=true")), 200);
    assert_eq!(state(&mut desk, &at), "gone");
    assert_eq!(
        desk.sim.world.life(key).unwrap().ended.as_ref().unwrap().why,
        EndReason::Forced
    );
    assert_eq!(delete(&mut desk, &format!("{at}&force=perhaps")), 400);
}

#[test]
fn some_are_slow_stuck_or_immortal() {
    let mut desk = company().signed_in(OPERATOR);
    let (_, slow) = of(&desk, SLOW);
    let (_, stuck) = of(&desk, STUCK);
    let (immortal, undying) = of(&desk, MANY_SESSIONS);
    desk.sim.world.session_mut(immortal).unwrap().behaviour = Behaviour::Immortal;
    for at in [&slow, &stuck, &undying] {
        assert_eq!(delete(&mut desk, at), 200);
    }
    desk.wait(29);
    assert_eq!(state(&mut desk, &slow), "LogOff");
    desk.wait(1);
    assert_eq!(state(&mut desk, &slow), "gone");
    desk.wait(600);
    assert_eq!(state(&mut desk, &stuck), "LogOff");
    for at in [&stuck, &undying] {
        delete(&mut desk, &format!("{at}&force=true"));
    }
    assert_eq!(state(&mut desk, &stuck), "gone");
    assert_ne!(state(&mut desk, &undying), "gone");
}

#[test]
fn the_next_session_takes_the_lowest_free_id() {
    let mut desk = company().signed_in(OPERATOR);
    let (key, at) = of(&desk, MANY_SESSIONS);
    let (host, number) = {
        let session = desk.sim.world.session(key).unwrap();
        (session.host, session.number)
    };
    delete(&mut desk, &at);
    desk.wait(5);
    assert_eq!(state(&mut desk, &at), "gone");
    let next = desk
        .sim
        .world
        .add_session(host, "user0001@contoso.example", SessionState::Active, desk.now);
    assert_eq!(desk.sim.world.session(next).unwrap().number, number);
    let (_, row) = desk.get(&at);
    assert_eq!(row["properties"]["userPrincipalName"], "user0001@contoso.example");
}

#[test]
fn some_users_come_back() {
    let mut desk = company().signed_in(OPERATOR);
    let (key, at) = of(&desk, COMES_BACK);
    delete(&mut desk, &at);
    desk.wait(10);
    assert_eq!(state(&mut desk, &at), "gone");
    assert!(desk.sim.world.sessions_of(COMES_BACK).is_empty());
    desk.wait(1);
    desk.get(&at);
    let back = desk.sim.world.sessions_of(COMES_BACK);
    assert_eq!(back.len(), 1);
    assert_ne!(back[0].key, key);
    assert_eq!((back[0].created.unwrap() - START).whole_seconds(), 11);
}

#[test]
fn disconnect_and_message_reach_a_session() {
    let mut desk = company().signed_in(OPERATOR);
    let (key, at) = of(&desk, MANY_SESSIONS);
    let message = at.replace('?', "/sendMessage?");
    let body = r#"{"messageTitle":"Log off","messageBody":"In five minutes – ünïcode"}"#;
    let as_json = [("content-type", "application/json")];
    assert_eq!(desk.raw("POST", &message, &as_json, body).status(), 200);
    assert_eq!(
        desk.sim.world.session(key).unwrap().messages[0].body,
        "In five minutes – ünïcode"
    );
    assert_eq!(desk.sim.world.life(key).unwrap().messages[0].by, OPERATOR);
    assert_eq!(desk.raw("POST", &message, &as_json, "{").status(), 400);
    assert_eq!(
        desk.raw("POST", &message, &as_json, r#"{"messageBody":1}"#).status(),
        400
    );
    assert_eq!(
        desk.raw("POST", &message, &[("content-type", "text/plain")], body)
            .status(),
        415
    );
    assert_eq!(
        desk.raw("POST", &at.replace('?', "/disconnect?"), &[], "").status(),
        200
    );
    assert_eq!(state(&mut desk, &at), "Disconnected");
    assert_eq!(desk.raw("POST", &message, &as_json, body).status(), 200);
    assert_eq!(desk.sim.world.session(key).unwrap().messages.len(), 1, "nobody sees it");
    let (_, ghost) = of(&desk, GHOST);
    assert_eq!(
        desk.raw("POST", &ghost.replace('?', "/disconnect?"), &[], "").status(),
        400
    );
}

#[test]
fn events_happen_in_their_order() {
    let mut desk = company();
    let (key, _) = of(&desk, MANY_SESSIONS);
    let at = |seconds: i64| START + time::Duration::seconds(seconds);
    desk.sim.world.schedule(at(9), Event::EndSession(key));
    desk.sim
        .world
        .schedule(at(5), Event::SessionState(key, SessionState::Unknown));
    desk.sim
        .world
        .schedule(at(2), Event::SessionState(key, SessionState::Pending));
    desk.sim.world.advance(at(8));
    assert_eq!(
        desk.sim.world.session(key).unwrap().state,
        SessionState::Unknown,
        "the later one stands"
    );
    desk.sim.world.advance(at(60));
    assert_eq!(desk.sim.world.life(key).unwrap().ended.as_ref().unwrap().at, at(9));
}
