//! What the dialog shows of its plan: what will be lost, and exactly which sessions.

use leptos::prelude::*;

use super::state::Desk;
use crate::desk::hints::hint;
use crate::desk::plan::Plan;
use crate::text::{self, labels, phrases};

/// What will be lost or happen.
pub fn consequences(desk: Desk, plan: &Plan) -> impl IntoView + use<> {
    let hint = desk.findings.with_untracked(|findings| {
        let sessions = plan.sessions().iter().map(|planned| &planned.identity.id);
        hint(findings.as_ref()?, plan.kind(), sessions)
    });
    let hint = hint.map(|hint| text::listing::rights_hint(&hint));
    let sentences = text::consequences(plan)
        .into_iter()
        .chain(hint)
        .map(|sentence| view! { <li>{sentence}</li> })
        .collect_view();
    view! { <ul class="consequences" id="dialog-consequences">{sentences}</ul> }
}

/// The sessions, under their users.
pub fn sessions(desk: Desk, plan: &Plan) -> impl IntoView + use<> {
    let sessions = plan
        .sessions()
        .iter()
        .map(|planned| {
            let created = planned.identity.created.as_ref();
            let started = created
                .and_then(|created| desk.time_and_age(created))
                .map(|(time, _)| time)
                .or_else(|| created.map(|created| created.as_str().to_owned()))
                .unwrap_or_else(|| labels::NOT_KNOWN.to_owned());
            let beat = planned
                .last_heart_beat
                .as_ref()
                .filter(|_| {
                    planned
                        .host_status
                        .as_ref()
                        .is_some_and(|status| status.is_out_of_reach())
                })
                .and_then(|beat| desk.time_and_age(beat))
                .map(|(_, age)| view! { <span class="dim">{phrases::heard_of(&age)}</span> });
            view! {
                <li title=planned.identity.id.as_str().to_owned()>
                    <strong>{planned.identity.user.clone()}</strong>
                    <span>{phrases::planned(planned)}</span>
                    <span class="dim">{phrases::planned_facts(planned, &started)}</span>
                    {beat}
                </li>
            }
        })
        .collect_view();
    view! {
        <h3 class="dialog-heading">{labels::EXACTLY_THESE}</h3>
        <ul class="planned" tabindex="0" aria-label=labels::EXACTLY_THESE>{sessions}</ul>
    }
}

/// Chosen sessions for which the act would be nothing.
pub fn left_out(plan: &Plan) -> Option<impl IntoView + use<>> {
    let items = plan
        .left_out()
        .iter()
        .map(|(identity, why)| view! { <li>{phrases::left_out(identity, *why)}</li> })
        .collect_view();
    (!plan.left_out().is_empty()).then(|| {
        view! {
            <h3 class="dialog-heading">{labels::LEFT_OUT}</h3>
            <ul class="left-out">{items}</ul>
        }
    })
}
