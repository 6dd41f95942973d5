//! `check --output-format gitlab`: a Code Quality report, which GitLab shows in the merge request.

use super::Report;
use super::json::pretty;
use super::places::Places;
use super::sarif::fingerprint;
use crate::references::reference::CodeVersion;
use crate::rules::finding::Severity;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

pub(super) fn render(report: &Report<'_>) -> String {
    let places = Places::new(report.sources);
    // GitLab drops all but one of the findings with the same fingerprint.
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    let entries: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let at = places.extent(CodeVersion::Working, &finding.path, finding.span);
            let print = fingerprint(finding);
            let number = seen.entry(print).and_modify(|number| *number += 1).or_insert(1);
            json!({
                "description": format!("{}: {}", finding.rule.code, finding.message),
                "check_name": finding.rule.name,
                "fingerprint": format!("{print:016x}{number:04x}"),
                "severity": match finding.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Info | Severity::Hint => "info",
                },
                "location": {
                    "path": report.shown(&finding.path),
                    "positions": {
                        "begin": { "line": at.line, "column": at.column },
                        "end": { "line": at.end_line, "column": at.end_column },
                    },
                },
            })
        })
        .collect();
    pretty(&entries)
}
