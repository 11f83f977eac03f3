//! Log off, disconnect, message (Azure/azure-rest-api-specs, UserSession.tsp). All three answer without a body.

use super::errors::ArmError;
use super::{Answer, Call};
use crate::reply::{empty, header};
use crate::simulator::Simulator;
use crate::world::{Message, SessionState};
use serde_json::Value;

impl Simulator {
    /// An accepted DELETE is only a request: the session goes later, or, on a host that is off, not at all.
    pub(crate) fn delete(&mut self, call: &Call) -> Answer {
        let force = match call.parameter("force").map(str::to_ascii_lowercase).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                return Err(ArmError::bad_request(
                    "The value of the parameter 'force' is not valid.",
                ));
            }
        };
        let key = match self.session_or_404(call) {
            Err(error) if error.status == 404 && self.world.switches.delete_missing_status == 204 => {
                return Ok((empty(204), false));
            }
            other => other?,
        };
        let effect = self.world.log_off(key, force, &call.caller.upn, call.now);
        Ok((empty(self.world.switches.delete_status), effect))
    }

    pub(crate) fn disconnect(&mut self, call: &Call) -> Answer {
        let key = self.session_or_404(call)?;
        let reachable = self.reaches(key);
        let Some(session) = self.world.session_mut(key).filter(|_| reachable) else {
            return Err(ArmError::avd(400, &mut self.seed, "The session host cannot be reached"));
        };
        let effect = session.state == SessionState::Active;
        if effect {
            session.state = SessionState::Disconnected;
        }
        Ok((empty(200), effect))
    }

    pub(crate) fn send_message(&mut self, call: &Call) -> Answer {
        let key = self.session_or_404(call)?;
        let body = call.request.body();
        let kind = header(call.request, "content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let sent: Value = if body.is_empty() {
            Value::Null
        } else if kind.starts_with("application/json") {
            serde_json::from_slice(body)
                .map_err(|_| invalid_content("The request content was invalid and could not be deserialized."))?
        } else {
            let message =
                format!("The content media type '{kind}' is not supported. Only 'application/json' is supported.");
            return Err(ArmError::new(415, "UnsupportedMediaType", &message));
        };
        let text = |name: &str| match sent.get(name) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => Err(invalid_content(&format!("The property '{name}' must be a string."))),
        };
        let message = Message {
            title: text("messageTitle")?,
            body: text("messageBody")?,
            by: call.caller.upn.clone(),
        };
        let reachable = self.reaches(key);
        let Some(session) = self.world.session_mut(key).filter(|_| reachable) else {
            return Err(ArmError::avd(400, &mut self.seed, "The session host cannot be reached"));
        };
        if session.state != SessionState::Active {
            // Accepted, and nobody sees it.
            return Ok((empty(200), false));
        }
        session.messages.push(message.clone());
        if let Some(life) = self.world.history.iter_mut().find(|life| life.key == key) {
            life.messages.push(message);
        }
        Ok((empty(200), true))
    }

    fn reaches(&self, key: crate::world::SessionKey) -> bool {
        let host = self
            .world
            .session(key)
            .and_then(|session| self.world.host(session.host));
        host.is_some_and(|host| host.status.reachable())
    }
}

fn invalid_content(message: &str) -> ArmError {
    ArmError::new(400, "InvalidRequestContent", message)
}
