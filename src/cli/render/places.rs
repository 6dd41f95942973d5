//! The places of findings, in the lines and columns of their files.

use super::lines::Lines;
use crate::analysis::sources::Sources;
use crate::references::reference::CodeVersion;
use crate::syntax::ast::Span;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Texts and their lines, each read once.
pub(super) struct Places<'a> {
    sources: &'a dyn Sources,
    files: RefCell<FxHashMap<FileKey, Option<Rc<SourceFile>>>>,
}

type FileKey = (CodeVersion, Arc<str>);

pub(super) struct SourceFile {
    pub(super) text: Arc<str>,
    pub(super) lines: Lines,
}

/// Counted from 1; columns in Unicode scalar values; the end is behind the last character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl<'a> Places<'a> {
    pub(super) fn new(sources: &'a dyn Sources) -> Self {
        Self { sources, files: RefCell::default() }
    }

    /// `None` where the file can't be read any more.
    pub(super) fn file(&self, version: CodeVersion, path: &Arc<str>) -> Option<Rc<SourceFile>> {
        let mut files = self.files.borrow_mut();
        let read = || {
            let text = self.sources.text(version, path)?;
            Some(Rc::new(SourceFile { lines: Lines::new(&text), text }))
        };
        files.entry((version, Arc::clone(path))).or_insert_with(read).clone()
    }

    /// The file's start where it can't be read any more.
    pub(super) fn position(&self, version: CodeVersion, path: &Arc<str>, span: Span) -> Position {
        let Some(file) = self.file(version, path) else {
            return Position { line: 1, column: 1, end_line: 1, end_column: 1 };
        };
        let (line, column) = file.lines.position(&file.text, span.start as usize);
        let (end_line, end_column) = file.lines.position(&file.text, span.end as usize);
        Position { line, column, end_line, end_column }
    }
}
