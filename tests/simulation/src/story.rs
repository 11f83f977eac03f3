//! What happened in a run, as far as the model's own history does not hold it: what the admin confirmed and pressed,
//! what the page said. The invariants are checked against this and against the model.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use avd_logoff::arm::guard::Identity;
use avd_logoff::desk::act::{self, Act, Kind};
use avd_logoff::desk::carry_out::News;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::grace;
use avd_logoff::desk::outcome::{Outcome, Reason};
use avd_logoff::ports::Clock as _;
use avd_logoff_bench::{BEGINNING, VirtualTime};
use time::OffsetDateTime;

/// One session of a plan that the admin has confirmed.
pub struct Confirmation {
    /// How many requests had been sent by then.
    pub before: usize,
    pub record: usize,
    pub identity: Identity,
    pub act: Act,
}

impl Confirmation {
    /// Whether this is among what was confirmed: the act itself, or the message before it.
    pub fn permits(&self, sent: &Sent) -> bool {
        match (sent, &self.act) {
            (Sent::LogOff { force }, Act::LogOff { .. }) => *force == self.act.force(),
            (Sent::Disconnect, Act::Disconnect) => true,
            (Sent::Message(text), act) => act.message() == Some(text),
            (Sent::LogOff { .. } | Sent::Disconnect, _) => false,
        }
    }
}

/// What a request of the page does to a session. Another act is another variant, and a step of [`crate::admin`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Log off, with force or without.
    LogOff {
        /// With force.
        force: bool,
    },
    /// Disconnect.
    Disconnect,
    /// A message, alone or before a log off.
    Message(act::Message),
}

impl Sent {
    /// Which act it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::LogOff { .. } => Kind::LogOff,
            Self::Disconnect => Kind::Disconnect,
            Self::Message(_) => Kind::SendMessage,
        }
    }
}

/// One step of one record, as the page told it.
pub struct Word {
    pub at: OffsetDateTime,
    pub record: usize,
    pub news: News,
    pub request_id: String,
}

impl Word {
    /// The word for the act itself.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.news {
            News::Outcome(outcome, _) => Some(outcome),
            News::Warned(_) | News::GraceOver => None,
        }
    }

    /// Whether it says that a disconnection was seen.
    pub fn saw_disconnected(&self) -> bool {
        matches!(
            self.news,
            News::Outcome(Outcome::Requested, Some(Reason::SeenDisconnected))
        )
    }
}

/// What happened to the time that users are given, in one run of acts.
pub struct GraceMoment {
    pub at: OffsetDateTime,
    /// Which run: its place in [`Story::runs`].
    pub run: usize,
    pub what: GraceNews,
}

/// See [`GraceMoment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraceNews {
    /// The page shows that it stands here now.
    Stands(grace::Stage),
    /// The admin says so.
    Said(grace::Word),
}

/// One search, or one reading again of what failed, that has ended.
pub struct Searched {
    /// When it began; for a reading again, when the first one did.
    pub first_begun: OffsetDateTime,
    pub begun: OffsetDateTime,
    pub ended: OffsetDateTime,
    /// Keys of the host pools that it counted as read, and when.
    pub read: Vec<(String, OffsetDateTime)>,
    /// What stood on the page then.
    pub findings: Findings,
}

/// A press of "Stop", or a reload: from this request on, nothing more is sent for these records.
pub struct Closed {
    pub before: usize,
    pub records: BTreeSet<usize>,
    pub by: &'static str,
}

/// Everything together.
pub struct Story {
    time: Rc<VirtualTime>,
    tracing: bool,
    pub lines: RefCell<Vec<(OffsetDateTime, String)>>,
    pub confirmed: RefCell<Vec<Confirmation>>,
    pub words: RefCell<Vec<Word>>,
    pub searches: RefCell<Vec<Searched>>,
    pub closed: RefCell<Vec<Closed>>,
    /// The records of every set of acts that was begun, or gone on with.
    pub runs: RefCell<Vec<Vec<usize>>>,
    pub graces: RefCell<Vec<GraceMoment>>,
    /// When the admin did something last.
    pub last_act: Cell<OffsetDateTime>,
    /// When nothing was under way any more on the page.
    pub quiet_at: Cell<Option<OffsetDateTime>>,
}

impl Story {
    pub fn new(time: &Rc<VirtualTime>, tracing: bool) -> Rc<Self> {
        Rc::new(Self {
            time: Rc::clone(time),
            tracing,
            lines: RefCell::default(),
            confirmed: RefCell::default(),
            words: RefCell::default(),
            searches: RefCell::default(),
            closed: RefCell::default(),
            runs: RefCell::default(),
            graces: RefCell::default(),
            last_act: Cell::new(BEGINNING),
            quiet_at: Cell::new(None),
        })
    }

    /// Something becomes of the time that users are given.
    pub fn grace(&self, run: usize, what: GraceNews) {
        self.tell(|| format!("page    grace of run {run}: {what:?}"));
        let at = self.time.now();
        self.graces.borrow_mut().push(GraceMoment { at, run, what });
    }

    /// A line of the trace. Made only where somebody is going to read it.
    pub fn tell(&self, line: impl FnOnce() -> String) {
        if self.tracing {
            self.lines.borrow_mut().push((self.time.now(), line()));
        }
    }

    /// The admin does something.
    pub fn admin(&self, line: impl FnOnce() -> String) {
        self.last_act.set(self.time.now());
        self.tell(|| format!("admin   {}", line()));
    }
}
