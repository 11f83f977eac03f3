//! The set-up screen: a broken configuration, and none at all.

use crate::harness::record::Record as _;
use crate::harness::{Name, Role, bench, until, until_so};
use azure_simulator::scenario::{CLIENT_ID, TENANT_ID};
use azure_simulator::server::PageConfig;
use serde_json::{Value, json};
use std::fs;
use thirtyfour::By;

#[test]
fn every_fault_of_a_configuration_is_named_with_its_path_at_once() {
    let broken = json!({
        "clientId": "not-a-guid",
        "tenant": "common",
        "cloud": { "name": "Own", "authorityHost": "http://login.example", "resourceManager": "https://arm.example/path" },
        "allowedParents": ["https://portal.example", "https://portal.example/folder"],
        "tokenCache": 5,
        "clientSecret": "never",
    });
    bench(
        |setting| setting.config = PageConfig::Text(broken.to_string()),
        async |bench| {
            bench.open("").await;
            until_so("the faults are shown", async || {
                bench.all_text().await.contains("$.clientId")
            })
            .await;
            let text = bench.all_text().await;
            for path in [
                "$.clientId",
                "$.tenant",
                "$.cloud.authorityHost",
                "$.cloud.resourceManager",
                "$.allowedParents[1]",
                "$.tokenCache",
                "$.clientSecret",
            ] {
                assert!(text.contains(path), "{path} is not in: {text}");
            }
            assert!(
                !text.contains("$.allowedParents[0]") && !text.contains("$.cloud.name"),
                "{text}"
            );
            assert!(!bench.shows(Role::Button, "Sign in").await);
            bench.assert_one_voice().await;
            assert!(bench.azure().is_untouched());
        },
    );
}

#[test]
fn what_is_not_json_is_said_with_its_place() {
    bench(
        |setting| setting.config = PageConfig::Text("{\n  \"clientId\": oops\n}".to_owned()),
        async |bench| {
            bench.open("").await;
            until_so("the fault is shown", async || bench.all_text().await.contains("line 2")).await;
            assert!(!bench.shows(Role::Button, "Sign in").await);
            bench.assert_one_voice().await;
            assert!(bench.azure().is_untouched());
        },
    );
}

#[test]
fn without_a_configuration_the_page_says_how_to_make_one() {
    bench(
        |setting| setting.config = PageConfig::Missing,
        async |bench| {
            bench.open("?from=bookmark#/user/someone").await;
            let client = bench.find(Role::Textbox, "Application (client) ID").await;
            let redirect = format!("{}/redirect.html", bench.origins().page);
            let anywhere = "return [document.body.innerText, ...[...document.querySelectorAll('input, textarea')].map(box => box.value)].join('\\n')";
            let text: String = bench.look(anywhere).await;
            assert!(text.contains(&redirect), "{redirect} is not in: {text}");
            assert!(!text.contains("from=bookmark"), "{text}");
            assert!(!bench.shows(Role::Button, "Sign in").await);
            bench.assert_one_voice().await;

            client.send_keys(format!(" {CLIENT_ID} ")).await.unwrap();
            bench
                .find(Role::Textbox, "Tenant")
                .await
                .send_keys(TENANT_ID)
                .await
                .unwrap();
            let cloud = bench.find(Role::Combobox, Name::Begins("Cloud")).await;
            cloud
                .find(By::Css("option[value=usGovernment]"))
                .await
                .unwrap()
                .click()
                .await
                .unwrap();
            bench.click(Role::Button, "Download config.json").await;
            let made: Value = until("config.json was downloaded", async || {
                let text = fs::read_to_string(bench.downloads.join("config.json")).ok()?;
                serde_json::from_str(&text).ok()
            })
            .await;
            assert_eq!(made["clientId"], CLIENT_ID);
            assert_eq!(made["tenant"], TENANT_ID);
            assert_eq!(made["cloud"], "usGovernment");

            // With that file beside it, the page is ready.
            bench.servers.page_settings().config = PageConfig::Text(made.to_string());
            bench.open("").await;
            bench.find(Role::Button, "Sign in").await;
            assert!(bench.azure().is_untouched());
        },
    );
}
