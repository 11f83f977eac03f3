//! The logout endpoint: signs accounts of a browser out and sends it on, if the address is registered
//! (Microsoft entra-docs, v2-protocols-oidc.md, "Send a sign-out request").

use super::accounts::names;
use super::authorize::{cookie_of, redirect};
use super::errors::LoginError;
use super::{COOKIE, pages};
use crate::reply::{empty, response, set};
use crate::simulator::{Outcome, Simulator};
use http::{Method, Request};
use std::collections::BTreeMap;
use time::OffsetDateTime;

impl Simulator {
    /// Signs out the account that `logout_hint` names, or the only one; else a person has to pick. Tokens stay valid:
    /// signing out does not revoke them (Microsoft entra-docs, refresh-tokens.md).
    pub(crate) fn logout(&mut self, tenant: &str, request: &Request<Vec<u8>>) -> Outcome {
        let query = request.uri().query().unwrap_or_default();
        let upns = names(&self.accounts_of(request));
        match (hint_in(query), upns.as_slice()) {
            (_, []) => self.sign_out(request, query, None),
            (None, [only]) => self.sign_out(request, query, Some(only)),
            (hint, _) => {
                let named = hint.and_then(|hint| upns.iter().find(|upn| upn.to_lowercase() == hint));
                match named {
                    Some(named) => self.sign_out(request, query, Some(named)),
                    None => self.pick_who_leaves(tenant, query, &upns),
                }
            }
        }
    }

    /// The page that asks whom to sign out was answered.
    pub(crate) fn sign_out_chosen(&mut self, now: OffsetDateTime, tenant: &str, request: &Request<Vec<u8>>) -> Outcome {
        let fields: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let context = fields.get("ctx").map(String::as_str).unwrap_or_default();
        let begun = self.login.leaving.remove(context);
        let Some(query) = begun.filter(|_| request.method() == Method::POST) else {
            let text = "This sign-out is no longer valid. Go back to the application and begin again.";
            return Outcome::of(LoginError::new("invalid_request", 90_013, text).page(now, &mut self.seed));
        };
        let upns = names(&self.accounts_of(request));
        match fields.get("account").filter(|chosen| upns.contains(chosen)) {
            Some(chosen) => self.sign_out(request, &query, Some(chosen)),
            // The page simply stays: nobody was chosen.
            None => self.pick_who_leaves(tenant, &query, &upns),
        }
    }

    fn pick_who_leaves(&mut self, tenant: &str, query: &str, upns: &[String]) -> Outcome {
        let context = self.seed.letters(24);
        let page = pages::sign_out_picker(tenant, &context, upns);
        self.login.leaving.insert(context, query.to_owned());
        Outcome::of(response(200, pages::HTML, page))
    }

    fn sign_out(&mut self, request: &Request<Vec<u8>>, query: &str, upn: Option<&str>) -> Outcome {
        let given: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let registered = given.get("post_logout_redirect_uri").filter(|uri| {
            let known = self
                .world
                .applications
                .iter()
                .flat_map(|application| &application.redirect_uris);
            known.into_iter().any(|one| one.uri == **uri)
        });
        let mut answer = match registered {
            Some(uri) => match given.get("state") {
                Some(state) => redirect(uri, false, &[("state", state.clone())]),
                None => {
                    let mut plain = empty(302);
                    set(&mut plain, "location", uri);
                    plain
                }
            },
            None => response(200, pages::HTML, pages::signed_out()),
        };
        let cookie = cookie_of(request).unwrap_or_default();
        let others = self.login.browsers.get_mut(&cookie).is_some_and(|accounts| {
            accounts.retain(|account| Some(account.upn.as_str()) != upn);
            !accounts.is_empty()
        });
        if !others {
            self.login.browsers.remove(&cookie);
            let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
            set(&mut answer, "set-cookie", &gone);
        }
        let outcome = Outcome::of(answer);
        match upn {
            Some(upn) => outcome.by(upn),
            None => outcome,
        }
    }
}

/// `logout_hint`, in lower case.
fn hint_in(query: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, hint) = pairs.find(|(name, value)| name == "logout_hint" && !value.is_empty())?;
    Some(hint.to_lowercase())
}
