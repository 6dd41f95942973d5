//! The routing table. A handler sends one event before its first await, so that the owner hears of everything in the order in which
//! the client sent it, and then waits for the answer.

use super::capabilities::Abilities;
use super::commands::{self, execute};
use super::documents::OpenDocument;
use super::event::{Event, Reply};
use super::handlers;
use super::handlers::edits::merged;
use super::handlers::plan::PlanParams;
use super::handlers::schema::{SchemaParams, TableEntry};
use super::handlers::status::FolderStatus;
use super::view::{Here, NamesHandler, View};
use crate::ide::completion::is_configuration;
use crossbeam_channel::Sender;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::*;

pub(super) struct Backend {
    pub(super) events: Sender<Event>,
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        self.wait(|reply| Event::Initialize(Box::new(params), reply)).await
    }

    async fn initialized(&self, _: InitializedParams) {
        self.tell(Event::Initialized);
    }

    async fn shutdown(&self) -> Result<()> {
        // `gate` takes note of it.
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.tell(Event::Opened(params));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.tell(Event::Changed(params));
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.tell(Event::Saved(params.text_document.uri));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.tell(Event::Closed(params.text_document.uri));
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.tell(Event::Configured(params.settings));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.tell(Event::Folders(params.event));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.tell(Event::FilesChanged(params));
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        self.ask_names(at.text_document.uri, at.position, handlers::hover::hover).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        self.ask_names(at.text_document.uri, at.position, handlers::definition::definition).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let ReferenceParams { text_document_position: at, context, .. } = params;
        self.ask_names(at.text_document.uri, (at.position, context.include_declaration), handlers::references::references).await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        let at = params.text_document_position_params;
        self.ask_names(at.text_document.uri, at.position, handlers::references::highlight).await
    }

    async fn prepare_rename(&self, at: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        self.ask_names(at.text_document.uri, at.position, handlers::rename::prepare).await?.0
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let RenameParams { text_document_position: at, new_name, .. } = params;
        self.ask_names(at.text_document.uri, (at.position, new_name), handlers::rename::rename).await?.0
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        self.ask(params.text_document.uri, (params.range, params.context), handlers::code_action::code_action).await
    }

    async fn code_action_resolve(&self, params: CodeAction) -> Result<CodeAction> {
        let Some(data) = handlers::code_action::data(&params) else { return Ok(params) };
        let resolved = self.ask(data.uri.clone(), (params, data), handlers::code_action::resolve).await?;
        resolved.ok_or_else(Error::content_modified)
    }

    async fn goto_type_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        self.ask_names(at.text_document.uri, at.position, handlers::definition::type_definition).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.ask(params.text_document.uri, (), handlers::links::document_link).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.ask(params.text_document.uri, (), handlers::lenses::code_lens).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        let found = self.ask_folders(params.query, handlers::workspace_symbols::workspace_symbol).await?;
        Ok(Some(WorkspaceSymbolResponse::Flat(found)))
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let TextDocumentPositionParams { text_document: TextDocumentIdentifier { uri }, position } = params.text_document_position;
        if is_configuration(uri.path().as_str()) {
            return self
                .wait(|reply| Event::Asked(Box::new(move |session| reply.send(Ok(session.complete_configuration(&uri, position))))))
                .await;
        }
        self.ask(uri, position, handlers::completion::completion).await
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        let Some(data) = handlers::completion::data(&item) else { return Ok(item) };
        let uri = data.uri.clone();
        if is_configuration(uri.path().as_str()) {
            let resolved = self.ask_document(uri, (item.clone(), data), handlers::completion::resolve_ours).await?;
            return Ok(resolved.unwrap_or(item));
        }
        let resolved = self.ask(uri, (item.clone(), data), handlers::completion::resolve).await?;
        Ok(resolved.unwrap_or(item))
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        Ok(merged(self.ask_apart(params, handlers::file_renames::will_rename).await?))
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        let ExecuteCommandParams { command, arguments, .. } = params;
        match command.as_str() {
            commands::PLAN => {
                let plans = self.ask_apart(commands::folder(&command, &arguments)?, handlers::plan::plan).await?;
                return Ok(Some(LSPAny::Array(plans)));
            }
            commands::SPLIT => {
                let edit = merged(self.ask_apart(commands::folder(&command, &arguments)?, handlers::plan::split).await?);
                return self.wait(|reply| Event::Asked(Box::new(move |session| reply.send(session.apply_split(edit))))).await;
            }
            _ => {}
        }
        self.wait(|reply| Event::Asked(Box::new(move |session| reply.send(execute(session, &command, &arguments))))).await
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let DocumentDiagnosticParams { text_document, previous_result_id, .. } = params;
        let report = self
            .wait(|reply| Event::Asked(Box::new(move |session| session.ask_diagnostics(text_document.uri, previous_result_id, reply))))
            .await?;
        let report = report.unwrap_or_else(|| handlers::pull::report(Vec::new(), None));
        Ok(DocumentDiagnosticReportResult::Report(report))
    }

    async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
        let previous = params.previous_result_ids.clone();
        let mut items = self.ask_folders(params.previous_result_ids, handlers::pull::workspace_diagnostic).await?;
        handlers::pull::forget(&previous, &mut items);
        Ok(WorkspaceDiagnosticReportResult::Report(WorkspaceDiagnosticReport { items }))
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.ask_document(params.text_document.uri, (), handlers::symbols::document_symbol).await
    }
}

impl Backend {
    /// `preboot/didFocus`: the user came back to the editor, and may have done things elsewhere.
    pub(super) async fn did_focus(&self) {
        self.tell(Event::Focused);
    }

    /// `preboot/status`
    pub(super) async fn status(&self) -> Result<Vec<FolderStatus>> {
        self.ask_folders((), handlers::status::status).await
    }

    /// `preboot/schema`
    pub(super) async fn schema(&self, params: SchemaParams) -> Result<Vec<TableEntry>> {
        self.ask_apart(params, handlers::schema::schema).await
    }

    /// `preboot/plan`
    pub(super) async fn plan(&self, params: PlanParams) -> Result<Vec<LSPAny>> {
        self.ask_apart(params, handlers::plan::plan).await
    }

    fn tell(&self, event: Event) {
        // Nobody listens any more while the server ends.
        let _ = self.events.send(event);
    }

    async fn wait<R>(&self, event: impl FnOnce(Reply<R>) -> Event) -> Result<R> {
        let (reply, answer) = Reply::new();
        self.tell(event(reply));
        answer.await.unwrap_or_else(|_| Err(Error::internal_error()))
    }

    /// A request about a document that is answered from the verdict on the state that it has now.
    async fn ask<P, R>(&self, uri: Uri, params: P, handler: fn(&View<'_>, Here<'_>, P) -> Result<R>) -> Result<R>
    where
        P: Send + 'static,
        R: Default + Send + 'static,
    {
        self.wait(|reply| Event::Asked(Box::new(move |session| session.ask(&uri, params, handler, reply)))).await
    }

    /// The same, where the answer may depend on what a name stands for.
    async fn ask_names<P, R>(&self, uri: Uri, params: P, handler: NamesHandler<P, R>) -> Result<R>
    where
        P: Send + 'static,
        R: Default + Send + 'static,
    {
        self.wait(|reply| Event::Asked(Box::new(move |session| session.ask_names(&uri, params, handler, reply)))).await
    }

    /// A request about all folders: each adds something.
    async fn ask_folders<P, T>(&self, params: P, handler: fn(&View<'_>, &P) -> Vec<T>) -> Result<Vec<T>>
    where
        P: Clone + Send + 'static,
        T: Send + 'static,
    {
        self.wait(|reply| Event::Asked(Box::new(move |session| session.ask_folders(&params, handler, reply)))).await
    }

    /// The same, where the answer takes a while and may be an error. One folder that can answer is enough.
    async fn ask_apart<P, T>(&self, params: P, handler: fn(&View<'_>, &P) -> Result<Vec<T>>) -> Result<Vec<T>>
    where
        P: Clone + Send + 'static,
        T: Send + 'static,
    {
        let parts = self.wait(|reply| Event::Asked(Box::new(move |session| session.ask_apart(&params, handler, reply)))).await?;
        let (good, bad): (Vec<_>, Vec<_>) = parts.into_iter().partition(Result::is_ok);
        match bad.into_iter().find_map(Result::err).filter(|_| good.is_empty()) {
            Some(error) => Err(error),
            None => Ok(good.into_iter().flatten().flatten().collect()),
        }
    }

    /// A request about a document that is answered from what it says itself.
    async fn ask_document<P, R>(&self, uri: Uri, params: P, handler: fn(&Abilities, &OpenDocument, P) -> Result<R>) -> Result<R>
    where
        P: Send + 'static,
        R: Default + Send + 'static,
    {
        self.wait(|reply| Event::Asked(Box::new(move |session| session.ask_document(&uri, params, handler, reply)))).await
    }
}
