//! Requests: answered from a document, from the verdict on its folder's state, or from what names stand for.

use super::Session;
use crate::ide::NeedsReferences;
use crate::server::capabilities::Abilities;
use crate::server::documents::OpenDocument;
use crate::server::event::Reply;
use crate::server::folder::{Folder, FolderId};
use crate::server::handlers::completion::in_configuration;
use crate::server::verdict::Verdict;
use crate::server::view::{Case, Here, NamesHandler, Snapshot, View};
use serde_json::Value;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{CompletionResponse, Position, Uri, WorkspaceEdit};

/// What the folders say, until all have.
struct Gathered<T> {
    parts: Mutex<BTreeMap<Option<FolderId>, Vec<T>>>,
    reply: Mutex<Option<Reply<Vec<T>>>>,
    wanted: usize,
}

impl<T> Gathered<T> {
    fn is_cancelled(&self) -> bool {
        self.reply.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_none_or(Reply::is_cancelled)
    }

    fn add(&self, id: Option<FolderId>, part: Vec<T>) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(id, part);
        if parts.len() >= self.wanted
            && let Some(reply) = self.reply.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            reply.send(Ok(std::mem::take(&mut *parts).into_values().flatten().collect()));
        }
    }
}

/// One folder's part of an answer.
struct Part<T> {
    gathered: Arc<Gathered<T>>,
    id: FolderId,
}

impl<T> Part<T> {
    fn say(&self, part: Vec<T>) {
        self.gathered.add(Some(self.id), part);
    }
}

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
        // What somebody asks about is the text that they see.
        self.catch_up();
        self.ask_found(uri, params, handler, reply);
    }

    /// The same for diagnostics, which a client asks for after every keystroke: they move with the text, as those do that are
    /// pushed, and when the text was judged at last the client is asked to ask again.
    pub(super) fn ask_found<P, R>(
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
        self.catch_up();
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

    /// Answers a request from the verdicts on the present states of all folders, one after the other.
    pub(in crate::server) fn ask_folders<P, T>(&mut self, params: &P, handler: fn(&View<'_>, &P) -> Vec<T>, reply: Reply<Vec<T>>)
    where
        P: Clone + Send + 'static,
        T: Send + 'static,
    {
        let params = params.clone();
        self.gather(reply, move |part, snapshot, verdict| {
            let said = verdict.map(|verdict| handler(&View { snapshot: &snapshot, verdict, resolve: None }, &params));
            part.say(said.unwrap_or_default());
        });
    }

    /// The same, where an answer takes a while: each is found on a thread of its own, so that nobody else waits.
    pub(in crate::server) fn ask_apart<P, T>(
        &mut self,
        params: &P,
        handler: fn(&View<'_>, &P) -> Result<Vec<T>>,
        reply: Reply<Vec<Result<Vec<T>>>>,
    ) where
        P: Clone + Send + 'static,
        T: Send + 'static,
    {
        let (params, worker) = (params.clone(), Arc::clone(&self.apart));
        self.gather(reply, move |part, snapshot, verdict| {
            let Some(verdict) = verdict.cloned() else { return part.say(Vec::new()) };
            let params = params.clone();
            worker.run(move || {
                if part.gathered.is_cancelled() {
                    return;
                }
                let view = View { snapshot: &snapshot, verdict: &verdict, resolve: None };
                // One that panics costs its own answer.
                let said = catch_unwind(AssertUnwindSafe(|| handler(&view, &params)));
                part.say(vec![said.unwrap_or_else(|_| Err(Error::internal_error()))]);
            });
        });
    }

    /// Has each folder say its part of an answer from the verdict on its present state.
    fn gather<T: Send + 'static>(
        &mut self,
        reply: Reply<Vec<T>>,
        answer: impl Fn(Part<T>, Snapshot, Option<&Arc<Verdict>>) + Clone + Send + 'static,
    ) {
        self.catch_up();
        let ids: Vec<FolderId> = self.folders.iter().map(|folder| folder.id).collect();
        let gathered = Arc::new(Gathered { parts: Mutex::new(BTreeMap::new()), reply: Mutex::new(Some(reply)), wanted: ids.len() });
        if ids.is_empty() {
            gathered.add(None, Vec::new());
        }
        for id in ids {
            let Some(snapshot) = self.folder(id).map(|folder| self.snapshot(folder)) else { continue };
            let Some((folder, inputs)) = self.folder_and_inputs(id) else { continue };
            let (part, answer) = (Part { gathered: Arc::clone(&gathered), id }, answer.clone());
            folder.ask(inputs, Box::new(move |verdict| answer(part, snapshot, verdict)));
        }
    }

    /// What may stand at a place of a configuration file.
    pub(in crate::server) fn complete_configuration(&self, uri: &Uri, position: Position) -> Option<CompletionResponse> {
        let document = self.documents.get(uri)?;
        let folder = document.place.as_ref().and_then(|(id, _)| self.folder(*id));
        in_configuration(document, folder.and_then(Folder::verdict).map(|it| &**it), position)
    }

    /// Has the client apply the edit that leaves only the first PR of the plan.
    pub(in crate::server) fn apply_split(&self, edit: Option<WorkspaceEdit>) -> Result<Option<Value>> {
        let failed = |why: &'static str| Error { code: ErrorCode::ServerError(-32803), message: why.into(), data: None };
        let edit = edit.ok_or_else(|| failed("there is nothing to split: the change takes one PR, or has no plan"))?;
        if !self.abilities.applies_edits {
            return Err(failed("the editor applies no edits of servers"));
        }
        self.outbox.apply("preboot: keep only the first PR here", edit);
        Ok(None)
    }

    /// From the verdict on what was judged last: an open text that says the same in other words is not judged again for it.
    fn with_verdict<R: Default + Send + 'static>(
        &mut self,
        uri: &Uri,
        reply: Reply<R>,
        answer: impl FnOnce(Case, Reply<R>) + Send + 'static,
    ) {
        let found = self.documents.get(uri).and_then(|document| {
            let (id, path) = document.place.clone()?;
            let folder = self.folder(id)?;
            Some((id, self.snapshot(folder), Arc::clone(document), path))
        });
        let Some((id, snapshot, document, path)) = found else { return reply.send(Ok(R::default())) };
        let Some((folder, inputs)) = self.folder_and_inputs(id) else { return };
        folder.ask(
            inputs,
            Box::new(move |verdict| match verdict {
                _ if reply.is_cancelled() => {}
                Some(verdict) => answer(Case { snapshot, verdict: Arc::clone(verdict), document, path }, reply),
                None => reply.send(Ok(R::default())),
            }),
        );
    }
}
