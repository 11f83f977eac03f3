//! One run: a world, a network, a tab and an admin from one seed, to the end, and then the invariants.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::ports::{Clock as _, Ports};
use avd_logoff_bench::VirtualTime;
use avd_logoff_bench::ports::{MemoryNavigator, MemoryStorage, MemoryWindows, SeededRandom};
use azure_simulator::{Seed, Simulator};

use crate::admin::{Admin, clock};
use crate::check::{Checks, Evidence, Violation, check};
use crate::network::{Fetch, Network};
use crate::scenario::{origins, scenario};
use crate::story::Story;
use crate::tab::Tab;
use crate::tasks::Tasks;

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    /// Its seed.
    pub seed: u64,
    /// What did not hold.
    pub violations: Vec<Violation>,
    /// What happened, in the order of time; empty unless it was asked for.
    pub trace: Vec<String>,
    /// What there is to count.
    pub figures: Figures,
}

/// What there is to count in a run, or in many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Requests of the page.
    pub requests: u64,
    /// Acts that were sent.
    pub acts: u64,
    /// Messages among them.
    pub messages: u64,
    /// Disconnections among them.
    pub disconnections: u64,
    /// Log offs for whose users the time that they were given was over.
    pub waited: u64,
    /// Searches in which a host pool was read by Azure's filter.
    pub filtered: u64,
    /// Searches in which a host pool turned up that only Resource Graph knows.
    pub by_graph: u64,
    /// Acts that took effect.
    pub effects: u64,
    /// Words that the page said about sessions.
    pub words: u64,
    /// Searches that ended.
    pub searches: u64,
    /// Searches that ended with "No sessions".
    pub none: u64,
    /// Windows between guard and act that were measured.
    pub windows: u64,
    /// All of them together.
    pub windows_total: Duration,
    /// The longest.
    pub longest_window: Duration,
    /// Acts that reached another session than was confirmed, because the number changed hands in that window.
    pub hits: u64,
    /// Virtual time from the admin's last act until nothing was under way.
    pub longest_end: Duration,
    /// Virtual time from first to last.
    pub virtual_time: Duration,
}

impl Figures {
    /// Both together.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.acts += other.acts;
        self.messages += other.messages;
        self.disconnections += other.disconnections;
        self.waited += other.waited;
        self.filtered += other.filtered;
        self.by_graph += other.by_graph;
        self.effects += other.effects;
        self.words += other.words;
        self.searches += other.searches;
        self.none += other.none;
        self.windows += other.windows;
        self.windows_total += other.windows_total;
        self.longest_window = self.longest_window.max(other.longest_window);
        self.hits += other.hits;
        self.longest_end = self.longest_end.max(other.longest_end);
        self.virtual_time += other.virtual_time;
    }
}

/// Makes the run of this seed. With `tracing` it is slower, and otherwise the same.
pub fn run(seed: u64, checks: Checks, tracing: bool) -> Run {
    let mut dice = Seed::new(seed);
    let scenario = scenario(&mut dice);
    let time = VirtualTime::seeded(dice.bits());
    let story = Story::new(&time, tracing);
    let tasks = Tasks::default();
    let mut simulator = Simulator::new(origins(), scenario.world, dice.bits());
    simulator.cors = scenario.cors;
    let simulator = Rc::new(RefCell::new(simulator));
    let storage = Rc::new(MemoryStorage::default());
    let network = Rc::new(Network {
        simulator: Rc::clone(&simulator),
        exchanges: RefCell::default(),
        weather: scenario.weather,
        users: scenario.users.clone(),
        time: Rc::clone(&time),
        tasks: tasks.clone(),
        story: Rc::clone(&story),
        storage: Rc::clone(&storage),
        dice: RefCell::new(Seed::new(dice.bits())),
    });
    let navigator = Rc::new(MemoryNavigator::default());
    let windows = Rc::new(MemoryWindows::default());
    let ports = Ports {
        http: Rc::new(Fetch(Rc::clone(&network))),
        clock: Rc::clone(&time) as Rc<_>,
        random: Rc::new(SeededRandom(Cell::new(dice.bits()))),
        storage: Rc::clone(&storage) as Rc<_>,
        navigator: Rc::clone(&navigator) as Rc<_>,
        windows: Rc::clone(&windows) as Rc<_>,
    };
    let tab = Rc::new(Tab {
        ports,
        network: Rc::clone(&network),
        time: Rc::clone(&time),
        tasks: tasks.clone(),
        story: Rc::clone(&story),
        storage: Rc::clone(&storage),
        navigator,
        windows,
        tokens_survive_reload: scenario.tokens_survive_reload,
        allow_skipping: scenario.allow_skipping,
        protected: scenario.protected,
        may_filter: scenario.may_filter,
    });
    let admin = Admin {
        tab,
        dice: Seed::new(dice.bits()),
        users: scenario.users,
        is_in_a_hurry: scenario.is_in_a_hurry,
    };
    tasks.spawn(admin.day());
    let ended = time.try_run(tasks.all()).is_some();

    let mut simulator = simulator.borrow_mut();
    simulator.world.advance(time.now());
    let evidence = Evidence {
        world: &simulator.world,
        record: &simulator.record,
        exchanges: &network.exchanges.borrow(),
        story: &story,
        storage: &storage,
        nameless: &scenario.nameless,
        documented_buckets: scenario.documented_buckets,
        ended,
    };
    let mut figures = Figures::default();
    let violations = check(&evidence, checks, &mut figures);
    figures.virtual_time = (time.now() - avd_logoff_bench::BEGINNING).unsigned_abs();
    let lines = story.lines.take();
    Run {
        seed,
        violations,
        trace: lines
            .into_iter()
            .map(|(at, line)| format!("{} {line}", clock(at)))
            .collect(),
        figures,
    }
}
