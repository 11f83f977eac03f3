//! The header: name of the page, who is signed in, and the account menu.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::dynamic::{attribute, flag, shown, text, when};
use super::focus::focus;
use super::state::{Desk, Tenants};
use crate::auth::Account;
use crate::desk::tenants;
use crate::text::{labels, phrases};

/// With the name of the page alone.
pub fn bare() -> impl IntoView {
    view! {
        <header class="top">
            <h1 class="top-title">{labels::TITLE}</h1>
        </header>
    }
}

/// With the account, once somebody is signed in.
pub fn header(desk: Desk) -> impl IntoView {
    view! {
        <header class="top">
            <h1 class="top-title">{labels::TITLE}</h1>
            {shown(move || desk.account.get().map(|account| account_menu(desk, &account)).map(IntoAny::into_any))}
        </header>
    }
}

/// A menu button after the ARIA practices: Enter, Space, Down and Up open it, Escape and Tab close it.
fn account_menu(desk: Desk, account: &Account) -> impl IntoView + use<> {
    let config = desk.config();
    let open = RwSignal::new(false);
    let close_to_button = move || {
        open.set(false);
        focus("account");
    };
    let on_button_key = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "ArrowDown" | "ArrowUp") {
            event.prevent_default();
            open.set(true);
            focus("sign-out");
            desk.look_for_tenants();
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            close_to_button();
        }
    };
    // It also fires while the menu is being taken away, when its signals are gone already.
    let on_focus_out = move |event: FocusEvent| {
        let node = |target: Option<web_sys::EventTarget>| target.and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        let to = node(event.related_target());
        let inside = node(event.current_target()).is_some_and(|menu| menu.contains(to.as_ref()));
        if !inside {
            let _ = open.try_set(false);
        }
    };
    let (who, account) = (account.clone(), account.clone());
    let cloud = config.cloud.name.clone();
    let facts = shown(move || {
        let facts = [
            (labels::USER_NAME, account.username.clone()),
            (
                labels::TENANT,
                phrases::tenant(&desk.tenant_of(&account), &account.tenant_id),
            ),
            (labels::CLOUD, cloud.clone()),
        ];
        Some(super::explanation::facts(facts).into_any())
    });
    let under_way = move || desk.is_logging_off();
    view! {
        <p class="top-who">{text(move || phrases::account_and_tenant(&who, &desk.tenant_of(&who)))}</p>
        <div class="account" on:keydown=on_key on:focusout=on_focus_out>
            <button
                type="button"
                id="account"
                class="button"
                aria-haspopup="menu"
                aria-expanded=attribute(move || Some(open.get().to_string()))
                aria-controls="account-menu"
                on:keydown=on_button_key
                on:click=move |_| {
                    open.update(|open| *open = !*open);
                    if open.get_untracked() {
                        focus("sign-out");
                        desk.look_for_tenants();
                    }
                }
            >
                {labels::ACCOUNT}
            </button>
            <div class="account-panel" hidden=flag(move || !open.get())>
                <dl class="facts">{facts}</dl>
                {when(under_way, move || view! {
                    <p class="note" id="sign-out-note">{labels::SIGN_OUT_UNDER_WAY}</p>
                }.into_any())}
                <div role="menu" id="account-menu" aria-labelledby="account" on:keydown=move_in_menu>
                    {other_tenants(desk)}
                    {item(desk, labels::OTHER_ACCOUNT.to_owned(), move || desk.use_another_account())}
                    <button
                        type="button"
                        role="menuitem"
                        id="sign-out"
                        class="button button--wide"
                        tabindex="-1"
                        aria-describedby=attribute(move || under_way().then(|| "sign-out-note".to_owned()))
                        on:click=move |_| desk.sign_out()
                    >
                        {labels::SIGN_OUT}
                    </button>
                </div>
            </div>
        </div>
    }
}

/// The other tenants, once they are known.
fn other_tenants(desk: Desk) -> impl IntoView {
    shown(move || {
        let here = desk
            .account
            .with(|account| account.as_ref().map(|account| account.tenant_id.clone()))?;
        let items = match desk.tenants.get()? {
            Tenants::Loading => view! { <p class="dim" role="none">{labels::LOADING_TENANTS}</p> }.into_any(),
            Tenants::Failed => view! { <p class="dim" role="none">{labels::NO_TENANTS_READ}</p> }.into_any(),
            Tenants::Known(tenants) => tenants::others(&tenants, &here)
                .map(|tenant| {
                    let id = tenant.id.clone();
                    item(desk, phrases::switch_to(tenant), move || desk.switch_tenant(id.clone()))
                })
                .collect_view()
                .into_any(),
        };
        Some(view! { <div role="group" aria-label=labels::SWITCH_TENANT>{items}</div> }.into_any())
    })
}

/// A menu item that changes who is signed in: not while sessions are being logged off, whose end nobody would see then.
fn item(desk: Desk, name: String, act: impl Fn() + 'static) -> impl IntoView {
    let under_way = move || desk.is_logging_off();
    view! {
        <button
            type="button"
            role="menuitem"
            class="button button--wide"
            tabindex="-1"
            aria-disabled=attribute(move || under_way().then(|| "true".to_owned()))
            title=attribute(move || under_way().then(|| labels::SWITCH_UNDER_WAY.to_owned()))
            on:click=move |_| {
                if !desk.is_logging_off_now() {
                    act();
                }
            }
        >
            {name}
        </button>
    }
}

/// Up and Down go round the items, Home and End to the first and last.
fn move_in_menu(event: KeyboardEvent) {
    let key = event.key();
    if !matches!(key.as_str(), "ArrowDown" | "ArrowUp" | "Home" | "End") {
        return;
    }
    event.prevent_default();
    let found = document().query_selector_all("#account-menu [role=menuitem]").ok();
    let items: Vec<web_sys::HtmlElement> = found
        .map(|list| {
            (0..list.length())
                .filter_map(|at| list.get(at)?.dyn_into().ok())
                .collect()
        })
        .unwrap_or_default();
    let active = document().active_element();
    let here = items
        .iter()
        .position(|item| active.as_ref().is_some_and(|active| active.is_same_node(Some(item))));
    let count = items.len();
    let there = match (key.as_str(), here) {
        ("Home", _) | ("ArrowDown", None) => 0,
        ("ArrowDown", Some(at)) => (at + 1) % count,
        ("ArrowUp", Some(at)) => (at + count - 1) % count,
        _ => count.saturating_sub(1),
    };
    if let Some(item) = items.get(there) {
        // An item of an open menu can be focused.
        let _ = item.focus();
    }
}
