//! The pages of `docs/` that are made of the program itself: the rules, the configuration, the JSON schemas.
//! `UPDATE_EXPECT=1 cargo test --test docs` writes them again.

use expect_test::expect_file;
use preboot::cli::schemas;
use preboot::rules::ALL;
use preboot::workspace::config::Settings;
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// What the first digit of a code stands for.
const FAMILIES: [(&str, &str); 6] = [
    ("PB0", "About suppressions"),
    ("PB1", "The deployed code and the new schema"),
    ("PB2", "What the working code still names"),
    ("PB3", "Phases"),
    ("PB4", "Locks"),
    ("PB5", "What a migration does"),
];

fn family(code: &str) -> &'static str {
    FAMILIES.iter().find(|(prefix, _)| code.starts_with(prefix)).map_or("The history of migrations", |(_, title)| title)
}

#[test]
fn every_rule_has_its_page() {
    for rule in ALL {
        expect_file![docs().join("rules").join(format!("{}.md", rule.name))].assert_eq(&format!(
            "# {} ({})\n\n**{}**: {}\n\n{}\n",
            rule.name,
            rule.code,
            rule.severity.name(),
            rule.summary,
            rule.page().trim_end()
        ));
    }
}

#[test]
fn the_index_lists_all_rules() {
    let mut out = String::from(
        "# Rules\n\nA rule is the name and the explanation of a finding. \
         `preboot explain CODE` prints its page, and hovering over a finding shows it.\n",
    );
    let mut last = "";
    for rule in ALL {
        let title = family(rule.code);
        if title != last {
            let _ = writeln!(out, "\n## {title}\n\n| code | name | severity | what |\n|---|---|---|---|");
            last = title;
        }
        let (code, name) = (rule.code, rule.name);
        let _ = writeln!(out, "| {code} | [{name}]({name}.md) | {} | {} |", rule.severity.name(), rule.summary);
    }
    expect_file![docs().join("rules/index.md")].assert_eq(&out);
}

#[test]
fn the_configuration_lists_all_keys() {
    let (_, schema) = schemas().into_iter().find(|(name, _)| *name == "configuration.json").unwrap();
    let defaults = serde_json::to_value(Settings::defaults()).unwrap();
    let mut out = String::from(
        "# Configuration\n\n`[tool.preboot]` in `pyproject.toml`, or the same keys in `preboot.toml`; the nearest file from the \
         project's folder up to the top of the repository counts. Flags of the command line, the variable `PREBOOT_BASE` and an editor's \
         settings (in camelCase: `deployOrder`) are stronger. `preboot config` shows what holds, and who said so. \
         [A JSON schema](schemas/configuration.json) is published.\n\n| key | default | what |\n|---|---|---|\n",
    );
    let properties = schema.as_value()["properties"].as_object().unwrap();
    let mut keys: Vec<_> = properties.iter().collect();
    keys.sort_unstable_by_key(|(key, _)| key.as_str());
    for (key, property) in keys {
        let default = match &defaults[key] {
            Value::Null => String::new(),
            value => format!("`{value}`"),
        };
        let what = property["description"].as_str().unwrap_or_else(|| panic!("{key} has no description"));
        let _ = writeln!(out, "| `{key}` | {default} | {} |", what.replace('\n', " "));
    }
    expect_file![docs().join("configuration.md")].assert_eq(&out);
}

#[test]
fn the_schemas_are_published() {
    for (name, schema) in schemas() {
        let text = serde_json::to_string_pretty(schema.as_value()).unwrap();
        expect_file![docs().join("schemas").join(name)].assert_eq(&format!("{text}\n"));
    }
}
