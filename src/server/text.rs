//! A file as the analysis saw it, with its lines.

use super::proto;
use crate::syntax::ast::Span;
use crate::syntax::position::{ColumnUnit, LineIndex, Position};
use std::sync::Arc;
use tower_lsp::ls_types::Range;

pub(super) struct Text {
    pub(super) text: Arc<str>,
    index: LineIndex,
}

impl Text {
    pub(super) fn new(text: Arc<str>) -> Self {
        let index = LineIndex::new(&text);
        Self { text, index }
    }

    pub(super) fn range(&self, span: Span, unit: ColumnUnit) -> Range {
        let position = |offset| proto::lsp_position(self.index.position(&self.text, offset, unit));
        Range { start: position(span.start), end: position(span.end) }
    }

    /// The line that holds an offset, counted from 0, and its text.
    pub(super) fn line_at(&self, offset: u32) -> (u32, &str) {
        let line = self.index.position(&self.text, offset, ColumnUnit::Utf8).line;
        (line, self.index.line(&self.text, line))
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (u32, &str)> {
        (0..self.index.line_count() as u32).map(|line| (line, self.index.line(&self.text, line)))
    }

    pub(super) fn line_start(&self, line: u32) -> u32 {
        self.index.offset(&self.text, Position { line, column: 0 }, ColumnUnit::Utf8)
    }
}
