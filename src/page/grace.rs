//! While users are given time before a log off: how much is left, and what the admin can do meanwhile.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use time::OffsetDateTime;

use super::dynamic::{shown, text, when};
use super::focus::focus;
use super::state::Desk;
use crate::desk::carry_out::Control;
use crate::desk::grace::{Stage, Word};
use crate::text::{self, labels};

/// Between two drawings of what is left.
const TICK: Duration = Duration::from_secs(1);

/// How much "5 minutes more" is.
const MORE: Duration = Duration::from_secs(300);

/// One panel for each log off that gives time.
pub fn grace(desk: Desk) -> impl IntoView {
    let now = RwSignal::new(desk.now());
    let runs = Memo::new(move |_| {
        desk.grace
            .with(|stages| stages.iter().any(|stage| matches!(stage, Stage::Until(_))))
    });
    Effect::new(move |_| {
        if runs.get() {
            let clock = desk.tools().ports.clock;
            spawn_local(async move {
                while runs.try_get_untracked() == Some(true) {
                    let _ = now.try_set(clock.now());
                    clock.sleep(TICK).await;
                }
            });
        }
    });
    let count = Memo::new(move |_| desk.grace.with(Vec::len));
    view! { <For each=move || 0..count.get() key=|at| *at children=move |at| panel(desk, at, now) /> }
}

fn panel(desk: Desk, at: usize, now: RwSignal<OffsetDateTime>) -> impl IntoView {
    let stage = Memo::new(move |_| desk.grace.with(|stages| stages.get(at).copied().unwrap_or_default()));
    let is_shown = Memo::new(move |_| stage.get() != Stage::None);
    view! { {when(move || is_shown.get(), move || shown_panel(desk, at, stage, now).into_any())} }
}

/// The buttons stay the same elements while the stage changes, so that the focus stays where it is.
fn shown_panel(desk: Desk, at: usize, stage: Memo<Stage>, now: RwSignal<OffsetDateTime>) -> impl IntoView {
    let said = move || {
        let now = now.get().max(desk.now());
        let offset = desk.tools().ports.clock.local_offset(now);
        text::grace(stage.get(), now, offset)
    };
    let sentence = Memo::new(move |_| said().map(|said| said.sentence).unwrap_or_default());
    Effect::new(move |_| {
        desk.say(sentence.get());
    });
    let runs = Memo::new(move |_| matches!(stage.get(), Stage::Until(_)));
    let waits = Memo::new(move |_| matches!(stage.get(), Stage::Until(_) | Stage::Paused(_)));
    let failed = Memo::new(move |_| matches!(stage.get(), Stage::MessagesFailed { .. }));
    let hold = move |_| {
        let word = if runs.get_untracked() { Word::Pause } else { Word::GoOn };
        desk.say_to_grace(at, word);
    };
    let now_button = move || {
        view! {
            <button type="button" class="button button--danger" on:click=move |_| desk.say_to_grace(at, Word::Now)>
                {labels::LOG_OFF_NOW}
            </button>
        }
    };
    let more_button = move || {
        view! {
            <button type="button" class="button" on:click=move |_| desk.say_to_grace(at, Word::Extend(MORE))>
                {labels::FIVE_MORE}
            </button>
        }
    };
    let name = format!("grace-{at}");
    let named = name.clone();
    view! {
        <section class="panel grace" aria-labelledby=named>
            <p id=name>{text(move || sentence.get())}</p>
            <p class="grace-left" role="timer">
                {text(move || said().map(|said| said.left).unwrap_or_default())}
            </p>
            <div class="buttons">
                {shown(move || (waits.get() || failed.get()).then(|| view! {
                    <button type="button" class="button" on:click=hold>
                        {text(move || if runs.get() { labels::PAUSE } else { labels::GO_ON }.to_owned())}
                    </button>
                }.into_any()))}
                {when(move || !failed.get(), move || more_button().into_any())}
                {when(move || !failed.get(), move || now_button().into_any())}
                <button type="button" class="button" on:click=move |_| desk.cancel_grace(at)>
                    {labels::CANCEL_LOG_OFF}
                </button>
            </div>
        </section>
    }
}

impl Desk {
    /// Users are given time, something becomes of that, or there is one log off less.
    pub fn show_grace(self) {
        let stages = self
            .controls
            .with_value(|controls| controls.iter().map(|control| control.grace.stage()).collect());
        self.grace.set(stages);
    }

    fn say_to_grace(self, at: usize, word: Word) {
        if let Some(control) = self.grace_control(at) {
            control.grace.say(word);
            if word == Word::Now {
                // The panel goes away with its buttons.
                focus("sessions-heading");
            }
        }
    }

    fn cancel_grace(self, at: usize) {
        if let Some(control) = self.grace_control(at) {
            control.stop.stop();
            self.say(labels::LOG_OFF_STOPPED);
            focus("sessions-heading");
        }
    }

    /// A copy: what is said to it may lead back here.
    fn grace_control(self, at: usize) -> Option<Control> {
        self.controls.with_value(|controls| controls.get(at).cloned())
    }
}
