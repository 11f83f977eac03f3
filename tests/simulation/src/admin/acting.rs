//! What the person does to sessions: chooses, confirms, and says something while users are given time.

use std::rc::Rc;
use std::time::Duration;

use avd_logoff::desk::act::{Act, Message, Warning};
use avd_logoff::desk::book::{Book, Index};
use avd_logoff::desk::grace::Word;
use avd_logoff::ports::Clock as _;

use super::Admin;
use crate::page::{Page, UnderWay};
use crate::weather::pick;

/// How much "5 minutes more" is.
const MORE: Duration = Duration::from_secs(300);

impl Admin {
    pub(super) async fn act(&mut self, page: &Rc<Page>) {
        let story = Rc::clone(&self.tab.story);
        self.select(page);
        let act = self.which();
        let Some(plan) = page.plan(act) else { return };
        if !plan.may_skip_dialog() || self.dice.chance(50) {
            // The person reads the dialog; the plan is frozen meanwhile.
            let reads = self.dice.below(15_000);
            self.tab.time.sleep(Duration::from_millis(reads)).await;
        }
        let typed = match (self.dice.chance(90), plan.text_to_type()) {
            (true, Some(text)) => text,
            (true, None) => String::new(),
            (false, _) => "something else".into(),
        };
        match plan.confirm(&typed) {
            Ok(confirmed) => {
                let plan = confirmed.plan();
                let (act, count) = (plan.act(), plan.sessions().len());
                story.admin(|| format!("confirms {act:?} for {count} sessions"));
                page.act(&confirmed);
            }
            Err(_) => story.admin(|| "does not confirm".into()),
        }
    }

    fn which(&mut self) -> Act {
        match self.dice.below(10) {
            0..=4 => Act::log_off(self.dice.chance(20)),
            5..=7 => Act::LogOff {
                force: self.dice.chance(15),
                warning: Some(Warning {
                    message: self.message(),
                    grace_minutes: *pick(&mut self.dice, &[0, 1, 1, 1, 2, 2, 5, 15]),
                }),
            },
            8 => Act::Disconnect,
            _ => Act::SendMessage(self.message()),
        }
    }

    /// No two are the same, so that what reached a session can be told by its text.
    fn message(&mut self) -> Message {
        Message {
            title: "Maintenance".into(),
            text: format!("Please save your work ({}).", self.dice.bits()),
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
            let rows: Vec<_> = findings.rows().iter().collect();
            selection.set_all(&rows, book, true);
        } else {
            for row in findings.rows() {
                selection.set(row, book, self.dice.chance(50));
            }
        }
    }

    /// One of the buttons that there are meanwhile.
    pub(super) fn speak_to_grace(&mut self, page: &Page, one: &UnderWay) {
        let words = [Word::Pause, Word::Pause, Word::GoOn, Word::Extend(MORE), Word::Now];
        if self.dice.chance(20) {
            self.tab.story.admin(|| "cancels the log off".into());
            page.cancel_grace(one);
        } else {
            let word = *pick(&mut self.dice, &words);
            self.tab.story.admin(|| format!("says {word:?}"));
            page.say_to_grace(one, word);
        }
    }

    /// Whoever is asked at the end says something, one way or the other.
    pub(super) fn answer_grace(&mut self, page: &Page, one: &UnderWay) {
        if self.dice.chance(60) {
            self.tab.story.admin(|| "lets it go on".into());
            page.say_to_grace(one, Word::GoOn);
        } else {
            self.tab.story.admin(|| "cancels the log off".into());
            page.cancel_grace(one);
        }
    }
}
