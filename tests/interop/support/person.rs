//! A person with a browser at the provider: follows redirects, keeps cookies, fills in forms.

use std::cell::RefCell;

use http::{HeaderMap, Method};
use url::Url;

use super::fetch::plain_client;
use super::html::{Form, title};

/// Longer than any chain of redirects that leads somewhere.
const MOST_REDIRECTS: usize = 20;

/// Where the browser has come to rest.
#[derive(Debug)]
pub enum Place {
    /// At a page of the provider.
    AtProvider {
        /// Its title.
        title: String,
        /// Its form, if it has one.
        form: Option<Form>,
    },
    /// Sent back to the page, to this address.
    Back(Url),
}

impl Place {
    /// Where the page was left for; any other place is a failure.
    pub fn back(self) -> Url {
        match self {
            Self::Back(url) => url,
            Self::AtProvider { title, .. } => panic!("the browser is still at the provider: {title}"),
        }
    }

    /// The title of the provider's page; to be back is a failure.
    pub fn title(&self) -> &str {
        match self {
            Self::AtProvider { title, .. } => title,
            Self::Back(url) => panic!("the browser has left the provider for {}", url.path()),
        }
    }

    fn into_form(self) -> Form {
        match self {
            Self::AtProvider { form: Some(form), .. } => form,
            other => panic!("there is no form here: {other:?}"),
        }
    }
}

struct Cookie {
    name: String,
    value: String,
    path: String,
}

/// A browser with its cookies, and who sits before it.
pub struct Person {
    client: reqwest::Client,
    /// The page's origin: whatever leads there is not opened, but told.
    page: String,
    cookies: RefCell<Vec<Cookie>>,
}

impl Person {
    /// With no cookies yet.
    pub fn new(page: &str) -> Self {
        Self {
            client: plain_client(),
            page: page.to_owned(),
            cookies: RefCell::default(),
        }
    }

    /// Opens an address and goes wherever it leads.
    pub async fn open(&self, url: &Url) -> Place {
        self.go(Method::GET, url.clone(), String::new()).await
    }

    /// Signs in and accepts whatever is asked; gives back the address of the page that the browser is sent to.
    pub async fn sign_in(&self, url: &Url, user: &str) -> Url {
        let place = self.open(url).await;
        assert_eq!(place.title(), "Sign in");
        let place = self.answer(place, &[("user", user), ("answer", "yes")]).await;
        match place {
            Place::Back(url) => url,
            asked => {
                assert_eq!(asked.title(), "Permissions requested");
                self.answer(asked, &[("answer", "yes")]).await.back()
            }
        }
    }

    /// Fills in the form of a place and sends it off.
    pub async fn answer(&self, place: Place, fields: &[(&str, &str)]) -> Place {
        let form = place.into_form();
        let body = form.filled(fields);
        self.go(Method::POST, form.action, body).await
    }

    async fn go(&self, mut method: Method, mut url: Url, mut body: String) -> Place {
        for _ in 0..MOST_REDIRECTS {
            if url.origin().ascii_serialization() == self.page {
                return Place::Back(url);
            }
            let answer = self
                .client
                .request(method, url.clone())
                .header("cookie", self.cookies_for(&url))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body)
                .send()
                .await
                .expect("the provider answers");
            self.keep_cookies(answer.headers());
            if let Some(location) = answer.headers().get("location") {
                url = url.join(location.to_str().unwrap()).unwrap();
                (method, body) = (Method::GET, String::new());
                continue;
            }
            let html = answer.text().await.unwrap();
            let form = Form::find(&html, &url);
            match form {
                // Some forms are sent by a script, without anybody seeing them.
                Some(form) if html.contains("forms[0].submit()") => {
                    (method, body) = (Method::POST, form.filled(&[]));
                    url = form.action;
                }
                form => {
                    let title = title(&html).to_owned();
                    return Place::AtProvider { title, form };
                }
            }
        }
        panic!("the provider redirects in a circle")
    }

    fn cookies_for(&self, url: &Url) -> String {
        let fitting = |cookie: &&Cookie| url.path().starts_with(cookie.path.as_str());
        let cookies = self.cookies.borrow();
        let pairs = cookies.iter().filter(fitting);
        let pairs: Vec<String> = pairs
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        pairs.join("; ")
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.borrow_mut();
        for header in headers.get_all("set-cookie") {
            let text = header.to_str().unwrap();
            let mut parts = text.split(';').map(str::trim);
            let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap();
            let attribute = |wanted: &str| {
                parts
                    .clone()
                    .filter_map(|part| part.split_once('='))
                    .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            };
            let path = attribute("path").map_or("/", |(_, path)| path).to_owned();
            cookies.retain(|cookie| cookie.name != name || cookie.path != path);
            let taken_back = attribute("expires").is_some_and(|(_, date)| date.contains(" 1970 "));
            if !taken_back {
                cookies.push(Cookie {
                    name: name.to_owned(),
                    value: value.to_owned(),
                    path,
                });
            }
        }
    }
}
