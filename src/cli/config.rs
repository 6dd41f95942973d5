//! `preboot config`: the effective configuration, and where each value came from.

use super::Answer;
use super::arguments::{ConfigArguments, TextFormat};
use super::project::Setup;
use super::render::{escape, pretty};
use crate::analysis::open::Opened;
use crate::analysis::session::Session;
use crate::workspace::config::{Entry, Origin, Settings};
use crate::workspace::vendor::Vendor;
use std::fmt::Write;

pub(super) fn run(arguments: &ConfigArguments) -> anyhow::Result<Answer> {
    let setup = Setup::new(&arguments.project, Settings::default())?;
    let mut entries = setup.configuration.entries(&setup.variables);
    let remarks = match setup.open(&arguments.project, &[], false) {
        Ok(opened) => {
            read_from_project(&mut entries, opened)?;
            Vec::new()
        }
        // What was said is the answer all the same.
        Err(error) => vec![format!("note: {}", escape(&format!("{error:#}")))],
    };
    let text = match arguments.output_format {
        TextFormat::Text => text(&entries),
        TextFormat::Json => pretty(&entries),
    };
    Ok(Answer { remarks, ..Answer::ok(text) })
}

/// Fills in what nobody said and the project itself decides.
fn read_from_project(entries: &mut [Entry], opened: Opened) -> anyhow::Result<()> {
    let environment = opened.request.environment.outside.folder().map(|folder| folder.display().to_string());
    let session = Session::open(opened.request)?;
    let setting = session.setting();
    let Vendor { kind, version } = &setting.vendor;
    let mut found = vec![
        ("vendor", format!("{}@{version}", kind.name()), "the project's settings and requirements"),
        ("django-version", setting.django.to_string(), "the project's requirements and environment"),
    ];
    found.extend(session.base().map(|base| ("base", base.rev.clone(), base.how.words())));
    found.extend(environment.map(|folder| ("virtual-environment", folder, "found")));
    for (key, value, how) in found {
        let entry = entries.iter_mut().find(|entry| entry.key == key && entry.value.is_null());
        if let Some(entry) = entry {
            entry.value = value.into();
            entry.origin = Origin::Project(how);
        }
    }
    Ok(())
}

/// As a configuration file, with the origins as comments.
fn text(entries: &[Entry]) -> String {
    let lines: Vec<(String, String)> = entries
        .iter()
        .map(|entry| {
            let assignment = match &entry.value {
                // TOML has no null.
                serde_json::Value::Null => format!("# {} is not set", entry.key),
                value => format!("{} = {}", entry.key, toml_value(value)),
            };
            (escape(&assignment).into_owned(), origin(&entry.origin))
        })
        .collect();
    let width = lines.iter().map(|(assignment, _)| assignment.chars().count()).max().unwrap_or_default();
    let mut out = String::new();
    for (assignment, origin) in lines {
        // Writing to a string can't fail.
        let _ = writeln!(out, "{assignment:<width$}  # {}", escape(&origin));
    }
    out
}

/// A value of the configuration as TOML writes it. Its strings are written as JSON's, which TOML's basic strings include.
fn toml_value(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Array(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        serde_json::Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        serde_json::Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{} = {}", serde_json::Value::from(key.as_str()), toml_value(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Flag => "command line".to_owned(),
        Origin::File(path) => path.clone(),
        Origin::Environment(name) => format!("environment: {name}"),
        Origin::Project(how) => (*how).to_owned(),
        Origin::Default => "default".to_owned(),
    }
}
