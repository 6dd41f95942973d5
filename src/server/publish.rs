//! Diagnostics: what the client was told of each file, and what it has to be told now.
//!
//! A client that pulls is told nothing: it asks after each change of its own. It has to be asked to ask again where something else
//! changed them.

use super::diagnostics;
use super::outbox::Outbox;
use super::verdict::Verdict;
use super::view::{Snapshot, View};
use crate::syntax::position::LineIndex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tower_lsp::ls_types::{Diagnostic, PublishDiagnosticsParams, Range};

/// By relative path, what the client shows of a file now.
#[derive(Default)]
pub(super) struct Published {
    files: BTreeMap<Arc<str>, File>,
    /// Something is not as the client knows it.
    is_stale: bool,
}

struct File {
    diagnostics: Vec<Diagnostic>,
    /// Of the buffer; `None` for a file that was not open.
    version: Option<i32>,
}

impl Published {
    /// Tells what is new in the whole folder.
    pub(super) fn everything(&mut self, snapshot: &Snapshot, verdict: &Verdict, outbox: &Outbox) {
        let view = View { snapshot, verdict, resolve: None };
        let mut paths = paths(&view);
        paths.extend(self.files.keys().cloned());
        for path in paths {
            self.file(&path, &view, outbox);
        }
    }

    /// Tells where things have moved to in the buffers.
    pub(super) fn buffers(&mut self, snapshot: &Snapshot, verdict: &Verdict, outbox: &Outbox) {
        for (path, document) in snapshot.documents.of(snapshot.folder) {
            if self.files.get(path).is_none_or(|file| file.version != Some(document.version())) {
                self.file(path, &View { snapshot, verdict, resolve: None }, outbox);
            }
        }
    }

    /// Tells of one file what it says by itself.
    pub(super) fn alone(&mut self, path: &Arc<str>, snapshot: &Snapshot, verdict: &Verdict, outbox: &Outbox) {
        self.file(path, &View { snapshot, verdict, resolve: None }, outbox);
    }

    /// A client that closes a document may forget what it showed in it: it is told again when it opens the same text (Neovim's
    /// `:edit!` closes and opens).
    pub(super) fn closed(&mut self, path: &str) {
        if let Some(file) = self.files.get_mut(path) {
            file.version = None;
        }
    }

    /// Takes everything back.
    pub(super) fn nothing(&mut self, snapshot: &Snapshot, outbox: &Outbox) {
        for (path, file) in std::mem::take(&mut self.files) {
            if !file.diagnostics.is_empty()
                && !snapshot.abilities.pulls_diagnostics
                && let Some(uri) = snapshot.root.uri(&path)
            {
                outbox.publish(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None });
            }
        }
    }

    /// Whether the client has to be asked to ask again. It is, then.
    pub(super) fn take_stale(&mut self) -> bool {
        std::mem::take(&mut self.is_stale)
    }

    fn file(&mut self, path: &Arc<str>, view: &View<'_>, outbox: &Outbox) {
        let document = view.document(path);
        // A buffer that the verdict has not seen gets its own soon.
        if document.is_some_and(|document| !view.is_judged(path, document)) {
            return;
        }
        let Some(uri) = view.uri(path) else { return };
        let version = document.map(|document| document.version());
        let found = found(path, view);
        let last = self.files.get(path);
        let is_news = match last {
            Some(last) => last.diagnostics != found || (version.is_some() && last.version != version),
            None => !found.is_empty() || version.is_some(),
        };
        if !is_news {
            return;
        }
        let has_asked = version.is_some() && last.is_none_or(|last| last.version != version);
        let is_other = last.map_or(&[][..], |last| &last.diagnostics) != found.as_slice();
        self.is_stale |= is_other && (!has_asked || last.is_none());
        if found.is_empty() && version.is_none() {
            self.files.remove(path);
        } else {
            self.files.insert(Arc::clone(path), File { diagnostics: found.clone(), version });
        }
        if view.snapshot.abilities.pulls_diagnostics {
            return;
        }
        outbox.publish(PublishDiagnosticsParams { uri, diagnostics: found, version });
    }
}

/// All diagnostics of a file.
pub(super) fn found(path: &str, view: &View<'_>) -> Vec<Diagnostic> {
    let findings = diagnostics::of_path(&view.verdict.findings, path).iter();
    findings.filter_map(|finding| diagnostics::diagnostic(view, finding)).chain(configuration(path, view)).collect()
}

/// The files that have any, and the open ones.
pub(super) fn paths(view: &View<'_>) -> BTreeSet<Arc<str>> {
    let mut paths: BTreeSet<Arc<str>> = diagnostics::paths(&view.verdict.findings).cloned().collect();
    paths.extend(view.snapshot.documents.of(view.snapshot.folder).map(|(path, _)| Arc::clone(path)));
    paths.extend(view.verdict.configuration_error().map(|error| Arc::from(error.path.as_str())));
    paths
}

fn configuration(path: &str, view: &View<'_>) -> Option<Diagnostic> {
    let error = view.verdict.configuration_error().filter(|error| error.path == path)?;
    let range = match error.span {
        Some(span) => {
            let index = LineIndex::new(&error.text);
            let position = |offset| super::proto::lsp_position(index.position(&error.text, offset, view.snapshot.abilities.unit));
            Range { start: position(span.start), end: position(span.end) }
        }
        None => Range::default(),
    };
    Some(diagnostics::configuration(error, range))
}
