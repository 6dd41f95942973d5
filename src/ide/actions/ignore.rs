//! "Ignore with a reason": a comment above the finding, or one more code in the comment that is there.

use super::{FileEdit, Judged, TextEdit};
use crate::facts::{Suppression, SuppressionScope, facts};
use crate::references::reference::CodeVersion;
use crate::rules::finding::Finding;
use crate::syntax::ast::Span;
use crate::syntax::{Dialect, parse};
use std::sync::Arc;

/// To be replaced by whoever knows it.
const REASON: &str = "say why it is safe";

pub(super) fn edits(judged: &Judged<'_>, finding: &Finding) -> Option<Vec<FileEdit>> {
    let text = judged.sources.text(CodeVersion::Working, &finding.path).filter(|_| finding.path.ends_with(".py"))?;
    let edit = edit(&text, finding.span.start, finding.rule.code)?;
    // A comment inside a string or behind a backslash would be none, or worse.
    let after = super::apply(&text, std::slice::from_ref(&edit))?;
    let is_there = suppressions(&after)
        .iter()
        .any(|it| it.codes.iter().any(|code| code.name == finding.rule.code && covers(it, &after, finding, &edit)));
    is_there.then(|| vec![FileEdit { path: Arc::clone(&finding.path), edits: vec![edit] }])
}

fn edit(text: &str, start: u32, code: &str) -> Option<TextEdit> {
    let line = line_start(text, start);
    let there = suppressions(text).into_iter().find(|it| it.scope == SuppressionScope::Line(line) && !it.codes.is_empty());
    if let Some(last) = there.and_then(|it| it.codes.last().map(|code| code.span.end)) {
        return Some(TextEdit { span: Span { start: last, end: last }, text: format!(", {code}") });
    }
    let rest = text.get(line as usize..)?;
    let indentation: String = rest.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Some(TextEdit { span: Span { start: line, end: line }, text: format!("{indentation}# preboot: ignore[{code}] {REASON}{line_end}") })
}

/// Whether the suppression, of the text after the edit, covers the finding.
fn covers(suppression: &Suppression, after: &str, finding: &Finding, edit: &TextEdit) -> bool {
    let grown = edit.text.len() as u32 - (edit.span.end - edit.span.start);
    let start = if finding.span.start >= edit.span.end { finding.span.start + grown } else { finding.span.start };
    suppression.scope == SuppressionScope::Line(line_start(after, start))
}

fn suppressions(text: &str) -> Vec<Suppression> {
    facts(&parse(text, Dialect::Module), text).suppressions
}

fn line_start(text: &str, offset: u32) -> u32 {
    text.get(..offset as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at as u32 + 1)
}
