//! That there is nothing, or no more than is shown, is said only after every list was read to its end.

use avd_logoff::desk::findings::{Findings, Nothing};
use avd_logoff::desk::typed::Whose;
use serde_json::Value;

use crate::exchange::{Exchange, Kind, key, user_of};

/// One search and everything that was asked for it.
struct Found<'a> {
    findings: &'a Findings,
    exchanges: &'a [Exchange],
    whose: Whose,
}

/// Checks one search.
pub fn check(findings: &Findings, exchanges: &[Exchange], whose: Whose) {
    let found = Found {
        findings,
        exchanges,
        whose,
    };
    assert!(exchanges.iter().all(|one| !one.kind.is_act()), "a search acts");
    for row in findings.rows() {
        let user = row.session.user.as_deref().unwrap_or_default();
        assert!(found.is_wanted(&user.to_lowercase()), "somebody else is found");
    }
    let says_none = !matches!(findings.nothing(), None | Some(Nothing::NoneFoundWhereRead));
    if !says_none && !findings.coverage().is_complete() {
        return;
    }
    exchanges.iter().enumerate().for_each(|(at, _)| found.was_read(at));
    found.graph_was_followed();
    found.filter_was_doubted();
    found.all_is_shown();
    if findings.rows().is_empty() {
        found.none_is_borne_out();
    }
}

impl Found<'_> {
    fn is_wanted(&self, user: &str) -> bool {
        let users = self.whose.users();
        self.whose == Whose::Everyone || users.iter().any(|wanted| wanted.as_str().to_lowercase() == user)
    }

    /// Whether the pool is one that Azure does not know, and that its subscription's list, read before or after, lacks.
    fn is_not_there(&self, pool: &str) -> bool {
        let is_unknown = |one: &Exchange| one.pool().as_deref() == Some(pool) && one.is_absent();
        let lacks_it = |one: &Exchange| {
            let of_subscription = one.kind == Kind::HostPools && pool.starts_with(&subscription(one));
            let is_read = one.is_listed() || is_never_used(one);
            of_subscription && is_read && !one.rows().iter().any(|row| key(id_of(row)) == pool)
        };
        self.exchanges.iter().any(is_unknown) && self.exchanges.iter().any(lacks_it)
    }

    fn was_read(&self, at: usize) {
        let exchange = &self.exchanges[at];
        let pool = exchange.pool();
        let of_pool = |kind: Kind| {
            let all = self.exchanges.iter().filter(move |one| one.kind == kind);
            all.filter(|one| one.pool() == pool)
        };
        let later = self.exchanges[at + 1..]
            .iter()
            .any(|other| other.path == exchange.path && other.kind == exchange.kind);
        let has_hits = self.findings.rows().iter().any(|row| {
            let row = row.key();
            pool.as_ref().is_some_and(|pool| row.starts_with(&format!("{pool}/")))
        });
        let is_fine = match exchange.kind {
            // Hints: no gap without them.
            Kind::Permissions | Kind::Graph => true,
            Kind::HostPools => exchange.is_listed() || is_never_used(exchange),
            Kind::SessionsOfPool => exchange.is_listed() || exchange.status() == Some(403),
            // Whatever it could not tell, a whole list has; or it was refused like one.
            Kind::Filtered => {
                exchange.is_listed() || exchange.status() == Some(403) || of_pool(Kind::SessionsOfPool).next().is_some()
            }
            // Where there is somebody to log off, how the hosts are is a courtesy.
            Kind::Hosts => exchange.is_listed() || has_hits,
            _ => exchange.is_listed(),
        };
        let not_there = pool.as_ref().is_some_and(|pool| self.is_not_there(pool));
        assert!(
            later || is_fine || not_there,
            "complete, but this was not read: {exchange:?}"
        );
        let read_whole = exchange.kind == Kind::Filtered && of_pool(Kind::SessionsOfPool).any(Exchange::is_listed);
        let refused = matches!(exchange.kind, Kind::SessionsOfPool | Kind::Filtered) && exchange.status() == Some(403);
        if refused && !later && !not_there && !read_whole {
            let by_host = of_pool(Kind::Hosts).any(Exchange::is_listed);
            assert!(by_host, "complete, but a refused pool was not read by its hosts");
        }
    }

    /// A host pool that only Resource Graph names counts like any other.
    fn graph_was_followed(&self) {
        for graph in self.exchanges.iter().filter(|one| one.kind == Kind::Graph) {
            let body = graph.readable().unwrap_or_default();
            for row in body["data"].as_array().into_iter().flatten() {
                let pool = key(id_of(row));
                let of_seen_subscription = self
                    .exchanges
                    .iter()
                    .any(|one| one.kind == Kind::HostPools && pool.starts_with(&subscription(one)));
                let visited = self.exchanges.iter().any(|one| {
                    matches!(one.kind, Kind::SessionsOfPool | Kind::Filtered) && one.pool().as_ref() == Some(&pool)
                });
                // An answer that cannot be read as a whole tells what it told before.
                let is_pool = avd_logoff::arm::HostPoolId::parse(id_of(row)).is_some();
                assert!(
                    visited || !of_seen_subscription || !is_pool || !is_whole(&body),
                    "complete, but nobody looked into {pool}"
                );
            }
        }
    }

    /// Whether a filtered list only tries the filter out: one that comes after a whole list of the same pool, and may
    /// ask for anybody.
    fn is_proof(&self, at: usize) -> bool {
        let one = &self.exchanges[at];
        one.kind == Kind::Filtered && is_listed_whole(&one.pool(), &self.exchanges[..at])
    }

    /// Where Azure's filter has shown somebody else, no pool counts by it.
    fn filter_was_doubted(&self) {
        let filtered = || {
            let all = self.exchanges.iter().enumerate();
            all.filter(|(_, one)| one.kind == Kind::Filtered)
        };
        let is_foreign = |row: &Value| !self.is_wanted(&user_of(row));
        if filtered().any(|(at, one)| !self.is_proof(at) && one.rows().iter().any(is_foreign)) {
            let all_whole = filtered().all(|(_, one)| is_listed_whole(&one.pool(), self.exchanges));
            assert!(
                all_whole,
                "complete by a filter that shows others: {:?}",
                self.exchanges
            );
        }
    }

    fn all_is_shown(&self) {
        // The proof of the filter is no part of the search: what it shows was listed before, or has begun since.
        let proofs = (0..self.exchanges.len()).any(|at| self.is_proof(at));
        let counts = |at: &usize| {
            let of_proof = self.is_proof(*at) || (proofs && self.exchanges[*at].kind == Kind::Other);
            !of_proof
        };
        let counting = (0..self.exchanges.len()).filter(counts);
        for row in counting.flat_map(|at| self.exchanges[at].rows()) {
            let id = key(id_of(&row));
            let is_session = avd_logoff::arm::SessionId::parse(id_of(&row)).is_some();
            let shown = self.findings.rows().iter().any(|shown| shown.key() == id);
            let wanted = is_session && self.is_wanted(&user_of(&row));
            assert!(!wanted || shown, "a session is left out: {id}");
        }
    }

    /// "None" takes, for each host pool, a whole list, and a row of anybody in it or a permission that was read: an
    /// empty list proves nothing, and a filtered one even less.
    fn none_is_borne_out(&self) {
        let visited = self
            .exchanges
            .iter()
            .filter(|one| matches!(one.kind, Kind::SessionsOfPool | Kind::Filtered));
        for pool in visited.filter_map(Exchange::pool) {
            if self.is_not_there(&pool) {
                continue;
            }
            let inside = || {
                let all = self.exchanges.iter();
                all.filter(|one| one.pool().as_ref() == Some(&pool))
            };
            let linked = || self.exchanges.iter().filter(|one| one.kind == Kind::Other);
            assert!(
                inside().any(|one| one.kind == Kind::SessionsOfPool),
                "none, on the word of a filter, in {pool}"
            );
            let anybody = inside()
                .chain(linked())
                .any(|one| matches!(one.kind, Kind::SessionsOfPool | Kind::Other) && !one.rows().is_empty());
            let allowed = inside().any(|one| one.kind == Kind::Permissions && !one.rows().is_empty())
                || linked().any(|one| !one.rows().is_empty());
            assert!(
                anybody || allowed,
                "none, but {pool} was empty without a right to see anything"
            );
        }
    }
}

/// Whether a whole list of the sessions of a pool was asked for.
fn is_listed_whole(pool: &Option<String>, among: &[Exchange]) -> bool {
    let mut lists = among.iter().filter(|one| one.kind == Kind::SessionsOfPool);
    lists.any(|list| list.pool() == *pool)
}

fn id_of(row: &Value) -> &str {
    row["id"].as_str().unwrap_or_default()
}

/// Whether Resource Graph's answer is one that can be read from end to end.
fn is_whole(body: &Value) -> bool {
    let rows = body["data"].as_array();
    let good = |row: &Value| avd_logoff::arm::HostPoolId::parse(id_of(row)).is_some();
    rows.is_some_and(|rows| rows.iter().all(good)) && (body["$skipToken"].is_null() || body["$skipToken"].is_string())
}

/// Azure Virtual Desktop was never used in that subscription.
fn is_never_used(list: &Exchange) -> bool {
    list.code().as_deref() == Some("MissingSubscriptionRegistration")
}

/// The subscription of a list of host pools, with a `/` behind it.
fn subscription(list: &Exchange) -> String {
    let path = key(&list.path);
    let id = path.split('/').nth(2).unwrap_or_default();
    format!("/subscriptions/{id}/")
}
