//! What the admin can say while users are given time, as `src/page/grace.rs` does it.

use avd_logoff::desk::grace::{Stage, Word};

use super::{Page, UnderWay};
use crate::story::GraceNews;

impl Page {
    /// Acts under way that give users time now, or ask what to do about it.
    pub fn gives_time(&self) -> Vec<UnderWay> {
        let controls = self.controls.borrow();
        let giving = controls.iter().filter(|one| one.control.grace.stage() != Stage::None);
        giving.cloned().collect()
    }

    /// Those of them that will not go on by themselves.
    pub fn waits_for_a_word(&self) -> Vec<UnderWay> {
        let mut waiting = self.gives_time();
        waiting.retain(|one| !matches!(one.control.grace.stage(), Stage::Until(_)));
        waiting
    }

    /// `Desk::say_to_grace`.
    pub fn say_to_grace(&self, one: &UnderWay, word: Word) {
        self.tab.story.grace(one.run, GraceNews::Said(word));
        one.control.grace.say(word);
    }

    /// `Desk::cancel_grace`.
    pub fn cancel_grace(&self, one: &UnderWay) {
        self.close(
            one.records.iter().copied().collect(),
            "the cancelling of a grace period",
        );
        one.control.stop.stop();
    }
}
