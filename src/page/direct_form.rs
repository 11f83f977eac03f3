//! The form that opens one session by the five pieces of its address, without a search.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::addressing::leave_address;
use super::dynamic::{attribute, flag, shown};
use super::focus::focus;
use super::state::Desk;
use crate::arm::{Piece, SessionId};
use crate::text::{faulty_piece, labels};

/// Id of the box, of the sentence below it, name of the box, and what goes in.
const FIELDS: [(&str, &str, &str, Piece); 5] = [
    (
        "subscription",
        "subscription-fault",
        labels::SUBSCRIPTION,
        Piece::Subscription,
    ),
    (
        "resource-group",
        "resource-group-fault",
        labels::RESOURCE_GROUP,
        Piece::ResourceGroup,
    ),
    ("host-pool", "host-pool-fault", labels::HOST_POOL, Piece::HostPool),
    (
        "session-host",
        "session-host-fault",
        labels::SESSION_HOST,
        Piece::SessionHost,
    ),
    ("session-id", "session-id-fault", labels::SESSION_ID, Piece::Session),
];

/// The form, folded up.
pub fn direct_form(desk: Desk) -> impl IntoView {
    let faults = RwSignal::new(Vec::<Piece>::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !desk.account.with_untracked(Option::is_some) {
            return;
        }
        let composed = desk
            .pieces
            .with_untracked(|pieces| SessionId::compose(pieces.each_ref().map(String::as_str)));
        match composed {
            Ok(id) => {
                faults.set(Vec::new());
                leave_address();
                desk.open_session(id);
            }
            Err(found) => {
                let first = FIELDS.iter().find(|(_, _, _, piece)| found.contains(piece));
                faults.set(found);
                desk.say(labels::NOT_OPENED);
                if let Some((id, ..)) = first {
                    focus(id);
                }
            }
        }
    };
    let fields = (0..FIELDS.len()).map(|at| field(desk, at, faults)).collect_view();
    view! {
        <details class="panel direct">
            <summary>{labels::OPEN_ONE}</summary>
            <form on:submit=submit novalidate=true>
                <p class="help">{labels::OPEN_ONE_HELP}</p>
                <div class="direct-fields">{fields}</div>
                <button type="submit" class="button" disabled=flag(move || !desk.is_signed_in())>
                    {labels::OPEN_SESSION}
                </button>
            </form>
        </details>
    }
}

fn field(desk: Desk, at: usize, faults: RwSignal<Vec<Piece>>) -> AnyView {
    let (id, fault_id, name, piece) = FIELDS[at];
    let faulty = Memo::new(move |_| faults.with(|faults| faults.contains(&piece)));
    view! {
        <div class="direct-field">
            <label for=id>{name}</label>
            <input
                id=id
                class="box"
                type="text"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=attribute(move || faulty.get().then(|| fault_id.to_owned()))
                aria-invalid=attribute(move || faulty.get().then(|| "true".to_owned()))
                prop:value=Signal::derive(move || desk.pieces.with(|pieces| pieces[at].clone()))
                on:input=move |event| desk.pieces.update(|pieces| pieces[at] = event_target_value(&event))
            />
            {shown(move || faulty.get().then(|| view! {
                <p class="fault" id=fault_id>{faulty_piece(piece)}</p>
            }.into_any()))}
        </div>
    }
    .into_any()
}
