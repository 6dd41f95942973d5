//! The settings that the VS Code extension declares are those of the configuration.

use preboot::workspace::config::Settings;
use serde_json::Value;
use std::collections::BTreeSet;

/// What only the editor has a use for.
const OF_THE_EDITOR: [&str; 1] = ["path"];

/// What only the command line has a use for.
const OF_THE_COMMAND_LINE: [&str; 1] = ["failOn"];

/// `deployOrder` for `deploy-order`, as VS Code writes it.
fn camel_case(key: &str) -> String {
    let mut words = key.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

#[test]
fn the_extension_declares_the_settings_of_the_configuration() {
    let package: Value = serde_json::from_str(include_str!("../editors/vscode/package.json")).unwrap();
    let declared = package["contributes"]["configuration"]["properties"].as_object().unwrap();
    let declared: BTreeSet<String> = declared
        .keys()
        .map(|name| name.strip_prefix("preboot.").unwrap().to_owned())
        .filter(|name| !OF_THE_EDITOR.contains(&name.as_str()))
        .collect();

    let settings = serde_json::to_value(Settings::default()).unwrap();
    let known: BTreeSet<String> = settings
        .as_object()
        .unwrap()
        .keys()
        .map(|key| camel_case(key))
        .filter(|name| !OF_THE_COMMAND_LINE.contains(&name.as_str()))
        .collect();
    assert_eq!(declared, known);
}
