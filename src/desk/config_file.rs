//! A finished `config.json` from what the set-up screen asks for.

use serde_json::{Map, Value, json};

/// The text of the file. Whether it is usable is for [`Config::parse`](crate::config::Config::parse) to say.
pub fn config_file(client_id: &str, tenant: &str, cloud: &str) -> String {
    let mut file = Map::new();
    let mut put = |key: &str, value: Value| file.insert(key.to_owned(), value);
    put("$schema", json!("./config.schema.json"));
    put("clientId", json!(client_id.trim()));
    put("tenant", json!(tenant.trim()));
    put("cloud", json!(cloud));
    let mut text = serde_json::to_string_pretty(&Value::Object(file)).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::config_file;
    use crate::config::Config;

    #[test]
    fn the_file_is_a_usable_configuration() {
        let text = config_file(
            " 11111111-2222-3333-4444-555555555555 ",
            "contoso.onmicrosoft.com\n",
            "china",
        );
        let config = Config::parse(&text).unwrap();
        assert_eq!(config.cloud.name, "china");
        assert_eq!(config.tenant, "contoso.onmicrosoft.com");
    }
}
