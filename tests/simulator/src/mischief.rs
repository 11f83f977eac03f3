//! What the actions of faults do to a request: before it, instead of it, and to its answer.

use crate::arm::errors::{ArmError, arm_error};
use crate::faults::FaultAction;
use crate::login::errors::LoginError;
use crate::record::Face;
use crate::reply::{json, response, set};
use crate::simulator::Simulator;
use crate::world::{SessionKey, World};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response};
use serde_json::{Value, json};
use std::time::Duration;
use time::OffsetDateTime;

/// Ends or replaces the addressed session; gives the session that the path addresses afterwards.
pub(crate) fn before(
    world: &mut World,
    actions: &[FaultAction],
    addressed: Option<SessionKey>,
    now: OffsetDateTime,
) -> Option<SessionKey> {
    let mut addressed = addressed;
    for action in actions {
        let Some(key) = addressed else { break };
        match action {
            FaultAction::ReplaceSession { user, same_user } => {
                let user = if *same_user {
                    None
                } else {
                    user.as_deref().or(Some("somebody.else@contoso.example"))
                };
                addressed = world.replace_session(key, user, now);
            }
            FaultAction::EndSession => {
                world.end_session(key, now);
                addressed = None;
            }
            _ => {}
        }
    }
    addressed
}

/// The delays of all actions together.
pub(crate) fn delay(actions: &[FaultAction]) -> Duration {
    let delays = actions
        .iter()
        .map(|action| if let FaultAction::Delay { ms } = action { *ms } else { 0 });
    Duration::from_millis(delays.sum())
}

/// The answer that stands in the place of the real one, if an action gives one. Nothing is carried out then.
pub(crate) fn instead(
    simulator: &mut Simulator,
    now: OffsetDateTime,
    face: Face,
    actions: &[FaultAction],
) -> Option<Response<Vec<u8>>> {
    actions.iter().find_map(|action| match action {
        FaultAction::Status {
            status,
            code,
            message,
            headers,
        } => {
            let body = match face {
                Face::Login => json!({ "error": code, "error_description": message }),
                _ => json!({ "error": { "code": code, "message": message } }),
            };
            let mut response = json(*status, &body);
            headers.iter().for_each(|(name, value)| set(&mut response, name, value));
            Some(response)
        }
        FaultAction::Raw { status, body, headers } => {
            let mut response = response(*status, "", body.clone());
            headers.iter().for_each(|(name, value)| set(&mut response, name, value));
            Some(response)
        }
        FaultAction::ClaimsChallenge { claims } => {
            let error = ArmError::challenge(
                &simulator.origins.login,
                "InvalidAuthenticationToken",
                "The access token does not satisfy the policies that hold for this request.",
                "insufficient_claims",
                claims,
            );
            Some(arm_error(&error))
        }
        FaultAction::EntraError {
            error,
            number,
            text,
            suberror,
            claims,
        } => {
            let mut failure = LoginError::new(error, *number, text);
            failure.suberror.clone_from(suberror);
            failure.claims = claims.as_ref().map(Value::to_string);
            Some(failure.json(now, &mut simulator.seed))
        }
        _ => None,
    })
}

/// Changes the answer: tricks with the pages of a list, and with the id_token.
pub(crate) fn after(actions: &[FaultAction], request: &Request<Vec<u8>>, arm: &str, response: &mut Response<Vec<u8>>) {
    let here = format!(
        "{arm}{}",
        request
            .uri()
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str)
    );
    let first = !here.to_ascii_lowercase().contains("skiptoken");
    for action in actions {
        let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else {
            return;
        };
        if let FaultAction::IdTokenClaims { claims } = action {
            if let Some(token) = body.get("id_token").and_then(Value::as_str) {
                body["id_token"] = json!(with_claims(token, claims));
                *response.body_mut() = body.to_string().into_bytes();
            }
            continue;
        }
        if body.get("value").is_none_or(|value| !value.is_array()) {
            continue;
        }
        match action {
            FaultAction::EmptyPageFirst if first => {
                body = json!({ "value": [], "nextLink": format!("{here}&{}", crate::arm::paging::link_parameter(0)) });
            }
            FaultAction::NextLinkTo { origin } => {
                let link = body.get("nextLink").and_then(Value::as_str).unwrap_or(&here).to_owned();
                body["nextLink"] = json!(link.replacen(arm, origin, 1));
            }
            FaultAction::NextLinkLoop => body["nextLink"] = json!(here),
            _ => continue,
        }
        *response.body_mut() = body.to_string().into_bytes();
    }
}

/// The token with these claims instead of its own; its signature is noise before and after.
fn with_claims(token: &str, changes: &Value) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let claims = parts.get(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let Some(Value::Object(mut claims)) = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok()) else {
        return token.to_owned();
    };
    for (name, value) in changes.as_object().into_iter().flatten() {
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.clone(), value.clone());
        }
    }
    parts[1] = URL_SAFE_NO_PAD.encode(Value::Object(claims).to_string());
    parts.join(".")
}
