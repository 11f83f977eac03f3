//! Lists in pages: `pageSize`, `initialSkip`, `isDescending`, and an absolute `nextLink` to the rest.

use super::errors::ArmError;
use super::{Answer, Call};
use crate::reply::json;
use crate::simulator::Simulator;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The query parameter that leads to the rows from `offset` on.
pub(crate) fn link_parameter(offset: usize) -> String {
    format!("%24skipToken={}", URL_SAFE_NO_PAD.encode(format!("from {offset}")))
}

/// The offset in a token of [`link_parameter`].
pub(crate) fn offset_of(token: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("from ")?.parse().ok()
}

/// The query parameter that leads to the rows after the one with this id.
fn link_after(id: &str) -> String {
    format!("%24skipToken={}", URL_SAFE_NO_PAD.encode(format!("after {id}")))
}

/// The id in a token of [`link_after`].
fn id_before(token: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("after ").map(str::to_owned)
}

fn id_of(row: &Value) -> &str {
    row.get("id").and_then(Value::as_str).unwrap_or_default()
}

impl Simulator {
    /// One page of these rows.
    pub(crate) fn page(&self, call: &Call, mut rows: Vec<Value>) -> Answer {
        let number = |name: &str| -> Result<Option<usize>, ArmError> {
            let Some(text) = call.parameter(name) else {
                return Ok(None);
            };
            let wrong =
                || ArmError::bad_request(&format!("The value '{text}' of the parameter '{name}' is not valid."));
            text.parse().map(Some).map_err(|_| wrong())
        };
        let size = match number("pageSize")? {
            Some(0) => {
                return Err(ArmError::bad_request(
                    "The value '0' of the parameter 'pageSize' is not valid.",
                ));
            }
            Some(size) => size,
            None => self.world.switches.page_size.max(1),
        };
        let skip = number("initialSkip")?.unwrap_or(0);
        if call
            .parameter("isDescending")
            .is_some_and(|yes| yes.eq_ignore_ascii_case("true"))
        {
            rows.reverse();
        }
        let stable = self.world.switches.stable_pages && rows.iter().all(|row| !id_of(row).is_empty());
        if stable {
            rows.sort_by(|one, two| id_of(one).cmp(id_of(two)));
        }
        let token = call.parameter("$skipToken");
        let after = token.filter(|_| stable).and_then(id_before);
        let start = match (after, token) {
            (Some(after), _) => rows.partition_point(|row| id_of(row) <= after.as_str()),
            (None, Some(token)) => {
                offset_of(token).ok_or_else(|| ArmError::bad_request("The value of '$skipToken' is not valid."))?
            }
            (None, None) => skip,
        };
        let total = rows.len();
        let value: Vec<Value> = rows.into_iter().skip(start).take(size).collect();
        let link = match value.last() {
            Some(last) if stable => link_after(id_of(last)),
            _ => link_parameter(start + size),
        };
        let mut body = json!({ "value": value });
        if start + size < total {
            body["nextLink"] = json!(self.next_link(call, &link));
        }
        Ok((json(200, &body), false))
    }

    /// The request's own address with another token.
    fn next_link(&self, call: &Call, link: &str) -> String {
        let uri = call.request.uri();
        let kept = uri.query().unwrap_or_default().split('&').filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
            name != "%24skiptoken" && name != "$skiptoken"
        });
        let query: Vec<&str> = kept.collect();
        format!("{}{}?{}&{}", self.origins.arm, uri.path(), query.join("&"), link)
    }
}
