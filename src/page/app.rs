//! Chooses the screen: a page in a frame that is not allowed shows a link to itself, a page without a usable configuration shows how to set it
//! up, and any other is the desk.

use leptos::ev;
use leptos::prelude::*;

use super::dynamic::{shown, when};
use super::state::Desk;
use super::{
    confirm_dialog, coverage, direct_form, embedding, grace, header, live, receipt, search_form, set_up,
    sign_in_window, table,
};
use crate::auth::AuthError;
use crate::browser::ConfigMissing;
use crate::config::Config;
use crate::embedding::Place;
use crate::ports::Ports;
use crate::text::{auth_error, labels};

/// The whole page.
pub fn app(ports: &Ports, config: Result<String, ConfigMissing>) -> AnyView {
    let config = config.map(|text| Config::parse(&text));
    // Without a usable configuration nobody may frame the page: what it would say is not for the people there.
    let allowed = match &config {
        Ok(Ok(config)) => config.allowed_parents.as_slice(),
        _ => &[],
    };
    let place = embedding::place(allowed);
    if let Place::NotAllowed { parent } = &place {
        return embedding::link_only(parent.as_deref()).into_any();
    }
    let config = match config {
        Err(missing) => return set_up::without_configuration(missing).into_any(),
        Ok(Err(faults)) => return set_up::with_faults(&faults).into_any(),
        Ok(Ok(config)) => config,
    };
    match Desk::new(config, place, ports) {
        Ok(desk) => working(desk).into_any(),
        Err(error) => unusable(&error).into_any(),
    }
}

fn unusable(error: &AuthError) -> impl IntoView {
    view! {
        {header::bare()}
        <main class="main main--narrow">
            <div role="alert" class="alert">
                {super::explanation::explained(auth_error(error))}
            </div>
        </main>
    }
}

fn working(desk: Desk) -> impl IntoView {
    desk.start();
    desk.follow_addresses();
    warn_before_leaving(desk);
    look_after_coming_back(desk);
    embedding::talk(desk);
    view! {
        {header::header(desk)}
        {desk.config().cloud.is_simulated().then(|| view! { <p class="simulated">{labels::SIMULATED}</p> })}
        <main class="main">
            {live::alert(desk)}
            {when(move || desk.is_starting(), move || view! { <p class="calm">{labels::STARTING}</p> }.into_any())}
            {shown(move || desk.note.get().map(|note| view! { <p class="note">{note}</p> }).map(IntoAny::into_any))}
            {sign_in_window::sign_in_window(desk)}
            {when(move || desk.offers_sign_in(), move || signed_out(desk).into_any())}
            {when(move || desk.shows_search_form(), move || search_form::search_form(desk).into_any())}
            {when(move || desk.is_signed_in(), move || direct_form::direct_form(desk).into_any())}
            {grace::grace(desk)}
            {coverage::coverage(desk)}
            {table::sessions(desk)}
            {receipt::receipt(desk)}
        </main>
        {live::status(desk)}
        {confirm_dialog::confirm_dialog(desk)}
    }
}

fn signed_out(desk: Desk) -> impl IntoView {
    view! {
        <section class="panel sign-in" aria-labelledby="sign-in-heading">
            <h2 id="sign-in-heading">{labels::SIGN_IN_HEADING}</h2>
            <p>{labels::LEAD}</p>
            {when(move || desk.pending.with(Option::is_some), move || view! { <p class="note">{labels::LINK_WAITS}</p> }.into_any())}
            <div class="buttons">
                <button type="button" id="sign-in" class="button button--main" on:click=move |_| desk.sign_in()>
                    {labels::SIGN_IN}
                </button>
                <button type="button" class="button" on:click=move |_| desk.use_another_account()>
                    {labels::OTHER_ACCOUNT}
                </button>
            </div>
        </section>
    }
}

/// While sessions are being logged off, leaving the page means not seeing their end: the browser asks first.
fn warn_before_leaving(desk: Desk) {
    window_event_listener(ev::beforeunload, move |event| {
        if desk.is_logging_off() && !desk.leaves_on_purpose() {
            event.prevent_default();
        }
    });
}

/// The browser may show the page again as it was, with everything in memory, after it had left for the authority.
fn look_after_coming_back(desk: Desk) {
    window_event_listener(ev::pageshow, move |event| {
        if event.persisted() {
            desk.came_back();
        }
    });
}
