//! The login server's pages as a browser and a person meet them.

use crate::support::*;
use azure_simulator::scenario::{LIMITED_OPERATOR, OPERATOR, READER};

fn page(desk: &mut Desk, changes: &[(&str, &str)]) -> (http::Response<Vec<u8>>, String) {
    let response = desk.raw("GET", &authorize_url(changes), &[], "");
    let text = String::from_utf8(response.body().clone()).unwrap();
    (response, text)
}

#[test]
fn pages_cannot_be_framed_kept_or_reached_by_their_opener() {
    let mut desk = company();
    for changes in [&[][..], &[("client_id", "x")][..], &[("prompt", "none")][..]] {
        let (response, _) = page(&mut desk, changes);
        assert_eq!(header(&response, "x-frame-options"), Some("DENY"));
        assert_eq!(header(&response, "cross-origin-opener-policy"), Some("same-origin"));
        assert!(header(&response, "cache-control").unwrap().contains("no-store"));
        assert_eq!(header(&response, "access-control-allow-origin"), None);
    }
}

#[test]
fn the_sign_in_page_offers_people_of_different_rights_and_two_buttons() {
    let (_, text) = page(&mut company(), &[]);
    for upn in [OPERATOR, READER, LIMITED_OPERATOR] {
        assert!(text.contains(&format!("value=\"{upn}\"")), "{upn}");
    }
    assert_eq!(text.matches("<label>").count(), 3);
    assert!(text.contains(">Sign in</button>") && text.contains(">Cancel</button>"));
}

#[test]
fn the_hint_chooses_the_account() {
    let (_, text) = page(&mut company(), &[("login_hint", READER)]);
    assert!(text.contains(&format!("value=\"{READER}\" checked")), "{text}");
}

#[test]
fn what_comes_from_the_address_is_text_on_the_page() {
    let (_, text) = page(
        &mut company(),
        &[("redirect_uri", "https://x.example/<script>alert(1)</script>")],
    );
    assert!(!text.contains("<script>"));
    assert!(text.contains("&lt;script&gt;"));
}

#[test]
fn a_form_works_once_and_only_with_its_context() {
    let mut desk = company();
    let (_, text) = page(&mut desk, &[]);
    let after = |mark: &str| text.split(mark).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (action, context) = (after("action=\""), after("name=\"ctx\" value=\""));
    let at = format!("{}{action}", origins().login);
    let body = format!("ctx={context}&act=continue&person={OPERATOR}");
    let sent = desk.raw("POST", &at, &[], &body);
    assert_eq!(sent.status(), 302);
    assert!(header(&sent, "set-cookie").unwrap().contains("HttpOnly"));
    assert_eq!(desk.raw("POST", &at, &[], &body).status(), 400);
}
