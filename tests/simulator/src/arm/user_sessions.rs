//! User sessions: lists and single ones (Azure/azure-rest-api-specs, UserSession.tsp).

use super::errors::ArmError;
use super::filter::Filter;
use super::gates::right;
use super::host_pools::system_data;
use super::path::Target;
use super::{Answer, Call};
use crate::record::Operation;
use crate::reply::json;
use crate::simulator::Simulator;
use crate::switches::FilterSupport;
use crate::world::{ReportedUpn, Session, SessionKey, World};
use serde_json::{Value, json};

impl Simulator {
    pub(crate) fn user_sessions_of_pool(&mut self, call: &Call) -> Answer {
        let pool = self.find_pool(call.target)?.key;
        if let Some(action) = right(Operation::UserSessionsListByHostPool)
            && !self.world.allows(&call.caller.upn, action, &call.target.right_scope())
        {
            return self.page(call, Vec::new());
        }
        let support = self.world.switches.filter;
        let filter = match call.parameter("$filter") {
            None => None,
            Some(_) if support == FilterSupport::Ignored => None,
            Some(_) if support == FilterSupport::Refused => {
                return Err(ArmError::avd(
                    400,
                    &mut self.seed,
                    "The query option '$filter' is not supported",
                ));
            }
            Some(text) => match Filter::parse(text) {
                Some(filter) => Some(filter),
                None => return Err(ArmError::avd(400, &mut self.seed, &format!("Invalid filter: {text}"))),
            },
        };
        let strict = support == FilterSupport::CaseSensitive;
        let world = &self.world;
        let in_pool = |session: &&Session| world.host(session.host).is_some_and(|host| host.pool == pool);
        let rows = world
            .sessions()
            .iter()
            .filter(in_pool)
            .filter(|session| {
                let reported = reported_upn(session);
                let upn = match support {
                    FilterSupport::OtherProperty => &session.ad_user,
                    _ => reported.as_ref().and_then(Value::as_str).unwrap_or_default(),
                };
                filter
                    .as_ref()
                    .is_none_or(|filter| filter.matches(upn, session.state.as_str(), strict))
            })
            .map(|session| row(world, session))
            .collect();
        self.page(call, rows)
    }

    pub(crate) fn user_sessions_of_host(&mut self, call: &Call) -> Answer {
        self.find_pool(call.target)?;
        let Some(host) = self.find_host(call.target).map(|host| host.key) else {
            return Err(ArmError::avd(404, &mut self.seed, "Session host not found"));
        };
        let there = self.world.sessions().iter().filter(|session| session.host == host);
        self.page(call, there.map(|session| row(&self.world, session)).collect())
    }

    pub(crate) fn user_session(&mut self, call: &Call) -> Answer {
        let key = self.session_or_404(call)?;
        let session = self.world.session(key).map(|session| row(&self.world, session));
        Ok((json(200, &session.unwrap_or_default()), false))
    }

    /// The session that a path addresses, or the service's 404.
    pub(crate) fn session_or_404(&mut self, call: &Call) -> Result<SessionKey, ArmError> {
        self.find_session(call.target).map_err(|error| match error {
            Some(error) => error,
            None => ArmError::avd(404, &mut self.seed, "User session ID not found"),
        })
    }

    /// The session that a path addresses; `None` as the error when only the session is not there.
    pub(crate) fn find_session(&self, target: &Target) -> Result<SessionKey, Option<ArmError>> {
        let number = target.session.as_deref().ok_or(None)?;
        self.find_pool(target).map_err(Some)?;
        let host = self.find_host(target).ok_or(None)?.key;
        let mut there = self.world.sessions().iter().filter(|session| session.host == host);
        there
            .find(|session| session.number.to_string() == number)
            .map(|session| session.key)
            .ok_or(None)
    }
}

fn reported_upn(session: &Session) -> Option<Value> {
    match &session.reported {
        ReportedUpn::AsIs => Some(json!(session.upn)),
        ReportedUpn::Null => Some(Value::Null),
        ReportedUpn::Empty => Some(json!("")),
        ReportedUpn::Missing => None,
        ReportedUpn::Other(text) => Some(json!(text)),
    }
}

/// A session as the service writes it. Real answers have `name` as pool/host/id and lower-case segment names, unlike
/// the published examples (Azure/azure-powershell issue 18134).
fn row(world: &World, session: &Session) -> Value {
    let host = world.host(session.host);
    let pool = host.and_then(|host| world.pool(host.pool));
    let mut properties = json!({
        "objectId": "00000000-0000-0000-0000-000000000000",
        "applicationType": session.application,
        "sessionState": session.state,
        "activeDirectoryUserName": session.ad_user,
        "createTime": session.create_time(),
    });
    if let Some(upn) = reported_upn(session) {
        properties["userPrincipalName"] = upn;
    }
    json!({
        "name": format!(
            "{}/{}/{}",
            pool.map(|pool| pool.name.as_str()).unwrap_or_default(),
            host.map(|host| host.name.as_str()).unwrap_or_default(),
            session.number
        ),
        "id": world.session_id(session.key),
        "type": "Microsoft.DesktopVirtualization/hostpools/sessionhosts/usersessions",
        "systemData": system_data(),
        "properties": properties,
    })
}
