//! The ports as memory: a map, a seeded generator, a note of where the page went, and the simulated Azure.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use avd_logoff::ports::{
    Clock, Http, Navigator, NoAnswer, Post, Random, Request, Response, SignInWindow, Storage, StorageRefused,
    WindowAnswer, Windows,
};
use azure_simulator::Simulator;
use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use time::OffsetDateTime;
use url::{Url, form_urlencoded};

use super::VirtualTime;

/// `fetch` into the simulator, as a browser would do it, with the answer's delay in virtual time.
pub struct SimulatedAzure {
    /// Who answers.
    pub simulator: Rc<RefCell<Simulator>>,
    /// When.
    pub time: Rc<VirtualTime>,
    /// How many there are.
    pub requests: Rc<Requests>,
    /// Everything that the page has sent, which the simulator's own record does not hold: headers and forms.
    pub sent: Rc<RefCell<Vec<Rc<Sent>>>>,
    /// Whether the tab has a network.
    pub network: Rc<Network>,
    /// Sees each request just before it goes out.
    pub lookout: RefCell<Option<Rc<Lookout>>>,
}

/// Looks at a request.
pub type Lookout = dyn Fn(&Request);

/// One request as the page has sent it.
pub struct Sent {
    /// When it was sent.
    pub at: OffsetDateTime,
    /// When its answer was there, or its failure.
    pub answered_at: Cell<Option<OffsetDateTime>>,
    /// The HTTP method.
    pub method: String,
    /// Where it went.
    pub url: Url,
    /// The token that it showed.
    pub bearer: Option<String>,
    /// The form in its body.
    pub form: BTreeMap<String, String>,
}

impl Sent {
    fn of(request: &Request, at: OffsetDateTime) -> Rc<Self> {
        let bearer = request.headers().get("authorization");
        let bearer = bearer.map(|value| value.to_str().unwrap().trim_start_matches("Bearer ").to_owned());
        Rc::new(Self {
            at,
            answered_at: Cell::new(None),
            method: request.method().to_string(),
            url: Url::parse(&request.uri().to_string()).unwrap(),
            bearer,
            form: form_urlencoded::parse(request.body()).into_owned().collect(),
        })
    }

    /// Whether it went to the token endpoint.
    pub fn is_for_a_token(&self) -> bool {
        self.url.path().ends_with("/oauth2/v2.0/token")
    }
}

/// How many requests there were.
#[derive(Default)]
pub struct Requests {
    /// Under way now.
    pub in_flight: Cell<usize>,
    /// Under way at once, at most.
    pub most_in_flight: Cell<usize>,
    /// Given up by the page.
    pub aborted: Cell<usize>,
}

impl Http for SimulatedAzure {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, NoAnswer>> {
        let (simulator, time) = (Rc::clone(&self.simulator), Rc::clone(&self.time));
        let requests = Rc::clone(&self.requests);
        let (sent, lookout) = (Rc::clone(&self.sent), self.lookout.borrow().clone());
        let network = Rc::clone(&self.network);
        async move {
            if network.gone.get() {
                network.refused.set(network.refused.get() + 1);
                return Err(NoAnswer::Offline);
            }
            let mut under_way = UnderWay::new(requests);
            if let Some(lookout) = lookout {
                lookout(&request);
            }
            let noted = Sent::of(&request, time.now());
            sent.borrow_mut().push(Rc::clone(&noted));
            let reply = simulator.borrow_mut().fetch(time.now(), request);
            time.sleep(reply.delay).await;
            under_way.answered = true;
            noted.answered_at.set(Some(time.now()));
            reply.result.map_err(|no_answer| NoAnswer::Unreachable(no_answer.why))
        }
        .boxed_local()
    }

    fn online(&self) -> LocalBoxFuture<'static, ()> {
        let network = Rc::clone(&self.network);
        async move {
            if network.gone.get() {
                let (sender, receiver) = oneshot::channel();
                network.listening.borrow_mut().push(sender);
                receiver.await.expect("the network outlives whoever waits for it");
            }
        }
        .boxed_local()
    }
}

/// The tab's network, which can go and come back.
#[derive(Default)]
pub struct Network {
    gone: Cell<bool>,
    /// How many requests were tried without it.
    pub refused: Cell<usize>,
    listening: RefCell<Vec<oneshot::Sender<()>>>,
}

impl Network {
    /// It goes.
    pub fn goes(&self) {
        self.gone.set(true);
    }

    /// It comes back, and whoever waits for it hears so.
    pub fn comes_back(&self) {
        self.gone.set(false);
        for listening in self.listening.borrow_mut().drain(..) {
            // Whoever has stopped listening needs no word.
            let _ = listening.send(());
        }
    }

    /// How many wait for it.
    pub fn waited_for_by(&self) -> usize {
        self.listening
            .borrow()
            .iter()
            .filter(|sender| !sender.is_canceled())
            .count()
    }
}

struct UnderWay {
    requests: Rc<Requests>,
    answered: bool,
}

impl UnderWay {
    fn new(requests: Rc<Requests>) -> Self {
        requests.in_flight.set(requests.in_flight.get() + 1);
        requests
            .most_in_flight
            .set(requests.most_in_flight.get().max(requests.in_flight.get()));
        Self {
            requests,
            answered: false,
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.requests.in_flight.set(self.requests.in_flight.get() - 1);
        if !self.answered {
            self.requests.aborted.set(self.requests.aborted.get() + 1);
        }
    }
}

/// The tab's storage as a map.
#[derive(Default)]
pub struct MemoryStorage {
    /// What is kept.
    pub values: RefCell<HashMap<String, String>>,
    /// Whether it takes nothing.
    pub refuses: Cell<bool>,
}

impl Storage for MemoryStorage {
    fn get(&self, key: &str) -> Option<String> {
        self.values.borrow().get(key).cloned()
    }

    fn set(&self, key: &str, value: &str) -> Result<(), StorageRefused> {
        if self.refuses.get() {
            return Err(StorageRefused);
        }
        self.values.borrow_mut().insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn remove(&self, key: &str) {
        self.values.borrow_mut().remove(key);
    }
}

/// SplitMix64: enough to tell values apart, and the same in every run.
pub struct SeededRandom(pub Cell<u64>);

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.0.set(state);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = ((mixed ^ (mixed >> 27)) >> 56) as u8;
        }
    }
}

/// Remembers where the page went.
#[derive(Default)]
pub struct MemoryNavigator(pub RefCell<Vec<Url>>);

impl Navigator for MemoryNavigator {
    fn go(&self, url: &Url) {
        self.0.borrow_mut().push(url.clone());
    }

    fn open_beside(&self, url: &Url) {
        self.go(url);
    }
}

/// A sign-in window that a test has the other end of.
pub struct MemoryWindow {
    /// What was opened in it.
    pub url: Url,
    /// The id of the answer that is waited for.
    pub id: String,
    /// How the answer comes.
    pub post: Post,
    answer: RefCell<Option<oneshot::Sender<WindowAnswer>>>,
    /// Whether the page has closed it.
    pub closed: Rc<Cell<bool>>,
}

impl MemoryWindow {
    /// What comes back from it.
    pub fn answer(&self, answer: WindowAnswer) {
        let sender = self.answer.borrow_mut().take().expect("a window answers once");
        // A page that has given it up does not hear it.
        let _ = sender.send(answer);
    }
}

/// Remembers the windows.
#[derive(Default)]
pub struct MemoryWindows(pub RefCell<Vec<Rc<MemoryWindow>>>);

impl Windows for MemoryWindows {
    fn open(&self, url: &Url, id: &str, post: Post) -> Box<dyn SignInWindow> {
        let (sender, receiver) = oneshot::channel();
        let closed = Rc::new(Cell::new(false));
        self.0.borrow_mut().push(Rc::new(MemoryWindow {
            url: url.clone(),
            id: id.to_owned(),
            post,
            answer: RefCell::new(Some(sender)),
            closed: Rc::clone(&closed),
        }));
        Box::new(Held {
            receiver: RefCell::new(Some(receiver)),
            closed,
        })
    }
}

struct Held {
    receiver: RefCell<Option<oneshot::Receiver<WindowAnswer>>>,
    closed: Rc<Cell<bool>>,
}

impl SignInWindow for Held {
    fn is_withheld(&self) -> bool {
        false
    }

    fn answer(&self) -> LocalBoxFuture<'static, WindowAnswer> {
        let receiver = self.receiver.borrow_mut().take().expect("asked once");
        async move { receiver.await.expect("the test holds the other end") }.boxed_local()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.closed.set(true);
    }
}
