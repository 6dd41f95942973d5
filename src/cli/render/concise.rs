//! `path:line:column: PB101 [error] message`, one line a finding.

use super::Report;
use super::escape::escape;
use super::places::Places;
use crate::references::reference::CodeVersion;
use std::fmt::Write;

pub(super) fn render(report: &Report<'_>) -> String {
    let places = Places::new(report.sources);
    let mut out = String::new();
    for finding in report.findings {
        let at = places.extent(CodeVersion::Working, &finding.path, finding.span);
        // Writing to a string can't fail.
        let _ = writeln!(
            out,
            "{}:{}:{}: {} [{}] {}",
            escape(&finding.path),
            at.line,
            at.column,
            finding.rule.code,
            finding.severity.name(),
            escape(&finding.message)
        );
    }
    out
}
