//! Resource Manager's answers to a whole search and to the log off of what it has found. The first byte chooses whom
//! to look for, whether by force, and what a person says who is asked to sign in; the second what the authority
//! answers; the rest is the script of [`azure`](crate::azure).

use std::cell::RefCell;
use std::rc::Rc;

use avd_logoff::arm::{ArmClient, ArmSettings, Timestamp};
use avd_logoff::desk::findings::{Findings, Nothing};
use avd_logoff::desk::log_off::{Control, log_off};
use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::desk::receipt::{Operator, Receipt};
use avd_logoff::desk::receipt_files;
use avd_logoff::desk::search::{Query, search};
use avd_logoff::desk::step_up::{Decision, StepUp};
use avd_logoff::desk::typed::understand;
use avd_logoff::origin::Origin;
use avd_logoff::ports::{Clock as _, NoAnswer, Ports};
use futures::StreamExt as _;
use serde_json::{Value, json};
use time::{Duration, UtcOffset};

use super::split;
use crate::answers::{assert_untold, good_answer, good_claims, id_token as token_of, json_answer};
use crate::azure::{Azure, Exchange, Kind, NOBODY, USER, key};
use crate::outside::{RESOURCE_MANAGER, TENANT_ID, World};

/// The longest that a search or a log off may take: every request throttled as often and as long as can be, one after
/// the other.
const LONGEST: Duration = Duration::hours(24);

/// The codes by which a 409 says that nothing was done.
const REFUSALS: [&str; 3] = [
    "ScopeLocked",
    "RequestDisallowedByPolicy",
    "MissingSubscriptionRegistration",
];

/// Nothing is claimed and nothing done but what the answers bear out.
pub fn arm(data: &[u8]) {
    let Some(([choice, authority], script)) = split(data) else {
        return;
    };
    let world = World::new(TENANT_ID, false);
    let client = world.sign_in("access-token-number-0");
    let id_token = token_of(&good_claims(None, TENANT_ID));
    for number in 1..=8 {
        let answer = match authority & 3 {
            1 => json_answer(
                400,
                &json!({ "error": "interaction_required", "error_description": "AADSTS50079: No." }),
            ),
            2 => Err(NoAnswer::Offline),
            _ => json_answer(200, &good_answer(&format!("access-token-number-{number}"), &id_token)),
        };
        world.authority_says(answer);
    }
    let azure = Azure::new(&world.time, script);
    let ports = Ports {
        http: Rc::clone(&azure) as Rc<_>,
        ..world.ports()
    };
    let settings = ArmSettings {
        endpoint: Origin::parse(RESOURCE_MANAGER).expect("it is one"),
        api_version: "2024-04-03".into(),
    };
    let arm = ArmClient::new(settings, Rc::new(client), ports);

    let user = if choice & 1 == 0 { USER } else { NOBODY };
    let findings = find(&world, &arm, user);
    check_findings(&findings, &azure.exchanges(), user);
    let searched = azure.exchanges().len();
    let receipt = log_off_all(&world, &arm, &findings, choice);
    let exchanges = azure.exchanges();
    if let Some(receipt) = &receipt {
        check_log_off(receipt, &exchanges[searched..]);
    }
    check_tokens(&world, &exchanges, receipt.as_ref(), data);
}

fn find(world: &World, arm: &ArmClient, user: &str) -> Findings {
    let wanted = understand(user).wanted;
    let query = Query {
        wanted: wanted.clone(),
        subscriptions: Vec::new(),
    };
    let mut findings = Findings::new(wanted);
    let begun = world.time.now();
    world.time.run(search(arm, query).for_each(|event| {
        findings.apply(event);
        async {}
    }));
    assert!(world.time.now() - begun <= LONGEST, "the search goes on and on");
    assert!(!findings.is_under_way(), "the search never ends");
    findings
}

fn log_off_all(world: &World, arm: &ArmClient, findings: &Findings, choice: u8) -> Option<Receipt> {
    let rows = findings.rows().iter().filter(|row| row.can_be_chosen());
    let plan = Plan::freeze(rows, choice & 2 != 0, &Circumstances::default());
    let typed = plan.text_to_type().unwrap_or_default();
    let confirmed = plan.confirm(&typed).ok()?;
    let mut receipt = Receipt::new(Operator::default(), UtcOffset::UTC);
    let intended = receipt.intend(&confirmed, world.time.now());
    let begun = world.time.now();
    let (step_up, kept) = answering(choice & 4 != 0);
    let control = Control {
        step_up,
        ..Control::default()
    };
    world.time.run(log_off(arm, intended, control).for_each(|progress| {
        receipt.apply(progress);
        async {}
    }));
    kept.take();
    assert!(world.time.now() - begun <= LONGEST, "the log off goes on and on");
    assert!(!receipt.is_under_way(), "a log off never ends");
    Some(receipt)
}

/// A person who says the same thing whenever a sign-in is asked for; ends with what is kept of it beside.
fn answering(signs_in: bool) -> (StepUp, Rc<RefCell<Option<StepUp>>>) {
    let kept: Rc<RefCell<Option<StepUp>>> = Rc::default();
    let own = Rc::clone(&kept);
    let step_up = StepUp::new(move |_| {
        let own = own.borrow().clone();
        let decision = if signs_in {
            Decision::SignedIn
        } else {
            Decision::Declined
        };
        own.expect("it is asked while it is there").decide(decision);
    });
    kept.replace(Some(step_up.clone()));
    (step_up, kept)
}

/// The body of a 2xx answer, if it is a JSON object.
fn readable(exchange: &Exchange) -> Option<Value> {
    let response = exchange.answer.as_ref()?.as_ref().ok()?;
    let body: Value = serde_json::from_slice(response.body()).ok()?;
    (response.status().is_success() && body.is_object()).then_some(body)
}

fn status(exchange: &Exchange) -> Option<u16> {
    Some(exchange.answer.as_ref()?.as_ref().ok()?.status().as_u16())
}

fn code(exchange: &Exchange) -> Option<String> {
    let response = exchange.answer.as_ref()?.as_ref().ok()?;
    let body: Value = serde_json::from_slice(response.body()).ok()?;
    Some(body["error"]["code"].as_str()?.to_owned())
}

fn rows_of(exchange: &Exchange) -> Vec<Value> {
    let body = readable(exchange).unwrap_or_default();
    body["value"].as_array().cloned().unwrap_or_default()
}

fn user_of(session: &Value) -> String {
    let user = session["properties"]["userPrincipalName"].as_str();
    user.unwrap_or_default().trim().to_lowercase()
}

/// That there is nothing, or no more than is shown, is said only after every list was read to its end.
fn check_findings(findings: &Findings, exchanges: &[Exchange], user: &str) {
    assert!(
        exchanges.iter().all(|one| one.kind != Kind::Delete),
        "a search logs off"
    );
    for row in findings.rows() {
        let known = row.session.user.as_deref().unwrap_or_default().to_lowercase();
        assert!(known == user.to_lowercase(), "somebody else is found");
    }
    let says_none = !matches!(findings.nothing(), None | Some(Nothing::NoneFoundWhereRead));
    if !says_none && !findings.coverage().is_complete() {
        return;
    }
    for (at, exchange) in exchanges.iter().enumerate() {
        let later = exchanges[at + 1..].iter().any(|other| other.path == exchange.path);
        let listed = matches!(readable(exchange), Some(body) if body["value"].is_array() || body["value"].is_null());
        let never_used =
            exchange.kind == Kind::HostPools && code(exchange).as_deref() == Some("MissingSubscriptionRegistration");
        let by_host_then = exchange.kind == Kind::SessionsOfPool && status(exchange) == Some(403);
        // With rows in it nobody doubts a list, so what else was asked for is a courtesy.
        let courtesy = matches!(exchange.kind, Kind::Hosts) && !findings.rows().is_empty();
        let hint = exchange.kind == Kind::Permissions;
        assert!(
            later || listed || never_used || by_host_then || courtesy || hint,
            "complete, but {} was not read: {:?}",
            exchange.path,
            exchange.answer
        );
        if !later && by_host_then {
            let hosts = exchanges
                .iter()
                .any(|other| other.kind == Kind::Hosts && readable(other).is_some());
            assert!(hosts, "complete, but a refused pool was not read by its hosts");
        }
    }
    for row in exchanges.iter().flat_map(rows_of) {
        let id = row["id"].as_str().unwrap_or_default();
        let shown = findings.rows().iter().any(|shown| shown.key() == id.to_lowercase());
        assert!(
            user_of(&row) != user.to_lowercase() || shown,
            "a session is left out: {id}"
        );
    }
    if findings.rows().is_empty() {
        check_none(exchanges);
    }
}

/// "None" takes, for each host pool, a row of anybody or a permission that was read: an empty list proves nothing.
fn check_none(exchanges: &[Exchange]) {
    for pool in exchanges.iter().filter(|one| one.kind == Kind::SessionsOfPool) {
        let (pool, _) = pool.path.rsplit_once('/').unwrap_or_default();
        let inside = || exchanges.iter().filter(|one| one.path.starts_with(&format!("{pool}/")));
        let linked = || exchanges.iter().filter(|one| one.kind == Kind::Other);
        let anybody = inside()
            .chain(linked())
            .any(|one| matches!(one.kind, Kind::SessionsOfPool | Kind::Other) && !rows_of(one).is_empty());
        let allowed = inside().any(|one| one.kind == Kind::Permissions && !rows_of(one).is_empty())
            || linked().any(|one| !rows_of(one).is_empty());
        assert!(
            anybody || allowed,
            "none, but {pool} was empty without a right to see anything"
        );
    }
}

/// Every act follows a look that showed the very session, and every outcome is what was seen.
fn check_log_off(receipt: &Receipt, exchanges: &[Exchange]) {
    for delete in exchanges.iter().filter(|one| one.kind == Kind::Delete) {
        let planned = receipt
            .records
            .iter()
            .any(|record| key(&record.id) == key(&delete.path));
        assert!(planned, "what was not confirmed is logged off: {}", delete.path);
    }
    for record in &receipt.records {
        let own: Vec<&Exchange> = exchanges
            .iter()
            .filter(|one| key(&one.path) == key(&record.id))
            .collect();
        let is_it = |look: &Exchange| {
            readable(look).is_some_and(|body| {
                body["id"].as_str().unwrap_or_default().to_lowercase() == record.id.to_lowercase()
                    && user_of(&body) == record.user.to_lowercase()
                    && time_of(&body) == record.started.as_deref().map(Timestamp::new)
            })
        };
        for (at, one) in own.iter().enumerate() {
            let looked = at > 0 && own[at - 1].kind == Kind::Session && is_it(own[at - 1]);
            assert!(
                one.kind != Kind::Delete || looked,
                "a log off without a look: {:?}",
                own
            );
        }
        let another = |look: &Exchange| {
            readable(look).is_some_and(|body| {
                let user = user_of(&body);
                let other_time =
                    time_of(&body).is_some_and(|time| record.started.as_deref().map(Timestamp::new) != Some(time));
                (!user.is_empty() && user != record.user.to_lowercase()) || other_time
            })
        };
        let absent =
            |look: &Exchange| status(look) == Some(404) && code(look).as_deref() != Some("SubscriptionNotFound");
        let last = own.last().filter(|look| look.kind == Kind::Session);
        let effect_possible = own.iter().any(|one| {
            let refused = status(one).is_some_and(|status| (400..500).contains(&status) && status != 408);
            let conflict = status(one) == Some(409) && !code(one).is_some_and(|code| REFUSALS.contains(&&*code));
            let definite = refused && !conflict;
            one.kind == Kind::Delete && !definite
        });
        let fits = match record.outcome.expect("it has ended") {
            Outcome::Gone => last.is_some_and(|look| absent(look) || another(look)),
            Outcome::AlreadyGone => last.is_some_and(|look| absent(look)) && !effect_possible,
            Outcome::Replaced | Outcome::WrongPerson => {
                last.is_some_and(|look| readable(look).is_some() && !is_it(look)) && !effect_possible
            }
            Outcome::StillThere => last.is_some_and(|look| readable(look).is_some()),
            Outcome::Refused => !effect_possible,
            // Also said where Azure denies a session that it goes on listing.
            Outcome::Failed => !effect_possible,
            Outcome::Unknown => last.is_some_and(|look| !is_it(look)),
            Outcome::Cancelled | Outcome::Requested | Outcome::Leaving => false,
        };
        assert!(fits, "{:?} is said of {:?}", record.outcome, own);
    }
}

fn time_of(session: &Value) -> Option<Timestamp> {
    let text = session["properties"]["createTime"].as_str()?.trim();
    (!text.is_empty()).then(|| Timestamp::new(text))
}

/// Tokens go to Resource Manager and stay out of what is told.
fn check_tokens(world: &World, exchanges: &[Exchange], receipt: Option<&Receipt>, data: &[u8]) {
    world.redeemed(None);
    let mut shown = vec!["the-refresh-token-of-a-good-answer-1".to_owned()];
    for exchange in exchanges {
        let uri = exchange.request.uri().to_string();
        let rest = uri.strip_prefix(RESOURCE_MANAGER);
        assert!(
            rest.is_some_and(|rest| rest.starts_with('/')),
            "a request went to {uri}"
        );
        let bearer = exchange
            .request
            .headers()
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        let token = bearer
            .and_then(|value| value.strip_prefix("Bearer "))
            .expect("a request without a token");
        assert!(token.starts_with("access-token-number-"), "what is no token was shown");
        assert!(
            !uri.contains(token) && exchange.request.body().is_empty(),
            "a token in the wrong place"
        );
        shown.push(token.to_owned());
    }
    if let Some(receipt) = receipt {
        let words = format!("{receipt:?} {}", receipt_files::json(receipt));
        assert_untold(&shown, &words, &String::from_utf8_lossy(data));
    }
}
