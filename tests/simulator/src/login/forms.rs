//! The answers to the login server's own pages: who signs in, the second factor, consent, and Cancel.

use super::authorize::is_fresh;
use super::errors::LoginError;
use super::issued::{BrowserSession, Transaction};
use crate::record::Operation;
use crate::simulator::{Outcome, Simulator};
use http::{Method, Request};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

impl Simulator {
    pub(crate) fn form_sent(
        &mut self,
        now: OffsetDateTime,
        tenant: &str,
        operation: Operation,
        request: &Request<Vec<u8>>,
    ) -> Outcome {
        let fields: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let get = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let begun = self
            .login
            .begun
            .remove(get("ctx"))
            .filter(|begun| begun.request.tenant == tenant);
        let Some(mut begun) = begun.filter(|_| request.method() == Method::POST) else {
            let text = "This sign-in is no longer valid. Go back to the application and begin again.";
            return Outcome::of(LoginError::new("invalid_request", 90_013, text).page(now, &mut self.seed));
        };
        let cookie = super::authorize::cookie_of(request);
        self.login.loops.person_acted(cookie.as_deref().unwrap_or_default());
        begun.cookie = cookie;
        let chose = operation == Operation::AccountPickerForm && fields.contains_key("account");
        if !chose && get("act") != "continue" {
            return self.cancelled(now, operation, &begun);
        }
        match operation {
            Operation::SignInForm => {
                let Some(person) = self.world.person(get("person")) else {
                    // The page simply stays: nobody was chosen.
                    return self.next_step(now, begun);
                };
                begun.session = Some(BrowserSession {
                    upn: person.upn.clone(),
                    mfa: false,
                    acrs: BTreeSet::new(),
                    signed_in: now,
                });
            }
            Operation::AccountPickerForm => {
                let accounts = self.accounts_under(begun.cookie.as_deref());
                let chosen = accounts.into_iter().find(|account| account.upn == get("account"));
                if let Some(account) = &chosen {
                    begun.request.login_hint = Some(account.upn.clone());
                }
                begun.session = chosen.filter(|account| is_fresh(&begun.request, account));
            }
            Operation::SecondFactorForm => {
                let asked = begun.request.wanted.acrs.clone();
                if let Some(session) = &mut begun.session {
                    session.mfa = true;
                    session.acrs.insert("p1".to_owned());
                    session.acrs.extend(asked);
                }
            }
            _ => begun.consented = true,
        }
        self.next_step(now, begun)
    }

    fn cancelled(&mut self, now: OffsetDateTime, operation: Operation, begun: &Transaction) -> Outcome {
        let mut error = match operation {
            Operation::ConsentForm => {
                LoginError::new("access_denied", 65_004, "User declined to consent to access the app.")
            }
            _ => LoginError::new("access_denied", 65_004, "The user cancelled the sign-in."),
        };
        if operation != Operation::ConsentForm {
            error.subcode = Some("cancel");
        }
        let sent = self.send_error(now, &begun.request.way_back(), &error);
        let outcome = Outcome::of(sent);
        match &begun.session {
            Some(session) => outcome.by(&session.upn),
            None => outcome,
        }
    }
}
