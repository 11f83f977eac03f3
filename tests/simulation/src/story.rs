//! What happened in a run, as far as the model's own history does not hold it: what the admin confirmed and pressed,
//! what the page said. The invariants are checked against this and against the model.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use avd_logoff::arm::guard::Identity;
use avd_logoff::desk::findings::Findings;
use avd_logoff::desk::outcome::Outcome;
use avd_logoff::desk::typed::Wanted;
use avd_logoff::ports::Clock as _;
use avd_logoff_bench::{BEGINNING, VirtualTime};
use time::OffsetDateTime;

/// What can be done to a session. Another act is another variant, here and in [`crate::admin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Log off, with force or without.
    LogOff {
        /// With force.
        force: bool,
    },
}

/// One session of a plan that the admin has confirmed.
pub struct Confirmation {
    /// How many requests had been sent by then.
    pub before: usize,
    pub record: usize,
    pub identity: Identity,
    pub act: Act,
}

/// One word about one record.
pub struct Word {
    pub at: OffsetDateTime,
    pub record: usize,
    pub outcome: Outcome,
    pub request_id: String,
}

/// One search, or one reading again of what failed, that has ended.
pub struct Searched {
    /// When it began; for a reading again, when the first one did.
    pub first_begun: OffsetDateTime,
    pub begun: OffsetDateTime,
    pub ended: OffsetDateTime,
    pub wanted: Vec<Wanted>,
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
            last_act: Cell::new(BEGINNING),
            quiet_at: Cell::new(None),
        })
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
