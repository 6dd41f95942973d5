//! `check --output-format github`: workflow commands, which GitHub Actions shows as annotations beside the changed lines.

use super::Report;
use super::places::Places;
use crate::references::reference::CodeVersion;
use crate::rules::finding::Severity;
use std::fmt::Write;

pub(super) fn render(report: &Report<'_>) -> String {
    let places = Places::new(report.sources);
    let mut out = String::new();
    for finding in report.findings {
        let at = places.extent(CodeVersion::Working, &finding.path, finding.span);
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info | Severity::Hint => "notice",
        };
        let path = property(&report.shown(&finding.path));
        let title = property(&format!("{} {}", finding.rule.code, finding.rule.name));
        // GitHub marks columns only of annotations on one line.
        let columns = if at.line == at.end_line { format!(",col={},endColumn={}", at.column, at.end_column) } else { String::new() };
        let help = finding.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
        let text = data(&format!("{}{help}", finding.message));
        // Writing to a string can't fail.
        let _ = writeln!(out, "::{command} title={title},file={path},line={},endLine={}{columns}::{text}", at.line, at.end_line);
    }
    for note in &report.analysis.notes {
        let file = note.path.as_ref().map(|path| format!(",file={}", property(&report.shown(path)))).unwrap_or_default();
        let _ = writeln!(out, "::notice title=preboot{file}::{}", data(&note.message));
    }
    out
}

/// The text of a command: the runner reads `%25`, `%0D` and `%0A`. Nothing else of it is a command, whatever it holds.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: a colon or a comma would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_command_or_starts_another() {
        assert_eq!(data("50%\r\n::error::x"), "50%25%0D%0A::error::x");
        assert_eq!(property("a,line=1::b\n"), "a%2Cline=1%3A%3Ab%0A");
    }
}
