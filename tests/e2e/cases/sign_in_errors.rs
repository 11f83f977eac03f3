//! What Entra refuses, in words: who has to do what, with the numbers for whoever is asked for help.

use crate::harness::record::Record as _;
use crate::harness::{Role, bench, until_so};
use azure_simulator::scenario::OPERATOR;
use azure_simulator::world::Consent;
use azure_simulator::{Fault, FaultAction, Operation};
use serde_json::json;
use std::collections::BTreeMap;
use thirtyfour::Key;

const CORRELATION: &str = "6f1ed002-ab5e-4cf1-9c29-1c0ff5d1cafe";

/// The token endpoint refuses, as Entra does.
fn refusal(error: &str, number: u32) -> Fault {
    let body = json!({
        "error": error,
        "error_description": format!("AADSTS{number}: No. Trace ID: t-1 Correlation ID: {CORRELATION} Timestamp: 2026"),
        "error_codes": [number],
        "trace_id": "t-1",
        "correlation_id": CORRELATION,
    });
    let answer = FaultAction::Raw {
        status: 400,
        body: body.to_string(),
        headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
    };
    Fault::once(answer).on(Operation::Token)
}

#[test]
fn each_refusal_names_who_has_to_act_and_can_be_copied() {
    bench(
        |_| {},
        async |bench| {
            bench.open_signed_in().await;
            // The box stays for whoever has typed, and what was copied can be pasted into it.
            bench.search_box().await.send_keys("x").await.unwrap();
            bench.reload().await;
            let refusals = [
                (
                    "invalid_grant",
                    65_001,
                    "an administrator of the tenant has to grant admin consent",
                ),
                (
                    "invalid_grant",
                    50_105,
                    "Ask an administrator of the tenant to assign you",
                ),
                (
                    "access_denied",
                    53_003,
                    "ask an administrator of the tenant which policy it was",
                ),
                (
                    "unauthorized_client",
                    700_016,
                    "The person who deployed the page has to check clientId",
                ),
            ];
            for (error, number, who) in refusals {
                bench.azure().faults.push(refusal(error, number));
                bench.click_away(Role::Button, "Sign in").await;
                bench.wait_for_words(who).await;
                let alert = bench.alert().await;
                assert!(alert.contains(who), "{alert}");
                assert!(
                    alert.contains(&format!("AADSTS{number}")) && alert.contains(CORRELATION),
                    "{alert}"
                );
                assert!(!bench.shows(Role::Button, "Account").await);
            }
            bench
                .look::<Option<()>>("document.querySelector('[role=alert] details').open = true")
                .await;
            bench.click(Role::Button, "Copy detail").await;
            bench.find(Role::Button, "Copied.").await;
            let text_box = bench.search_box().await;
            until_so("the detail is on the clipboard", async || {
                text_box.clear().await.unwrap();
                text_box.send_keys(Key::Control + "v").await.unwrap();
                let pasted = bench.search_box_text().await.unwrap_or_default();
                pasted.contains("Number: AADSTS700016") && pasted.contains(&format!("Correlation id: {CORRELATION}"))
            })
            .await;
            bench.sign_in_silently().await;
        },
    );
}

#[test]
fn what_the_authority_itself_refuses_leaves_the_page_intact() {
    bench(
        |setting| setting.simulator.world.applications[0].consent = Consent::AdminOnly,
        async |bench| {
            // Where the redirect URI is not known, nobody is sent back.
            let registered = std::mem::take(&mut bench.azure().world.applications[0].redirect_uris);
            bench.open("").await;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_for_login_page().await;
            bench.wait_for_words("AADSTS50011").await;
            bench.go_back().await;
            bench.find(Role::Button, "Sign in").await;

            bench.azure().world.applications[0].redirect_uris = registered;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_for_login_page().await;
            bench.sign_in_there_as(OPERATOR).await;
            bench
                .wait_for_words("Ask an administrator of the tenant to grant admin consent")
                .await;
            let alert = bench.alert().await;
            assert!(
                alert.contains("AADSTS90094") && alert.contains("Correlation id"),
                "{alert}"
            );

            bench.azure().world.applications[0].consent = Consent::AskUser;
            bench.click(Role::Button, "Sign in").await;
            bench.wait_for_login_page().await;
            bench.sign_in_there_as(OPERATOR).await;
            bench.click_away(Role::Button, "Accept").await;
            bench.wait_until_signed_in().await;
            assert_eq!(bench.azure().count(Operation::Token), 1);
        },
    );
}
