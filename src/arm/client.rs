//! The client: one way for every request, written down once.
//!
//! Order: through the gate, token, headers, send with a time limit, sort the answer; for reads also: another token once
//! if the old was refused or did not hold the claims that are wanted, and waiting and sending again as
//! [`retry`](super::retry) decides. The token goes to the configured Resource Manager and nowhere else, because the host
//! of every request is put there here.

use std::rc::{Rc, Weak};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{Either, LocalBoxFuture, select};
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use oauth2::AccessToken;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::error::{ArmError, ArmErrorKind};
use super::failure::{Failure, better_token};
use super::filter_trust::FilterTrust;
use super::gate::{Closed, Gate, Rank, Ticket, Want};
use super::ids::SessionId;
use super::object;
use super::pass::Pass;
use super::request::{ArmRequest, BucketKey, Class, Needs, Scope};
use super::retry::{LONGEST_OFFLINE, MOST_ATTEMPTS_FAILED, wait_before_retry};
use super::turn::{Reserved, Turn};
use super::user_sessions;
use crate::auth::{AuthError, Freshness, TokenCredential};
use crate::origin::Origin;
use crate::ports::{NoAnswer, Ports, Request, Response, guid};

/// How long an answer may take. Resource Manager gives a resource provider 60 s and then answers 504 itself
/// (azure-resource-manager-rpc, common API details), so nothing slower than this will still come.
const TIME_LIMIT: Duration = Duration::from_secs(75);

/// How many tokens a read is tried with: the cached one, one that another read has fetched meanwhile, and one of its own.
const MOST_TOKENS: u32 = 3;

/// What a deployment decides about Resource Manager.
#[derive(Clone, Debug)]
pub struct ArmSettings {
    /// The one host that gets requests and tokens.
    pub endpoint: Origin,
    /// Version of the Microsoft.DesktopVirtualization API.
    pub api_version: String,
}

/// A client for Resource Manager. Clones share everything but the request id, and for whom they read.
#[derive(Clone)]
pub struct ArmClient {
    inner: Rc<Inner>,
    request_id: Rc<str>,
    rank: Rank,
    /// The turn that this client belongs to.
    turn: Weak<Reserved>,
}

struct Inner {
    settings: ArmSettings,
    credential: Rc<dyn TokenCredential>,
    ports: Ports,
    gate: Rc<Gate>,
    filter: Rc<FilterTrust>,
}

impl ArmClient {
    /// A client that asks `credential` for its tokens.
    pub fn new(settings: ArmSettings, credential: Rc<dyn TokenCredential>, ports: Ports) -> Self {
        let request_id = guid(&*ports.random).into();
        Self {
            inner: Rc::new(Inner {
                gate: Gate::new(&ports),
                settings,
                credential,
                ports,
                filter: Rc::default(),
            }),
            request_id,
            rank: Rank::Search,
            turn: Weak::new(),
        }
    }

    /// The same client with a request id of its own: one for each thing that a person does, sent as
    /// `x-ms-client-request-id` and shown with every error, because Azure's own ids may be hidden from a page.
    #[must_use]
    pub fn for_new_action(&self) -> Self {
        Self {
            inner: Rc::clone(&self.inner),
            request_id: guid(&*self.inner.ports.random).into(),
            rank: self.rank,
            turn: Weak::new(),
        }
    }

    /// The same client for reads that serve acts, such as the guard's and the proof's: they go before the search.
    #[must_use]
    pub fn for_acting(&self) -> Self {
        Self {
            rank: Rank::ForActs,
            ..self.clone()
        }
    }

    /// Waits until there is a token for an act of this class on this session, one for the guard's read of it, and a
    /// place: whatever an act could have to wait for lies before the guard looks. The guard reads with the turn's own
    /// client; [`Self::act`] uses the turn up.
    ///
    /// # Errors
    /// [`ArmErrorKind::Throttled`] if Azure asks for a longer wait than makes sense; nothing was sent.
    pub async fn turn_to_act(&self, session: &SessionId, class: Class) -> Result<Turn, ArmError> {
        let scope = Scope::Subscription(session.subscription().to_lowercase());
        let bucket = |class| BucketKey {
            scope: scope.clone(),
            class,
        };
        let want = Want {
            bucket: bucket(class),
            also: Some(bucket(Class::Reads)),
            place: true,
        };
        let gate = &self.inner.gate;
        match gate.enter(gate.ticket(Rank::Act), &want).await {
            Ok(pass) => Ok(Turn::new(self, pass)),
            Err(closed) => {
                let needs = Needs::new(user_sessions::READ, session.as_str());
                Err(self.throttled(closed, needs))
            }
        }
    }

    pub(super) fn within(&self, reserved: &Rc<Reserved>) -> Self {
        Self {
            rank: Rank::Act,
            turn: Rc::downgrade(reserved),
            ..self.clone()
        }
    }

    /// The request id in use.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Version of the Microsoft.DesktopVirtualization API.
    pub fn api_version(&self) -> &str {
        &self.inner.settings.api_version
    }

    /// The outside.
    pub fn ports(&self) -> &Ports {
        &self.inner.ports
    }

    /// Whether a filter on a list of sessions is believed. For one sign-in: [`FilterTrust::forget`] at the next.
    pub fn filter_trust(&self) -> &Rc<FilterTrust> {
        &self.inner.filter
    }

    /// Removes from the tab's storage what is kept there of the pace, on sign-out.
    pub fn clear_storage(&self) {
        self.inner.gate.forget_levels();
    }

    /// The host of every request.
    pub(super) fn endpoint(&self) -> &Origin {
        &self.inner.settings.endpoint
    }

    /// Reads, and reads again as long as that makes sense.
    ///
    /// # Errors
    /// [`ArmError`], when it does no longer.
    pub(super) async fn read<T: DeserializeOwned>(&self, request: &ArmRequest) -> Result<T, ArmError> {
        let response = self.answer(request).await?;
        object::read(response.body()).ok_or_else(|| self.unreadable(request, &response))
    }

    /// Reads once, but for a token that Azure does not take: another is fetched and shown once.
    ///
    /// # Errors
    /// [`ArmError`]; [`ArmErrorKind::ClaimsChallenge`] if only a person can bring the token that is wanted.
    pub(super) async fn read_once<T: DeserializeOwned>(&self, request: &ArmRequest) -> Result<T, ArmError> {
        let response = self.answer_once(request).await?;
        object::read(response.body()).ok_or_else(|| self.unreadable(request, &response))
    }

    fn unreadable(&self, request: &ArmRequest, response: &Response) -> ArmError {
        ArmError {
            kind: ArmErrorKind::Unreadable,
            ..ArmError::of(response, request.needs.clone(), &self.request_id)
        }
    }

    /// Boxed, and without a word about what the body is: one piece of code serves every operation.
    fn answer<'a>(&'a self, request: &'a ArmRequest) -> LocalBoxFuture<'a, Result<Response, ArmError>> {
        let read = async move {
            let clock = &self.inner.ports.clock;
            // One ticket for all attempts: who was sent back does not queue up behind everybody else.
            let ticket = self.inner.gate.ticket(self.rank);
            let mut last = None;
            let mut attempt = 1;
            let mut offline_since = None;
            loop {
                let error = match self.attempt(request, ticket).await {
                    Ok(response) => return Ok(response),
                    Err(Failure::Answered(error)) => error,
                    Err(Failure::NotLetThrough(error)) => return Err(last.unwrap_or(error)),
                };
                if error.kind == ArmErrorKind::NoAnswer(NoAnswer::Offline) {
                    let since = *offline_since.get_or_insert_with(|| clock.now());
                    if attempt >= MOST_ATTEMPTS_FAILED || !self.online_again(since).await {
                        return Err(error);
                    }
                } else {
                    let Some(wait) = wait_before_retry(&error, attempt, self.jitter()) else {
                        return Err(error);
                    };
                    // After a 429 the gate itself is closed, for this request and for all of its bucket.
                    if !matches!(error.kind, ArmErrorKind::Throttled(_)) {
                        clock.sleep(wait).await;
                    }
                }
                last = Some(error);
                attempt += 1;
            }
        };
        read.boxed_local()
    }

    fn answer_once<'a>(&'a self, request: &'a ArmRequest) -> LocalBoxFuture<'a, Result<Response, ArmError>> {
        let ticket = self.inner.gate.ticket(self.rank);
        async move { self.attempt(request, ticket).await.map_err(Failure::into_error) }.boxed_local()
    }

    fn attempt<'a>(&'a self, request: &'a ArmRequest, ticket: Ticket) -> LocalBoxFuture<'a, Result<Response, Failure>> {
        let read = async move {
            // Whatever the token takes is waited for here: what has been let through leaves at once.
            self.token(Freshness::Cached, &request.needs).await?;
            let bucket = request.bucket();
            let turn = self.turn.upgrade();
            let reserved = turn.as_ref().and_then(|turn| turn.for_read(&bucket));
            let mut pass = match reserved {
                Some(pass) => pass,
                None => self.enter(request, ticket, turn.is_none()).await?,
            };
            let mut token = self.token(Freshness::Cached, &request.needs).await?;
            let mut tries = 1;
            let mut fetched = None;
            loop {
                let error = match self.send(request, &token, &mut pass).await {
                    Ok(response) => {
                        if let Some(turn) = turn {
                            turn.answered_to(&token);
                        }
                        return Ok(response);
                    }
                    Err(error) => error,
                };
                let better = better_token(&error.kind).filter(|_| tries < MOST_TOKENS);
                let Some(better) = better else { return Err(error.into()) };
                let current = self.token(Freshness::Cached, &request.needs).await?;
                // Many reads are refused at once; the first that hears of it fetches for all.
                if current.secret() != token.secret() {
                    token = current;
                } else if fetched.as_ref() == Some(&better) {
                    // The same refusal again, of the very token that was fetched for it.
                    return Err(error.into());
                } else {
                    token = self.fetch_token(&error, better.clone()).await?;
                    fetched = Some(better);
                }
                tries += 1;
                // Azure counts it again.
                drop(pass);
                pass = self.enter(request, ticket, turn.is_none()).await?;
            }
        };
        read.boxed_local()
    }

    async fn enter(&self, request: &ArmRequest, ticket: Ticket, place: bool) -> Result<Pass, Failure> {
        let want = Want {
            bucket: request.bucket(),
            also: None,
            place,
        };
        let pass = self.inner.gate.enter(ticket, &want).await;
        pass.map_err(|closed| Failure::NotLetThrough(self.throttled(closed, request.needs.clone())))
    }

    fn throttled(&self, Closed(wait): Closed, needs: Needs) -> ArmError {
        ArmError::unanswered(ArmErrorKind::Throttled(Some(wait)), needs, &self.request_id)
    }

    /// Waits until the browser is online again, but no longer than a minute from `since`. Says whether it is.
    async fn online_again(&self, since: OffsetDateTime) -> bool {
        let Ports { http, clock, .. } = &self.inner.ports;
        let mut online = http.online();
        loop {
            // By the clock: a timer stands still while the computer sleeps.
            let passed = Duration::try_from(clock.now() - since).unwrap_or_default();
            let left = LONGEST_OFFLINE.saturating_sub(passed);
            if left.is_zero() {
                return false;
            }
            match select(online, clock.sleep(left)).await {
                Either::Left(_) => return true,
                Either::Right((_, still)) => online = still,
            }
        }
    }

    /// Sends what changes something: exactly once, whatever comes back, and without a wait, because the guard has just
    /// looked. What would have to wait is not sent: whoever acts takes another turn, and lets the guard look again.
    ///
    /// # Errors
    /// [`ArmError`]; [`ArmError::leaves_outcome_open`] tells whether it may have had its effect all the same.
    pub(super) async fn act(&self, request: &ArmRequest, turn: Turn) -> Result<Response, ArmError> {
        let (pass, guards_token) = turn.into_pass();
        let Some(mut pass) = pass.filter(|pass| pass.is_for(&request.bucket())) else {
            return Err(ArmError::unanswered(
                ArmErrorKind::Unexpected,
                request.needs.clone(),
                &self.request_id,
            ));
        };
        if let Some(wait) = pass.closed() {
            return Err(self.throttled(Closed(wait), request.needs.clone()));
        }
        // Where a renewal is just due, the token that the guard's read was answered to still has minutes to go.
        let at_hand = self.token(Freshness::Cached, &request.needs).now_or_never();
        let token = match (at_hand, guards_token) {
            (Some(token), _) => token?,
            (None, Some(token)) => token,
            (None, None) => self.token(Freshness::Cached, &request.needs).await?,
        };
        self.send(request, &token, &mut pass).await
    }

    /// Fetches another token after one was refused, without a person, so that whatever comes next has no wait in it.
    ///
    /// # Errors
    /// `refused` itself if it is a claims challenge that takes a person; else [`ArmErrorKind::Auth`].
    pub async fn fetch_token(&self, refused: &ArmError, better: Freshness) -> Result<AccessToken, ArmError> {
        let asked_for_claims = matches!(better, Freshness::Claims(_));
        match self.inner.credential.token(better).await {
            Ok(token) => Ok(token),
            Err(AuthError::InteractionRequired(_)) if asked_for_claims => Err(refused.clone()),
            Err(error) => {
                let kind = ArmErrorKind::Auth(error);
                Err(ArmError::unanswered(kind, refused.needs.clone(), &self.request_id))
            }
        }
    }

    async fn token(&self, freshness: Freshness, needs: &Needs) -> Result<AccessToken, ArmError> {
        let token = self.inner.credential.token(freshness).await;
        token.map_err(|e| ArmError::unanswered(ArmErrorKind::Auth(e), needs.clone(), &self.request_id))
    }

    async fn send(&self, request: &ArmRequest, token: &AccessToken, pass: &mut Pass) -> Result<Response, ArmError> {
        let unanswered = |kind| ArmError::unanswered(kind, request.needs.clone(), &self.request_id);
        let outgoing = self
            .outgoing(request, token)
            .ok_or_else(|| unanswered(ArmErrorKind::Unexpected))?;
        pass.leave();
        let answer = self.inner.ports.http.send(outgoing);
        let too_late = self.inner.ports.clock.sleep(TIME_LIMIT);
        let response = match select(answer, too_late).await {
            Either::Left((answer, _)) => answer.map_err(|e| unanswered(ArmErrorKind::NoAnswer(e)))?,
            Either::Right(_) => return Err(unanswered(ArmErrorKind::NoAnswer(NoAnswer::TimedOut))),
        };
        pass.heard(&response);
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(ArmError::of(&response, request.needs.clone(), &self.request_id))
        }
    }

    fn outgoing(&self, request: &ArmRequest, token: &AccessToken) -> Option<Request> {
        if !request.is_below_a_host() {
            return None;
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.secret())).ok()?;
        bearer.set_sensitive(true);
        let mut outgoing = http::Request::builder()
            .method(request.method.clone())
            .uri(format!("{}{}", self.endpoint(), request.path_and_query))
            .header(AUTHORIZATION, bearer)
            .header(ACCEPT, "application/json")
            .header("x-ms-client-request-id", &*self.request_id);
        if request.body.is_some() {
            outgoing = outgoing.header(CONTENT_TYPE, "application/json");
        }
        outgoing.body(request.body.clone().unwrap_or_default()).ok()
    }

    fn jitter(&self) -> f64 {
        let mut byte = [0];
        self.inner.ports.random.fill(&mut byte);
        f64::from(byte[0]) / 255.0
    }
}
