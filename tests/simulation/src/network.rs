//! The way between page and Azure: a request takes time to arrive, is carried out then, and its answer takes time to come
//! back. Each can fail on its own, and a request that the page has given up may arrive all the same.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use avd_logoff::desk::act::Message;
use avd_logoff::ports::{Clock as _, Http, NoAnswer, Request, Response};
use avd_logoff_bench::ports::MemoryStorage;
use avd_logoff_bench::{BEGINNING, VirtualTime};
use azure_simulator::world::{Event, SessionKey, SessionState};
use azure_simulator::{Fault, Operation, Seed, Simulator};
use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use percent_encoding::percent_decode_str;
use time::OffsetDateTime;

use crate::story::{Sent, Story};
use crate::tasks::Tasks;
use crate::weather::{Journey, Kind, Weather, pick};

/// More requests than any run needs; a run with more goes round in circles.
pub const MOST_REQUESTS: usize = 20_000;

/// One request of the page.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub sent_at: OffsetDateTime,
    pub method: String,
    /// The path, decoded and in lower case: for a session, its id, whatever is done to it.
    pub path: String,
    /// What it does to that session; `None` if it only reads.
    pub sent: Option<Sent>,
    pub request_id: String,
    /// Its entry in the model's record, once it was carried out; with it, when the answer left.
    pub entry: Option<usize>,
    /// When the page got its answer.
    pub answered_at: Option<OffsetDateTime>,
    /// The status that the page saw.
    pub status: Option<u16>,
    /// Whether the storage held the id when this was sent.
    pub written_down: bool,
}

impl Exchange {
    /// Whether it changes a session.
    pub fn acts(&self) -> bool {
        self.sent.is_some()
    }

    /// Whether it is a message to a session.
    pub fn is_message(&self) -> bool {
        matches!(self.sent, Some(Sent::Message(_)))
    }

    /// Whether Azure took it on, as far as the page has heard.
    pub fn was_accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// The network of one run.
pub struct Network {
    pub simulator: Rc<RefCell<Simulator>>,
    pub exchanges: RefCell<Vec<Exchange>>,
    pub weather: Weather,
    /// Users who may take over a session's number.
    pub users: Vec<String>,
    pub time: Rc<VirtualTime>,
    pub tasks: Tasks,
    pub story: Rc<Story>,
    pub storage: Rc<MemoryStorage>,
    pub dice: RefCell<Seed>,
}

/// The port: the network, to be shared with the requests on their way.
#[derive(Clone)]
pub struct Fetch(pub Rc<Network>);

type Answer = Result<Response, NoAnswer>;

impl Http for Fetch {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Answer> {
        let network = Rc::clone(&self.0);
        async move {
            if network.offline_for().is_some() {
                return Err(match network.weather.notices_offline {
                    true => NoAnswer::Offline,
                    false => NoAnswer::Unreachable("offline, and the browser does not know".into()),
                });
            }
            let given_up = Rc::new(Cell::new(false));
            let _guard = GivenUp(Rc::clone(&given_up));
            let (sender, receiver) = oneshot::channel();
            let number = network.note(&request);
            if number >= MOST_REQUESTS {
                return std::future::pending().await;
            }
            let kind = kind_of(&request);
            let journey = network.weather.journey(&mut network.dice.borrow_mut(), kind);
            let travelling = Rc::clone(&network);
            network.tasks.spawn(async move {
                let (answer, back) = travelling.carry(number, request, journey, &given_up).await;
                travelling.time.sleep(back).await;
                travelling.hand_over(number, sender, answer);
            });
            receiver
                .await
                .unwrap_or_else(|_| Err(NoAnswer::Unreachable("lost".into())))
        }
        .boxed_local()
    }

    fn online(&self) -> LocalBoxFuture<'static, ()> {
        let network = Rc::clone(&self.0);
        async move {
            if network.weather.notices_offline {
                while let Some(left) = network.offline_for() {
                    network.time.sleep(left).await;
                }
            }
        }
        .boxed_local()
    }
}

/// Set when the page drops the request.
struct GivenUp(Rc<Cell<bool>>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

impl Network {
    /// How long there is no network now.
    fn offline_for(&self) -> Option<std::time::Duration> {
        let passed = u64::try_from((self.time.now() - BEGINNING).whole_milliseconds()).ok()?;
        let (from, until) = self.weather.offline?;
        (from..until).contains(&passed).then(|| milliseconds(until - passed))
    }

    fn note(&self, request: &Request) -> usize {
        let path = percent_decode_str(request.uri().path()).decode_utf8_lossy();
        let path = path.to_lowercase();
        let sent = what(request, &path);
        self.story
            .tell(|| format!("page    #{} {} {path}", self.exchanges.borrow().len(), request.method()));
        let path = match sent {
            Some(Sent::Disconnect | Sent::Message(_)) => {
                path.rsplit_once('/').map_or(path.clone(), |(id, _)| id.into())
            }
            Some(Sent::LogOff { .. }) | None => path,
        };
        let written_down = sent.is_some() && self.holds(&path);
        let request_id = request.headers().get("x-ms-client-request-id");
        let mut exchanges = self.exchanges.borrow_mut();
        let number = exchanges.len();
        exchanges.push(Exchange {
            sent_at: self.time.now(),
            method: request.method().to_string(),
            path,
            sent,
            request_id: request_id
                .and_then(|id| id.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            entry: None,
            answered_at: None,
            status: None,
            written_down,
        });
        number
    }

    /// Whether the tab's storage names this id anywhere.
    fn holds(&self, id: &str) -> bool {
        let values = self.storage.values.borrow();
        values.values().any(|value| value.to_lowercase().contains(id))
    }

    /// There, and carried out, or not.
    async fn carry(
        &self,
        number: usize,
        request: Request,
        journey: Journey,
        given_up: &Cell<bool>,
    ) -> (Answer, std::time::Duration) {
        let lost = |why: &str| Err(NoAnswer::Unreachable(why.to_owned()));
        self.time.sleep(journey.there).await;
        if journey.lost_before || given_up.get() && journey.recalled {
            self.story.tell(|| format!("network #{number} never arrives"));
            return (lost("before"), journey.back);
        }
        if let Some(after) = journey.again_after {
            self.again(&request, after);
        }
        let answer = self.arrive(number, request, &journey);
        let answer = match (answer, journey.error_after) {
            (Ok(mut response), Some(status)) if response.status().is_success() => {
                *response.status_mut() = status.try_into().unwrap_or_default();
                response.body_mut().clear();
                Ok(response)
            }
            (answer, _) => answer,
        };
        if journey.lost_after {
            self.story.tell(|| format!("network #{number} loses the answer"));
            return (lost("after"), journey.back);
        }
        (answer, journey.back)
    }

    fn arrive(&self, number: usize, request: Request, journey: &Journey) -> Answer {
        let now = self.time.now();
        let mut simulator = self.simulator.borrow_mut();
        if let Some(fault) = &journey.fault {
            simulator.faults.push(Fault::once(fault.clone()));
        }
        let before = simulator.record.len();
        let reply = simulator.fetch(now, request);
        simulator.faults.clear();
        let new = simulator.record[before..].iter();
        let at = new.clone().position(|entry| entry.operation != Operation::Preflight);
        let entry = at.map(|at| before + at);
        self.exchanges.borrow_mut()[number].entry = entry;
        if let Some(recorded) = entry.and_then(|at| simulator.record.get(at)) {
            self.story.tell(|| {
                let session = recorded.session.as_ref();
                let session = session.map(|s| format!(", there: {} {:?} {:?}", s.upn, s.create_time, s.state));
                let effect = if recorded.effect { ", takes effect" } else { "" };
                let code = recorded.error.as_deref().unwrap_or_default();
                format!(
                    "azure   #{number} {:?} -> {:?} {code}{effect}{}",
                    recorded.operation,
                    recorded.status,
                    session.unwrap_or_default()
                )
            });
            if journey.mischief
                && let Some(session) = recorded.session.as_ref().map(|session| session.key)
            {
                self.do_mischief(&mut simulator, session);
            }
        }
        reply.result.map_err(|lost| NoAnswer::Unreachable(lost.why))
    }

    /// The session ends soon, and its number may be somebody's at once: just when an answer that was right is on its way.
    fn do_mischief(&self, simulator: &mut Simulator, key: SessionKey) {
        let mut dice = self.dice.borrow_mut();
        let Some(session) = simulator.world.session(key) else {
            return;
        };
        let (host, upn) = (session.host, session.upn.clone());
        let soon = 3 * self.weather.way.1 + 1;
        let at = self.time.now() + milliseconds(dice.between(1, soon));
        if dice.chance(20) {
            let state = pick(&mut dice, &[SessionState::Active, SessionState::Disconnected]).clone();
            return simulator.world.schedule(at, Event::SessionState(key, state));
        }
        simulator.world.schedule(at, Event::EndSession(key));
        if dice.chance(75) {
            let upn = match dice.chance(50) {
                true => upn,
                false => pick(&mut dice, &self.users).clone(),
            };
            let begins = if dice.chance(70) {
                at
            } else {
                at + milliseconds(dice.below(30_000))
            };
            simulator.world.schedule(begins, Event::StartSession { host, upn });
        }
    }

    /// A browser repeats a read by itself.
    fn again(&self, request: &Request, after: std::time::Duration) {
        let mut copy = Request::new(Vec::new());
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.headers_mut() = request.headers().clone();
        let (simulator, time) = (Rc::clone(&self.simulator), Rc::clone(&self.time));
        self.tasks.spawn(async move {
            time.sleep(after).await;
            simulator.borrow_mut().fetch(time.now(), copy);
        });
    }

    fn hand_over(&self, number: usize, sender: oneshot::Sender<Answer>, answer: Answer) {
        let status = answer.as_ref().ok().map(|response| response.status().as_u16());
        let now = self.time.now();
        if sender.is_canceled() {
            self.story.tell(|| format!("network #{number} finds nobody waiting"));
            return;
        }
        let exchange = &mut self.exchanges.borrow_mut()[number];
        exchange.answered_at = Some(now);
        exchange.status = status;
        self.story.tell(|| format!("network #{number} answered: {status:?}"));
        drop(sender.send(answer));
    }
}

fn milliseconds(count: u64) -> std::time::Duration {
    std::time::Duration::from_millis(count)
}

/// What a request does to a session.
fn what(request: &Request, path: &str) -> Option<Sent> {
    if request.method() == "GET" || !path.contains("/usersessions/") {
        return None;
    }
    if request.method() == "DELETE" {
        let query = request.uri().query().unwrap_or_default();
        return Some(Sent::LogOff {
            force: query.contains("force=true"),
        });
    }
    if path.ends_with("/disconnect") {
        return Some(Sent::Disconnect);
    }
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Some(Sent::Message(Message {
        title: text("messageTitle"),
        text: text("messageBody"),
    }))
}

fn kind_of(request: &Request) -> Kind {
    let path = request.uri().path();
    if path.ends_with("/token") {
        Kind::Token
    } else if path.to_ascii_lowercase().contains("/microsoft.resourcegraph/") {
        Kind::Graph
    } else if request.method() != "GET" {
        Kind::Act
    } else if path.to_ascii_lowercase().contains("/usersessions/") {
        Kind::Session
    } else {
        Kind::List
    }
}
