//! A person in front of the login page, with one browser and its cookie.

use crate::login::{COOKIE, LoginPageError, escape};
use crate::simulator::Simulator;
use http::{Method, Request, Response};
use time::OffsetDateTime;

impl Simulator {
    /// Opens the authorize URL, signs in as this user, approves and accepts whatever is asked, and gives the address to
    /// which the browser is sent back. A session of another person in the browser is forgotten first.
    ///
    /// # Errors
    /// What the person sees instead: Entra's error page, or a page that goes nowhere.
    pub fn sign_in_as(
        &mut self,
        now: OffsetDateTime,
        authorize_url: &str,
        upn: &str,
    ) -> Result<String, LoginPageError> {
        let accounts = self.jar.get(COOKIE).and_then(|cookie| self.login.browsers.get(cookie));
        let mut accounts = accounts.into_iter().flatten();
        if accounts.any(|account| account.upn.to_lowercase() != upn.to_lowercase()) {
            self.jar.clear();
        }
        self.person(now, authorize_url, Some(upn))
    }

    /// The same, but everybody who is signed in in the browser stays so. Where the login server asks which account to
    /// use, it is this one, by "Use another account" if need be. Where it does not ask, the session that is there
    /// decides, as it would for a person: give a `prompt` or a `login_hint`.
    ///
    /// # Errors
    /// What the person sees instead: Entra's error page, or a page that goes nowhere.
    pub fn sign_in_also(
        &mut self,
        now: OffsetDateTime,
        authorize_url: &str,
        upn: &str,
    ) -> Result<String, LoginPageError> {
        self.person(now, authorize_url, Some(upn))
    }

    /// Opens the logout URL and picks this account, if the login server asks which.
    ///
    /// # Errors
    /// The page on which it ends if it leads nowhere; "You signed out of your account" is one.
    pub fn sign_out_as(&mut self, now: OffsetDateTime, logout_url: &str, upn: &str) -> Result<String, LoginPageError> {
        self.person(now, logout_url, Some(upn))
    }

    /// Opens the authorize URL and presses Cancel on the first page.
    ///
    /// # Errors
    /// What the person sees instead of being sent back.
    pub fn sign_in_cancelled(&mut self, now: OffsetDateTime, authorize_url: &str) -> Result<String, LoginPageError> {
        self.person(now, authorize_url, None)
    }

    /// Opens a login URL in the same browser and touches nothing: `prompt=none`, or single sign-on.
    ///
    /// # Errors
    /// The page that waits, or the error page.
    pub fn visit(&mut self, now: OffsetDateTime, url: &str) -> Result<String, LoginPageError> {
        let response = self.browse(now, Method::GET, url, Vec::new())?;
        sent_back(&response)
    }

    /// The browser forgets its cookie, as a new private window would.
    pub fn forget_browser(&mut self) {
        self.jar.clear();
    }

    fn person(&mut self, now: OffsetDateTime, url: &str, upn: Option<&str>) -> Result<String, LoginPageError> {
        let mut response = self.browse(now, Method::GET, url, Vec::new())?;
        // Which account, sign-in, second factor, consent: more pages there are not.
        for _ in 0..5 {
            let page = String::from_utf8_lossy(response.body()).into_owned();
            let (Some(action), Some(context)) = (
                between(&page, "action=\"", "\""),
                between(&page, "name=\"ctx\" value=\"", "\""),
            ) else {
                break;
            };
            let fields = match upn {
                Some(upn) => {
                    let offered = page.contains(&format!("name=\"account\" value=\"{}\"", escape(upn)));
                    let account = if offered { upn } else { "" };
                    vec![
                        ("ctx", context),
                        ("act", "continue"),
                        ("person", upn),
                        ("account", account),
                    ]
                }
                None => vec![("ctx", context), ("act", "cancel")],
            };
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish();
            let address = format!("{}{action}", self.origins.login);
            response = self.browse(now, Method::POST, &address, body.into_bytes())?;
        }
        sent_back(&response)
    }

    fn browse(
        &mut self,
        now: OffsetDateTime,
        method: Method,
        url: &str,
        body: Vec<u8>,
    ) -> Result<Response<Vec<u8>>, LoginPageError> {
        let no_page = |why: String| LoginPageError::NoPage(why);
        let mut builder = Request::builder().method(method).uri(url);
        if let Some(cookie) = self.jar.get(COOKIE) {
            builder = builder.header("cookie", format!("{COOKIE}={cookie}"));
        }
        let request = builder.body(body).map_err(|error| no_page(error.to_string()))?;
        let response = self.handle(now, request).result.map_err(|lost| no_page(lost.why))?;
        let set = response
            .headers()
            .get("set-cookie")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if let Some((name, value)) = set.split(';').next().and_then(|pair| pair.split_once('=')) {
            if value.is_empty() {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(response)
    }
}

fn sent_back(response: &Response<Vec<u8>>) -> Result<String, LoginPageError> {
    if let Some(location) = response.headers().get("location").and_then(|value| value.to_str().ok()) {
        return Ok(location.to_owned());
    }
    let page = String::from_utf8_lossy(response.body()).into_owned();
    if let Some(description) = between(&page, "<p id=\"description\">", "</p>") {
        let number = between(description, "AADSTS", ":")
            .and_then(|number| number.parse().ok())
            .unwrap_or(0);
        return Err(LoginPageError::Error {
            number,
            description: description.to_owned(),
        });
    }
    match between(&page, "<h1>", "</h1>") {
        Some(title) => Err(LoginPageError::Waiting {
            title: title.to_owned(),
        }),
        None => Err(LoginPageError::NoPage(format!("{} {page}", response.status()))),
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let start = text.find(before)? + before.len();
    let length = text[start..].find(after)?;
    Some(&text[start..start + length])
}
