//! What a handler sees: the state that the request asked about, as it was when it came.

use super::capabilities::Abilities;
use super::documents::{Documents, OpenDocument};
use super::folder::FolderId;
use super::root::Root;
use super::text::Text;
use super::verdict::Verdict;
use crate::ide::{Judged, NeedsReferences, Resolve};
use crate::references::reference::CodeVersion;
use crate::syntax::ast::Span;
use std::sync::Arc;
use tower_lsp::ls_types::{Location, Range, Uri};

/// One state of a folder.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) abilities: Arc<Abilities>,
    pub(super) folder: FolderId,
    pub(super) root: Arc<Root>,
    pub(super) documents: Documents,
}

/// A state with the verdict on it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) verdict: &'a Verdict,
    /// Where the handler runs on the thread that can tell.
    pub(super) resolve: Option<&'a dyn Resolve>,
}

/// A handler whose answer may depend on what a name stands for. It is asked twice then.
pub(super) type NamesHandler<P, R> = fn(&View<'_>, Here<'_>, &P) -> Result<R, NeedsReferences>;

/// A document of a state.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) document: &'a OpenDocument,
    /// Relative to the root.
    pub(super) path: &'a Arc<str>,
}

/// A request about a document with all that it takes to answer it.
pub(super) struct Case {
    pub(super) snapshot: Snapshot,
    pub(super) verdict: Arc<Verdict>,
    pub(super) document: Arc<OpenDocument>,
    pub(super) path: Arc<str>,
}

impl Case {
    pub(super) fn view<'a>(&'a self, resolve: Option<&'a dyn Resolve>) -> View<'a> {
        View { snapshot: &self.snapshot, verdict: &self.verdict, resolve }
    }

    pub(super) fn here(&self) -> Here<'_> {
        Here { document: &self.document, path: &self.path }
    }
}

impl<'a> View<'a> {
    /// For the features.
    pub(super) fn judged(&self) -> Judged<'a> {
        self.verdict.judged(self.resolve)
    }

    pub(super) fn document(&self, path: &str) -> Option<&'a Arc<OpenDocument>> {
        self.snapshot.documents.at(self.snapshot.folder, path)
    }

    /// The client's name of a file.
    pub(super) fn uri(&self, path: &str) -> Option<Uri> {
        self.document(path).map(|document| document.uri.clone()).or_else(|| self.snapshot.root.uri(path))
    }

    /// Where a place of the analysis is, on disk or in a buffer; `None` where it is just being edited. A file of the deployed code is
    /// shown as it is now, as near to the place as can be told.
    pub(super) fn location(&self, version: CodeVersion, path: &Arc<str>, span: Span) -> Option<Location> {
        let span = match version {
            CodeVersion::Working => span,
            CodeVersion::Deployed => self.in_working_code(path, span)?,
        };
        Some(Location { uri: self.uri(path)?, range: self.range(path, span)? })
    }

    /// A span of a file of the working code.
    pub(super) fn range(&self, path: &Arc<str>, span: Span) -> Option<Range> {
        match self.document(path) {
            Some(document) if self.is_judged(path, document) => document.range(span),
            _ => match self.verdict.text(CodeVersion::Working, path) {
                Some(text) => Some(text.range(span, self.snapshot.abilities.unit)),
                None => Some(Range::default()),
            },
        }
    }

    /// Whether the verdict is on the text that the document has, but for what is broken in it.
    pub(super) fn is_judged(&self, path: &str, document: &OpenDocument) -> bool {
        self.verdict.inputs.unsaved.get(path).is_some_and(|judged| Arc::ptr_eq(judged, document.judged()))
    }

    /// The line of the working code that says what the deployed code says at `span`: the nearest to it that is the same, else the
    /// one of the same number.
    fn in_working_code(&self, path: &Arc<str>, span: Span) -> Option<Span> {
        let working = self.verdict.text(CodeVersion::Working, path)?;
        let Some(deployed) = self.verdict.text(CodeVersion::Deployed, path) else { return Some(span) };
        let (number, line) = deployed.line_at(span.start);
        let same = working.lines().filter(|(_, text)| *text == line).min_by_key(|(other, _)| other.abs_diff(number));
        match same {
            Some((other, _)) => {
                let column = span.start - deployed.line_start(number);
                let start = working.line_start(other) + column;
                let length = (span.end - span.start).min(line.len() as u32 - column);
                Some(Span { start, end: start + length })
            }
            None => Some(whole_line(&working, number)),
        }
    }
}

fn whole_line(text: &Text, number: u32) -> Span {
    let last = text.lines().last().map_or(0, |(number, _)| number);
    let start = text.line_start(number.min(last));
    let (_, line) = text.line_at(start);
    let indent = line.len() - line.trim_start().len();
    Span { start: start + indent as u32, end: start + line.len() as u32 }
}
