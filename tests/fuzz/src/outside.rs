//! The world around the page: an authority and a Resource Manager that say what they are told to, and a tab.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::auth::{
    Account, AuthError, Authority, AuthorizationRequest, PENDING_REQUEST_KEY, PublicClient, PublicClientSettings,
    RESPONSE_KEY,
};
use avd_logoff::origin::Origin;
use avd_logoff::ports::{Clock as _, Http, NoAnswer, Ports, Random, Request, Response, Storage as _, WindowAnswer};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use serde_json::Value;
use url::Url;

use crate::answers::{good_answer, good_claims, id_token, json_answer};
use crate::check::form_values;
use crate::run::Time;
use crate::tab::Tab;

/// The authority.
pub const AUTHORITY: &str = "https://login.example";
/// Resource Manager.
pub const RESOURCE_MANAGER: &str = "https://management.example";
/// The tenant by its id.
pub const TENANT_ID: &str = "11111111-2222-4333-8444-555555555555";
/// The tenant by its domain, which leaves the id open.
pub const TENANT_DOMAIN: &str = "contoso.example";
/// A tenant that is not configured, but can be asked for.
pub const OTHER_TENANT_ID: &str = "99999999-2222-4333-8444-555555555555";
/// The application.
pub const CLIENT_ID: &str = "66666666-7777-4888-8999-aaaaaaaaaaaa";
/// The person's object id.
pub const OBJECT_ID: &str = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff";

/// What the outside answers.
pub type Answer = Result<Response, NoAnswer>;

/// Everything that the page asked, and what it gets.
#[derive(Default)]
pub struct Outside {
    /// Every request, with its body.
    pub requests: RefCell<Vec<Request>>,
    /// Answers of the token endpoint, in this order; the last one goes on for ever.
    pub authority: RefCell<VecDeque<Answer>>,
    /// The same for Resource Manager.
    pub manager: RefCell<VecDeque<Answer>>,
}

/// A page in its world.
pub struct World {
    /// Time in it.
    pub time: Rc<Time>,
    /// Who answers.
    pub outside: Rc<Outside>,
    /// How the page is set up.
    pub settings: PublicClientSettings,
    tab: Rc<Tab>,
}

/// How a sign-in leaves and comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The page leaves, and a new one comes back.
    Redirect,
    /// The page stays and opens a window.
    Window,
}

/// A sign-in under way.
pub struct Asked {
    /// Its state.
    pub state: String,
    /// Its nonce.
    pub nonce: String,
    /// What stays in the tab and must show nowhere.
    pub kept: Vec<String>,
    window: Option<(PublicClient, avd_logoff::auth::PopupLogin)>,
}

impl World {
    /// A page whose tenant is configured like this.
    pub fn new(tenant: &str, tokens_survive_reload: bool) -> Self {
        Self {
            time: Time::new(),
            outside: Rc::default(),
            settings: PublicClientSettings {
                client_id: CLIENT_ID.into(),
                authority: Authority::new(Origin::parse(AUTHORITY).expect("it is one"), tenant),
                scope: format!("{RESOURCE_MANAGER}/user_impersonation"),
                redirect_uri: Url::parse("https://page.example/redirect.html").expect("it is one"),
                relay: None,
                declare_client_capabilities: true,
                tokens_survive_reload,
            },
            tab: Rc::default(),
        }
    }

    /// The ports that lead out.
    pub fn ports(&self) -> Ports {
        Ports {
            http: Rc::new(Wire {
                outside: Rc::clone(&self.outside),
                time: Rc::clone(&self.time),
            }),
            clock: Rc::clone(&self.time) as Rc<_>,
            random: Rc::new(Numbers(Cell::new(1))),
            storage: Rc::clone(&self.tab) as Rc<_>,
            navigator: Rc::clone(&self.tab) as Rc<_>,
            windows: Rc::clone(&self.tab) as Rc<_>,
        }
    }

    /// The page, just loaded.
    pub fn load(&self) -> PublicClient {
        PublicClient::new(self.settings.clone(), self.ports()).expect("the settings are good")
    }

    /// Leaves for the authority.
    pub fn ask(&self, way: Way, request: &AuthorizationRequest) -> Asked {
        let client = self.load();
        let mut kept = Vec::new();
        let window = match way {
            Way::Redirect => {
                client.login_redirect(request).expect("the storage is on");
                let pending = self.stored(PENDING_REQUEST_KEY).expect("the request waits");
                long_texts(&serde_json::from_str(&pending).unwrap_or_default(), &mut kept);
                None
            }
            Way::Window => {
                let login = client.login_popup(request).expect("the settings are good");
                assert_eq!(self.stored(PENDING_REQUEST_KEY), None, "the request stays in memory");
                Some((client, login))
            }
        };
        let url = self.tab.went_to.take().expect("there is somewhere to go");
        let query = url.query().unwrap_or_default();
        let one = |name: &str| form_values(query, name).pop().expect("the request has it");
        Asked {
            state: one("state"),
            nonce: one("nonce"),
            kept,
            window,
        }
    }

    /// What comes of a response, and the page that it came to.
    pub fn come_back(&self, asked: &mut Asked, response: &str) -> (PublicClient, Result<Option<Account>, AuthError>) {
        if let Some((client, login)) = asked.window.take() {
            let window = self.tab.window.take().expect("it stands open");
            assert!(
                window.send(WindowAnswer::Response(response.into())).is_ok(),
                "nobody waits"
            );
            let outcome = self.time.run(login.finish());
            return (client, outcome.map(Some));
        }
        self.tab.set(RESPONSE_KEY, response).expect("the storage is on");
        let client = self.load();
        let outcome = self.time.run(client.handle_redirect());
        (client, outcome)
    }

    /// What the tab's storage holds under a key.
    pub fn stored(&self, key: &str) -> Option<String> {
        self.tab.get(key)
    }

    /// Forgets the request that waits, as if another tab had sent it.
    pub fn forget_request(&self) {
        self.tab.remove(PENDING_REQUEST_KEY);
    }

    /// Whether any value in the tab's storage holds this text.
    pub fn keeps(&self, text: &str) -> bool {
        self.tab.values.borrow().values().any(|value| value.contains(text))
    }

    /// Tells the token endpoint what to answer next.
    pub fn authority_says(&self, answer: Answer) {
        self.outside.authority.borrow_mut().push_back(answer);
    }

    /// Signs in as it should be, and forgets what was sent for it.
    pub fn sign_in(&self, access_token: &str) -> PublicClient {
        let mut asked = self.ask(Way::Redirect, &AuthorizationRequest::default());
        let id_token = id_token(&good_claims(Some(&asked.nonce), TENANT_ID));
        self.authority_says(json_answer(200, &good_answer(access_token, &id_token)));
        let response = format!("code=the-code-of-a-good-answer&state={}", asked.state);
        let (client, outcome) = self.come_back(&mut asked, &response);
        assert!(matches!(outcome, Ok(Some(_))), "a good answer signs in: {outcome:?}");
        self.outside.authority.borrow_mut().clear();
        self.outside.requests.borrow_mut().clear();
        client
    }

    /// The bodies of all requests to the token endpoint, and a look at where every request went. `tenant` is the one
    /// that was asked, if not the configured one.
    ///
    /// # Panics
    /// If a request went anywhere else than to the authority and Resource Manager, or a token to the wrong one of them.
    pub fn redeemed(&self, tenant: Option<&str>) -> Vec<String> {
        let authority = &self.settings.authority;
        let tenant = tenant.unwrap_or(authority.tenant());
        let token_endpoint = Authority::new(authority.host().clone(), tenant).token_endpoint();
        let mut bodies = Vec::new();
        for request in self.outside.requests.borrow().iter() {
            let uri = request.uri().to_string();
            let bears = request.headers().contains_key("authorization");
            if uri == token_endpoint {
                assert!(!bears, "an access token went to the authority");
                let body = String::from_utf8_lossy(request.body()).into_owned();
                assert!(declares_capabilities(&body), "the claims are not in order: {body}");
                bodies.push(body);
            } else {
                let rest = uri.strip_prefix(RESOURCE_MANAGER);
                assert!(
                    rest.is_some_and(|rest| rest.starts_with('/')),
                    "a request went to {uri}"
                );
                assert!(
                    bears && request.body().is_empty(),
                    "a request without a token, or with a body"
                );
            }
        }
        bodies
    }
}

/// Whether the `claims` that a form asks for are one JSON object that declares what the page can do.
fn declares_capabilities(form: &str) -> bool {
    let claims = form_values(form, "claims");
    let [claims] = claims.as_slice() else { return false };
    let claims: Value = serde_json::from_str(claims).unwrap_or_default();
    claims["access_token"]["xms_cc"]["values"][0] == "cp1"
}

/// Every text in a JSON value that is long enough to be a secret.
fn long_texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() >= 43 => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| long_texts(value, into)),
        Value::Object(values) => values.values().for_each(|value| long_texts(value, into)),
        _ => {}
    }
}

/// How long an answer takes.
const ROUND_TRIP: Duration = Duration::from_millis(1);

struct Wire {
    outside: Rc<Outside>,
    time: Rc<Time>,
}

impl Http for Wire {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Answer> {
        let to_manager = request.uri().to_string().starts_with(RESOURCE_MANAGER);
        let queue = if to_manager {
            &self.outside.manager
        } else {
            &self.outside.authority
        };
        let mut queue = queue.borrow_mut();
        let answer = match queue.len() {
            0 => Err(NoAnswer::Unreachable("nobody is there".into())),
            1 => queue[0].clone(),
            _ => queue.pop_front().expect("there are several"),
        };
        self.outside.requests.borrow_mut().push(request);
        self.time.sleep(ROUND_TRIP).map(move |()| answer).boxed_local()
    }

    fn online(&self) -> LocalBoxFuture<'static, ()> {
        // It comes back soon, and goes again if the input says so.
        self.time.sleep(ROUND_TRIP)
    }
}

/// Different each time, and the same in every run.
struct Numbers(Cell<u64>);

impl Random for Numbers {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let next = self.0.get().wrapping_mul(6_364_136_223_846_793_005);
            let next = next.wrapping_add(1_442_695_040_888_963_407);
            self.0.set(next);
            *byte = (next >> 56) as u8;
        }
    }
}
