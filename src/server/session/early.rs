//! Diagnostics that are asked for before a folder was read: what a migration says by itself is an answer too.

use super::Session;
use crate::django::apps::looks_like_migration;
use crate::server::event::Reply;
use crate::server::folder::{Folder, FolderId};
use crate::server::handlers::pull;
use crate::server::publish;
use crate::server::verdict::Verdict;
use crate::server::view::View;
use std::sync::Arc;
use tower_lsp::ls_types::{DocumentDiagnosticReport, Uri};

/// A request that waits for either.
pub(in crate::server) struct Early {
    folder: FolderId,
    path: Arc<str>,
    uri: Uri,
    previous: Option<String>,
    reply: Reply<Option<DocumentDiagnosticReport>>,
}

impl Session {
    /// Answers `textDocument/diagnostic`; `previous` is the result that the client has.
    pub(in crate::server) fn ask_diagnostics(
        &mut self,
        uri: Uri,
        previous: Option<String>,
        reply: Reply<Option<DocumentDiagnosticReport>>,
    ) {
        let place = self.documents.get(&uri).and_then(|document| document.place.clone());
        let is_unread = |id| self.folder(id).is_some_and(|folder| folder.verdict().is_none());
        match place.filter(|(id, path)| is_unread(*id) && looks_like_migration(path)) {
            Some((folder, path)) => self.early.push(Early { folder, path, uri, previous, reply }),
            None => self.ask_found(&uri, previous, pull::document_diagnostic, reply),
        }
    }

    /// What the file says by itself is there. When the rest is, the client is asked to ask again.
    pub(super) fn answer_early(&mut self, id: FolderId, path: &Arc<str>, verdict: &Verdict) {
        let (asked, others) = std::mem::take(&mut self.early).into_iter().partition(|it: &Early| it.folder == id && it.path == *path);
        self.early = others;
        let Some(snapshot) = self.folder(id).map(|folder: &Folder| self.snapshot(folder)) else { return };
        for Early { previous, reply, .. } in asked {
            let found = publish::found(path, &View { snapshot: &snapshot, verdict, resolve: None });
            reply.send(Ok(Some(pull::report(found, previous.as_deref()))));
        }
    }

    /// The whole is there first, or never.
    pub(super) fn stop_waiting_for_a_part(&mut self, id: FolderId) {
        let (asked, others) = std::mem::take(&mut self.early).into_iter().partition(|it: &Early| it.folder == id);
        self.early = others;
        for Early { uri, previous, reply, .. } in asked {
            self.ask_found(&uri, previous, pull::document_diagnostic, reply);
        }
    }
}
