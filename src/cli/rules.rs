//! `preboot rules`: all the rules.

use super::Answer;
use super::arguments::{RulesArguments, TextFormat};
use super::render::pretty;
use crate::rules::finding::Severity;
use crate::rules::{ALL, Rule};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize, JsonSchema)]
pub(super) struct RuleEntry {
    code: &'static str,
    name: &'static str,
    severity: Severity,
    summary: &'static str,
}

impl RuleEntry {
    pub(super) fn of(rule: &Rule) -> Self {
        Self { code: rule.code, name: rule.name, severity: rule.severity, summary: rule.summary }
    }
}

pub(super) fn run(arguments: &RulesArguments) -> Answer {
    Answer::ok(match arguments.output_format {
        TextFormat::Text => text(),
        TextFormat::Json => {
            let entries: Vec<RuleEntry> = ALL.iter().copied().map(RuleEntry::of).collect();
            pretty(&entries)
        }
    })
}

fn text() -> String {
    let width = ALL.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in ALL {
        // Writing to a string can't fail.
        let _ = writeln!(out, "{}  {:<7}  {:<width$}  {}", rule.code, rule.severity.name(), rule.name, rule.summary);
    }
    out
}
