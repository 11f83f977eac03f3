//! The whole: which face is asked, what faults do to the request, what is written into the record.

use crate::cors::CorsSettings;
use crate::faults::{Fault, FaultAction, take};
use crate::login::LoginState;
use crate::preflight::PreflightCache;
use crate::record::{Face, Operation, Recorded, SessionSnapshot};
use crate::reply::{NoAnswer, Reply, header};
use crate::seed::Seed;
use crate::throttle::Buckets;
use crate::world::World;
use crate::{arm, latency, login, mischief};
use http::{Request, Response};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Where page, login server and Resource Manager live: scheme, host and port, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins {
    /// The page that calls.
    pub page: String,
    /// The authority.
    pub login: String,
    /// Resource Manager.
    pub arm: String,
}

/// A small Azure. It has no clock: every call says what time it is.
#[derive(Debug)]
pub struct Simulator {
    /// Where everything lives.
    pub origins: Origins,
    /// Everything that exists.
    pub world: World,
    /// Everything that was asked, in order.
    pub record: Vec<Recorded>,
    /// What is to go wrong.
    pub faults: Vec<Fault>,
    /// What a page may see of ARM.
    pub cors: CorsSettings,
    pub(crate) login: LoginState,
    pub(crate) buckets: Buckets,
    pub(crate) preflights: PreflightCache,
    /// The cookies of the one browser that [`Simulator::sign_in_as`] stands for.
    pub(crate) jar: BTreeMap<String, String>,
    pub(crate) seed: Seed,
}

/// What a face made of a request.
pub(crate) struct Outcome {
    pub(crate) response: Response<Vec<u8>>,
    pub(crate) effect: bool,
    pub(crate) actor: Option<String>,
}

impl Outcome {
    pub(crate) fn of(response: Response<Vec<u8>>) -> Self {
        Self {
            response,
            effect: false,
            actor: None,
        }
    }

    pub(crate) fn by(mut self, actor: &str) -> Self {
        self.actor = Some(actor.to_owned());
        self
    }
}

impl Simulator {
    /// A simulator of this world. The seed decides every id, token and delay.
    pub fn new(origins: Origins, world: World, seed: u64) -> Self {
        Self {
            origins,
            world,
            record: Vec::new(),
            faults: Vec::new(),
            cors: CorsSettings::default(),
            login: LoginState::default(),
            buckets: Buckets::default(),
            preflights: PreflightCache::default(),
            jar: BTreeMap::new(),
            seed: Seed::new(seed),
        }
    }

    /// Answers a request as the server of the URI's origin: raw, CORS headers included.
    pub fn handle(&mut self, now: OffsetDateTime, request: Request<Vec<u8>>) -> Reply {
        self.world.advance(now);
        let face = self.face_of(&request);
        let path = request.uri().path().to_owned();
        let target = arm::path::Target::parse(request.method(), &path);
        let operation = match face {
            _ if request.method() == http::Method::OPTIONS => Operation::Preflight,
            Face::Arm => target.operation,
            Face::Login => login::operation_of(request.method(), &path),
            Face::Elsewhere => Operation::Unknown,
        };
        let actions = if self.faults.is_empty() {
            Vec::new()
        } else {
            let address = request.uri().to_string();
            let address = percent_decode_str(&address).decode_utf8_lossy();
            take(&mut self.faults, face, operation, &address)
        };

        let addressed = if face == Face::Arm {
            self.addressed(&target)
        } else {
            None
        };
        let addressed = mischief::before(&mut self.world, &actions, addressed, now);
        let mut entry = self.entry(now, face, operation, &request);
        entry.session = addressed.and_then(|key| self.world.snapshot(key));

        let mut delay = latency::of(self, operation);
        delay += mischief::delay(&actions);
        if face == Face::Elsewhere || actions.iter().any(|action| matches!(action, FaultAction::LoseBefore)) {
            self.record.push(entry);
            return Reply {
                delay,
                result: Err(NoAnswer::new("the connection was lost before anything was done")),
            };
        }

        let mut outcome = match mischief::instead(self, now, face, &actions) {
            Some(mut response) => {
                if operation == Operation::Token {
                    // An error at the token endpoint is as readable to the page as any other answer of it.
                    self.open_to(header(&request, "origin"), &mut response);
                }
                Outcome::of(response)
            }
            None if operation == Operation::Preflight => Outcome::of(self.preflight(face, &request)),
            None if face == Face::Login => self.login_answer(now, operation, &request),
            None => self.arm_answer(now, &target, &request),
        };
        mischief::after(&actions, &request, &self.origins.arm, &mut outcome.response);
        if operation != Operation::Preflight {
            match face {
                Face::Arm => self.finish_arm(&request, &mut outcome.response),
                _ => login::finish(&mut outcome.response, operation),
            }
        }
        if actions.iter().any(|action| matches!(action, FaultAction::HideFromPage)) {
            outcome.response.headers_mut().remove("access-control-allow-origin");
        }

        entry.effect = outcome.effect;
        entry.actor = outcome.actor.or_else(|| self.bearer_of(&request));
        let lost = actions.iter().any(|action| matches!(action, FaultAction::LoseAfter));
        if !lost {
            entry.status = Some(outcome.response.status().as_u16());
            entry.error = error_code(&outcome.response);
        }
        self.record.push(entry);
        let result = if lost {
            Err(NoAnswer::new(
                "the connection was lost after the request had been carried out",
            ))
        } else {
            Ok(outcome.response)
        };
        Reply { delay, result }
    }

    /// True while a fault is waiting that breaks connections. Servers then close each connection after its answer,
    /// because Chromium repeats a request by itself, a DELETE too, when a kept-alive connection breaks.
    pub fn expects_loss(&self) -> bool {
        self.faults.iter().any(Fault::loses)
    }

    /// What the record holds about one operation, in order.
    pub fn recorded(&self, operation: Operation) -> Vec<&Recorded> {
        self.record
            .iter()
            .filter(|entry| entry.operation == operation)
            .collect()
    }

    fn face_of(&self, request: &Request<Vec<u8>>) -> Face {
        let uri = request.uri();
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        let is_at = |origin: &str| {
            let parts = origin.split_once("://");
            parts.is_some_and(|(s, a)| s.eq_ignore_ascii_case(scheme) && a.eq_ignore_ascii_case(authority))
        };
        if is_at(&self.origins.login) {
            Face::Login
        } else if is_at(&self.origins.arm) {
            Face::Arm
        } else {
            Face::Elsewhere
        }
    }

    fn entry(&self, at: OffsetDateTime, face: Face, operation: Operation, request: &Request<Vec<u8>>) -> Recorded {
        Recorded {
            at,
            face,
            operation,
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            origin: header(request, "origin").map(str::to_owned),
            actor: self.bearer_of(request),
            status: None,
            error: None,
            effect: false,
            bearer: header(request, "authorization").is_some(),
            session: None::<SessionSnapshot>,
            client_request_id: header(request, "x-ms-client-request-id").map(str::to_owned),
        }
    }

    fn bearer_of(&self, request: &Request<Vec<u8>>) -> Option<String> {
        let token = header(request, "authorization")?.strip_prefix("Bearer ")?;
        self.login.access.get(token).map(|token| token.grant.upn.clone())
    }

    fn preflight(&self, face: Face, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        match face {
            Face::Login => self.token_preflight(request),
            _ => self.cors.preflight(request),
        }
    }
}

fn error_code(response: &Response<Vec<u8>>) -> Option<String> {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(response.body()).ok()?;
    let error = body.get("error")?;
    error
        .get("code")
        .or(Some(error))
        .and_then(|code| code.as_str())
        .map(str::to_owned)
}
