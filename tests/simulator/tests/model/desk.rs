//! The whole way once: sign in, list, log off, look again.

use crate::support::*;
use azure_simulator::Operation;
use azure_simulator::scenario::{MANY_SESSIONS, OPERATOR};

#[test]
fn an_operator_signs_in_finds_a_user_and_logs_the_sessions_off() {
    let mut desk = company();
    let code = desk.code(OPERATOR, &[]);
    let (status, tokens) = desk.redeem(&code, &[]);
    assert_eq!(status, 200, "{tokens}");
    desk.token = tokens["access_token"].as_str().unwrap().to_owned();

    let mut found = Vec::new();
    for subscription in desk.all("/subscriptions?api-version=2022-12-01") {
        let id = subscription["id"].as_str().unwrap().to_owned();
        let path = format!("{id}/providers/Microsoft.DesktopVirtualization/hostPools?api-version={AVD}");
        for pool in desk.all(&path) {
            let pool = pool["id"].as_str().unwrap().replace(' ', "%20");
            let (status, body) = desk.get(&format!("{pool}/userSessions?api-version={AVD}&pageSize=500"));
            if status == 403 {
                continue;
            }
            found.extend(body["value"].as_array().unwrap().clone().into_iter().filter(|row| {
                row["properties"]["userPrincipalName"]
                    .as_str()
                    .is_some_and(|upn| upn.eq_ignore_ascii_case(MANY_SESSIONS))
            }));
        }
    }
    assert_eq!(found.len(), desk.sim.world.sessions_of(MANY_SESSIONS).len());
    assert!(found.len() >= 3);

    for session in &found {
        let id = session["id"].as_str().unwrap();
        let answer = desk.raw("DELETE", &format!("{id}?api-version={AVD}"), &[], "");
        assert_eq!(answer.status(), 200);
    }
    assert!(
        desk.sim
            .recorded(Operation::UserSessionsDelete)
            .iter()
            .all(|entry| entry.effect)
    );
    desk.wait(5);
    for session in &found {
        let id = session["id"].as_str().unwrap();
        assert_eq!(desk.get(&format!("{id}?api-version={AVD}")).0, 404);
    }
    assert!(desk.sim.world.sessions_of(MANY_SESSIONS).is_empty());
}
