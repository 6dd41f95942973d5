//! What the owner thread hears of, in the order in which it came.

use super::folder::FolderId;
use super::session::Session;
use super::verdict::{Outcome, Verdict};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidOpenTextDocumentParams, InitializeParams, InitializeResult, Uri,
    WorkspaceFoldersChangeEvent,
};

pub(super) enum Event {
    Initialize(Box<InitializeParams>, Reply<InitializeResult>),
    Initialized,
    Opened(DidOpenTextDocumentParams),
    Changed(DidChangeTextDocumentParams),
    Saved(Uri),
    Closed(Uri),
    /// Settings of the editor, as it sent them; `null` where it wants to be asked.
    Configured(Value),
    Folders(WorkspaceFoldersChangeEvent),
    FilesChanged(DidChangeWatchedFilesParams),
    /// The user came back to the editor.
    Focused,
    /// A request: it answers by itself.
    Asked(Box<dyn FnOnce(&mut Session) + Send>),
    /// What a file says by itself is found, while the rest is still being read.
    JudgedAlone {
        folder: FolderId,
        path: Arc<str>,
        verdict: Box<Verdict>,
    },
    /// A job of the pool has come to its end.
    Judged {
        folder: FolderId,
        generation: u64,
        outcome: Outcome,
    },
}

/// The way back to whoever asked. One that is dropped unused, as in a panic, answers with an internal error.
pub(super) struct Reply<T>(oneshot::Sender<Result<T>>);

impl<T> Reply<T> {
    pub(super) fn new() -> (Self, oneshot::Receiver<Result<T>>) {
        let (sender, receiver) = oneshot::channel();
        (Self(sender), receiver)
    }

    pub(super) fn send(self, answer: Result<T>) {
        // Nobody listens any more where the request was cancelled.
        let _ = self.0.send(answer);
    }

    /// The request was cancelled: its future is gone.
    pub(super) fn is_cancelled(&self) -> bool {
        self.0.is_closed()
    }
}
