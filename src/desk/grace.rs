//! The time that users are given between a message and the log off, and what the admin can do with it meanwhile.
//!
//! It ends by the clock, not by counting ticks, so that a page in the background is not slower. Where it ends much too
//! late, the computer has slept: then it asks again instead of acting long after anybody expects it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::{Either, select};
use time::OffsetDateTime;

use super::carry_out::Stop;
use crate::ports::Clock;

/// How late an end may be noticed. Browsers let timers of pages in the background run once a minute (Chromium,
/// "intensive throttling" of timers), and that is no reason to ask.
const LATEST: Duration = Duration::from_secs(90);

/// Where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not begun, or over.
    #[default]
    None,
    /// Not every message was accepted, and the admin has to say whether to go on.
    MessagesFailed {
        /// How many were not.
        failed: usize,
        /// Of how many that were to get one.
        of: usize,
    },
    /// Running out.
    Until(OffsetDateTime),
    /// Held, with so much left.
    Paused(Duration),
    /// It ran out so long ago that the admin has to say whether it is still wanted.
    Overslept {
        /// When it ran out.
        since: OffsetDateTime,
    },
}

/// What the admin can say to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Hold it.
    Pause,
    /// Let it run on, or begin in spite of failed messages.
    GoOn,
    /// So much more.
    Extend(Duration),
    /// Not waiting any longer.
    Now,
}

/// The grace period of one log off. Clones are the same. To cancel it, press [`Stop`].
#[derive(Clone, Default)]
pub struct Grace(Rc<Inner>);

#[derive(Default)]
struct Inner {
    stage: Cell<Stage>,
    said: RefCell<Vec<Word>>,
    waiting: RefCell<Option<oneshot::Sender<()>>>,
    on_change: Option<Box<dyn Fn(Stage)>>,
}

impl Grace {
    /// Calls `on_change` each time when it stands elsewhere.
    pub fn new(on_change: impl Fn(Stage) + 'static) -> Self {
        Self(Rc::new(Inner {
            on_change: Some(Box::new(on_change)),
            ..Inner::default()
        }))
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        self.0.stage.get()
    }

    /// The admin's word. One that does not fit where it stands changes nothing.
    pub fn say(&self, word: Word) {
        if self.stage() == Stage::None {
            return;
        }
        self.0.said.borrow_mut().push(word);
        if let Some(waiting) = self.0.waiting.borrow_mut().take() {
            // Nobody waits only if the log off is gone, and then there is nothing to say to it.
            let _ = waiting.send(());
        }
    }

    /// Asks whether to go on although messages failed; false if stopped.
    pub(super) async fn go_on_without(&self, failed: usize, of: usize, stop: &Stop) -> bool {
        self.enter(Stage::MessagesFailed { failed, of });
        let goes_on = loop {
            match self.word(stop, None).await {
                Heard::Stopped => break false,
                Heard::Word(Word::GoOn | Word::Now) => break true,
                Heard::Word(_) | Heard::TimeIsUp => (),
            }
        };
        self.enter(Stage::None);
        goes_on
    }

    /// Waits until it is over; false if stopped before.
    pub(super) async fn wait(&self, clock: &dyn Clock, grace: Duration, stop: &Stop) -> bool {
        self.enter(Stage::Until(clock.now() + grace));
        let goes_on = loop {
            let now = clock.now();
            let stage = self.stage();
            let left = match stage {
                Stage::Until(until) => Some(Duration::try_from(until - now).unwrap_or_default()),
                _ => None,
            };
            let heard = self.word(stop, left.map(|left| (clock, left))).await;
            let now = clock.now();
            match (heard, stage) {
                (Heard::Stopped, _) => break false,
                (Heard::Word(Word::Now), _) => break true,
                (Heard::Word(Word::GoOn), Stage::Overslept { .. }) => break true,
                (Heard::Word(Word::GoOn), Stage::Paused(left)) => self.enter(Stage::Until(now + left)),
                (Heard::Word(Word::Pause), Stage::Until(until)) => {
                    self.enter(Stage::Paused(Duration::try_from(until - now).unwrap_or_default()));
                }
                (Heard::Word(Word::Extend(by)), Stage::Until(until)) => self.enter(Stage::Until(until + by)),
                (Heard::Word(Word::Extend(by)), Stage::Paused(left)) => self.enter(Stage::Paused(left + by)),
                (Heard::Word(Word::Extend(by)), Stage::Overslept { .. }) => self.enter(Stage::Until(now + by)),
                (Heard::TimeIsUp, Stage::Until(until)) if now - until > LATEST => {
                    self.enter(Stage::Overslept { since: until });
                }
                (Heard::TimeIsUp, Stage::Until(until)) if now >= until => break true,
                (Heard::Word(_) | Heard::TimeIsUp, _) => (),
            }
        };
        self.enter(Stage::None);
        goes_on
    }

    /// Over, whatever became of it.
    pub(super) fn end(&self) {
        if self.stage() != Stage::None {
            self.enter(Stage::None);
        }
    }

    fn enter(&self, stage: Stage) {
        self.0.stage.set(stage);
        if stage == Stage::None {
            self.0.said.borrow_mut().clear();
        }
        if let Some(on_change) = &self.0.on_change {
            on_change(stage);
        }
    }

    /// The next thing that happens: a word, Stop, or the end of the time.
    async fn word(&self, stop: &Stop, time: Option<(&dyn Clock, Duration)>) -> Heard {
        loop {
            if stop.is_pressed() {
                return Heard::Stopped;
            }
            if !self.0.said.borrow().is_empty() {
                return Heard::Word(self.0.said.borrow_mut().remove(0));
            }
            let (sender, receiver) = oneshot::channel();
            *self.0.waiting.borrow_mut() = Some(sender);
            let said = select(receiver, stop.pressed().boxed_local()).map(|_| ());
            match time {
                None => said.await,
                Some((clock, left)) => {
                    if let Either::Right(_) = select(said, clock.sleep(left)).await {
                        return Heard::TimeIsUp;
                    }
                }
            }
        }
    }
}

enum Heard {
    Word(Word),
    Stopped,
    TimeIsUp,
}
