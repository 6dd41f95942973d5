//! The places of findings, in the lines and columns of their files.

use crate::analysis::sources::Sources;
use crate::references::reference::CodeVersion;
use crate::syntax::ast::Span;
use crate::syntax::position::{ColumnUnit, LineIndex, Position};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Texts and their lines, each read once.
pub(in crate::cli) struct Places<'a> {
    sources: &'a dyn Sources,
    files: RefCell<FxHashMap<FileKey, Option<Rc<SourceFile>>>>,
}

type FileKey = (CodeVersion, Arc<str>);

/// A text with its lines. Lines count from 0 here, as everywhere below the renderers.
pub(in crate::cli) struct SourceFile {
    pub(in crate::cli) text: Arc<str>,
    lines: LineIndex,
}

/// Counted from 1; columns in Unicode scalar values; the end is behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Extent {
    pub(in crate::cli) line: u32,
    pub(in crate::cli) column: u32,
    pub(in crate::cli) end_line: u32,
    pub(in crate::cli) end_column: u32,
}

impl SourceFile {
    pub(in crate::cli) fn new(text: Arc<str>) -> Self {
        Self { lines: LineIndex::new(&text), text }
    }

    pub(in crate::cli) fn line_count(&self) -> usize {
        self.lines.line_count()
    }

    pub(in crate::cli) fn line_of(&self, offset: u32) -> u32 {
        self.position(offset).line
    }

    /// The bytes of the lines from `first` to `last`, both included, with their ends.
    pub(in crate::cli) fn lines(&self, first: u32, last: u32) -> Range<usize> {
        let start_of = |line| self.lines.offset(&self.text, Position { line, column: 0 }, ColumnUnit::Utf8) as usize;
        start_of(first)..start_of(last + 1)
    }

    fn position(&self, offset: u32) -> Position {
        self.lines.position(&self.text, offset, ColumnUnit::Chars)
    }

    fn extent(&self, span: Span) -> Extent {
        let (start, end) = (self.position(span.start), self.position(span.end));
        Extent { line: start.line + 1, column: start.column + 1, end_line: end.line + 1, end_column: end.column + 1 }
    }
}

impl<'a> Places<'a> {
    pub(in crate::cli) fn new(sources: &'a dyn Sources) -> Self {
        Self { sources, files: RefCell::default() }
    }

    /// `None` where the file can't be read any more.
    pub(in crate::cli) fn file(&self, version: CodeVersion, path: &Arc<str>) -> Option<Rc<SourceFile>> {
        let mut files = self.files.borrow_mut();
        let read = || Some(Rc::new(SourceFile::new(self.sources.text(version, path)?)));
        files.entry((version, Arc::clone(path))).or_insert_with(read).clone()
    }

    /// The file's start where it can't be read any more.
    pub(in crate::cli) fn extent(&self, version: CodeVersion, path: &Arc<str>, span: Span) -> Extent {
        match self.file(version, path) {
            Some(file) => file.extent(span),
            None => Extent { line: 1, column: 1, end_line: 1, end_column: 1 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_columns_count_characters() {
        let file = SourceFile::new("a\r\n\u{e9}\u{1f600}x = 1\n".into());
        let x = file.text.find('x').unwrap() as u32;
        let end = file.text.len() as u32;
        let extent = file.extent(Span { start: x, end: end - 1 });
        assert_eq!(extent, Extent { line: 2, column: 3, end_line: 2, end_column: 8 });
        assert_eq!(&file.text[file.lines(1, 1)], "\u{e9}\u{1f600}x = 1\n");
        assert_eq!(file.lines(7, 9), file.text.len()..file.text.len());
    }
}
