//! Pushed diagnostics: what the client was told of each file, and what it has to be told now.

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
pub(super) struct Published(BTreeMap<Arc<str>, File>);

struct File {
    diagnostics: Vec<Diagnostic>,
    /// Of the buffer; `None` for a file that was not open.
    version: Option<i32>,
}

impl Published {
    /// Tells what is new in the whole folder.
    pub(super) fn everything(&mut self, snapshot: &Snapshot, verdict: &Verdict, outbox: &Outbox) {
        let mut paths: BTreeSet<Arc<str>> = diagnostics::paths(&verdict.findings).cloned().collect();
        paths.extend(self.0.keys().cloned());
        paths.extend(snapshot.documents.of(snapshot.folder).map(|(path, _)| Arc::clone(path)));
        paths.extend(verdict.configuration_error().map(|error| Arc::from(error.path.as_str())));
        for path in paths {
            self.file(&path, &View { snapshot, verdict, resolve: None }, outbox);
        }
    }

    /// Tells where things have moved to in the buffers.
    pub(super) fn buffers(&mut self, snapshot: &Snapshot, verdict: &Verdict, outbox: &Outbox) {
        for (path, document) in snapshot.documents.of(snapshot.folder) {
            if self.0.get(path).is_none_or(|file| file.version != Some(document.version())) {
                self.file(path, &View { snapshot, verdict, resolve: None }, outbox);
            }
        }
    }

    /// Tells of one file what it says by itself.
    pub(super) fn alone(&mut self, path: &Arc<str>, snapshot: &Snapshot, verdict: &Verdict, outbox: &Outbox) {
        self.file(path, &View { snapshot, verdict, resolve: None }, outbox);
    }

    /// Takes everything back.
    pub(super) fn nothing(&mut self, snapshot: &Snapshot, outbox: &Outbox) {
        for (path, file) in std::mem::take(&mut self.0) {
            if !file.diagnostics.is_empty()
                && let Some(uri) = snapshot.root.uri(&path)
            {
                outbox.publish(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None });
            }
        }
    }

    fn file(&mut self, path: &Arc<str>, view: &View<'_>, outbox: &Outbox) {
        let document = view.document(path);
        // A buffer that the verdict has not seen gets its own soon.
        if document.is_some_and(|document| !view.is_judged(path, document)) {
            return;
        }
        let Some(uri) = view.uri(path) else { return };
        let version = document.map(|document| document.version());
        let mut found: Vec<Diagnostic> = diagnostics::of_path(&view.verdict.findings, path)
            .iter()
            .filter_map(|finding| diagnostics::diagnostic(view, finding))
            .collect();
        found.extend(configuration(path, view));
        let last = self.0.get(path);
        let is_news = match last {
            Some(last) => last.diagnostics != found || (version.is_some() && last.version != version),
            None => !found.is_empty() || version.is_some(),
        };
        if !is_news {
            return;
        }
        if found.is_empty() && version.is_none() {
            self.0.remove(path);
        } else {
            self.0.insert(Arc::clone(path), File { diagnostics: found.clone(), version });
        }
        outbox.publish(PublishDiagnosticsParams { uri, diagnostics: found, version });
    }
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
