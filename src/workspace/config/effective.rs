//! The effective configuration: what the command line, the environment and the file say together, and which of them said it.

use super::{ConfigFile, Settings};
use crate::workspace::variables::Variables;
use serde::Serialize;
use serde_json::{Map, Value};

/// Everything that was said, by place.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// The command line, or the settings of an editor.
    pub flags: Settings,
    pub file: Option<ConfigFile>,
}

/// Who decided a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Flag,
    /// The configuration file at this path.
    File(String),
    /// The environment variable of this name.
    Environment(&'static str),
    /// Read from the project itself: the words say how.
    Project(&'static str),
    Default,
}

/// One key of the effective configuration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// As in a configuration file.
    pub key: String,
    /// `null` where it is found out from the project.
    pub value: Value,
    pub origin: Origin,
}

impl Configuration {
    /// The strongest that was said of each key, `None` where nothing was. `select`, `extend-select` and `ignore` are better
    /// read place by place: a flag adds to what the file says.
    pub fn settings(&self) -> Settings {
        match &self.file {
            Some(file) => self.flags.clone().or(&file.settings),
            None => self.flags.clone(),
        }
    }

    /// All keys, sorted, each with its effective value and who decided it.
    pub fn entries(&self, variables: &Variables) -> Vec<Entry> {
        let flags = table(&self.flags);
        let file = self.file.as_ref().map(|file| (table(&file.settings), &file.path));
        let base = variables.get("PREBOOT_BASE");
        let mut entries: Vec<Entry> = table(&Settings::defaults())
            .into_iter()
            .map(|(key, default)| {
                let said = |table: &Map<String, Value>| table.get(&key).filter(|value| !value.is_null()).cloned();
                let (value, origin) = if let Some(value) = said(&flags) {
                    (value, Origin::Flag)
                } else if let Some((value, path)) = file.as_ref().and_then(|(table, path)| Some((said(table)?, path))) {
                    (value, Origin::File(path.to_string()))
                } else if let Some(base) = base.filter(|_| key == "base") {
                    (base.into(), Origin::Environment("PREBOOT_BASE"))
                } else {
                    (default, Origin::Default)
                };
                Entry { key, value, origin }
            })
            .collect();
        entries.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        entries
    }
}

fn table(settings: &Settings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(table)) => table,
        _ => Map::new(),
    }
}
