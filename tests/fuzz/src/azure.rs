//! A Resource Manager with two host pools that answers well, but for what a script tells it to answer otherwise.
//!
//! The script is made of pieces between zero bytes. The first byte of a piece says which kind of request it is for
//! (and, from 128, that it goes on for ever), the second the status, the third the headers (and, from 128, that an act
//! has its effect whatever is answered); the rest is the body. An empty body is the good one; one that begins with
//! `!` is the good one with replacements, `from=to` to the end of each line; `{manager}` stands for Resource Manager's
//! address.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::ports::{Clock as _, Http, NoAnswer, Request};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::exchange::{Exchange, Kind, key, user_of};
use crate::outside::{Answer, RESOURCE_MANAGER};
use crate::run::Time;

/// The user who is looked for, and has sessions.
pub const USER: &str = "user0001@contoso.example";
/// A user who has none.
pub const NOBODY: &str = "user0009@contoso.example";

const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001";
const POOLS: [&str; 2] = ["HP-One", "HP two"];
/// Host pool, host, number, user, creation time.
const SESSIONS: [(&str, &str, u8, &str, &str); 4] = [
    ("HP-One", "VM-1.Lab.example", 3, USER, "2026-11-20T08:15:00.9571247Z"),
    (
        "HP-One",
        "VM-2.Lab.example",
        3,
        "User0001@Contoso.example",
        "2026-11-20T09:00:00Z",
    ),
    (
        "HP-One",
        "VM-1.Lab.example",
        4,
        "user0002@contoso.example",
        "2026-11-20T08:16:00Z",
    ),
    (
        "HP two",
        "VM-3.Lab.example",
        1,
        "user0003@contoso.example",
        "2026-11-20T08:17:00Z",
    ),
];

/// More pieces than this say nothing new.
const MOST_PIECES: usize = 24;

/// Resource Manager.
pub struct Azure {
    time: Rc<Time>,
    script: RefCell<BTreeMap<Kind, VecDeque<Piece>>>,
    ended: RefCell<HashSet<String>>,
    disconnected: RefCell<HashSet<String>>,
    exchanges: RefCell<Vec<Exchange>>,
}

#[derive(Clone)]
struct Piece {
    for_ever: bool,
    status: u8,
    headers: u8,
    body: Vec<u8>,
}

impl Azure {
    /// One that follows this script.
    pub fn new(time: &Rc<Time>, script: &[u8]) -> Rc<Self> {
        let mut pieces: BTreeMap<Kind, VecDeque<Piece>> = BTreeMap::new();
        for piece in script.split(|byte| *byte == 0).take(MOST_PIECES) {
            if let [kind, status, headers, body @ ..] = piece {
                // More places than kinds, so that a kind that is added leaves the old scripts as they are.
                let place = usize::from(kind & 0x7f) % 21;
                pieces
                    .entry(Kind::ALL.get(place).copied().unwrap_or(Kind::Session))
                    .or_default()
                    .push_back(Piece {
                        for_ever: *kind >= 0x80,
                        status: *status,
                        headers: *headers,
                        body: body.to_vec(),
                    });
            }
        }
        Rc::new(Self {
            time: Rc::clone(time),
            script: RefCell::new(pieces),
            ended: RefCell::default(),
            disconnected: RefCell::default(),
            exchanges: RefCell::default(),
        })
    }

    /// Everything that was asked and answered, in the order of the requests.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.borrow().clone()
    }

    fn next_piece(&self, kind: Kind) -> Option<Piece> {
        let mut script = self.script.borrow_mut();
        let queue = script.get_mut(&kind)?;
        let for_ever = queue.front()?.for_ever;
        if for_ever {
            queue.front().cloned()
        } else {
            queue.pop_front()
        }
    }

    /// The answer and how long it takes.
    fn answer(&self, kind: Kind, path: &str, query: &str) -> (Answer, Duration) {
        let piece = self.next_piece(kind);
        let (status, body) = self.good(kind, path, query);
        let has_effect = |piece: &Piece| piece.status % 24 <= 3 || piece.headers >= 128;
        if piece.as_ref().is_none_or(has_effect) {
            self.take_effect(kind, path);
        }
        let Some(piece) = piece else {
            return (whole(status, 0, body.into_bytes()), Duration::from_millis(20));
        };
        let status = match piece.status % 24 {
            0..=3 => status,
            4 => return (Err(NoAnswer::Offline), Duration::from_millis(1)),
            5 => {
                return (
                    Err(NoAnswer::Unreachable("nobody is there".into())),
                    Duration::from_secs(1),
                );
            }
            6 => return (whole(200, 0, Vec::new()), Duration::from_secs(1000)),
            choice => [
                200, 201, 202, 204, 400, 401, 403, 404, 404, 408, 409, 410, 423, 429, 500, 503, 302,
            ][usize::from(choice - 7)],
        };
        (
            whole(status, piece.headers, changed(&piece.body, &body)),
            Duration::from_millis(20),
        )
    }

    fn take_effect(&self, kind: Kind, path: &str) {
        match kind {
            Kind::Delete => {
                self.ended.borrow_mut().insert(key(path));
            }
            Kind::Disconnect => {
                let id = path.rsplit_once('/').map_or("", |(id, _)| id);
                self.disconnected.borrow_mut().insert(key(id));
            }
            _ => {}
        }
    }

    /// What Azure says when all is well.
    fn good(&self, kind: Kind, path: &str, query: &str) -> (u16, String) {
        let list = |rows: Vec<Value>| (200, json!({ "value": rows, "nextLink": null }).to_string());
        let pools = format!("{SUBSCRIPTION}/resourcegroups/RG-Lab/providers/Microsoft.DesktopVirtualization/hostpools");
        let host_id = |pool: &str, host: &str| format!("{pools}/{pool}/sessionhosts/{host}");
        let is_below =
            |id: &str| key(id).starts_with(&format!("{}/", key(path.rsplit_once('/').map_or("", |(pool, _)| pool))));
        let session = |(pool, host, number, user, created): (&str, &str, u8, &str, &str)| {
            let id = format!("{}/usersessions/{number}", host_id(pool, host));
            let there = !self.ended.borrow().contains(&key(&id));
            let state = match self.disconnected.borrow().contains(&key(&id)) {
                true => "Disconnected",
                false => "Active",
            };
            there.then(|| {
                json!({ "id": id, "properties": {
                    "userPrincipalName": user, "sessionState": state, "applicationType": "Desktop", "createTime": created } })
            })
        };
        let id_of = |row: &Value| row["id"].as_str().unwrap_or_default().to_owned();
        let sessions = || SESSIONS.into_iter().filter_map(session);
        match kind {
            Kind::Subscriptions => {
                let id = SUBSCRIPTION.rsplit('/').next().unwrap_or_default();
                list(vec![json!({ "subscriptionId": id, "displayName": "Lab" })])
            }
            Kind::HostPools => list(POOLS.map(|pool| json!({ "id": format!("{pools}/{pool}") })).to_vec()),
            Kind::SessionsOfPool | Kind::SessionsOfHost => {
                list(sessions().filter(|row| is_below(&id_of(row))).collect())
            }
            Kind::Filtered => {
                let asked = percent_decode_str(query).decode_utf8_lossy().to_lowercase();
                let is_asked_for = |row: &Value| asked.contains(&format!("'{}'", user_of(row)));
                list(
                    sessions()
                        .filter(|row| is_below(&id_of(row)) && is_asked_for(row))
                        .collect(),
                )
            }
            Kind::Graph => {
                let rows = POOLS.map(|pool| json!({ "id": format!("{pools}/{pool}") }));
                (200, json!({ "data": rows, "$skipToken": null }).to_string())
            }
            Kind::Permissions => list(vec![json!({ "actions": ["*"], "notActions": [] })]),
            Kind::Hosts => {
                let mut hosts: Vec<String> = SESSIONS.map(|(pool, host, ..)| host_id(pool, host)).to_vec();
                hosts.dedup();
                let rows = hosts.into_iter().filter(|id| is_below(id));
                list(
                    rows.map(|id| json!({ "id": id, "properties": { "status": "Available" } }))
                        .collect(),
                )
            }
            Kind::Session => match sessions().find(|row| key(&id_of(row)) == key(path)) {
                Some(row) => (200, row.to_string()),
                None => (
                    404,
                    json!({ "error": { "code": "404", "message": "User session ID not found" } }).to_string(),
                ),
            },
            Kind::Delete => (204, String::new()),
            Kind::Disconnect | Kind::Message => (200, String::new()),
            Kind::Other => list(Vec::new()),
        }
    }
}

impl Http for Azure {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Answer> {
        let sent = request.uri().path();
        let kind = Kind::of(&request);
        let path = percent_decode_str(sent).decode_utf8_lossy().into_owned();
        let (answer, wait) = self.answer(kind, &path, request.uri().query().unwrap_or_default());
        self.exchanges.borrow_mut().push(Exchange {
            kind,
            path,
            at: self.time.now(),
            request,
            answer: (wait < Duration::from_secs(75)).then(|| answer.clone()),
        });
        self.time.sleep(wait).map(move |()| answer).boxed_local()
    }

    fn online(&self) -> LocalBoxFuture<'static, ()> {
        self.time.sleep(Duration::from_secs(1))
    }
}

fn changed(told: &[u8], good: &str) -> Vec<u8> {
    let Some(changes) = told.strip_prefix(b"!") else {
        let text = if told.is_empty() { good.as_bytes() } else { told };
        return with_address(text);
    };
    let mut body = good.to_owned();
    for change in String::from_utf8_lossy(changes).lines() {
        if let Some((from, to)) = change.split_once('=').filter(|(from, _)| !from.is_empty()) {
            body = body.replace(from, to);
        }
        body.truncate(20_000.min(body.floor_char_boundary(20_000)));
    }
    with_address(body.as_bytes())
}

fn with_address(body: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(body) {
        Ok(text) => text.replace("{manager}", RESOURCE_MANAGER).into_bytes(),
        Err(_) => body.to_vec(),
    }
}

fn whole(status: u16, headers: u8, body: Vec<u8>) -> Answer {
    const CHALLENGE: &str = "Bearer realm=\"\", error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19\"";
    let response = http::Response::builder().status(status);
    let response = match headers & 7 {
        1 => response.header("www-authenticate", CHALLENGE),
        2 => response.header("www-authenticate", "Bearer error=\"invalid_token\""),
        3 => response.header("retry-after", "7"),
        4 => response.header("retry-after", "100000"),
        5 => response.header("x-ms-retry-after-ms", "0"),
        6 => response.header("x-ms-correlation-request-id", "11111111-2222-4333-8444-000000000000"),
        _ => response,
    };
    Ok(response.body(body).expect("it is whole"))
}
