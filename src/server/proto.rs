//! Our values as the protocol writes them.

use super::capabilities::Abilities;
use crate::ide::plain::plain;
use crate::rules::finding::Severity;
use crate::syntax::position;
use tower_lsp::ls_types::{DiagnosticSeverity, MarkupContent, MarkupKind, Position};

pub(super) fn position(position: Position) -> position::Position {
    position::Position { line: position.line, column: position.character }
}

pub(super) fn lsp_position(position: position::Position) -> Position {
    Position { line: position.line, character: position.column }
}

pub(super) fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
        Severity::Hint => DiagnosticSeverity::HINT,
    }
}

/// In the format that the client lists first.
pub(super) fn markup(markdown: String, client: &Abilities) -> MarkupContent {
    markup_in(markdown, client.markdown)
}

pub(super) fn markup_in(markdown: String, is_markdown: bool) -> MarkupContent {
    if is_markdown {
        MarkupContent { kind: MarkupKind::Markdown, value: markdown }
    } else {
        MarkupContent { kind: MarkupKind::PlainText, value: plain(&markdown) }
    }
}
