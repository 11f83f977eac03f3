//! Azure Resource Graph: the host pools of all subscriptions in one question, as a second source beside each
//! subscription's own list. It knows no sessions, and may be behind.
//!
//! It shows what the person may read and says nothing about the rest, so it finds pools where a role is on a single
//! pool or resource group only. It is a POST that changes nothing.

use std::collections::HashSet;

use http::Method;
use serde::{Deserialize, Serialize};

use super::client::ArmClient;
use super::error::{ArmError, ArmErrorKind};
use super::host_pools::HostPool;
use super::ids::HostPoolId;
use super::object::Object;
use super::request::{ArmRequest, Needs};

/// Version that Microsoft's own clients use (`@azure/arm-resourcegraph` 4.2.1, azure-mgmt-resourcegraph 8.0.1).
const API_VERSION: &str = "2021-03-01";

/// Only ids: bodies of host pools may carry a registration token.
const QUERY: &str =
    "resources | where type =~ 'microsoft.desktopvirtualization/hostpools' | project id | order by id asc";

/// Rows per page, the most there is.
const PAGE: u32 = 1000;

/// Subscriptions per question; "fewer than 300" is Azure's advice (azure-docs, guidance for throttled requests).
const MOST_SUBSCRIPTIONS: usize = 299;

/// More pages than there can be.
const MOST_PAGES: usize = 100;

/// What it knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Host pools, each once.
    pub pools: Vec<HostPool>,
    /// Why it may know more than that.
    pub failure: Option<Box<ArmError>>,
}

#[derive(Serialize)]
struct Question<'a> {
    subscriptions: &'a [String],
    query: &'a str,
    options: Options,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    #[serde(rename = "$top")]
    top: u32,
    #[serde(rename = "$skipToken", skip_serializing_if = "Option::is_none")]
    skip_token: Option<String>,
    result_format: &'static str,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Object<Row>>,
    #[serde(rename = "$skipToken", default)]
    skip_token: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
}

/// The host pools in these subscriptions. What was read before a failure is kept.
pub async fn host_pools(client: &ArmClient, subscriptions: &[String]) -> Known {
    let mut known = Known::default();
    let mut keys = HashSet::new();
    // No subscriptions would mean all of them, in Azure's words.
    for part in subscriptions.chunks(MOST_SUBSCRIPTIONS) {
        let take = |pool: HostPool| {
            if keys.insert(pool.id.key()) {
                known.pools.push(pool);
            }
        };
        if let Err(error) = ask(client, part, take).await {
            known.failure = Some(Box::new(error));
            break;
        }
    }
    known
}

async fn ask(client: &ArmClient, subscriptions: &[String], mut take: impl FnMut(HostPool)) -> Result<(), ArmError> {
    let needs = Needs::new("Microsoft.DesktopVirtualization/hostpools/read", "/");
    let fail = |kind| ArmError::unanswered(kind, needs.clone(), client.request_id());
    let mut seen = HashSet::new();
    let mut skip_token = None;
    loop {
        let question = Question {
            subscriptions,
            query: QUERY,
            options: Options {
                top: PAGE,
                skip_token: skip_token.clone(),
                result_format: "objectArray",
            },
        };
        let path = "/providers/Microsoft.ResourceGraph/resources";
        let request = ArmRequest::new(Method::POST, path, API_VERSION, needs.clone()).with_json(&question);
        let page: Page = client.read(&request).await?;
        for Object(row) in page.data {
            let id = HostPoolId::parse(&row.id).ok_or_else(|| fail(ArmErrorKind::Unreadable))?;
            take(HostPool { id, kind: None });
        }
        let Some(token) = page.skip_token.filter(|token| !token.is_empty()) else {
            return Ok(());
        };
        if !seen.insert(token.clone()) || seen.len() > MOST_PAGES {
            return Err(fail(ArmErrorKind::EndlessList));
        }
        skip_token = Some(token);
    }
}
