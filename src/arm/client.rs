//! The client: one way for every request, written down once.
//!
//! Order: token, headers, send with a time limit, sort the answer; for reads also: a place at the gate before, another
//! token once if the old was refused or did not hold the claims that are wanted, and waiting and sending again as [`retry`](super::retry) decides. The token goes to the
//! configured Resource Manager and nowhere else, because the host of every request is put there here.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{Either, LocalBoxFuture, select};
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION};
use oauth2::AccessToken;
use serde::de::DeserializeOwned;

use super::error::{ArmError, ArmErrorKind};
use super::gate::Gate;
use super::request::{ArmRequest, Needs};
use super::retry::wait_before_retry;
use crate::auth::{AuthError, Freshness, TokenCredential};
use crate::origin::Origin;
use crate::ports::{NoAnswer, Ports, Request, Response, guid};

/// How many requests are under way at once.
const PARALLEL: usize = 16;

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

/// A client for Resource Manager. Clones share everything but the request id.
#[derive(Clone)]
pub struct ArmClient {
    inner: Rc<Inner>,
    request_id: Rc<str>,
    /// The token of the last read that was answered under this request id.
    taken: Rc<RefCell<Option<AccessToken>>>,
}

struct Inner {
    settings: ArmSettings,
    credential: Rc<dyn TokenCredential>,
    ports: Ports,
    gate: Rc<Gate>,
}

impl ArmClient {
    /// A client that asks `credential` for its tokens.
    pub fn new(settings: ArmSettings, credential: Rc<dyn TokenCredential>, ports: Ports) -> Self {
        let request_id = guid(&*ports.random).into();
        Self {
            inner: Rc::new(Inner {
                settings,
                credential,
                ports,
                gate: Gate::new(PARALLEL),
            }),
            request_id,
            taken: Rc::default(),
        }
    }

    /// The same client with a request id of its own: one for each thing that a person does, sent as
    /// `x-ms-client-request-id` and shown with every error, because Azure's own ids may be hidden from a page.
    #[must_use]
    pub fn for_new_action(&self) -> Self {
        Self {
            inner: Rc::clone(&self.inner),
            request_id: guid(&*self.inner.ports.random).into(),
            taken: Rc::default(),
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
        serde_json::from_slice(response.body()).map_err(|_| self.unreadable(request, &response))
    }

    /// Reads once, but for a token that Azure does not take: another is fetched and shown once.
    ///
    /// # Errors
    /// [`ArmError`]; [`ArmErrorKind::ClaimsChallenge`] if only a person can bring the token that is wanted.
    pub(super) async fn read_once<T: DeserializeOwned>(&self, request: &ArmRequest) -> Result<T, ArmError> {
        let response = self.answer_once(request).await?;
        serde_json::from_slice(response.body()).map_err(|_| self.unreadable(request, &response))
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
            let mut attempt = 1;
            loop {
                let error = match self.answer_once(request).await {
                    Ok(response) => return Ok(response),
                    Err(error) => error,
                };
                let Some(wait) = wait_before_retry(&error, attempt, self.jitter()) else {
                    return Err(error);
                };
                clock.sleep(wait).await;
                attempt += 1;
            }
        };
        read.boxed_local()
    }

    fn answer_once<'a>(&'a self, request: &'a ArmRequest) -> LocalBoxFuture<'a, Result<Response, ArmError>> {
        let read = async move {
            let _pass = self.inner.gate.enter().await;
            let mut token = self.token(Freshness::Cached, &request.needs).await?;
            let mut tries = 1;
            let mut fetched = None;
            loop {
                let error = match self.send(request, &token).await {
                    Ok(response) => {
                        self.taken.replace(Some(token));
                        return Ok(response);
                    }
                    Err(error) => error,
                };
                let better = better_token(&error.kind).filter(|_| tries < MOST_TOKENS);
                let Some(better) = better else { return Err(error) };
                let current = self.token(Freshness::Cached, &request.needs).await?;
                // Many reads are refused at once; the first that hears of it fetches for all.
                if current.secret() != token.secret() {
                    token = current;
                } else if fetched.as_ref() == Some(&better) {
                    // The same refusal again, of the very token that was fetched for it.
                    return Err(error);
                } else {
                    token = self.fetch_token(&error, better.clone()).await?;
                    fetched = Some(better);
                }
                tries += 1;
            }
        };
        read.boxed_local()
    }

    /// Sends what changes something: exactly once, whatever comes back. It does not queue at the gate, because the
    /// guard has just looked and every wait would widen the window behind it; the desk keeps the number of acts small.
    /// For the same reason it does not wait for a new token either, but shows the one that the guard's look was answered
    /// for: Azure says if that is not good enough any more, and the guard looks again.
    ///
    /// # Errors
    /// [`ArmError`]; [`ArmError::leaves_outcome_open`] tells whether it may have had its effect all the same.
    pub(super) async fn act(&self, request: &ArmRequest) -> Result<Response, ArmError> {
        let taken = self.taken.borrow().clone();
        let token = match (self.token(Freshness::Cached, &request.needs).now_or_never(), taken) {
            (Some(token), _) => token?,
            (None, Some(taken)) => taken,
            (None, None) => self.token(Freshness::Cached, &request.needs).await?,
        };
        self.send(request, &token).await
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

    async fn send(&self, request: &ArmRequest, token: &AccessToken) -> Result<Response, ArmError> {
        let unanswered = |kind| ArmError::unanswered(kind, request.needs.clone(), &self.request_id);
        let outgoing = self
            .outgoing(request, token)
            .ok_or_else(|| unanswered(ArmErrorKind::Unexpected))?;
        let answer = self.inner.ports.http.send(outgoing);
        let too_late = self.inner.ports.clock.sleep(TIME_LIMIT);
        let response = match select(answer, too_late).await {
            Either::Left((answer, _)) => answer.map_err(|e| unanswered(ArmErrorKind::NoAnswer(e)))?,
            Either::Right(_) => return Err(unanswered(ArmErrorKind::NoAnswer(NoAnswer::TimedOut))),
        };
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(ArmError::of(&response, request.needs.clone(), &self.request_id))
        }
    }

    fn outgoing(&self, request: &ArmRequest, token: &AccessToken) -> Option<Request> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.secret())).ok()?;
        bearer.set_sensitive(true);
        http::Request::builder()
            .method(request.method.clone())
            .uri(format!("{}{}", self.endpoint(), request.path_and_query))
            .header(AUTHORIZATION, bearer)
            .header(ACCEPT, "application/json")
            .header("x-ms-client-request-id", &*self.request_id)
            .body(Vec::new())
            .ok()
    }

    fn jitter(&self) -> f64 {
        let mut byte = [0];
        self.inner.ports.random.fill(&mut byte);
        f64::from(byte[0]) / 255.0
    }
}

/// Which token may do where this was the answer to the last one; `None` if the token is not what is wrong.
pub fn better_token(kind: &ArmErrorKind) -> Option<Freshness> {
    match kind {
        ArmErrorKind::TokenRefused => Some(Freshness::Renewed),
        ArmErrorKind::ClaimsChallenge(challenge) => Some(Freshness::Claims(challenge.clone())),
        _ => None,
    }
}
