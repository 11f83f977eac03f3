//! The authorize endpoint: who must do what on which page before a code goes back to the redirect URI.

use super::COOKIE;
use super::accounts::Choice;
use super::errors::LoginError;
use super::issued::{BrowserSession, Code, Grant, Transaction};
use super::pages;
use super::request::{AuthorizeRequest, Refusal, WayBack};
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
        let query = request.uri().query().unwrap_or_default();
        let browser = cookie_of(request).unwrap_or_default();
        let client = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "client_id")
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default();
        if self.world.switches.loop_detection
            && let Err(error) = self.login.loops.check(&browser, &client, now)
        {
            return Outcome::of(error.page(now, &mut self.seed));
        }
        let outcome = match self.read_authorize(tenant, query) {
            Ok(asked) => self.answer_authorize(now, asked, request),
            Err(refusal) => Outcome::of(match *refusal {
                Refusal::Page(error) => error.page(now, &mut self.seed),
                Refusal::Redirect { back, error } => self.send_error(now, &back, &error),
            }),
        };
        if outcome.response.status().is_redirection() {
            self.login.loops.note(&browser, &client, now);
        }
        outcome
    }

    /// The answer to a request that is good in itself.
    fn answer_authorize(
        &mut self,
        now: OffsetDateTime,
        asked: AuthorizeRequest,
        request: &Request<Vec<u8>>,
    ) -> Outcome {
        let choice = Self::meant_by(&asked, &self.accounts_of(request));
        let silent = asked.prompt.as_deref() == Some("none");
        let mut begun = Transaction {
            request: asked,
            session: None,
            consented: false,
            cookie: cookie_of(request),
        };
        match choice {
            Choice::Pick if silent => {
                let text = "Either multiple user identities are available for the current request or selected account is \
                            not supported for the scenario.";
                let error = LoginError::new("interaction_required", 16_000, text);
                return Outcome::of(self.send_error(now, &begun.request.way_back(), &error));
            }
            Choice::Pick => return self.pick_account(begun),
            Choice::SignIn => {}
            Choice::Account(account) if silent || is_fresh(&begun.request, &account) => begun.session = Some(account),
            // The same person, once more.
            Choice::Account(account) => begun.request.login_hint = Some(account.upn),
        }
        if silent {
            return self.silent(now, &begun);
        }
        self.next_step(now, begun)
    }

    /// `prompt=none`: a code, or an error that says what a person would have to do.
    fn silent(&mut self, now: OffsetDateTime, begun: &Transaction) -> Outcome {
        let asked = &begun.request;
        let error = match &begun.session {
            None => LoginError::login_required(),
            Some(session) if !is_fresh(asked, session) => LoginError::login_required(),
            Some(session) if self.membership_of(asked, session).is_err() => {
                let text = "The selected user account does not exist in the tenant and cannot access the application in \
                            that tenant. The account needs to be added as an external user in the tenant first.";
                LoginError::new("interaction_required", 16_000, text)
            }
            Some(session) if self.needs_second_factor(asked, session) => LoginError::second_factor(),
            Some(_) if self.consent_of(asked) != Consent::Granted => LoginError::new(
                "interaction_required",
                65_001,
                "The user or administrator has not consented to use the application.",
            )
            .suberror("consent_required"),
            Some(session) => return self.send_code(now, asked, session, begun.cookie.as_deref()),
        };
        Outcome::of(self.send_error(now, &asked.way_back(), &error))
    }

    /// The next page of a sign-in, or its end.
    pub(crate) fn next_step(&mut self, now: OffsetDateTime, begun: Transaction) -> Outcome {
        let tenant = begun.request.tenant.clone();
        let Some(session) = begun.session.clone() else {
            let context = self.seed.letters(24);
            let asked = &begun.request;
            let (hint, domain) = (asked.login_hint.as_deref(), asked.domain_hint.as_deref());
            let page = pages::sign_in(&self.world, &tenant, &context, hint, domain);
            self.login.begun.insert(context, begun);
            return Outcome::of(response(200, pages::HTML, page));
        };
        if let Err(error) = self.membership_of(&begun.request, &session) {
            // Entra shows this itself: the redirect URI belongs to an application that the person may not use here.
            return Outcome::of(error.page(now, &mut self.seed)).by(&session.upn);
        }
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
                let sent = self.send_error(now, &begun.request.way_back(), &error);
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
        self.send_code(now, &begun.request, &session, begun.cookie.as_deref())
    }

    /// Sends the browser back with a code, and lets it keep the session.
    fn send_code(
        &mut self,
        now: OffsetDateTime,
        asked: &AuthorizeRequest,
        session: &BrowserSession,
        cookie: Option<&str>,
    ) -> Outcome {
        let directory = self.directory_at(&asked.tenant, &session.upn);
        let issuer = self.issuer(&directory);
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
            directory,
        };
        self.login.codes.insert(
            code.clone(),
            Code {
                grant,
                challenge: asked.challenge.clone(),
                nonce: asked.nonce.clone(),
                asked: asked.wanted.acrs.clone(),
                expires: now + Duration::minutes(CODE_MINUTES),
                redeemed: false,
            },
        );
        let mut parameters = vec![("code", code)];
        parameters.extend(asked.state.clone().map(|state| ("state", state)));
        parameters.push(("session_state", self.seed.guid()));
        if self.world.switches.response_issuer {
            parameters.push(("iss", issuer));
        }
        let cookie = self.keep_account(cookie, session);
        let mut response = redirect(&asked.redirect_uri, asked.fragment, &parameters);
        set(
            &mut response,
            "set-cookie",
            &format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax"),
        );
        Outcome::of(response).by(&session.upn)
    }

    pub(crate) fn send_error(&mut self, now: OffsetDateTime, back: &WayBack, error: &LoginError) -> Response<Vec<u8>> {
        let mut parameters = error.parameters(now, &mut self.seed);
        parameters.extend(back.state.clone().map(|state| ("state", state)));
        if self.world.switches.response_issuer {
            // Where the authority stands for many tenants, nobody need be known yet: then it is the company's.
            let tenant = self.world.tenant_named(&back.tenant).unwrap_or(&self.world.tenant);
            parameters.push(("iss", self.issuer(&tenant.id)));
        }
        redirect(&back.to, back.fragment, &parameters)
    }

    fn membership_of(&self, asked: &AuthorizeRequest, session: &BrowserSession) -> Result<(), LoginError> {
        self.check_membership(&self.directory_at(&asked.tenant, &session.upn), &session.upn)
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

/// Is the sign-in young enough for the claims that were asked for?
pub(crate) fn is_fresh(asked: &AuthorizeRequest, session: &BrowserSession) -> bool {
    let since = asked.wanted.not_before;
    since.is_none_or(|since| session.signed_in.unix_timestamp() >= since)
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
