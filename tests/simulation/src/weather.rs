//! What may happen to one request on its way there and back, drawn from the seed.

use std::collections::BTreeMap;
use std::time::Duration;

use azure_simulator::{FaultAction, Seed};
use serde_json::json;

/// How a run's network and Azure are disposed. Chances are in percent of requests.
#[derive(Clone, Debug, Default)]
pub struct Weather {
    /// Shortest and longest way, in milliseconds, there and back each.
    pub way: (u64, u64),
    /// A way of up to 20 seconds.
    pub slow: u64,
    /// The answer comes when the client has given up.
    pub late: u64,
    /// Lost before it arrives.
    pub lose_before: u64,
    /// Carried out, and the answer is lost.
    pub lose_after: u64,
    /// An error instead.
    pub error: u64,
    /// Carried out, and answered with a gateway's error.
    pub error_after: u64,
    /// A challenge instead.
    pub challenge: u64,
    /// A read arrives twice.
    pub repeat: u64,
    /// The session that is looked at ends, or is replaced, shortly after.
    pub mischief: u64,
    /// A request that the page has given up before it arrives is not carried out.
    pub recalled: u64,
    /// No network from, until, in milliseconds from the beginning.
    pub offline: Option<(u64, u64)>,
    /// Whether the browser knows when there is none.
    pub notices_offline: bool,
    /// Resource Graph does not work, in this run.
    pub no_graph: bool,
}

/// What happens to one request.
pub struct Journey {
    pub there: Duration,
    pub back: Duration,
    pub lost_before: bool,
    pub lost_after: bool,
    pub fault: Option<FaultAction>,
    pub error_after: Option<u16>,
    pub again_after: Option<Duration>,
    pub mischief: bool,
    pub recalled: bool,
}

/// What is asked, as far as the weather cares.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Token,
    Graph,
    List,
    Session,
    Act,
}

impl Weather {
    /// The disposition of a run.
    pub fn of(dice: &mut Seed) -> Self {
        let way = *pick(dice, &[(5, 40), (20, 300), (100, 2000), (1, 1)]);
        let mut chance = |most: u64| if dice.chance(35) { dice.between(1, most) } else { 0 };
        let mut weather = Self {
            way,
            slow: chance(10),
            late: chance(6),
            lose_before: chance(8),
            lose_after: chance(15),
            error: chance(15),
            error_after: chance(15),
            challenge: chance(8),
            repeat: chance(20),
            mischief: chance(60),
            recalled: 0,
            offline: None,
            notices_offline: true,
            no_graph: false,
        };
        weather.recalled = dice.below(100);
        if dice.chance(6) {
            let from = dice.below(60_000);
            weather.offline = Some((from, from + dice.below(40_000)));
            weather.notices_offline = dice.chance(70);
        }
        weather.no_graph = dice.chance(12);
        weather
    }

    /// What happens to one request.
    pub fn journey(&self, dice: &mut Seed, kind: Kind) -> Journey {
        let (low, high) = self.way;
        let mut ways = [dice.between(low, high), dice.between(low, high)];
        for way in &mut ways {
            if dice.chance(self.slow) {
                *way = dice.between(0, 20_000);
            }
        }
        if dice.chance(self.late) {
            ways[1] = dice.between(50_000, 110_000);
        }
        let acts = kind == Kind::Act;
        let fault = if kind == Kind::Graph && self.no_graph || dice.chance(self.error) {
            Some(error(dice, kind))
        } else if kind != Kind::Token && dice.chance(self.challenge) {
            Some(challenge(dice))
        } else {
            None
        };
        Journey {
            there: Duration::from_millis(ways[0]),
            back: Duration::from_millis(ways[1]),
            lost_before: dice.chance(self.lose_before),
            lost_after: dice.chance(self.lose_after),
            fault,
            error_after: (acts && dice.chance(self.error_after)).then(|| *pick(dice, &[500, 502, 503, 504, 408])),
            again_after: (!acts && !matches!(kind, Kind::Token | Kind::Graph) && dice.chance(self.repeat))
                .then(|| Duration::from_millis(dice.below(2 * high + 1))),
            mischief: kind == Kind::Session && dice.chance(self.mischief),
            recalled: dice.chance(self.recalled),
        }
    }
}

/// An error that tells the truth: nothing was done, or nothing was read.
fn error(dice: &mut Seed, kind: Kind) -> FaultAction {
    let status = |status: u16, code: &str, after: Option<u64>| FaultAction::Status {
        status,
        code: code.into(),
        message: "simulated".into(),
        headers: BTreeMap::from_iter(after.map(|seconds| ("retry-after".to_owned(), seconds.to_string()))),
    };
    match (kind, dice.below(12)) {
        (Kind::Token, _) => status(*pick(dice, &[500, 503]), "temporarily_unavailable", None),
        (_, 0) => FaultAction::Raw {
            status: *pick(dice, &[502, 503, 504]),
            body: "<html>gateway</html>".into(),
            headers: BTreeMap::new(),
        },
        (_, 1) => status(408, "RequestTimeout", None),
        (_, 2) => status(409, "Conflict", None),
        (_, 3) => status(423, "Locked", None),
        (_, 4) => {
            let after = dice.below(130);
            status(429, "TooManyRequests", dice.chance(70).then_some(after))
        }
        (_, 5) => status(401, "InvalidAuthenticationToken", None),
        (Kind::Graph, 6) => status(400, "BadRequest", None),
        (Kind::Graph, 7) => status(403, "AuthorizationFailed", None),
        (Kind::List, 6) => status(403, "AuthorizationFailed", None),
        (Kind::List, 7) => FaultAction::EmptyPageFirst,
        (Kind::List, 8) => FaultAction::NextLinkTo {
            origin: "http://elsewhere.example".into(),
        },
        (Kind::List, 9) => FaultAction::NextLinkLoop,
        (Kind::List | Kind::Session | Kind::Graph, 10) => FaultAction::Raw {
            status: 200,
            body: "{\"value\": [".into(),
            headers: BTreeMap::new(),
        },
        (_, 11) => status(500, "InternalServerError", None),
        _ => status(503, "ServiceUnavailable", None),
    }
}

fn challenge(dice: &mut Seed) -> FaultAction {
    let claims = match dice.below(2) {
        0 => json!({ "access_token": { "acrs": { "essential": true, "values": ["p1"] } } }),
        _ => json!({ "access_token": { "nbf": { "essential": true, "value": "1700000000" } } }),
    };
    FaultAction::ClaimsChallenge { claims }
}

/// One of several.
pub fn pick<'a, T>(dice: &mut Seed, from: &'a [T]) -> &'a T {
    let at = dice.below(from.len() as u64);
    &from[usize::try_from(at).unwrap_or_default()]
}
