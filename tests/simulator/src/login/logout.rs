//! The logout endpoint: forgets the browser's session and sends it on, if the address is registered.

use super::authorize::{cookie_of, redirect};
use super::{COOKIE, pages};
use crate::reply::{empty, response, set};
use crate::simulator::{Outcome, Simulator};
use http::Request;
use std::collections::BTreeMap;

impl Simulator {
    /// Tokens stay valid: signing out does not revoke them (Microsoft entra-docs, refresh-tokens.md).
    pub(crate) fn logout(&mut self, request: &Request<Vec<u8>>) -> Outcome {
        let query = request.uri().query().unwrap_or_default();
        let given: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let session = cookie_of(request).and_then(|cookie| self.login.browsers.remove(&cookie));
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
        set(
            &mut answer,
            "set-cookie",
            &format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
        );
        let outcome = Outcome::of(answer);
        match session {
            Some(session) => outcome.by(&session.upn),
            None => outcome,
        }
    }
}
