//! The part of the dialog in which a message is written: one to send, or one before a log off with the time that it
//! gives.

use leptos::prelude::*;

use super::dynamic::{flag, shown, text, when};
use super::state::Desk;
use crate::desk::act::{Kind, LONGEST_GRACE, LONGEST_TEXT, LONGEST_TITLE, Message, Warning};
use crate::desk::plan::Plan;
use crate::text::{self, labels, phrases};

/// Minutes that are offered at first.
const USUAL_GRACE: u8 = 5;

/// For a plan that sends messages.
pub fn message(desk: Desk) -> impl IntoView {
    let has_message = Memo::new(move |_| of_plan(desk, |plan| plan.act().message().is_some()));
    view! { {when(move || has_message.get(), move || fields(desk).into_any())} }
}

/// For a plan that logs off: whether to tell users first.
pub fn message_first(desk: Desk) -> impl IntoView {
    let ticked = move || of_plan(desk, |plan| plan.act().warning().is_some());
    let tick = move |on: bool| {
        desk.set_warning(on.then(|| Warning {
            grace_minutes: USUAL_GRACE,
            ..Warning::default()
        }));
    };
    let minutes = Memo::new(move |_| {
        desk.asked.with(|asked| {
            let plan = &asked.as_ref()?.plan;
            Some(plan.act().warning()?.grace_minutes)
        })
    });
    let change_minutes = move |typed: String| {
        if let Ok(grace_minutes) = typed.parse() {
            let message = desk
                .asked
                .with_untracked(|asked| asked.as_ref().and_then(|asked| asked.plan.act().message().cloned()));
            desk.set_warning(message.map(|message| Warning { message, grace_minutes }));
        }
    };
    let is_given = Memo::new(move |_| minutes.get().is_some());
    view! {
        <div class="choice">
            <label class="check">
                <input
                    type="checkbox"
                    aria-describedby="message-first-help"
                    prop:checked=flag(ticked)
                    on:change=move |event| tick(event_target_checked(&event))
                />
                {labels::MESSAGE_FIRST}
            </label>
            <p class="help" id="message-first-help">{labels::MESSAGE_FIRST_HELP}</p>
            {when(move || is_given.get(), move || view! {
                <label class="field field--short">
                    {labels::GRACE_MINUTES}
                    <select class="box" on:change=move |event| change_minutes(event_target_value(&event))>
                        {(0..=LONGEST_GRACE)
                            .map(|offered| view! {
                                <option value=offered selected=minutes.get_untracked() == Some(offered)>{offered}</option>
                            })
                            .collect_view()}
                    </select>
                </label>
            }.into_any())}
        </div>
    }
}

fn fields(desk: Desk) -> impl IntoView {
    let written = Memo::new(move |_| {
        desk.asked
            .with(|asked| asked.as_ref().and_then(|asked| asked.plan.act().message().cloned()))
            .unwrap_or_default()
    });
    let fault = Memo::new(move |_| written.with(Message::fault));
    let suggest = move |_| {
        let (kind, minutes) = desk.asked.with_untracked(|asked| {
            let plan = asked.as_ref().map(|asked| &asked.plan);
            let minutes = plan
                .and_then(|plan| plan.act().warning())
                .map_or(0, |warning| warning.grace_minutes);
            (plan.map_or(Kind::SendMessage, Plan::kind), minutes)
        });
        desk.write_message(|message| {
            message.title = labels::SUGGESTED_TITLE.to_owned();
            message.text = phrases::suggested_message(kind, minutes);
        });
    };
    view! {
        <div class="message">
            // Not around the boxes: WebKit would make what is typed a part of their names.
            <div class="field">
                <label for="message-title">{labels::MESSAGE_TITLE}</label>
                <input
                    class="box"
                    id="message-title"
                    type="text"
                    autocomplete="off"
                    prop:value=move || written.with(|message| message.title.clone())
                    on:input=move |event| desk.write_message(|message| message.title = event_target_value(&event))
                />
            </div>
            <div class="field">
                <label for="message-text">{labels::MESSAGE_TEXT}</label>
                <textarea
                    class="box box--message"
                    id="message-text"
                    rows="3"
                    aria-describedby="message-room"
                    prop:value=move || written.with(|message| message.text.clone())
                    on:input=move |event| desk.write_message(|message| message.text = event_target_value(&event))
                ></textarea>
            </div>
            <div class="message-foot">
                <p class="help" id="message-room">
                    {text(move || written.with(|message| {
                        if message.title.chars().count() > LONGEST_TITLE {
                            phrases::room_used(&message.title, LONGEST_TITLE)
                        } else {
                            phrases::room_used(&message.text, LONGEST_TEXT)
                        }
                    }))}
                    {shown(move || fault.get().map(|fault| format!(" · {}", text::message_fault(fault)).into_any()))}
                </p>
                <button type="button" class="button button--small" on:click=suggest>{labels::SUGGEST}</button>
            </div>
        </div>
    }
}

fn of_plan(desk: Desk, read: fn(&Plan) -> bool) -> bool {
    desk.asked
        .with(|asked| asked.as_ref().is_some_and(|asked| read(&asked.plan)))
}
