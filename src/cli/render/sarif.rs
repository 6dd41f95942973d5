//! `check --output-format sarif`: the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), as GitHub's code scanning
//! and most editors read it.

use super::Report;
use super::json::pretty;
use super::places::{Extent, Places};
use crate::references::reference::CodeVersion;
use crate::rules::finding::{Finding, Severity};
use crate::rules::{ALL, Rule};
use crate::workspace::note::Note;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

/// What stays as it is in the path of a URI: RFC 3986's unreserved characters and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn render(report: &Report<'_>) -> String {
    let places = Places::new(report.sources);
    let mut seen = FxHashMap::default();
    let results: Vec<Value> = report.findings.iter().map(|it| result(it, report, &places, &mut seen)).collect();
    let notes: Vec<Value> = report.analysis.notes.iter().map(|it| notification(it, report)).collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "preboot",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_HOMEPAGE"),
                "rules": ALL.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notes }],
            "results": results,
        }],
    }))
}

fn descriptor(rule: &Rule) -> Value {
    let page = rule.page();
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "note",
    }
}

/// `seen` counts the findings of one fingerprint: two may say the same of one file.
fn result(finding: &Finding, report: &Report<'_>, places: &Places<'_>, seen: &mut FxHashMap<u64, u32>) -> Value {
    let at = places.extent(CodeVersion::Working, &finding.path, finding.span);
    let text = match &finding.help {
        Some(help) => format!("{}. {help}", finding.message),
        None => finding.message.clone(),
    };
    let related = finding.related.iter().filter(|it| it.version == CodeVersion::Working);
    let related = related.map(|it| (&it.path, it.span, it.label.as_str()));
    let references = finding.references.iter().filter(|(version, _)| *version == CodeVersion::Working);
    let references = references.map(|(_, it)| (&it.path, it.span, "still named here"));
    let others: Vec<Value> = related
        .chain(references)
        .enumerate()
        .map(|(id, (path, span, label))| {
            json!({
                "id": id,
                "message": { "text": label },
                "physicalLocation": location(path, places.extent(CodeVersion::Working, path, span), report),
            })
        })
        .collect();
    let print = fingerprint(finding);
    let number = seen.entry(print).and_modify(|number| *number += 1).or_insert(1);
    json!({
        "ruleId": finding.rule.code,
        "ruleIndex": ALL.iter().position(|rule| rule.code == finding.rule.code),
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": location(&finding.path, at, report) }],
        "relatedLocations": others,
        "partialFingerprints": { "preboot/v1": format!("{print:016x}:{number}") },
    })
}

fn location(path: &str, at: Extent, report: &Report<'_>) -> Value {
    json!({
        "artifactLocation": { "uri": uri(&report.shown(path)) },
        "region": {
            "startLine": at.line, "startColumn": at.column,
            "endLine": at.end_line, "endColumn": at.end_column,
        },
    })
}

fn notification(note: &Note, report: &Report<'_>) -> Value {
    let locations: Vec<Value> =
        note.path.iter().map(|path| json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&report.shown(path)) } } })).collect();
    json!({ "level": "note", "message": { "text": note.message }, "locations": locations })
}

fn uri(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// The same for a finding whose lines moved.
pub(super) fn fingerprint(finding: &Finding) -> u64 {
    xxh3_64([finding.rule.code, &*finding.path, &*finding.message].join("\0").as_bytes())
}
