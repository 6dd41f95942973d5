//! `check --output-format markdown`: for a comment on a pull request, or the summary of a CI job.

use super::Report;
use super::full::summary;
use super::places::Places;
use crate::references::reference::CodeVersion;
use std::fmt::Write;

pub(super) fn render(report: &Report<'_>) -> String {
    let places = Places::new(report.sources);
    let mut out = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(out, "## preboot: {}\n", text(&summary::outcome(report)));
    for line in summary::facts(report) {
        let _ = writeln!(out, "- {}", text(line.trim()));
    }
    if !report.findings.is_empty() {
        out.push_str("\n| | where | what | what to do |\n|---|---|---|---|\n");
    }
    for finding in report.findings {
        let at = places.extent(CodeVersion::Working, &finding.path, finding.span);
        let place = code(&format!("{}:{}", report.shown(&finding.path), at.line));
        let help = finding.help.as_deref().map(text).unwrap_or_default();
        let _ = writeln!(out, "| **{}** {} | {place} | {} | {help} |", finding.rule.code, finding.severity.name(), text(&finding.message));
    }
    if !report.analysis.notes.is_empty() {
        out.push_str("\n<details><summary>What could not be read</summary>\n\n");
        for note in &report.analysis.notes {
            let place = note.path.as_ref().map(|path| format!("{}: ", code(&report.shown(path)))).unwrap_or_default();
            let _ = writeln!(out, "- {place}{}", text(&note.message));
        }
        out.push_str("\n</details>\n");
    }
    out
}

/// A text of ours, which may hold names of the user's: what is between backticks stays code, the rest is plain.
fn text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut parts = source.split('`').peekable();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        match (is_code, parts.peek().is_some()) {
            // The last part has nothing that closes it.
            (true, false) => out.push_str(&plain(&format!("`{part}"))),
            (true, true) => out.push_str(&code(part)),
            (false, _) => out.push_str(&plain(part)),
        }
        is_code = !is_code;
    }
    out
}

/// Neither markup nor HTML, in one line, in a cell of a table.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A mention would call somebody.
            '@' => out.push_str("&#64;"),
            '\\' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '`' | '!' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Inline code that no text ends.
fn code(text: &str) -> String {
    // HTML, because a vertical line would end the cell even inside backticks.
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('|', "&#124;").replace('`', "&#96;");
    // Inside of the element the rest of the markup would still count.
    let text: String = text
        .chars()
        .flat_map(|c| {
            let is_markup = matches!(c, '\\' | '*' | '_' | '[' | ']' | '~' | '!' | '@');
            let text = if is_markup { format!("&#{};", u32::from(c)) } else { c.to_string() };
            text.chars().collect::<Vec<_>>()
        })
        .collect();
    format!("<code>{text}</code>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(text("use `a|b_c` now"), "use <code>a&#124;b&#95;c</code> now");
        assert_eq!(text("<img src=x> [a](b) | @team `open"), "&lt;img src=x&gt; \\[a\\](b) \\| &#64;team \\`open");
        assert_eq!(text("a\nb"), "a b");
    }
}
