//! A person who says the same thing whenever the page asks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::desk::carry_out::{Control, Stop};
use avd_logoff::desk::grace::{Grace, Stage, Word};
use avd_logoff::desk::step_up::{Decision, StepUp};

/// Presses "Stop".
pub const STOPS: u8 = 0;
/// Waits for nothing.
pub const HURRIES: u8 = 1;
/// Holds the time that users are given, makes it longer by [`LONGER`], and lets it run on.
pub const HOLDS: u8 = 2;
/// How much longer.
pub const LONGER: Duration = Duration::from_secs(60);

/// The person, and what keeps the page's questions coming.
pub struct Admin {
    control: Rc<RefCell<Control>>,
}

impl Admin {
    /// One who signs in or does not, and is of this kind; any other lets everything run.
    pub fn new(signs_in: bool, kind: u8) -> Self {
        let control: Rc<RefCell<Control>> = Rc::default();
        let own = Rc::clone(&control);
        let step_up = StepUp::new(move |_| {
            let decision = if signs_in {
                Decision::SignedIn
            } else {
                Decision::Declined
            };
            let step_up = own.borrow().step_up.clone();
            step_up.decide(decision);
        });
        let own = Rc::clone(&control);
        let said = Cell::new(0);
        let grace = Grace::new(move |stage| {
            let (grace, stop) = (own.borrow().grace.clone(), own.borrow().stop.clone());
            match (kind, stage) {
                (_, Stage::None) => {}
                (STOPS, _) => stop.stop(),
                (HURRIES, _) => grace.say(Word::Now),
                (_, Stage::MessagesFailed { .. } | Stage::Overslept { .. }) => grace.say(Word::GoOn),
                (HOLDS, _) if said.get() < 3 => {
                    grace.say([Word::Pause, Word::Extend(LONGER), Word::GoOn][said.get()]);
                    said.set(said.get() + 1);
                }
                _ => {}
            }
        });
        control.replace(Control {
            stop: Stop::default(),
            step_up,
            grace,
        });
        Self { control }
    }

    /// What the page asks through.
    pub fn control(&self) -> Control {
        self.control.borrow().clone()
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        // They hold each other.
        self.control.take();
    }
}
