//! What changes a session: log off, disconnect, message. Each takes the guard's proof with it and uses it up, so that
//! there is no second attempt without a second look.

use http::Method;
use serde::Serialize;

use super::client::ArmClient;
use super::error::{ArmError, header};
use super::guard::Guarded;
use super::ids::SessionId;
use super::request::{ArmRequest, Needs};
use super::turn::Turn;
use crate::ports::Response;

/// Action of [`delete`].
pub const DELETE: &str = "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/delete";

/// Action of [`disconnect`].
pub const DISCONNECT: &str = "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/disconnect/action";

/// Action of [`send_message`].
pub const SEND_MESSAGE: &str = "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions/sendMessage/action";

/// What Azure said to an act that it took on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// 200, 202 or 204.
    pub status: u16,
    /// Resource Manager's correlation id, where the browser lets it be read.
    pub correlation_id: Option<String>,
}

/// Logs a session off.
///
/// `force` removes the session from the service's list even if its host cannot be reached; it does not spare or cost
/// the user's work any differently (Microsoft.RDInfra `Invoke-RdsUserSessionLogoff`).
///
/// # Errors
/// [`ArmError`]; [`ArmError::leaves_outcome_open`] tells whether it may have had its effect all the same.
pub async fn delete(client: &ArmClient, guarded: Guarded, turn: Turn, force: bool) -> Result<Accepted, ArmError> {
    let mut request = request(client, guarded.id(), Method::DELETE, "", DELETE);
    if force {
        request = request.with("force", "true");
    }
    Ok(accepted(&client.act(&request, turn).await?))
}

/// Cuts the connection to a session. Its programs go on running, and its user can connect again
/// (Microsoft.RDInfra `Disconnect-RdsUserSession`).
///
/// # Errors
/// [`ArmError`]; [`ArmError::leaves_outcome_open`] tells whether it may have had its effect all the same.
pub async fn disconnect(client: &ArmClient, guarded: Guarded, turn: Turn) -> Result<Accepted, ArmError> {
    let request = request(client, guarded.id(), Method::POST, "/disconnect", DISCONNECT);
    Ok(accepted(&client.act(&request, turn).await?))
}

/// What is shown (`SendMessage` in Azure/azure-rest-api-specs, `UserSession.tsp`).
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageBody<'a> {
    /// The title.
    pub message_title: &'a str,
    /// The text.
    pub message_body: &'a str,
}

/// Shows a message in a session. Azure says that it took it on, and never whether anybody saw it.
///
/// # Errors
/// [`ArmError`]; [`ArmError::leaves_outcome_open`] tells whether it may have had its effect all the same.
pub async fn send_message(
    client: &ArmClient,
    guarded: Guarded,
    turn: Turn,
    body: MessageBody<'_>,
) -> Result<Accepted, ArmError> {
    let request = request(client, guarded.id(), Method::POST, "/sendMessage", SEND_MESSAGE).with_json(&body);
    Ok(accepted(&client.act(&request, turn).await?))
}

fn request(client: &ArmClient, id: &SessionId, method: Method, tail: &str, action: &'static str) -> ArmRequest {
    let needs = Needs::new(action, id.as_str());
    ArmRequest::new(method, &format!("{}{tail}", id.path()), client.api_version(), needs)
}

fn accepted(response: &Response) -> Accepted {
    Accepted {
        status: response.status().as_u16(),
        correlation_id: header(response, "x-ms-correlation-request-id"),
    }
}
