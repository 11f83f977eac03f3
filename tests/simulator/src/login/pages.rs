//! The login server's pages: plain forms that work by keyboard and with assistive technology.

use crate::world::World;

pub(crate) const HTML: &str = "text/html; charset=utf-8";

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;\
background:#eef1f5;color:#1b1f24}main{background:#fff;padding:2rem;max-width:28rem;width:100%;box-sizing:border-box;\
border:1px solid #c9d1da}h1{font-size:1.3rem;margin-top:0}fieldset{border:0;padding:0;margin:0 0 1rem}\
label{display:grid;grid-template-columns:auto 1fr;gap:.1rem .6rem;padding:.5rem 0;border-bottom:1px solid #e3e7ec}\
label small{grid-column:2;color:#4b5560}button{font:inherit;padding:.5rem 1.2rem;margin-right:.5rem;border:1px solid #6b7580;\
background:#fff}button.first{background:#0b5cad;border-color:#0b5cad;color:#fff}p.note{color:#4b5560;font-size:.875rem}";

/// Text that can stand in HTML, attributes included.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>\
         {content}<p class=\"note\">Simulated sign-in. Nobody here is real, and there is no password.</p></main></body>\
         </html>",
        title = escape(title)
    )
}

fn form(tenant: &str, action: &str, context: &str, content: &str, yes: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/{}/{action}\"><input type=\"hidden\" name=\"ctx\" value=\"{}\">{content}\
         <button class=\"first\" type=\"submit\" name=\"act\" value=\"continue\">{yes}</button>\
         <button type=\"submit\" name=\"act\" value=\"cancel\">Cancel</button></form>",
        escape(tenant),
        escape(context)
    )
}

/// Who signs in? The hint's account is chosen already; a domain hint is only shown, and only without the other.
pub(crate) fn sign_in(
    world: &World,
    tenant: &str,
    context: &str,
    hint: Option<&str>,
    domain_hint: Option<&str>,
) -> String {
    let domain = domain_hint.filter(|_| hint.is_none());
    let hint = hint.map(str::to_lowercase);
    let offered: Vec<_> = world
        .people
        .iter()
        .filter(|person| person.signs_in || Some(person.upn.to_lowercase()) == hint)
        .collect();
    let hinted = offered
        .iter()
        .position(|person| Some(person.upn.to_lowercase()) == hint)
        .unwrap_or(0);
    let mut content = domain.map_or_else(String::new, |domain| {
        format!("<p id=\"domain\">Sign in with an account of {}.</p>", escape(domain))
    });
    content.push_str("<fieldset><legend>Pick an account</legend>");
    for (place, person) in offered.iter().enumerate() {
        let checked = if place == hinted { " checked autofocus" } else { "" };
        content.push_str(&format!(
            "<label><input type=\"radio\" name=\"person\" value=\"{upn}\"{checked}><span>{upn}</span><small>{name}{}{}</small></label>",
            if person.note.is_empty() { "" } else { ": " },
            escape(&person.note),
            upn = escape(&person.upn),
            name = escape(&person.name),
        ));
    }
    content.push_str("</fieldset>");
    page("Sign in", &form(tenant, "sign-in", context, &content, "Sign in"))
}

/// Which of the accounts that are signed in? The buttons are named by UPN.
pub(crate) fn account_picker(tenant: &str, context: &str, upns: &[String]) -> String {
    let content = buttons("pick-account", tenant, context, upns, OTHERWISE);
    page("Pick an account", &content)
}

/// Which of them is to leave?
pub(crate) fn sign_out_picker(tenant: &str, context: &str, upns: &[String]) -> String {
    let content = buttons("sign-out", tenant, context, upns, "");
    page("Pick an account to sign out", &content)
}

const OTHERWISE: &str = "<p><button type=\"submit\" name=\"account\" value=\"\">Use another account</button></p><p><button \
                         type=\"submit\" name=\"act\" value=\"cancel\">Cancel</button></p>";

fn buttons(action: &str, tenant: &str, context: &str, upns: &[String], rest: &str) -> String {
    let mut content = format!(
        "<form method=\"post\" action=\"/{}/{action}\"><input type=\"hidden\" name=\"ctx\" value=\"{}\">",
        escape(tenant),
        escape(context)
    );
    for upn in upns {
        let upn = escape(upn);
        content.push_str(&format!(
            "<p><button type=\"submit\" name=\"account\" value=\"{upn}\">{upn}</button></p>"
        ));
    }
    content + rest + "</form>"
}

/// The second factor.
pub(crate) fn second_factor(tenant: &str, context: &str, upn: &str) -> String {
    let content = format!("<p>{}: approve the request in your authenticator app.</p>", escape(upn));
    page(
        "Approve sign-in request",
        &form(tenant, "second-factor", context, &content, "Approve"),
    )
}

/// Consent.
pub(crate) fn consent(tenant: &str, context: &str, upn: &str) -> String {
    let content = format!(
        "<p>{}</p><p>This app would like to: access Azure Resource Manager as you; keep access to data you have given it \
         access to.</p>",
        escape(upn)
    );
    page(
        "Permissions requested",
        &form(tenant, "consent", context, &content, "Accept"),
    )
}

/// An error that goes nowhere else.
pub(crate) fn error(code: &str, description: &str) -> String {
    let content = format!(
        "<p>Sorry, but we’re having trouble signing you in.</p><p id=\"error\">{}</p><p id=\"description\">{}</p>",
        escape(code),
        escape(description)
    );
    page("Sign-in error", &content)
}

/// After signing out.
pub(crate) fn signed_out() -> String {
    page(
        "You signed out of your account",
        "<p>It’s a good idea to close all browser windows.</p>",
    )
}
