//! The dialog that asks for the person's word: an in-page `alertdialog` over a page that cannot be reached meanwhile.
//!
//! Focus starts on Cancel and Escape cancels. The list in it was frozen when it opened. Whether the typed text is
//! enough is for the plan to say.

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;

use super::dialog_message::{message, message_first};
use super::dialog_parts::{consequences, left_out, sessions};
use super::dynamic::{flag, shown, when};
use super::state::{Asked, Desk, Press};
use crate::desk::act::Kind;
use crate::desk::plan::Plan;
use crate::text::{friction, labels, phrases};

/// The dialog, while a plan waits.
pub fn confirm_dialog(desk: Desk) -> impl IntoView {
    let open = Memo::new(move |_| desk.asked.with(Option::is_some));
    view! { {when(move || open.get(), move || desk.asked.get_untracked().map(|asked| dialog(desk, asked)).into_any())} }
}

fn dialog(desk: Desk, asked: Asked) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let cancel = NodeRef::<html::Button>::new();
    let typed = RwSignal::new(String::new());
    let of_plan = move |read: fn(&Plan) -> bool| {
        desk.asked
            .with(|asked| asked.as_ref().is_some_and(|asked| read(&asked.plan)))
    };
    Effect::new(move |_| {
        if let (Some(element), Some(cancel)) = (element.get(), cancel.get())
            && !element.open()
        {
            // It fails only for a dialog that is open already, or not in the page.
            let _ = element.show_modal();
            let _ = cancel.focus();
        }
    });
    let close = move || {
        // Closing gives the focus back to what had it before; the rest follows in `on:close`.
        if let Some(element) = element.get_untracked() {
            element.close();
        }
    };
    let confirmed = Memo::new(move |_| {
        let typed = typed.read();
        desk.asked
            .with(|asked| asked.as_ref().is_some_and(|asked| asked.plan.is_confirmed_by(&typed)))
    });
    let act = move || {
        if desk.confirm(&typed.get_untracked()) {
            close();
        }
    };
    let opened_by = asked.at;
    let click = move |event: MouseEvent| {
        let half_of_double =
            matches!((opened_by, Press::of(&event)), (Some(first), Some(press)) if press.repeats(first));
        if !half_of_double {
            act();
        }
    };
    let enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.repeat() && !event.is_composing() && confirmed.get_untracked() {
            event.prevent_default();
            act();
        }
    };
    let plan = asked.plan;
    let kind = plan.kind();
    let logs_off = kind == Kind::LogOff;
    let has_active = plan.has_active();
    let title = phrases::dialog_title(&plan);
    view! {
        <dialog
            class="dialog"
            role="alertdialog"
            aria-modal="true"
            aria-labelledby="dialog-title"
            aria-describedby="dialog-consequences"
            node_ref=element
            on:close=move |_| desk.asked.set(None)
        >
            <div class="dialog-frame">
                <h2 id="dialog-title" class="dialog-title">{title}</h2>
                <div class="dialog-body">
                    {shown(move || desk.asked.with(|asked| asked.as_ref().map(|asked| consequences(desk, &asked.plan))).map(IntoAny::into_any))}
                    {sessions(desk, &plan)}
                    {left_out(&plan)}
                    {(logs_off && has_active).then(|| message_first(desk))}
                    {message(desk)}
                    {logs_off.then(|| force(desk))}
                    {typing(desk, typed, enter)}
                    {when(move || of_plan(Plan::may_skip_dialog), move || skip(desk).into_any())}
                </div>
                <div class="dialog-foot">
                    <button type="button" class="button" node_ref=cancel on:click=move |_| close()>
                        {labels::CANCEL}
                    </button>
                    <button
                        type="button"
                        class=if logs_off { "button button--danger" } else { "button button--main" }
                        disabled=flag(move || !confirmed.get())
                        on:click=click
                    >
                        {labels::act_button(kind)}
                    </button>
                </div>
            </div>
        </dialog>
    }
}

fn force(desk: Desk) -> impl IntoView {
    let ticked = flag(move || {
        desk.asked
            .with(|asked| asked.as_ref().is_some_and(|asked| asked.plan.force()))
    });
    view! {
        <div class="choice">
            <label class="check">
                <input
                    type="checkbox"
                    aria-describedby="force-help"
                    prop:checked=ticked
                    on:change=move |event| desk.set_force(event_target_checked(&event))
                />
                {labels::FORCE}
            </label>
            <p class="help" id="force-help">{labels::FORCE_HELP}</p>
        </div>
    }
}

/// Why a click is not enough, and the box to type in. Empty for a plan that a click confirms.
fn typing(desk: Desk, typed: RwSignal<String>, enter: impl Fn(KeyboardEvent) + Copy + Send + 'static) -> AnyView {
    let needed = Memo::new(move |_| {
        desk.asked.with(|asked| {
            let plan = &asked.as_ref()?.plan;
            Some((plan.text_to_type()?, plan.friction()))
        })
    });
    shown(move || {
        needed.get().map(|(text, reasons)| {
            let reasons = reasons
                .into_iter()
                .map(|reason| view! { <li>{friction(reason)}</li> })
                .collect_view();
            view! {
                <div class="typing">
                    <ul class="typing-reasons">{reasons}</ul>
                    <label for="type-to-confirm">{labels::TYPE_TO_CONFIRM}</label>
                    <p class="help" id="type-help">{phrases::type_this(&text)}</p>
                    <input
                        id="type-to-confirm"
                        class="box"
                        type="text"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-describedby="type-help"
                        prop:value=typed
                        on:input=move |event| typed.set(event_target_value(&event))
                        on:keydown=enter
                    />
                </div>
            }
            .into_any()
        })
    })
}

fn skip(desk: Desk) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=flag(move || desk.skips_dialog.get())
                on:change=move |event| desk.skips_dialog.set(event_target_checked(&event))
            />
            {labels::DO_NOT_ASK}
        </label>
    }
}
