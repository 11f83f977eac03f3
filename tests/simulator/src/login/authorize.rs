//! The authorize endpoint: who must do what on which page before a code goes back to the redirect URI.

use super::COOKIE;
use super::errors::LoginError;
use super::issued::{BrowserSession, Code, Grant, Transaction};
use super::pages;
use super::request::{AuthorizeRequest, Refusal};
use crate::reply::{empty, header, response, set};
use crate::simulator::{Outcome, Simulator};
use crate::world::Consent;
use http::{Method, Request, Response};
use time::{Duration, OffsetDateTime};

/// How long a code can be redeemed (entra-docs, v2-oauth2-auth-code-flow.md: "about 10 minutes").
const CODE_MINUTES: i64 = 10;

impl Simulator {
    pub(crate) fn authorize(&mut self, now: OffsetDateTime, tenant: &str, request: &Request<Vec<u8>>) -> Outcome {
        if request.method() != Method::GET {
            let error = LoginError::new("invalid_request", 900_561, "The endpoint only accepts GET requests.");
            return Outcome::of(error.page(now, &mut self.seed));
        }
        let asked = match self.read_authorize(tenant, request.uri().query().unwrap_or_default()) {
            Ok(asked) => asked,
            Err(refusal) => {
                return Outcome::of(match *refusal {
                    Refusal::Page(error) => error.page(now, &mut self.seed),
                    Refusal::Redirect {
                        to,
                        fragment,
                        state,
                        error,
                    } => self.send_error(now, &to, fragment, state.as_deref(), &error),
                });
            }
        };
        let session = self.session_of(request);
        let session = match asked.prompt.as_deref() {
            Some("login" | "select_account") => None,
            _ => session.filter(|session| fits_hint(session, asked.login_hint.as_deref())),
        };
        if asked.prompt.as_deref() == Some("none") {
            return self.silent(now, &asked, session);
        }
        let fresh = asked.wanted.not_before;
        let session = session.filter(|one| fresh.is_none_or(|since| one.signed_in.unix_timestamp() >= since));
        let begun = Transaction {
            request: asked,
            session,
            consented: false,
        };
        self.next_step(now, begun)
    }

    /// `prompt=none`: a code, or an error that says what a person would have to do.
    fn silent(&mut self, now: OffsetDateTime, asked: &AuthorizeRequest, session: Option<BrowserSession>) -> Outcome {
        let error = match &session {
            None => LoginError::login_required(),
            Some(session)
                if asked
                    .wanted
                    .not_before
                    .is_some_and(|since| session.signed_in.unix_timestamp() < since) =>
            {
                LoginError::login_required()
            }
            Some(session) if self.needs_second_factor(asked, session) => LoginError::second_factor(),
            Some(_) if self.consent_of(asked) != Consent::Granted => LoginError::new(
                "interaction_required",
                65_001,
                "The user or administrator has not consented to use the application.",
            )
            .suberror("consent_required"),
            Some(session) => {
                let session = session.clone();
                return self.send_code(now, asked, &session);
            }
        };
        Outcome::of(self.send_error(now, &asked.redirect_uri, asked.fragment, asked.state.as_deref(), &error))
    }

    /// The next page of a sign-in, or its end.
    pub(crate) fn next_step(&mut self, now: OffsetDateTime, begun: Transaction) -> Outcome {
        let tenant = begun.request.tenant.clone();
        let Some(session) = begun.session.clone() else {
            let context = self.seed.letters(24);
            let page = pages::sign_in(&self.world, &tenant, &context, begun.request.login_hint.as_deref());
            self.login.begun.insert(context, begun);
            return Outcome::of(response(200, pages::HTML, page));
        };
        if self.needs_second_factor(&begun.request, &session) {
            let context = self.seed.letters(24);
            let page = pages::second_factor(&tenant, &context, &session.upn);
            self.login.begun.insert(context, begun);
            return Outcome::of(response(200, pages::HTML, page)).by(&session.upn);
        }
        let asks = begun.request.prompt.as_deref() == Some("consent");
        match self.consent_of(&begun.request) {
            Consent::AdminOnly => {
                let text = "Admin consent is required for the permissions requested by this application.";
                let error = LoginError::new("access_denied", 90_094, text);
                let asked = &begun.request;
                let sent = self.send_error(now, &asked.redirect_uri, asked.fragment, asked.state.as_deref(), &error);
                return Outcome::of(sent).by(&session.upn);
            }
            consent if !begun.consented && (asks || consent == Consent::AskUser) => {
                let context = self.seed.letters(24);
                let page = pages::consent(&tenant, &context, &session.upn);
                self.login.begun.insert(context, begun);
                return Outcome::of(response(200, pages::HTML, page)).by(&session.upn);
            }
            _ => {}
        }
        self.send_code(now, &begun.request, &session)
    }

    /// Sends the browser back with a code, and lets it keep the session.
    fn send_code(&mut self, now: OffsetDateTime, asked: &AuthorizeRequest, session: &BrowserSession) -> Outcome {
        let code = format!("1.{}", self.seed.letters(120));
        let grant = Grant {
            upn: session.upn.clone(),
            client_id: asked.client_id.clone(),
            scopes: asked.scopes.clone(),
            cp1: asked.wanted.cp1,
            mfa: session.mfa,
            acrs: session.acrs.clone(),
            signed_in: session.signed_in,
            redirect_uri: asked.redirect_uri.clone(),
            tenant: asked.tenant.clone(),
        };
        self.login.codes.insert(
            code.clone(),
            Code {
                grant,
                challenge: asked.challenge.clone(),
                nonce: asked.nonce.clone(),
                expires: now + Duration::minutes(CODE_MINUTES),
                redeemed: false,
            },
        );
        let mut parameters = vec![("code", code)];
        parameters.extend(asked.state.clone().map(|state| ("state", state)));
        parameters.push(("session_state", self.seed.guid()));
        let cookie = self.seed.letters(32);
        self.login.browsers.insert(cookie.clone(), session.clone());
        let mut response = redirect(&asked.redirect_uri, asked.fragment, &parameters);
        set(
            &mut response,
            "set-cookie",
            &format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax"),
        );
        Outcome::of(response).by(&session.upn)
    }

    pub(crate) fn send_error(
        &mut self,
        now: OffsetDateTime,
        to: &str,
        fragment: bool,
        state: Option<&str>,
        error: &LoginError,
    ) -> Response<Vec<u8>> {
        let mut parameters = error.parameters(now, &mut self.seed);
        parameters.extend(state.map(|state| ("state", state.to_owned())));
        redirect(to, fragment, &parameters)
    }

    fn session_of(&self, request: &Request<Vec<u8>>) -> Option<BrowserSession> {
        let session = self.login.browsers.get(&cookie_of(request)?)?;
        (!self.login.is_revoked(&session.upn, session.signed_in)).then(|| session.clone())
    }

    fn needs_second_factor(&self, asked: &AuthorizeRequest, session: &BrowserSession) -> bool {
        let everybody = self.world.switches.sign_in_needs_mfa && !session.mfa;
        everybody || asked.wanted.needs_second_factor(session.mfa, &session.acrs)
    }

    fn consent_of(&self, asked: &AuthorizeRequest) -> Consent {
        let application = self
            .world
            .applications
            .iter()
            .find(|one| one.client_id == asked.client_id);
        application.map_or(Consent::Granted, |application| application.consent)
    }
}

/// The session cookie of a request.
pub(crate) fn cookie_of(request: &Request<Vec<u8>>) -> Option<String> {
    let cookies = header(request, "cookie")?;
    let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs
        .into_iter()
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

fn fits_hint(session: &BrowserSession, hint: Option<&str>) -> bool {
    hint.is_none_or(|hint| hint.to_lowercase() == session.upn.to_lowercase())
}

/// Sends the browser to a URI with parameters in its fragment or query.
pub(crate) fn redirect(to: &str, fragment: bool, parameters: &[(&str, String)]) -> Response<Vec<u8>> {
    let encoded = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let joint = match (fragment, to.contains('?')) {
        (true, _) => '#',
        (false, true) => '&',
        (false, false) => '?',
    };
    let mut response = empty(302);
    set(&mut response, "location", &format!("{to}{joint}{encoded}"));
    response
}
