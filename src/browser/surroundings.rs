//! What the browser tells of the pages around this one: their origins, and whether they belong to the same site.

use js_sys::{Object, Reflect};
use url::Url;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{DomStringList, HtmlDocument, Window};

use crate::embedding::Surroundings;
use crate::origin::Origin;

/// The cookie of the probe; it is gone as soon as it was read, and says nothing.
const PROBE: &str = "avd-logoff.same-site";

/// Looks around.
pub fn surroundings() -> Surroundings {
    let Some(window) = web_sys::window() else {
        return Surroundings {
            parents: vec![None],
            same_site: false,
            sandboxed: false,
        };
    };
    let parents = parents(&window);
    let document = window
        .document()
        .and_then(|document| document.dyn_into::<HtmlDocument>().ok());
    let framed = document.filter(|_| !parents.is_empty());
    Surroundings {
        same_site: framed.as_ref().is_none_or(is_same_site),
        sandboxed: framed.as_ref().is_some_and(is_sandboxed),
        parents,
    }
}

/// In a sandbox `domain` may not be set, whatever to; outside of one, setting it to what it is changes nothing here.
fn is_sandboxed(document: &HtmlDocument) -> bool {
    Reflect::set(document, &"domain".into(), &document.domain().into()).is_err()
}

/// Browsers name all of them, or say `null` where the frame's own `referrerpolicy` hides one, which Firefox minds. Where
/// a browser is too old to name any, the referrer tells the nearest, and of more than one there is no way to know.
fn parents(window: &Window) -> Vec<Option<String>> {
    let is_self =
        |other: Result<Option<Window>, JsValue>| matches!(other, Ok(Some(other)) if Object::is(&other, window));
    if is_self(window.top()) {
        return Vec::new();
    }
    let named = Reflect::get(&window.location(), &"ancestorOrigins".into()).ok();
    if let Some(list) = named.and_then(|list| list.dyn_into::<DomStringList>().ok()) {
        let named = (0..list.length()).map(|at| list.item(at));
        return named.map(|origin| origin.filter(|origin| origin != "null")).collect();
    }
    let referrer = window
        .document()
        .map(|document| document.referrer())
        .unwrap_or_default();
    let nearest = Url::parse(&referrer)
        .ok()
        .map(|url| Origin::of(&url).as_str().to_owned());
    let parent_is_top = match (window.parent(), window.top()) {
        (Ok(Some(parent)), Ok(Some(top))) => Object::is(&parent, &top),
        _ => false,
    };
    if parent_is_top {
        vec![nearest]
    } else {
        vec![nearest, None]
    }
}

/// Browsers take a `SameSite=Strict` cookie only where every page around belongs to the same site: exactly the
/// question. No list of public suffixes could answer it better, because the browser's own is the one that counts.
fn is_same_site(document: &HtmlDocument) -> bool {
    let set = |value: &str| document.set_cookie(&format!("{PROBE}={value}; SameSite=Strict"));
    let taken = set("1").is_ok()
        && document
            .cookie()
            .is_ok_and(|cookies| cookies.contains(&format!("{PROBE}=1")));
    // Forgetting cannot fail where setting did not; where it did, there is nothing to forget.
    let _ = set("; Max-Age=0");
    taken
}
