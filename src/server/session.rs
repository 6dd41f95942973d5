//! The state of a session, and what each event does to it.

mod asked;
mod early;
mod judged;

use super::capabilities::{Abilities, offer};
use super::diagnostics::of_path;
use super::documents::{Documents, OpenDocument};
use super::event::{Event, Reply};
use super::folder::{Folder, FolderId};
use super::outbox::{Ongoing, Outbox};
use super::resolver::Resolver;
use super::root::{Root, file_path, project_of};
use super::settings::EditorSettings;
use super::verdict::Inputs;
use super::view::Snapshot;
use super::watch;
use super::worker::Worker;
use crate::workspace::git::Stamp;
use crate::workspace::kind::FileKind;
use crate::workspace::variables::Variables;
use crossbeam_channel::Sender;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use tower_lsp::ls_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidOpenTextDocumentParams, FileChangeType, InitializeParams,
    InitializeResult, MessageType, ServerInfo, Uri, WorkspaceFoldersChangeEvent,
};

pub(super) struct Session {
    events: Sender<Event>,
    outbox: Outbox,
    variables: Arc<Variables>,
    abilities: Arc<Abilities>,
    editor: Arc<EditorSettings>,
    documents: Documents,
    folders: Vec<Folder>,
    /// How many there ever were.
    folder_count: u32,
    /// The client opened no folder: the projects are those of the files it opens.
    follows_files: bool,
    /// A folder that the client opened and that is none of a project, to be told of once the client may be spoken to.
    refused: Option<PathBuf>,
    /// The client may be spoken to.
    is_initialized: bool,
    /// Of the first look at each folder.
    progress: Vec<(FolderId, Ongoing)>,
    /// The job before was abandoned, by folder.
    abandoned: Vec<FolderId>,
    resolver: Resolver,
    /// For answers that take a while, one after the other.
    apart: Arc<Worker>,
    /// Diagnostics that somebody waits for while a folder is read for the first time.
    early: Vec<early::Early>,
    /// What the user said counts as deployed, with a command.
    chosen_base: Option<Arc<str>>,
    /// What the editor's settings say of it.
    configured_base: Option<String>,
    /// What the user was told last about a folder that can't be judged.
    complaint: Option<String>,
}

impl Session {
    pub(super) fn new(events: Sender<Event>, outbox: Outbox, variables: Variables) -> Self {
        Self {
            events,
            outbox,
            variables: Arc::new(variables),
            abilities: Arc::new(Abilities::of(&tower_lsp::ls_types::ClientCapabilities::default())),
            editor: Arc::default(),
            documents: Documents::default(),
            folders: Vec::new(),
            folder_count: 0,
            follows_files: false,
            refused: None,
            is_initialized: false,
            progress: Vec::new(),
            abandoned: Vec::new(),
            resolver: Resolver::default(),
            apart: Arc::default(),
            early: Vec::new(),
            chosen_base: None,
            configured_base: None,
            complaint: None,
        }
    }

    pub(super) fn handle(&mut self, event: Event) {
        match event {
            Event::Initialize(params, reply) => self.initialize(&params, reply),
            Event::Initialized => self.initialized(),
            Event::Opened(params) => self.opened(params),
            Event::Changed(params) => self.document_changed(params),
            Event::Saved(uri) => self.saved(&uri),
            Event::Closed(uri) => self.closed(&uri),
            Event::Configured(settings) => self.configured(&settings),
            Event::Folders(change) => self.folders_changed(&change),
            Event::FilesChanged(params) => self.files_changed(&params),
            Event::Focused => self.scan(|_| true),
            Event::Asked(request) => request(self),
            Event::JudgedAlone { folder, path, verdict } => self.judged_alone(folder, &path, &verdict),
            Event::Judged { folder, generation, outcome } => self.judged(folder, generation, &outcome),
        }
    }

    fn initialize(&mut self, params: &InitializeParams, reply: Reply<InitializeResult>) {
        self.abilities = Arc::new(Abilities::of(&params.capabilities));
        reply.send(Ok(InitializeResult {
            capabilities: offer(&self.abilities),
            server_info: Some(ServerInfo { name: "preboot".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) }),
            offset_encoding: None,
        }));
        if let Some(options) = &params.initialization_options {
            self.editor = Arc::new(EditorSettings::read(options));
            self.configured_base.clone_from(&self.editor.settings.base);
        }
        for root in roots(params) {
            self.open_folder(root);
        }
        self.follows_files = self.folders.is_empty();
    }

    fn initialized(&mut self) {
        self.is_initialized = true;
        let registrations = watch::registrations(&self.abilities, self.folders.iter().map(|folder| &*folder.root));
        if !registrations.is_empty() {
            self.outbox.register(registrations);
        }
        if self.abilities.answers_configuration {
            self.outbox.ask_configuration();
        }
        self.report_settings();
        self.report_refused();
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        if self.follows_files
            && self.place(&document.uri).is_none()
            && let Some(root) = file_path(&document.uri).and_then(|file| project_of(&file)).and_then(Root::of_path)
        {
            self.add_folder(root);
        }
        let place = self.place(&document.uri);
        let folder = place.as_ref().map(|(folder, _)| *folder);
        self.documents.open(OpenDocument::new(document.uri, place.clone(), &document.text, document.version, self.abilities.unit));
        self.folder_changed(folder);
        if let Some((folder, path)) = place {
            self.judge_alone(folder, path);
        }
    }

    fn document_changed(&mut self, params: DidChangeTextDocumentParams) {
        let DidChangeTextDocumentParams { text_document, content_changes } = params;
        let (uri, version) = (text_document.uri, text_document.version);
        let Some(document) = self.documents.get(&uri) else {
            // One that was lost comes back with its whole text.
            if let Some(text) = content_changes.into_iter().rev().find(|change| change.range.is_none()).map(|change| change.text) {
                let place = self.place(&uri);
                let folder = place.as_ref().map(|(folder, _)| *folder);
                self.documents.open(OpenDocument::new(uri, place, &text, version, self.abilities.unit));
                self.folder_changed(folder);
            }
            return;
        };
        let folder = document.place.as_ref().map(|(folder, _)| *folder);
        self.end_leisure();
        let is_new = self.documents.change(&uri, |document| document.change(version, content_changes)) == Some(true);
        if is_new || (self.loses_a_finding(&uri) && self.documents.change(&uri, OpenDocument::catch_up) == Some(true)) {
            self.folder_changed(folder);
        }
    }

    /// Whether a text that only says the same has changed where a finding is: its new place is not just a matter of counting.
    fn loses_a_finding(&self, uri: &Uri) -> bool {
        let Some(document) = self.documents.get(uri).filter(|document| document.is_behind()) else { return false };
        let Some((folder, path)) = &document.place else { return false };
        let findings = self.folder(*folder).and_then(Folder::verdict).map_or(&[][..], |verdict| of_path(&verdict.findings, path));
        findings.iter().any(|finding| document.range(finding.span).is_none())
    }

    fn saved(&mut self, uri: &Uri) {
        let is_news = self.documents.change(uri, OpenDocument::saved).unwrap_or_default();
        let folder = self.place(uri).map(|(folder, _)| folder);
        if self.abilities.registers_watchers {
            self.folder_changed(folder.filter(|_| is_news));
        } else {
            // Nobody else tells what happened outside the editor meanwhile.
            self.scan(|it| Some(it.id) == folder);
        }
    }

    fn closed(&mut self, uri: &Uri) {
        let Some(document) = self.documents.close(uri) else { return };
        if let Some((folder, path)) = &document.place
            && let Some(folder) = self.folder_mut(*folder)
        {
            folder.published.closed(path);
        }
        self.folder_changed(document.place.as_ref().map(|(folder, _)| *folder));
    }

    /// Forgets a document whose text can't be relied on any more; the disk has it too.
    pub(super) fn lose(&mut self, uri: &Uri) {
        self.closed(uri);
    }

    fn configured(&mut self, settings: &Value) {
        if settings.is_null() {
            if self.abilities.answers_configuration {
                self.outbox.ask_configuration();
            }
            return;
        }
        let editor = EditorSettings::read(settings);
        self.configured_base.clone_from(&editor.settings.base);
        if self.take_settings(editor) {
            self.report_settings();
        }
    }

    /// Whether they are other ones.
    fn take_settings(&mut self, mut editor: EditorSettings) -> bool {
        if let Some(base) = &self.chosen_base {
            editor.settings.base = Some(base.to_string());
        }
        let is_new = editor != *self.editor;
        if is_new {
            self.editor = Arc::new(editor);
            self.scan(|_| true);
        }
        is_new
    }

    /// Everything is to be read again, as it may be different now.
    pub(super) fn read_all_again(&mut self) {
        self.scan(|_| true);
    }

    /// From now on this revision counts as deployed, whatever the settings say; `None` takes that back.
    pub(super) fn choose_base(&mut self, revision: Option<Arc<str>>) {
        let is_taken_back = revision.is_none() && self.chosen_base.is_some();
        self.chosen_base = revision;
        let mut editor = EditorSettings::clone(&self.editor);
        if is_taken_back {
            editor.settings.base.clone_from(&self.configured_base);
        }
        self.take_settings(editor);
    }

    fn report_settings(&self) {
        for problem in &self.editor.problems {
            self.outbox.show(MessageType::WARNING, format!("preboot: {problem}"));
        }
    }

    fn folders_changed(&mut self, change: &WorkspaceFoldersChangeEvent) {
        for root in change.removed.iter().filter_map(|folder| file_path(&folder.uri)) {
            let (gone, kept): (Vec<Folder>, Vec<Folder>) =
                std::mem::take(&mut self.folders).into_iter().partition(|folder| folder.root.is_at(&root));
            self.folders = kept;
            for mut folder in gone {
                let snapshot = self.snapshot(&folder);
                folder.published.nothing(&snapshot, &self.outbox);
                self.progress.retain(|(id, _)| *id != folder.id);
            }
        }
        for root in change.added.iter().filter_map(|folder| Root::new(&folder.uri)) {
            self.open_folder(root);
        }
        self.follows_files = self.refused.is_some() && self.folders.is_empty();
        self.report_refused();
        let Self { documents, folders, .. } = self;
        documents.place(|uri| place(folders, uri));
        self.scan(|_| true);
    }

    fn files_changed(&mut self, params: &DidChangeWatchedFilesParams) {
        let mut changed: Vec<FolderId> = Vec::new();
        for event in &params.changes {
            // What is open is known better, unless it is the repository that moved.
            if self.documents.get(&event.uri).is_none()
                && let Some((folder, path)) = self.place(&event.uri)
                && (watch::matters(&path) || (event.typ == FileChangeType::DELETED && self.has_files_below(folder, &path)))
            {
                changed.push(folder);
            }
        }
        self.scan(|folder| changed.contains(&folder.id));
    }

    /// Whether the path was a folder with files of the project in it, as far as is known.
    fn has_files_below(&self, id: FolderId, path: &str) -> bool {
        let Some(verdict) = self.folder(id).and_then(Folder::verdict) else { return true };
        let files = verdict.files().files();
        let folder = format!("{path}/");
        let first = files.partition_point(|file| *file.path < *folder);
        files.get(first).is_some_and(|file| file.path.starts_with(&folder))
    }

    /// Looks whether a repository has moved: another branch, a commit, a fetch.
    pub(super) fn look(&mut self) {
        self.scan(|folder| folder.stamp != Stamp::of(folder.root.path()));
    }

    /// What these folders have on disk is to be read again.
    fn scan(&mut self, mut wanted: impl FnMut(&Folder) -> bool) {
        for folder in &mut self.folders {
            if wanted(folder) {
                folder.disk_changed();
            }
        }
    }

    /// One that the client opened. A whole disk is not read: then the projects are those of the files that are opened.
    fn open_folder(&mut self, root: Root) {
        if root.is_whole_disk() {
            self.refused = Some(root.path().to_path_buf());
        } else {
            self.add_folder(root);
        }
    }

    fn report_refused(&mut self) {
        if let Some(folder) = self.refused.take() {
            let text = format!("preboot: {} is not read as a whole: open the project's folder", folder.display());
            self.outbox.show(MessageType::WARNING, text);
        }
    }

    fn add_folder(&mut self, root: Root) {
        if self.folders.iter().any(|folder| *folder.root == root) {
            return;
        }
        self.folder_count += 1;
        self.folders.push(Folder::new(FolderId(self.folder_count), root));
    }

    fn folder_changed(&mut self, id: Option<FolderId>) {
        if let Some(folder) = id.and_then(|id| self.folder_mut(id)) {
            folder.changed();
        }
    }

    fn place(&self, uri: &Uri) -> Option<(FolderId, Arc<str>)> {
        place(&self.folders, uri)
    }

    fn snapshot(&self, folder: &Folder) -> Snapshot {
        Snapshot {
            abilities: Arc::clone(&self.abilities),
            folder: folder.id,
            root: Arc::clone(&folder.root),
            documents: self.documents.clone(),
        }
    }

    fn inputs(&self, folder: &Folder) -> Inputs {
        inputs(&self.editor, &self.variables, &self.documents, folder)
    }

    /// A folder, with what gathers the inputs of its present state: they cost something, and are rarely needed.
    fn folder_and_inputs(&mut self, id: FolderId) -> Option<(&mut Folder, impl FnOnce(&Folder) -> Inputs)> {
        let Self { editor, variables, documents, folders, .. } = self;
        let folder = folders.iter_mut().find(|folder| folder.id == id)?;
        Some((folder, |folder: &Folder| inputs(editor, variables, documents, folder)))
    }

    fn folder(&self, id: FolderId) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.id == id)
    }

    fn folder_mut(&mut self, id: FolderId) -> Option<&mut Folder> {
        self.folders.iter_mut().find(|folder| folder.id == id)
    }
}

/// Whose a document is: the innermost folder's that holds it.
fn place(folders: &[Folder], uri: &Uri) -> Option<(FolderId, Arc<str>)> {
    let path = file_path(uri)?;
    let inside = folders.iter().filter_map(|folder| Some((folder, folder.root.relative(&path)?)));
    let (folder, path) = inside.max_by_key(|(folder, _)| folder.root.depth())?;
    Some((folder.id, path.into()))
}

/// The folders that the client opened.
fn roots(params: &InitializeParams) -> Vec<Root> {
    if let Some(folders) = params.workspace_folders.as_ref().filter(|folders| !folders.is_empty()) {
        return folders.iter().filter_map(|folder| Root::new(&folder.uri)).collect();
    }
    #[expect(deprecated, reason = "older clients send nothing else")]
    let (uri, path) = (params.root_uri.as_ref(), params.root_path.as_ref());
    let root = uri.and_then(Root::new).or_else(|| path.map(PathBuf::from).and_then(Root::of_path));
    root.into_iter().collect()
}

fn inputs(editor: &Arc<EditorSettings>, variables: &Arc<Variables>, documents: &Documents, folder: &Folder) -> Inputs {
    let files = documents.of(folder.id).filter(|(path, _)| FileKind::of(path).is_some());
    Inputs {
        root: folder.root.path().to_path_buf(),
        editor: Arc::clone(editor),
        variables: Arc::clone(variables),
        disk: folder.disk,
        unsaved: files.map(|(path, document)| (Arc::clone(path), Arc::clone(document.judged()))).collect(),
    }
}
