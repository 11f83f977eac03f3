//! The set-up screen: every fault of the configuration at once, or how to come to a first one.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::dynamic::{flag, when};
use super::header;
use crate::browser::{self, ConfigMissing};
use crate::cloud::Cloud;
use crate::config::{Config, ConfigError};
use crate::desk::config_file::config_file;
use crate::text::{config_error, labels, set_up as said};

/// A configuration was read and cannot be used.
pub fn with_faults(faults: &[ConfigError]) -> impl IntoView + use<> {
    view! {
        {header::bare()}
        <main class="main main--narrow">
            <section class="panel set-up" aria-labelledby="set-up-heading">
                <h2 id="set-up-heading">{said::HEADING}</h2>
                <div role="alert" class="alert">
                    <p class="explained-title">{said::FAULTS}</p>
                    <p>{said::FAULTS_NEXT}</p>
                </div>
                <h3>{said::FAULTS_HEADING}</h3>
                {fault_list(faults)}
            </section>
        </main>
        <div class="status" role="status">{String::new()}</div>
    }
}

fn fault_list(faults: &[ConfigError]) -> impl IntoView + use<> {
    let faults = faults
        .iter()
        .map(|fault| {
            view! {
                <li>
                    <code>{fault.path.clone()}</code>
                    <span>{config_error(fault)}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="faults">{faults}</ul> }
}

/// There is no configuration.
pub fn without_configuration(missing: ConfigMissing) -> impl IntoView {
    let status = RwSignal::new("");
    view! {
        {header::bare()}
        <main class="main main--narrow">
            <div role="alert" class="alert">
                {(missing == ConfigMissing::Unreachable).then_some(said::UNREACHABLE)}
            </div>
            <section class="panel set-up" aria-labelledby="set-up-heading">
                <h2 id="set-up-heading">{said::HEADING}</h2>
                <p>{(missing == ConfigMissing::NotThere).then_some(said::MISSING)}</p>
                <ol class="steps">
                    <li>
                        <h3>{said::REGISTER}</h3>
                        {register(status)}
                    </li>
                    <li>
                        <h3>{said::FILL_IN}</h3>
                        {fill_in()}
                    </li>
                    <li>
                        <h3>{said::PUBLISH}</h3>
                        <p>{said::PUBLISH_HOW}</p>
                    </li>
                </ol>
            </section>
        </main>
        <div class="status" role="status">{status}</div>
    }
}

fn register(status: RwSignal<&'static str>) -> impl IntoView {
    let Some(uri) = browser::redirect_uri().map(|url| url.to_string()) else {
        return view! { <p class="fault">{said::NO_ADDRESS}</p> }.into_any();
    };
    let commands = said::commands(&uri);
    view! {
        <p>{said::REGISTER_WHY}</p>
        <label for="redirect-uri">{said::REDIRECT_URI}</label>
        <input id="redirect-uri" class="box box--code" type="text" readonly prop:value=uri.clone() />
        {copy_button(said::COPY_URI, uri, status)}
        <p>{said::COMMAND}</p>
        <textarea
            class="box box--code box--tall"
            readonly
            rows="9"
            aria-label=said::COMMAND_NAME
            prop:value=commands.clone()
        ></textarea>
        {copy_button(said::COPY_COMMAND, commands, status)}
    }
    .into_any()
}

fn copy_button(name: &'static str, text: String, status: RwSignal<&'static str>) -> impl IntoView {
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            status.set(match browser::copy(&text).await {
                true => labels::COPIED,
                false => said::COPY_REFUSED,
            });
        });
    };
    view! { <button type="button" class="button" on:click=copy>{name}</button> }
}

fn fill_in() -> impl IntoView {
    let client_id = RwSignal::new(String::new());
    let tenant = RwSignal::new(String::new());
    let cloud = RwSignal::new("public".to_owned());
    let file = Memo::new(move |_| config_file(&client_id.read(), &tenant.read(), &cloud.read()));
    let faults = Memo::new(move |_| Config::parse(&file.read()).err().unwrap_or_default());
    let begun = move || !client_id.read().is_empty() && !tenant.read().is_empty();
    let clouds = Cloud::built_in_names()
        .map(|name| view! { <option value=name>{said::cloud(name)}</option> })
        .collect_view();
    view! {
        <form class="fields" on:submit=|event| event.prevent_default()>
            <label for="client-id">{said::CLIENT_ID}</label>
            {field("client-id", client_id, None)}
            <label for="tenant">{said::TENANT}</label>
            {field("tenant", tenant, Some("tenant-help"))}
            <p class="help" id="tenant-help">{said::TENANT_HELP}</p>
            <label for="cloud">{said::CLOUD}</label>
            <select id="cloud" class="box" on:change=move |event| cloud.set(event_target_value(&event))>
                {clouds}
            </select>
            {when(begun, move || fault_list(&faults.read()).into_any())}
            <label for="config-file">{said::FILE}</label>
            <textarea id="config-file" class="box box--code box--tall" readonly rows="7" prop:value=file></textarea>
            <button
                type="button"
                class="button button--main"
                disabled=flag(move || !faults.read().is_empty())
                on:click=move |_| browser::download("config.json", "application/json", &file.get_untracked())
            >
                {said::DOWNLOAD}
            </button>
        </form>
    }
}

fn field(id: &'static str, value: RwSignal<String>, help: Option<&'static str>) -> impl IntoView {
    view! {
        <input
            id=id
            class="box"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-describedby=help
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        />
    }
}
