//! Following a list to its end, page by page, and never off the configured host.

use std::collections::HashSet;

use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::client::ArmClient;
use super::error::{ArmError, ArmErrorKind};
use super::object::Object;
use super::request::ArmRequest;

/// More pages than any list has. With Azure's own page sizes this is beyond 100,000 rows.
const MOST_PAGES: usize = 1000;

/// `value` may be missing, or empty on a page with a next one (Azure/azure-rest-api-specs: neither is required).
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Page<T> {
    #[serde(default)]
    value: Option<Vec<Object<T>>>,
    #[serde(rename = "nextLink", default)]
    next_link: Option<String>,
}

/// Reads every page and hands each over as it comes.
///
/// # Errors
/// [`ArmError`] of the first page that could not be read; what was handed over before stays true.
pub(super) async fn each_page<T: DeserializeOwned>(
    client: &ArmClient,
    first: ArmRequest,
    mut take: impl FnMut(Vec<T>) -> Result<(), ArmErrorKind>,
) -> Result<(), ArmError> {
    let mut request = first;
    let mut seen = HashSet::from([request.path_and_query.clone()]);
    loop {
        let needs = request.needs.clone();
        let fail = |kind| ArmError::unanswered(kind, needs.clone(), client.request_id());
        let page: Page<T> = client.read(&request).await?;
        let rows = page.value.unwrap_or_default();
        take(rows.into_iter().map(|row| row.0).collect()).map_err(fail)?;
        let Some(link) = page.next_link.filter(|link| !link.is_empty()) else {
            return Ok(());
        };
        let path_and_query = own_path(client, &link).ok_or_else(|| fail(ArmErrorKind::ForeignNextLink))?;
        if !seen.insert(path_and_query.clone()) || seen.len() > MOST_PAGES {
            return Err(fail(ArmErrorKind::EndlessList));
        }
        request = ArmRequest {
            method: Method::GET,
            path_and_query,
            needs,
            body: None,
        };
    }
}

/// Reads a list whole.
///
/// # Errors
/// [`ArmError`] if any page could not be read: half a list is no list.
pub(super) async fn whole<T: DeserializeOwned>(client: &ArmClient, first: ArmRequest) -> Result<Vec<T>, ArmError> {
    let mut all = Vec::new();
    each_page(client, first, |mut page| {
        all.append(&mut page);
        Ok(())
    })
    .await?;
    Ok(all)
}

/// Path and query of a link, if it lies at the configured host. The host itself is put there again by the client.
fn own_path(client: &ArmClient, link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    (plain && client.endpoint().holds(&url)).then(|| match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}
