//! The little of Kusto that Resource Graph is asked for here: a table, `where` on the type, `project`, `order by`, `take`.

/// A query that could be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// `resources` or `desktopvirtualizationresources`.
    pub(crate) table: String,
    /// Conditions on `type`: the value, and whether case matters.
    pub(crate) types: Vec<(String, bool)>,
    /// Columns: name in the answer, and path in the resource. Empty: everything.
    pub(crate) columns: Vec<(String, String)>,
    /// Descending order of the ids.
    pub(crate) descending: bool,
    /// At most so many rows.
    pub(crate) take: Option<usize>,
}

impl Query {
    /// Reads a query; else what could not be understood.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut stages = text.split('|').map(str::trim);
        let table = stages.next().unwrap_or_default().to_ascii_lowercase();
        if table != "resources" && table != "desktopvirtualizationresources" {
            return Err(format!("Table {table} was not found"));
        }
        let mut query = Self {
            table,
            types: Vec::new(),
            columns: Vec::new(),
            descending: false,
            take: None,
        };
        for stage in stages {
            let (verb, rest) = stage.split_once(char::is_whitespace).unwrap_or((stage, ""));
            let rest = rest.trim();
            match verb.to_ascii_lowercase().as_str() {
                "where" => query
                    .types
                    .push(condition(rest).ok_or_else(|| format!("Condition: {rest}"))?),
                "project" => query.columns = rest.split(',').map(|one| column(one.trim())).collect(),
                "order" | "sort" => query.descending = order(rest).ok_or_else(|| format!("Order: {rest}"))?,
                "take" | "limit" => {
                    query.take = Some(rest.parse().map_err(|_| format!("Number: {rest}"))?);
                }
                _ => return Err(format!("Operator {verb} is not supported")),
            }
        }
        Ok(query)
    }
}

/// `type =~ '…'` or `type == '…'`.
fn condition(text: &str) -> Option<(String, bool)> {
    let rest = text.strip_prefix("type")?.trim_start();
    let (exact, rest) = match rest.strip_prefix("=~") {
        Some(rest) => (false, rest),
        None => (true, rest.strip_prefix("==")?),
    };
    let quoted = rest.trim();
    let inner = quoted
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
        .or_else(|| quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')))?;
    Some((inner.to_owned(), exact))
}

/// `a`, `properties.b` (named `properties_b` in the answer), or `c = properties.b`.
fn column(text: &str) -> (String, String) {
    match text.split_once('=') {
        Some((name, path)) => (name.trim().to_owned(), path.trim().to_owned()),
        None => (text.replace('.', "_"), text.to_owned()),
    }
}

/// Only the id is known as an order.
fn order(text: &str) -> Option<bool> {
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("by")?.trim();
    match rest.split_ascii_whitespace().collect::<Vec<_>>().as_slice() {
        ["id", "asc"] => Some(false),
        // Kusto's default is descending.
        ["id"] | ["id", "desc"] => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_for_host_pools_is_read() {
        let text = "resources | where type =~ 'microsoft.desktopvirtualization/hostpools' | project id, name, kind = properties.hostPoolType, properties.friendlyName | order by id asc";
        let query = Query::parse(text).unwrap();
        assert_eq!(
            query.types,
            [("microsoft.desktopvirtualization/hostpools".to_owned(), false)]
        );
        assert_eq!(
            query.columns[2],
            ("kind".to_owned(), "properties.hostPoolType".to_owned())
        );
        assert_eq!(query.columns[3].0, "properties_friendlyName");
        assert!(!query.descending);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for text in [
            "secrets",
            "resources | summarize count()",
            "resources | where name =~ 'x'",
            "resources | order by name asc",
        ] {
            assert!(Query::parse(text).is_err(), "{text}");
        }
    }
}
