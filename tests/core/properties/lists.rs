//! `nextLink`: whatever a list links to, no request leaves Resource Manager, and reading ends.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use avd_logoff::arm::{ArmClient, ArmError, ArmErrorKind, ArmSettings, SessionId, subscriptions, user_sessions};
use avd_logoff::auth::{AccessToken, AuthError, Freshness, TokenCredential};
use avd_logoff::origin::Origin;
use avd_logoff::ports::{Http, NoAnswer, Ports, Request, Response};
use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, ready};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use url::Url;

use super::{holds, soup};
use crate::support::ports::{MemoryNavigator, MemoryStorage, MemoryWindows, SeededRandom};
use avd_logoff_bench::VirtualTime;

const MANAGER: &str = "https://management.example";
pub(super) const TOKEN: &str = "the-access-token-number-0";

/// Answers what it is told to, and remembers what it was asked.
struct Told<F> {
    answer: F,
    asked: Rc<RefCell<Vec<Request>>>,
}

impl<F: Fn(usize) -> Response> Http for Told<F> {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, NoAnswer>> {
        self.asked.borrow_mut().push(request);
        let answer = (self.answer)(self.asked.borrow().len());
        ready(Ok(answer)).boxed_local()
    }

    fn online(&self) -> LocalBoxFuture<'static, ()> {
        ready(()).boxed_local()
    }
}

struct Token;

impl TokenCredential for Token {
    fn token(&self, _freshness: Freshness) -> LocalBoxFuture<'_, Result<AccessToken, AuthError>> {
        ready(Ok(AccessToken::new(TOKEN.into()))).boxed_local()
    }
}

/// Reads the subscriptions from a Resource Manager that gives its `n`-th answer, from 1, as `answer` says.
pub(super) fn read(answer: impl Fn(usize) -> Response + 'static) -> (Result<usize, ArmError>, Vec<Request>) {
    ask(answer, async |client| {
        subscriptions::list(client).await.map(|all| all.len())
    })
}

/// Asks that Resource Manager for anything.
fn ask<T>(
    answer: impl Fn(usize) -> Response + 'static,
    question: impl AsyncFnOnce(&ArmClient) -> T,
) -> (T, Vec<Request>) {
    let time = VirtualTime::new();
    let asked = Rc::new(RefCell::default());
    let ports = Ports {
        http: Rc::new(Told {
            answer,
            asked: Rc::clone(&asked),
        }),
        clock: Rc::clone(&time) as Rc<_>,
        random: Rc::new(SeededRandom(Cell::new(1))),
        storage: Rc::new(MemoryStorage::default()),
        navigator: Rc::new(MemoryNavigator::default()),
        windows: Rc::new(MemoryWindows::default()),
    };
    let settings = ArmSettings {
        endpoint: Origin::parse(MANAGER).unwrap(),
        api_version: "2024-04-03".into(),
    };
    let client = ArmClient::new(settings, Rc::new(Token), ports);
    let outcome = time.run(question(&client));
    let asked = asked.take();
    (outcome, asked)
}

pub(super) fn answer(status: u16, body: &Value) -> Response {
    let response = http::Response::builder().status(status);
    response.body(body.to_string().into_bytes()).unwrap()
}

fn page(link: Option<&str>) -> Response {
    let row = json!({ "subscriptionId": "aaaaaaaa-0000-4000-8000-000000000001", "displayName": "Lab" });
    answer(200, &json!({ "value": [row], "nextLink": link }))
}

/// Whether a request went to Resource Manager, said by the text of its address alone.
fn stayed(request: &Request) -> bool {
    let uri = request.uri().to_string();
    let rest = uri.strip_prefix(MANAGER);
    let read = Url::parse(&uri).unwrap();
    rest.is_some_and(|rest| rest.starts_with('/'))
        && (read.scheme(), read.host_str(), read.port()) == ("https", Some("management.example"), None)
        && read.username().is_empty()
        && read.password().is_none()
}

/// Beginnings that lead elsewhere, or look as if they led to Resource Manager.
const ELSEWHERE: &[&str] = &[
    "https://evil.example",
    "https://management.example@evil.example",
    "https://management.example:pw@evil.example",
    "https://management.example.evil.example",
    "https://evil.example/https://management.example",
    "https://evilmanagement.example",
    "https://management.example:8443",
    "https://management.example:80",
    "http://management.example",
    "http://management.example:443",
    "https://user@management.example",
    "https://user:pw@management.example",
    "https://:pw@management.example",
    "//evil.example",
    "//management.example",
    "/subscriptions",
    "\\\\evil.example",
    "https:\\\\evil.example",
    "https://evil.example\\@management.example",
    "https://evil.example#@management.example",
    "https://evil.example?@management.example",
    "https://management.example%2f.evil.example",
    "https://management.example%2f@evil.example",
    "https://management.example.",
    "https://management。example",
    "https://mаnagement.example",
    "https://management.exampIe",
    "https://[::1]",
    "https://xn--mnagement-72a.example",
    "ftp://management.example",
    "javascript:alert(1)//",
    "data:,",
    "blob:https://management.example",
    "ws://management.example",
    "wss://management.example",
    "",
    "?page=2",
    "#",
    "management.example",
];

/// Beginnings that are Resource Manager's own, in the forms that addresses may have.
const AT_HOME: &[&str] = &[
    "https://management.example",
    "https://management.example:443",
    "HTTPS://Management.Example",
    "https:\\\\management.example",
    "https://mana%67ement.example",
    "https:management.example",
    "https:///management.example",
    " https://management.example",
    "https://man\tagement.example",
];

/// The rest of a link.
fn tail() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "/subscriptions",
        "/",
        "//evil.example",
        "/..",
        "/%2e%2e/",
        "/.",
        "?api-version=2022-12-01",
        "&$skiptoken=a%20b",
        "?",
        "#",
        "@evil.example",
        "\\",
        "%2f",
        "%",
        "%zz",
        " ",
        "\t",
        "\n",
        "{",
        "}",
        "|",
        "^",
        "`",
        "\"",
        "<",
        "ü",
        ":8443",
    ];
    soup(PIECES, 5).prop_map(|tail| format!("/{tail}"))
}

#[test]
fn no_link_leads_a_request_or_a_token_away() {
    let begin = prop_oneof![2 => select(ELSEWHERE).prop_map(str::to_owned), 1 => select(AT_HOME).prop_map(str::to_owned), 1 => soup(ELSEWHERE, 3)];
    let link = prop_oneof![6 => (begin, tail()).prop_map(|(begin, tail)| begin + &tail), 1 => any::<String>()];
    holds(8, link, |link| {
        let linked = link.clone();
        let (outcome, asked) = read(move |n| page((n == 1).then_some(&linked)));
        prop_assert!((1..=2).contains(&asked.len()));
        for request in &asked {
            prop_assert!(stayed(request), "{:?} leads to {}", link, request.uri());
            let bearer = request.headers().get_all("authorization").iter().collect::<Vec<_>>();
            prop_assert_eq!(bearer, [&format!("Bearer {TOKEN}")]);
        }
        match outcome {
            Ok(rows) => prop_assert_eq!(rows, asked.len()),
            Err(error) => {
                let kinds = [
                    ArmErrorKind::ForeignNextLink,
                    ArmErrorKind::EndlessList,
                    ArmErrorKind::Unexpected,
                ];
                prop_assert!(
                    kinds.contains(&error.kind) && asked.len() == 1,
                    "{:?}: {:?}",
                    link,
                    error
                );
                let words = format!("{error:?}{}", serde_json::to_string(&error).unwrap());
                prop_assert!(!words.contains(TOKEN));
            }
        }
        Ok(())
    });
}

#[test]
fn links_elsewhere_are_told_and_those_at_home_are_followed() {
    holds(1, (select(ELSEWHERE), "/[a-z]{0,8}"), |(begin, tail)| {
        let link = format!("{begin}{tail}");
        let (outcome, asked) = read(move |n| page((n == 1).then_some(&link)));
        prop_assert_eq!(
            outcome.map_err(|error| error.kind),
            Err(ArmErrorKind::ForeignNextLink),
            "{}",
            begin
        );
        prop_assert_eq!(asked.len(), 1);
        Ok(())
    });
    holds(
        1,
        (select(AT_HOME), "/[a-z]{1,8}\\?[a-z$=&%20]{0,12}"),
        |(begin, tail)| {
            let link = format!("{begin}{tail}");
            let (outcome, asked) = read(move |n| page((n == 1).then_some(&link)));
            prop_assert_eq!(outcome.map_err(|error| error.kind), Ok(2), "{}", begin);
            let uri = asked[1].uri().to_string();
            prop_assert!(uri.ends_with(&tail), "{} is not {}", uri, tail);
            Ok(())
        },
    );
}

#[test]
fn links_in_a_circle_end_and_none_is_followed_twice() {
    let circle = (1usize..6, 0usize..6);
    holds(1, circle, |(pages, back)| {
        let back = back % pages;
        let (outcome, asked) = read(move |n| {
            let next = if n < pages { n } else { back };
            page(Some(&format!("{MANAGER}/subscriptions?page={next}")))
        });
        let mut uris: Vec<String> = asked.iter().map(|request| request.uri().to_string()).collect();
        prop_assert_eq!(outcome.map_err(|error| error.kind), Err(ArmErrorKind::EndlessList));
        uris.sort();
        uris.dedup();
        prop_assert_eq!(uris.len(), asked.len(), "a page is read twice");
        prop_assert!(asked.len() <= pages + 1);
        Ok(())
    });
}

#[test]
fn a_list_with_ever_new_pages_ends_too() {
    let (outcome, asked) = read(|n| page(Some(&format!("{MANAGER}/subscriptions?page={n}"))));
    assert_eq!(outcome.map_err(|error| error.kind), Err(ArmErrorKind::EndlessList));
    assert!(asked.len() <= 1000, "{} pages", asked.len());
}

#[test]
fn a_link_that_has_no_plain_path_is_not_followed() {
    for path in ["//evil.example/subscriptions", "/\\evil.example/subscriptions", "//"] {
        let (outcome, asked) = read(move |_| page(Some(&format!("{MANAGER}{path}"))));
        assert!(outcome.is_err());
        assert_eq!(asked.len(), 1, "{path} was asked for");
    }
}

#[test]
fn a_session_is_read_from_objects_and_from_nothing_else() {
    const ID: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001/resourcegroups/rg/providers/Microsoft.DesktopVirtualization/hostpools/pool/sessionhosts/vm-1/usersessions/3";
    let user = "user0001@contoso.example";
    let properties = json!({ "userPrincipalName": user, "sessionState": "Active" });
    // The fields in the order in which they are declared.
    let fields = json!([user, null, "Active", "Desktop", "2026-11-20T08:15:00Z"]);
    for (body, is_session) in [
        (json!({ "id": ID, "properties": properties }), true),
        (json!([ID, properties]), false),
        (json!([ID, fields]), false),
        (json!({ "id": ID, "properties": fields }), false),
    ] {
        let id = SessionId::parse(ID).unwrap();
        let answer = answer(200, &body);
        let (session, _) = ask(
            move |_| answer.clone(),
            async |client| user_sessions::get(client, &id).await,
        );
        match session {
            Ok(session) => assert!(is_session && session.unwrap().user.as_deref() == Some(user), "{body}"),
            Err(error) => assert!(!is_session && error.kind == ArmErrorKind::Unreadable, "{body}"),
        }
    }
}

#[test]
fn an_answer_that_is_no_list_is_never_read_as_an_empty_one() {
    const BODIES: &[&str] = &[
        "",
        " ",
        "[]",
        "[[]]",
        "[null]",
        "[[],null]",
        "null",
        "true",
        "0",
        "\"\"",
        "<html></html>",
        "{",
        "{}x",
        "{\"value\":{}}",
        "{\"value\":\"\"}",
        "{\"value\":[null]}",
        "{\"value\":[[]]}",
        "{\"value\":[{}]}",
        "{\"value\":[[\"aaaaaaaa-0000-4000-8000-000000000001\",null]]}",
        "{\"value\":[],\"nextLink\":1}",
        "{\"value\":[],\"nextLink\":[]}",
        "{\"value\":[],\"value\":[]}",
        "\u{feff}{\"value\":[]}",
    ];
    holds(
        1,
        (select(BODIES), select(&[200u16, 201, 202, 203, 206][..])),
        |(body, status)| {
            let (outcome, asked) = read(move |_| http::Response::builder().status(status).body(body.into()).unwrap());
            prop_assert_eq!(
                outcome.map_err(|error| error.kind),
                Err(ArmErrorKind::Unreadable),
                "{}",
                body
            );
            prop_assert_eq!(asked.len(), 1);
            Ok(())
        },
    );
}
