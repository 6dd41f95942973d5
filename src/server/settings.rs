//! The settings of the editor: the same keys as in a configuration file.

use crate::workspace::config::Settings;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The name of our section among an editor's settings.
pub(super) const SECTION: &str = "preboot";

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct EditorSettings {
    pub(super) settings: Settings,
    /// What could not be taken over, a line each.
    pub(super) problems: Vec<String>,
}

impl EditorSettings {
    /// From `initializationOptions`, from `didChangeConfiguration` or from an answer to `workspace/configuration`: our section, the
    /// object around it, or `{"settings": …}` around either. Keys that are no part of the configuration are the editor's own.
    pub(super) fn read(value: &Value) -> Self {
        let mut read = Self::default();
        let Value::Object(keys) = section(value) else { return read };
        let known = known_keys();
        for (key, value) in keys.iter().filter(|(_, value)| !value.is_null()) {
            let key = kebab_case(key);
            if !known.contains_key(&key) {
                continue;
            }
            let one = Value::Object(Map::from_iter([(key.clone(), value.clone())]));
            match Settings::deserialize(&one) {
                Ok(settings) => read.settings = settings.or(&read.settings),
                Err(error) => read.problems.push(format!("`{SECTION}.{key}`: {error}")),
            }
        }
        read
    }
}

fn section(value: &Value) -> &Value {
    ["settings", SECTION].iter().fold(value, |value, key| value.get(key).unwrap_or(value))
}

fn known_keys() -> Map<String, Value> {
    match serde_json::to_value(Settings::default()) {
        Ok(Value::Object(keys)) => keys,
        _ => Map::new(),
    }
}

/// Editors like `deployOrder`.
fn kebab_case(key: &str) -> String {
    let mut result = String::with_capacity(key.len() + 2);
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            result.push('-');
        }
        result.push(c.to_ascii_lowercase());
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::config::DeployOrder;
    use serde_json::json;

    #[test]
    fn all_wrappings_mean_the_same() {
        for value in [
            json!({"base": "heroku/main"}),
            json!({"preboot": {"base": "heroku/main"}}),
            json!({"settings": {"base": "heroku/main"}}),
            json!({"settings": {"preboot": {"base": "heroku/main", "path": "/usr/bin/preboot"}}}),
        ] {
            let read = EditorSettings::read(&value);
            assert_eq!(read.settings.base.as_deref(), Some("heroku/main"), "{value}");
            assert_eq!(read.problems, [""; 0]);
        }
        assert_eq!(EditorSettings::read(&Value::Null), EditorSettings::default());
    }

    #[test]
    fn a_wrong_value_costs_only_itself() {
        let read = EditorSettings::read(&json!({"vendor": "access", "deployOrder": "migrate-last", "ignore": null}));
        assert_eq!(read.settings.deploy_order, Some(DeployOrder::MigrateLast));
        assert_eq!(read.settings.vendor, None);
        assert_eq!(read.problems.len(), 1);
    }
}
