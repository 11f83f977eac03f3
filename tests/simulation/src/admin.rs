//! The person at the desk: a small state machine that the seed drives. Everything that can be pressed is pressed at any
//! moment at which it is there.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use avd_logoff::desk::again::can_try_again;
use avd_logoff::desk::book::{Book, Index};
use avd_logoff::ports::Clock as _;
use azure_simulator::Seed;
use time::OffsetDateTime;

use crate::page::Page;
use crate::tab::Tab;
use crate::weather::pick;

/// How long the person looks on at the end before the run is called endless.
const PATIENCE: time::Duration = time::Duration::hours(4);

/// What the person may do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Search,
    StopSearch,
    TryAgain,
    LogOff,
    StopLoggingOff,
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
}

impl Admin {
    /// From the first load to the end of everything.
    pub async fn day(mut self) {
        let mut page = Page::load(&self.tab);
        page.start().await;
        page = self.sign_in(page).await;
        let steps = self.dice.between(2, 9);
        for number in 0..steps {
            let step = match number {
                0 => Step::Search,
                _ => self.choose(&page),
            };
            page = self.take(step, page).await;
            let pause = match self.dice.below(4) {
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
        offer(signed_in, 3, Step::Search);
        offer(page.is_searching(), 2, Step::StopSearch);
        let failed = findings.as_ref().is_some_and(|f| can_try_again(f.coverage()));
        offer(failed && signed_in, 4, Step::TryAgain);
        let rows = findings.as_ref().is_some_and(|f| !f.rows().is_empty());
        offer(rows && signed_in, 10, Step::LogOff);
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
            Step::StopSearch => {
                story.admin(|| "stops the search".into());
                page.stop_search();
            }
            Step::TryAgain => {
                story.admin(|| "tries what failed again".into());
                page.try_again();
            }
            Step::LogOff => self.log_off(&page).await,
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

    async fn log_off(&mut self, page: &Rc<Page>) {
        let story = Rc::clone(&self.tab.story);
        self.select(page);
        let force = self.dice.chance(20);
        let Some(plan) = page.plan(force) else { return };
        // The person reads the dialog; the plan is frozen meanwhile.
        let reads = self.dice.below(15_000);
        self.tab.time.sleep(Duration::from_millis(reads)).await;
        let typed = match (self.dice.chance(90), plan.text_to_type()) {
            (true, Some(text)) => text,
            (true, None) => String::new(),
            (false, _) => "something else".into(),
        };
        match plan.confirm(&typed) {
            Ok(confirmed) => {
                let count = confirmed.plan().sessions().len();
                story.admin(|| format!("confirms the log off of {count} sessions, force: {force}"));
                page.act(&confirmed);
            }
            Err(_) => story.admin(|| "does not confirm".into()),
        }
    }

    fn select(&mut self, page: &Page) {
        let findings = page.findings.borrow();
        let Some(findings) = findings.as_ref() else { return };
        let receipt = page.receipt.borrow();
        let index = Index::of(&receipt);
        let book = Book::new(&receipt, &index);
        let mut selection = page.selection.borrow_mut();
        if self.dice.chance(60) {
            selection.set_all(findings, book, true);
        } else {
            for row in findings.rows() {
                selection.set(row, book, self.dice.chance(50));
            }
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
        self.tab.sign_in_by_redirect(&page, takes).await
    }

    async fn reload(&mut self, page: Rc<Page>) -> Rc<Page> {
        let story = Rc::clone(&self.tab.story);
        story.admin(|| "reloads the page".into());
        page.unload();
        let so_far = 0..page.receipt.borrow().records.len();
        page.close(so_far.collect(), "a reload");
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
