//! Resource Manager's answers to a whole search and to what is then done to what it has found. The first bytes choose
//! (see [`Choice`]); the rest is the script of [`azure`](crate::azure).

mod admin;
mod done;
mod found;

use std::rc::Rc;

use avd_logoff::arm::{ArmClient, ArmSettings};
use avd_logoff::desk::act::{Act, Message, Warning};
use avd_logoff::desk::carry_out::carry_out;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::plan::{Circumstances, Plan};
use avd_logoff::desk::receipt::{Operator, Receipt};
use avd_logoff::desk::receipt_json;
use avd_logoff::desk::search::{Query, search};
use avd_logoff::desk::typed::{Whose, understand};
use avd_logoff::origin::Origin;
use avd_logoff::ports::{Clock as _, NoAnswer, Ports};
use futures::StreamExt as _;
use serde_json::{Value, json};
use time::{Duration, UtcOffset};

use super::split;
use crate::answers::{assert_untold, good_answer, good_claims, id_token as token_of, json_answer};
use crate::azure::{Azure, NOBODY, USER};
use crate::exchange::{Exchange, Kind};
use crate::outside::{RESOURCE_MANAGER, TENANT_ID, World};

/// The longest that a search or an act may take: every request throttled as often and as long as can be, one after
/// the other.
const LONGEST: Duration = Duration::hours(24);

const TITLE: &str = "Title";
const TEXT: &str = "Text";

/// What the first two bytes say.
#[derive(Clone, Copy)]
struct Choice {
    /// 1: a user who has no sessions; 2: force; 4: whoever is asked to sign in does; 8: the filter may be used;
    /// 16 and 32: the act; 128: everybody's sessions.
    first: u8,
    /// 1 and 2: how the authority answers; 4 and 8: minutes of grace; 16 and 32: what the admin says meanwhile.
    second: u8,
}

impl Choice {
    fn has(self, bit: u8) -> bool {
        self.first & bit != 0
    }

    fn user(self) -> &'static str {
        if self.has(1) { NOBODY } else { USER }
    }

    fn whose(self) -> Whose {
        if self.has(128) {
            Whose::Everyone
        } else {
            understand(self.user()).wanted.into()
        }
    }

    fn act(self) -> Act {
        let message = Message {
            title: TITLE.into(),
            text: TEXT.into(),
        };
        match (self.first >> 4) & 3 {
            0 => Act::Disconnect,
            2 => Act::SendMessage(message),
            1 => Act::LogOff {
                force: self.has(2),
                warning: Some(Warning {
                    message,
                    grace_minutes: [1, 0, 5, 15][usize::from(self.second >> 2) & 3],
                }),
            },
            _ => Act::log_off(self.has(2)),
        }
    }

    fn admin(self) -> u8 {
        (self.second >> 4) & 3
    }
}

/// Nothing is claimed and nothing done but what the answers bear out.
pub fn arm(data: &[u8]) {
    let Some(([first, second], script)) = split(data) else {
        return;
    };
    let choice = Choice { first, second };
    let world = World::new(TENANT_ID, false);
    let client = world.sign_in("access-token-number-0");
    authority_answers(&world, choice);
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

    let mut begun = 0;
    let mut look = || {
        let findings = find(&world, &arm, choice);
        let exchanges = azure.exchanges();
        found::check(&findings, &exchanges[begun..], choice.whose());
        begun = exchanges.len();
        findings
    };
    let mut findings = look();
    if choice.has(8) {
        // A filter is believed only after a search has proved it.
        findings = look();
    }
    let receipt = act_on_all(&world, &arm, &findings, choice);
    let exchanges = azure.exchanges();
    if let Some(receipt) = &receipt {
        done::check(receipt, &exchanges[begun..], &choice.act(), choice.admin());
    }
    check_tokens(&world, &exchanges, receipt.as_ref(), data);
}

fn authority_answers(world: &World, choice: Choice) {
    let id_token = token_of(&good_claims(None, TENANT_ID));
    for number in 1..=8 {
        let answer = match choice.second & 3 {
            1 => json_answer(
                400,
                &json!({ "error": "interaction_required", "error_description": "AADSTS50079: No." }),
            ),
            2 => Err(NoAnswer::Offline),
            _ => json_answer(200, &good_answer(&format!("access-token-number-{number}"), &id_token)),
        };
        world.authority_says(answer);
    }
}

fn find(world: &World, arm: &ArmClient, choice: Choice) -> Findings {
    let query = Query {
        whose: choice.whose(),
        subscriptions: Vec::new(),
        may_filter: choice.has(8),
    };
    let mut findings = Findings::new(choice.whose());
    let begun = world.time.now();
    world.time.run(search(arm, query).for_each(|event| {
        findings.apply(event);
        async {}
    }));
    assert!(world.time.now() - begun <= LONGEST, "the search goes on and on");
    assert!(!findings.is_under_way(), "the search never ends");
    findings
}

fn act_on_all(world: &World, arm: &ArmClient, findings: &Findings, choice: Choice) -> Option<Receipt> {
    let rows = findings.rows().iter().filter(|row| row.can_be_chosen());
    let plan = Plan::freeze(rows, choice.act(), &Circumstances::default());
    let typed = plan.text_to_type().unwrap_or_default();
    let confirmed = plan.confirm(&typed).ok()?;
    let mut receipt = Receipt::new(Operator::default(), UtcOffset::UTC);
    let intended = receipt.intend(&confirmed, world.time.now());
    let begun = world.time.now();
    let admin = admin::Admin::new(choice.has(4), choice.admin());
    world
        .time
        .run(carry_out(arm, intended, admin.control()).for_each(|progress| {
            receipt.apply(progress);
            async {}
        }));
    assert!(world.time.now() - begun <= LONGEST, "an act goes on and on");
    assert!(!receipt.is_under_way(), "an act never ends");
    Some(receipt)
}

/// Tokens go to Resource Manager and stay out of what is told; bodies go where they belong.
fn check_tokens(world: &World, exchanges: &[Exchange], receipt: Option<&Receipt>, data: &[u8]) {
    world.redeemed(None);
    let mut shown = vec!["the-refresh-token-of-a-good-answer-1".to_owned()];
    for exchange in exchanges {
        let uri = exchange.request.uri().to_string();
        let rest = uri.strip_prefix(RESOURCE_MANAGER);
        assert!(
            rest.is_some_and(|rest| rest.starts_with('/') && !rest.starts_with("//")),
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
        let body = exchange.request.body();
        let fits = match exchange.kind {
            Kind::Graph => !String::from_utf8_lossy(body).contains(token),
            Kind::Message => {
                serde_json::from_slice::<Value>(body).ok()
                    == Some(json!({ "messageTitle": TITLE, "messageBody": TEXT }))
            }
            _ => body.is_empty() && (exchange.kind.is_act() || exchange.request.method() == "GET"),
        };
        assert!(!uri.contains(token) && fits, "this has no place here: {exchange:?}");
        shown.push(token.to_owned());
    }
    if let Some(receipt) = receipt {
        let words = format!("{receipt:?} {}", receipt_json::json(receipt));
        assert_untold(&shown, &words, &String::from_utf8_lossy(data));
    }
}
