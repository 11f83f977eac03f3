//! A small Azure and its day, decided by the seed: who has sessions where, who may do what, what happens by itself.

use std::time::Duration;

use avd_logoff_bench::BEGINNING;
use azure_simulator::world::{
    Behaviour, Event, HostKey, HostStatus, Lock, LockLevel, PoolKey, PoolKind, RedirectKind, ReportedUpn,
    RoleDefinition, SessionKey, SessionState,
};
use azure_simulator::{CorsSettings, FilterSupport, Origins, Seed, Switches, Throttle, WithoutRight, World};

use crate::weather::{Weather, pick};

/// Who sits at the desk.
pub const OPERATOR: &str = "operator@contoso.example";

/// The application that the page is.
pub const CLIENT_ID: &str = azure_simulator::scenario::CLIENT_ID;

const SEER: &str = "Host Pool Name Reader";

/// What the seed has made.
pub struct Scenario {
    pub world: World,
    pub cors: CorsSettings,
    pub weather: Weather,
    /// Everybody who has sessions, and one who has none.
    pub users: Vec<String>,
    /// Whether Resource Manager's buckets are as documented.
    pub documented_buckets: bool,
    /// Sessions that the service does not report a user of.
    pub nameless: Vec<SessionKey>,
    pub tokens_survive_reload: bool,
    pub allow_skipping: bool,
    /// UPNs that need typed confirmation.
    pub protected: Vec<String>,
    /// Whether the page may ask Azure with a filter, once it is proved.
    pub may_filter: bool,
    /// Whether the person lists everything again and again, and reloads in the middle: only where that could be too much
    /// for the buckets.
    pub is_in_a_hurry: bool,
}

/// Where everything lives.
pub fn origins() -> Origins {
    Origins {
        page: "http://localhost:4460".into(),
        login: "http://localhost:4461".into(),
        arm: "http://localhost:4462".into(),
    }
}

/// The scenario of a seed.
pub fn scenario(dice: &mut Seed) -> Scenario {
    let mut world = World::new(dice.bits());
    let redirect = format!("{}/redirect.html", origins().page);
    world.application(CLIENT_ID, &[&redirect], RedirectKind::Spa);
    world.add_person(OPERATOR, "Operator").signs_in = true;
    world.roles.push(RoleDefinition::new(
        SEER,
        &[
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.DesktopVirtualization/hostpools/read",
        ],
    ));
    let documented_buckets = switches(&mut world.switches, dice);
    let users: Vec<String> = (1..=dice.between(2, 5))
        .map(|number| format!("user{number:04}@contoso.example"))
        .collect();
    let mut estate = Estate::build(&mut world, dice);
    rights(&mut world, dice, &estate);
    estate.move_in(&mut world, dice, &users);
    estate.live(&mut world, dice, &users);
    let mut weather = if dice.chance(15) {
        Weather {
            way: (10, 60),
            ..Weather::default()
        }
    } else {
        Weather::of(dice)
    };
    if estate.is_large {
        // What a browser repeats by itself draws from the buckets too, and is no pace of the page.
        weather.repeat = 0;
    }
    let is_in_a_hurry = estate.is_large && dice.chance(50);
    if is_in_a_hurry {
        // A great many requests in a short time, on both sides of a reload.
        world.switches.page_size = 1;
        weather.way = (10, 60);
    }
    Scenario {
        cors: match dice.chance(40) {
            true => CorsSettings::exposing_everything_useful(),
            false => CorsSettings::default(),
        },
        documented_buckets,
        nameless: estate.nameless,
        tokens_survive_reload: dice.chance(40) || is_in_a_hurry,
        allow_skipping: dice.chance(30),
        protected: match dice.chance(30) {
            true => vec!["user0001@*".into()],
            false => Vec::new(),
        },
        may_filter: dice.chance(70),
        is_in_a_hurry,
        world,
        weather,
        users,
    }
}

/// Whether the buckets are as documented.
fn switches(switches: &mut Switches, dice: &mut Seed) -> bool {
    switches.page_size = *pick(dice, &[1, 2, 3, 100, 100]);
    // What ends between two pages must not make a list pass over others: no page could see that (README).
    switches.stable_pages = true;
    // The property is optional: then the user's name alone says whose a session is.
    switches.create_times = !dice.chance(8);
    switches.filter = *pick(
        dice,
        &[
            FilterSupport::Honoured,
            FilterSupport::Honoured,
            FilterSupport::CaseSensitive,
            FilterSupport::Ignored,
            FilterSupport::Refused,
            FilterSupport::OtherProperty,
        ],
    );
    switches.list_by_pool_without_right = *pick(dice, &[WithoutRight::Forbidden, WithoutRight::Empty]);
    switches.delete_status = *pick(dice, &[200, 202, 204]);
    switches.delete_missing_status = *pick(dice, &[404, 204]);
    switches.lingers_ms = *pick(dice, &[0, 800, 3000, 20_000, 150_000]);
    switches.writes_need_mfa = dice.chance(10);
    switches.reads_need_mfa = dice.chance(4);
    switches.challenge_status = *pick(dice, &[401, 403]);
    switches.challenge_needs_acrs = dice.chance(30);
    switches.permissions_need_right = dice.chance(15);
    switches.refresh_in = dice.chance(30);
    switches.access_token_seconds = dice
        .chance(40)
        .then(|| u32::try_from(dice.between(302, 900)).unwrap_or(600));
    let buckets = dice.below(10);
    switches.throttle = match buckets {
        0 => Throttle {
            reads: 3,
            reads_per_second: 1,
            deletes: 1,
            deletes_per_second: 1,
            ..Throttle::default()
        },
        1 => Throttle {
            enabled: false,
            ..Throttle::default()
        },
        _ => Throttle::default(),
    };
    buckets > 1
}

struct Estate {
    is_large: bool,
    pools: Vec<PoolKey>,
    hosts: Vec<HostKey>,
    sessions: Vec<SessionKey>,
    nameless: Vec<SessionKey>,
    subscriptions: Vec<String>,
}

impl Estate {
    fn build(world: &mut World, dice: &mut Seed) -> Self {
        let mut estate = Self {
            is_large: false,
            pools: Vec::new(),
            hosts: Vec::new(),
            sessions: Vec::new(),
            nameless: Vec::new(),
            subscriptions: Vec::new(),
        };
        for number in 1..=*pick(dice, &[1, 1, 1, 2, 3]) {
            let id = format!("aaaaaaaa-0000-4000-8000-{number:012}");
            world.add_subscription(&id, &format!("Subscription {number}"));
            if dice.chance(4)
                && let Some(subscription) = world.subscriptions.last_mut()
            {
                subscription.registered = false;
            }
            estate.subscriptions.push(id);
        }
        // Large enough, once in a while, that the buckets of Resource Manager count.
        estate.is_large = dice.below(300) == 0;
        let is_large = estate.is_large;
        let pools = match is_large {
            true => dice.between(25, 45),
            false => *pick(dice, &[1, 1, 2, 2, 3, 4, 6]),
        };
        for number in 1..=pools {
            let subscription = pick(dice, &estate.subscriptions).clone();
            // Names that differ in nothing but their place, because ids are compared whole.
            let group = *pick(dice, &["RG-One", "rg-two"]);
            let name = match dice.chance(30) {
                true => format!("HP {number}.x"),
                false => format!("HP-{number}"),
            };
            let pool = world.add_host_pool(&subscription, group, &name, PoolKind::Pooled);
            estate.pools.push(pool);
            if dice.chance(8)
                && let Some(pool) = world.pool_mut(pool)
            {
                pool.listed = false;
            }
            let hosts = match is_large {
                true => dice.between(2, 5),
                false => *pick(dice, &[1, 1, 2, 2, 3, 4]),
            };
            for host in 1..=hosts {
                let name = match dice.chance(50) {
                    true => format!("VM-{host}"),
                    false => format!("Vm-{host}.contoso.example"),
                };
                let status = match dice.chance(12) {
                    true => HostStatus::Shutdown,
                    false => HostStatus::Available,
                };
                estate.hosts.push(world.add_host(pool, &name, status));
            }
        }
        if dice.chance(6) {
            let scope = world.pool_id(*pick(dice, &estate.pools));
            world.locks.push(Lock {
                scope,
                level: LockLevel::CanNotDelete,
            });
        }
        estate
    }

    fn move_in(&mut self, world: &mut World, dice: &mut Seed, users: &[String]) {
        // The last user has no session at first.
        let living = &users[..users.len() - 1];
        for host in self.hosts.clone() {
            for _ in 0..*pick(dice, &[0, 1, 1, 2, 3]) {
                let user = pick(dice, living).clone();
                let state = pick(
                    dice,
                    &[
                        SessionState::Active,
                        SessionState::Active,
                        SessionState::Active,
                        SessionState::Disconnected,
                        SessionState::Disconnected,
                        SessionState::Pending,
                    ],
                );
                // Whole milliseconds, so that every number of digits that is reported below is exact.
                let begun = BEGINNING - milliseconds(dice.between(1, 40_000_000));
                let key = world.add_session(host, &user, state.clone(), begun);
                self.sessions.push(key);
                let Some(session) = world.session_mut(key) else {
                    continue;
                };
                session.created_digits = u8::try_from(dice.between(3, 7)).unwrap_or(7);
                if dice.chance(4) {
                    session.reported =
                        pick(dice, &[ReportedUpn::Null, ReportedUpn::Empty, ReportedUpn::Missing]).clone();
                    self.nameless.push(key);
                } else if dice.chance(10) {
                    // The same user is not always written in the same letter case.
                    session.reported = ReportedUpn::Other(user.to_uppercase());
                }
                session.behaviour = match dice.below(20) {
                    0 => Behaviour::Stuck,
                    1 => Behaviour::Immortal,
                    _ => Behaviour::Ordinary,
                };
                if dice.chance(25) {
                    let to = match dice.chance(60) {
                        true => None,
                        false => Some(*pick(dice, &self.hosts)),
                    };
                    session.comes_back = Some((milliseconds(dice.below(20_000)), to));
                }
            }
        }
    }

    /// What happens by itself within the first minutes.
    fn live(&mut self, world: &mut World, dice: &mut Seed, users: &[String]) {
        for _ in 0..*pick(dice, &[0, 0, 2, 4, 8]) {
            let at = BEGINNING + milliseconds(dice.below(240_000));
            let host = *pick(dice, &self.hosts);
            let user = pick(dice, users).clone();
            match dice.below(9) {
                0 => world.schedule(at, Event::StartSession { host, upn: user }),
                1 => world.schedule(at, Event::HostStatus(host, HostStatus::Shutdown)),
                2 => world.schedule(at, Event::HostStatus(host, HostStatus::Available)),
                _ if self.sessions.is_empty() => (),
                what => {
                    let key = *pick(dice, &self.sessions);
                    let Some(session) = world.session(key) else { continue };
                    let (host, same) = (session.host, session.upn.clone());
                    let upn = if dice.chance(50) { same } else { user };
                    match what {
                        3 => world.schedule(at, Event::SessionState(key, SessionState::Disconnected)),
                        8 => world.schedule(at, Event::SessionState(key, SessionState::Active)),
                        4 => world.schedule(at, Event::EndSession(key)),
                        _ => {
                            // Its number is free for whoever comes next, who may come at once.
                            world.schedule(at, Event::EndSession(key));
                            let pause = if dice.chance(60) { 0 } else { dice.below(20_000) };
                            world.schedule(at + milliseconds(pause), Event::StartSession { host, upn });
                        }
                    }
                }
            }
        }
    }
}

/// What the person at the desk may do.
fn rights(world: &mut World, dice: &mut Seed, estate: &Estate) {
    const CUSTOM: &str = "AVD Session Sign-out Operator";
    const BUILT_IN: &str = "Desktop Virtualization User Session Operator";
    let kind = dice.below(10);
    for (number, id) in estate.subscriptions.iter().enumerate() {
        let scope = format!("/subscriptions/{id}");
        match kind {
            0..=3 => world.assign(OPERATOR, CUSTOM, &scope),
            4 | 5 => world.assign(OPERATOR, BUILT_IN, &scope),
            6 => world.assign(OPERATOR, "Desktop Virtualization Reader", &scope),
            7 if number == 0 => world.assign(OPERATOR, CUSTOM, &world.pool_id(*pick(dice, &estate.pools))),
            7 => (),
            8 => {
                // Sees the host pools, and may look into some.
                world.assign(OPERATOR, SEER, &scope);
                let role = *pick(dice, &[CUSTOM, BUILT_IN]);
                world.assign(OPERATOR, role, &world.pool_id(*pick(dice, &estate.pools)));
            }
            _ if dice.chance(60) => {
                let role = *pick(dice, &[CUSTOM, BUILT_IN, "Desktop Virtualization Reader", SEER]);
                world.assign(OPERATOR, role, &scope);
            }
            _ => (),
        }
    }
}

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}
