//! Requests: answered from a document, from the verdict on its folder's state, or from what names stand for.

use super::Session;
use crate::ide::NeedsReferences;
use crate::server::capabilities::Abilities;
use crate::server::documents::OpenDocument;
use crate::server::event::Reply;
use crate::server::view::{Case, Here, NamesHandler, View};
use std::sync::Arc;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::Uri;

impl Session {
    /// Answers a request about a document from what it says itself.
    pub(in crate::server) fn ask_document<P, R: Default>(
        &mut self,
        uri: &Uri,
        params: P,
        handler: impl FnOnce(&Abilities, &OpenDocument, P) -> Result<R>,
        reply: Reply<R>,
    ) {
        let answer = self.documents.get(uri).map(|document| handler(&self.abilities, document, params));
        reply.send(answer.unwrap_or_else(|| Ok(R::default())));
    }

    /// Answers a request about a document from the verdict on the present state, when there is one. Where there is none, or where
    /// the document isn't open, the answer is the empty one.
    pub(in crate::server) fn ask<P, R>(
        &mut self,
        uri: &Uri,
        params: P,
        handler: impl FnOnce(&View<'_>, Here<'_>, P) -> Result<R> + Send + 'static,
        reply: Reply<R>,
    ) where
        P: Send + 'static,
        R: Default + Send + 'static,
    {
        self.with_verdict(uri, reply, move |case, reply| {
            let answer = handler(&case.view(None), case.here(), params);
            reply.send(answer);
        });
    }

    /// The same for what may depend on the meaning of a name: that is found out on a thread of its own.
    pub(in crate::server) fn ask_names<P, R>(&mut self, uri: &Uri, params: P, handler: NamesHandler<P, R>, reply: Reply<R>)
    where
        P: Send + 'static,
        R: Default + Send + 'static,
    {
        let resolver = self.resolver.clone();
        self.with_verdict(uri, reply, move |case, reply| match handler(&case.view(None), case.here(), &params) {
            Ok(answer) => reply.send(Ok(answer)),
            Err(NeedsReferences) => resolver.ask(Arc::clone(&case.verdict), move |resolve| {
                if !reply.is_cancelled() {
                    reply.send(handler(&case.view(Some(resolve)), case.here(), &params).map_err(|_| Error::internal_error()));
                }
            }),
        });
    }

    fn with_verdict<R: Default + Send + 'static>(
        &mut self,
        uri: &Uri,
        reply: Reply<R>,
        answer: impl FnOnce(Case, Reply<R>) + Send + 'static,
    ) {
        // What somebody asks about is the text that they see.
        self.catch_up();
        let found = self.documents.get(uri).and_then(|document| {
            let (id, path) = document.place.clone()?;
            let folder = self.folder(id)?;
            Some((id, self.inputs(folder), self.snapshot(folder), Arc::clone(document), path))
        });
        let Some((id, inputs, snapshot, document, path)) = found else { return reply.send(Ok(R::default())) };
        let Some(folder) = self.folder_mut(id) else { return };
        folder.ask(
            || inputs,
            Box::new(move |verdict| match verdict {
                _ if reply.is_cancelled() => {}
                Some(verdict) => answer(Case { snapshot, verdict: Arc::clone(verdict), document, path }, reply),
                None => reply.send(Ok(R::default())),
            }),
        );
    }
}
