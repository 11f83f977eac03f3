//! Azure Resource Graph: one POST for the host pools of all subscriptions (Azure/azure-rest-api-specs, resourcegraph
//! 2021-03-01). It gives what the caller may read and says nothing about the rest. Sessions are not in it.

use super::errors::ArmError;
use super::graph_query::Query;
use super::paging::offset_of;
use super::{Answer, Call};
use crate::reply::{header, json};
use crate::simulator::Simulator;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

impl Simulator {
    pub(crate) fn resource_graph(&self, call: &Call) -> Answer {
        let kind = header(call.request, "content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if !kind.starts_with("application/json") {
            return Err(ArmError::new(
                415,
                "UnsupportedMediaType",
                "Only 'application/json' is supported.",
            ));
        }
        let asked: Value = serde_json::from_slice(call.request.body())
            .map_err(|_| ArmError::bad_request("The request body is not valid JSON."))?;
        let text = asked.get("query").and_then(Value::as_str).unwrap_or_default();
        let query = Query::parse(text).map_err(|what| {
            let message = format!("Please provide below info when asking for support. Query is invalid. {what}");
            ArmError::new(400, "BadRequest", &message)
        })?;
        let option = |name: &str| asked.get("options").and_then(|options| options.get(name));
        if option("resultFormat")
            .and_then(Value::as_str)
            .is_some_and(|format| format != "objectArray")
        {
            return Err(ArmError::bad_request(
                "The simulator answers with resultFormat 'objectArray' only.",
            ));
        }
        let top = match option("$top") {
            None => 1000,
            Some(top) => match top.as_u64().and_then(|top| usize::try_from(top).ok()) {
                Some(top @ 1..=1000) => top,
                _ => return Err(ArmError::bad_request("The value of '$top' must be between 1 and 1000.")),
            },
        };
        let start = match option("$skipToken").and_then(Value::as_str) {
            None => 0,
            Some(token) => {
                offset_of(token).ok_or_else(|| ArmError::bad_request("The value of '$skipToken' is not valid."))?
            }
        };
        let wanted: Option<Vec<String>> = asked.get("subscriptions").and_then(Value::as_array).and_then(|ids| {
            let ids: Vec<String> = ids.iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
            (!ids.is_empty()).then_some(ids)
        });
        let rows = self.graph_rows(call, &query, wanted.as_deref());
        let total = rows.len();
        let data: Vec<Value> = rows.into_iter().skip(start).take(top).collect();
        let more = start + data.len() < total;
        let mut body = json!({
            "totalRecords": total,
            "count": data.len(),
            "resultTruncated": "false",
            "data": data,
            "facets": [],
        });
        if more {
            body["$skipToken"] = json!(URL_SAFE_NO_PAD.encode(format!("from {}", start + top)));
        }
        Ok((json(200, &body), false))
    }

    fn graph_rows(&self, call: &Call, query: &Query, subscriptions: Option<&[String]>) -> Vec<Value> {
        let kind = if query.table == "resources" {
            "microsoft.desktopvirtualization/hostpools"
        } else {
            "microsoft.desktopvirtualization/hostpools/sessionhosts"
        };
        let fits = query.types.iter().all(|(wanted, exact)| {
            if *exact {
                wanted == kind
            } else {
                wanted.eq_ignore_ascii_case(kind)
            }
        });
        if !fits {
            return Vec::new();
        }
        let upn = &call.caller.upn;
        let may = |right: &str, scope: &str| {
            self.world
                .allows(upn, &format!("Microsoft.DesktopVirtualization/{right}"), scope)
        };
        let mut rows = Vec::new();
        for pool in self.world.host_pools() {
            if subscriptions.is_some_and(|wanted| !wanted.contains(&pool.subscription.to_lowercase())) {
                continue;
            }
            if self.world.tenant_of(&pool.subscription).id != call.caller.tenant {
                continue;
            }
            let id = self.world.pool_id(pool.key);
            let common = |id: &str, name: &str, properties: Value| {
                json!({
                    "id": id, "name": name, "type": kind, "tenantId": call.caller.tenant, "location": pool.location,
                    // Resource Graph writes names of groups in lower case.
                    "resourceGroup": pool.resource_group.to_lowercase(),
                    "subscriptionId": pool.subscription, "properties": properties,
                })
            };
            if query.table == "resources" {
                if may("hostpools/read", &id) {
                    let properties = json!({ "hostPoolType": pool.kind, "friendlyName": pool.friendly_name });
                    rows.push(common(&id, &pool.name, properties));
                }
            } else if may("hostpools/sessionhosts/read", &id) {
                rows.extend(self.world.hosts_of(pool.key).map(|host| {
                    let properties = json!({ "status": host.status, "allowNewSession": host.allow_new_session });
                    common(
                        &self.world.host_id(host.key),
                        &format!("{}/{}", pool.name, host.name),
                        properties,
                    )
                }));
            }
        }
        rows.sort_by_key(|row| row.get("id").and_then(Value::as_str).unwrap_or_default().to_lowercase());
        if query.descending {
            rows.reverse();
        }
        rows.truncate(query.take.unwrap_or(usize::MAX));
        rows.into_iter().map(|row| project(&row, &query.columns)).collect()
    }
}

fn project(row: &Value, columns: &[(String, String)]) -> Value {
    if columns.is_empty() {
        return row.clone();
    }
    let mut projected = Map::new();
    for (name, path) in columns {
        let value = path.split('.').try_fold(row, |value, part| value.get(part));
        projected.insert(name.clone(), value.cloned().unwrap_or_default());
    }
    Value::Object(projected)
}
