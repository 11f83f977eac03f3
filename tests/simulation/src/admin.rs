//! The person at the desk: a small state machine that the seed drives. Everything that can be pressed is pressed at any
//! moment at which it is there.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::arm::SessionId;
use avd_logoff::desk::again::can_try_again;
use avd_logoff::ports::Clock as _;
use azure_simulator::Seed;
use time::OffsetDateTime;

use crate::page::Page;
use crate::tab::Tab;
use crate::weather::pick;

mod acting;

/// How long the person looks on at the end before the run is called endless.
const PATIENCE: time::Duration = time::Duration::hours(4);

/// What the person may do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Search,
    ListEverybody,
    OpenAddress,
    StopSearch,
    TryAgain,
    Act,
    StopLoggingOff,
    Grace,
    KeepWatching,
    SignIn,
    Decline,
    Reload,
    Sleep,
    Wait,
}

/// A whole day at the desk.
pub struct Admin {
    pub tab: Rc<Tab>,
    pub dice: Seed,
    pub users: Vec<String>,
    pub is_in_a_hurry: bool,
}

impl Admin {
    /// From the first load to the end of everything.
    pub async fn day(mut self) {
        let mut page = Page::load(&self.tab);
        page.start().await;
        page = self.sign_in(page).await;
        let steps = match self.is_in_a_hurry {
            true => self.dice.between(8, 16),
            false => self.dice.between(2, 10),
        };
        for number in 0..steps {
            let step = match number {
                0 => *pick(
                    &mut self.dice,
                    &[
                        Step::Search,
                        Step::Search,
                        Step::Search,
                        Step::ListEverybody,
                        Step::OpenAddress,
                    ],
                ),
                _ => self.choose(&page),
            };
            page = self.take(step, page).await;
            let pause = match self.dice.below(4) {
                _ if self.is_in_a_hurry => self.dice.below(3_000),
                0 => 0,
                1 => self.dice.below(500),
                2 => self.dice.below(8_000),
                _ => self.dice.below(60_000),
            };
            self.tab.time.sleep(Duration::from_millis(pause)).await;
        }
        self.see_the_end(page).await;
    }

    /// Decides what still waits for a decision, and looks on until nothing is under way.
    async fn see_the_end(mut self, page: Rc<Page>) {
        let story = Rc::clone(&self.tab.story);
        story.admin(|| "does nothing more but answer questions".into());
        let mut page = page;
        let mut answered = 0;
        let since = self.tab.time.now();
        while self.tab.time.now() - since < PATIENCE {
            if page.needed.borrow().is_some() {
                answered += 1;
                // Whoever is asked for ever says no in the end.
                let step = if answered < 3 && self.dice.chance(70) {
                    Step::SignIn
                } else {
                    Step::Decline
                };
                page = self.take(step, page).await;
            } else if let Some(waits) = page.waits_for_a_word().pop() {
                self.answer_grace(&page, &waits);
            } else if !page.is_searching() && !page.is_working() {
                story.quiet_at.set(Some(self.tab.time.now()));
                break;
            }
            self.tab.time.sleep(Duration::from_secs(1)).await;
        }
        page.unload();
    }

    fn choose(&mut self, page: &Page) -> Step {
        let mut steps = vec![Step::Wait, Step::Wait, Step::Sleep, Step::Reload];
        let mut offer = |there: bool, weight: usize, step: Step| {
            if there {
                steps.extend(std::iter::repeat_n(step, weight));
            }
        };
        let signed_in = page.account.borrow().is_some();
        let findings = page.findings.borrow();
        let receipt = page.receipt.borrow();
        offer(!signed_in, 20, Step::SignIn);
        offer(page.needed.borrow().is_some(), 8, Step::SignIn);
        offer(page.needed.borrow().is_some(), 3, Step::Decline);
        offer(signed_in, 2, Step::Search);
        offer(signed_in, 1, Step::ListEverybody);
        offer(signed_in, 1, Step::OpenAddress);
        offer(self.is_in_a_hurry && signed_in, 6, Step::ListEverybody);
        offer(self.is_in_a_hurry && page.is_searching(), 6, Step::Reload);
        offer(page.is_searching(), 2, Step::StopSearch);
        let failed = findings.as_ref().is_some_and(|f| can_try_again(f.coverage()));
        offer(failed && signed_in, 4, Step::TryAgain);
        let rows = findings.as_ref().is_some_and(|f| !f.rows().is_empty());
        offer(rows && signed_in, 10, Step::Act);
        offer(!page.gives_time().is_empty(), 8, Step::Grace);
        offer(page.is_working(), 2, Step::StopLoggingOff);
        offer(signed_in && !receipt.watchable().is_empty(), 3, Step::KeepWatching);
        *pick(&mut self.dice, &steps)
    }

    async fn take(&mut self, step: Step, page: Rc<Page>) -> Rc<Page> {
        let story = Rc::clone(&self.tab.story);
        match step {
            Step::Search => {
                let typed = self.typed();
                story.admin(|| format!("searches {typed:?}"));
                page.find(&typed);
            }
            Step::ListEverybody => {
                story.admin(|| "lists everybody's sessions".into());
                page.list_everybody();
            }
            Step::OpenAddress => self.open_address(&page),
            Step::StopSearch => {
                story.admin(|| "stops the search".into());
                page.stop_search();
            }
            Step::TryAgain => {
                story.admin(|| "tries what failed again".into());
                page.try_again();
            }
            Step::Act => self.act(&page).await,
            Step::Grace => {
                let giving = page.gives_time();
                if !giving.is_empty() {
                    let one = pick(&mut self.dice, &giving).clone();
                    self.speak_to_grace(&page, &one);
                }
            }
            Step::StopLoggingOff => {
                story.admin(|| "stops logging off".into());
                page.stop_logging_off();
            }
            Step::KeepWatching => {
                story.admin(|| "keeps watching".into());
                let mut watchable = page.receipt.borrow().watchable();
                if self.dice.chance(30) {
                    watchable.truncate(1);
                }
                page.keep_watching(watchable);
            }
            Step::SignIn => return self.sign_in(page).await,
            Step::Decline => {
                story.admin(|| "declines to sign in".into());
                page.decline_sign_in();
            }
            Step::Reload => return self.reload(page).await,
            Step::Sleep => {
                story.admin(|| "lets the computer sleep".into());
                self.tab.time.pass(Duration::from_secs(self.dice.between(1, 4000)));
            }
            Step::Wait => (),
        }
        page
    }

    /// Who is searched for: one or several, as people type them.
    fn typed(&mut self) -> String {
        let mut names = BTreeSet::new();
        for _ in 0..*pick(&mut self.dice, &[1, 1, 1, 2, 3]) {
            let user = pick(&mut self.dice, &self.users).clone();
            names.insert(match self.dice.below(8) {
                0 => user.to_uppercase(),
                1 => format!("CONTOSO\\{}", user.split('@').next().unwrap_or_default()),
                _ => user,
            });
        }
        names.into_iter().collect::<Vec<_>>().join("; ")
    }

    /// The address of a session that is there, was there, or never was, in any letter case.
    fn open_address(&mut self, page: &Rc<Page>) {
        let id = {
            let simulator = self.tab.network.simulator.borrow();
            let history = simulator.world.history();
            match history.is_empty() {
                true => return,
                false => pick(&mut self.dice, history).arm_id.clone(),
            }
        };
        let id = match self.dice.below(6) {
            0 => id.to_lowercase(),
            1 => id.to_uppercase(),
            2 => format!("{id}7"),
            _ => id,
        };
        if let Some(id) = SessionId::parse(&id) {
            self.tab.story.admin(|| format!("opens {}", id.as_str()));
            page.open(id);
        }
    }

    async fn sign_in(&mut self, page: Rc<Page>) -> Rc<Page> {
        let story = Rc::clone(&self.tab.story);
        let takes = Duration::from_millis(self.dice.between(300, 20_000));
        if self.dice.chance(50) {
            story.admin(|| "signs in by a window".into());
            self.tab.sign_in_by_window(&page, takes).await;
            return page;
        }
        story.admin(|| "signs in by a redirect".into());
        let gets_through = self.dice.chance(88);
        self.tab.sign_in_by_redirect(&page, takes, gets_through).await
    }

    async fn reload(&mut self, page: Rc<Page>) -> Rc<Page> {
        let story = Rc::clone(&self.tab.story);
        story.admin(|| "reloads the page".into());
        page.unload();
        page.close_all("a reload");
        let page = Page::load(&self.tab);
        page.start().await;
        page
    }
}

/// A point in time for people.
pub fn clock(at: OffsetDateTime) -> String {
    let time = at.time();
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    )
}
