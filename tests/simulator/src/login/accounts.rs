//! The accounts that are signed in in one browser: which of them a request means, and the page that asks.

use super::authorize::cookie_of;
use super::issued::{BrowserSession, Transaction};
use super::pages;
use super::request::AuthorizeRequest;
use crate::reply::response;
use crate::simulator::{Outcome, Simulator};
use http::Request;

/// Whom an authorization request means.
pub(crate) enum Choice {
    /// This account, which is signed in.
    Account(BrowserSession),
    /// Somebody who has to sign in.
    SignIn,
    /// One of several, or another: a person has to say.
    Pick,
}

impl Simulator {
    /// The accounts signed in in the browser that sends this request.
    pub(crate) fn accounts_of(&self, request: &Request<Vec<u8>>) -> Vec<BrowserSession> {
        self.accounts_under(cookie_of(request).as_deref())
    }

    /// The accounts signed in under this cookie; revoked ones do not count.
    pub(crate) fn accounts_under(&self, cookie: Option<&str>) -> Vec<BrowserSession> {
        let accounts = cookie.and_then(|cookie| self.login.browsers.get(cookie));
        let mut accounts = accounts.cloned().unwrap_or_default();
        accounts.retain(|account| !self.login.is_revoked(&account.upn, account.signed_in));
        accounts
    }

    /// Whom the request means (Microsoft entra-docs, v2-oauth2-auth-code-flow.md: `prompt`, `login_hint`).
    pub(crate) fn meant_by(asked: &AuthorizeRequest, accounts: &[BrowserSession]) -> Choice {
        let fits = |hint: &String| {
            let hint = hint.to_lowercase();
            accounts.iter().find(|account| account.upn.to_lowercase() == hint)
        };
        match (asked.prompt.as_deref(), &asked.login_hint, accounts) {
            (Some("login"), _, _) | (_, _, []) => Choice::SignIn,
            (Some("select_account"), _, _) => Choice::Pick,
            (_, Some(hint), _) => fits(hint).cloned().map_or(Choice::SignIn, Choice::Account),
            (_, None, [only]) => Choice::Account(only.clone()),
            (_, None, _) => Choice::Pick,
        }
    }

    /// Asks which account to use.
    pub(crate) fn pick_account(&mut self, begun: Transaction) -> Outcome {
        let upns = names(&self.accounts_under(begun.cookie.as_deref()));
        let context = self.seed.letters(24);
        let page = pages::account_picker(&begun.request.tenant, &context, &upns);
        self.login.begun.insert(context, begun);
        Outcome::of(response(200, pages::HTML, page))
    }

    /// Keeps the account under the browser's cookie, or under a new one; gives the cookie.
    pub(crate) fn keep_account(&mut self, cookie: Option<&str>, account: &BrowserSession) -> String {
        let known = cookie.filter(|cookie| self.login.browsers.contains_key(*cookie));
        let cookie = known.map_or_else(|| self.seed.letters(32), str::to_owned);
        let accounts = self.login.browsers.entry(cookie.clone()).or_default();
        accounts.retain(|other| other.upn.to_lowercase() != account.upn.to_lowercase());
        accounts.push(account.clone());
        cookie
    }
}

/// Their UPNs, in a fixed order.
pub(crate) fn names(accounts: &[BrowserSession]) -> Vec<String> {
    let mut upns: Vec<String> = accounts.iter().map(|account| account.upn.clone()).collect();
    upns.sort();
    upns
}
