//! `textDocument/prepareRename` and `textDocument/rename`

use crate::ide::NeedsReferences;
use crate::ide::rename::{self, FileChanges, Refusal, Rename, Why};
use crate::server::view::{Here, View};
use std::collections::BTreeMap;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{
    AnnotatedTextEdit, ChangeAnnotation, CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, PrepareRenameResponse, Range, ResourceOp, TextDocumentEdit, TextEdit, Uri,
    WorkspaceEdit,
};

/// An answer, or why there is none.
#[derive(Debug)]
pub(in crate::server) struct Answer<T>(pub(in crate::server) Result<Option<T>>);

impl<T> Default for Answer<T> {
    fn default() -> Self {
        Self(Ok(None))
    }
}

pub(in crate::server) fn prepare(
    view: &View<'_>,
    here: Here<'_>,
    position: &Position,
) -> std::result::Result<Answer<PrepareRenameResponse>, NeedsReferences> {
    let Some(offset) = here.document.offset(*position) else { return Ok(Answer::default()) };
    Ok(Answer(match rename::prepare(&view.judged(), here.path, offset)? {
        Ok(Some(prepared)) => Ok(here
            .document
            .range(prepared.span)
            .map(|range| PrepareRenameResponse::RangeWithPlaceholder { range, placeholder: prepared.name })),
        Ok(None) => Ok(None),
        Err(refusal) => Err(refused(&refusal)),
    }))
}

pub(in crate::server) fn rename(
    view: &View<'_>,
    here: Here<'_>,
    params: &(Position, String),
) -> std::result::Result<Answer<WorkspaceEdit>, NeedsReferences> {
    let Some(offset) = here.document.offset(params.0) else { return Ok(Answer::default()) };
    Ok(Answer(match rename::rename(&view.judged(), here.path, offset, params.1.trim())? {
        Ok(Some(rename)) if !rename.created.is_empty() && !view.snapshot.abilities.creates_files => {
            Err(refused(&Refusal(CANT_CREATE.to_owned())))
        }
        Ok(Some(rename)) => edit(view, &rename).map(Some).ok_or_else(Error::content_modified),
        Ok(None) => Ok(None),
        Err(refusal) => Err(refused(&refusal)),
    }))
}

const CANT_CREATE: &str =
    "the rename takes a new migration, and this editor creates no files: without it no migration would know the new name";

fn refused(refusal: &Refusal) -> Error {
    // `RequestFailed`: nothing is wrong with the request.
    Error { code: ErrorCode::ServerError(-32803), message: refusal.0.clone().into(), data: None }
}

/// `None` where something is just being edited.
fn edit(view: &View<'_>, rename: &Rename) -> Option<WorkspaceEdit> {
    let client = &view.snapshot.abilities;
    if !client.versioned_edits {
        let mut changes = BTreeMap::new();
        for file in &rename.files {
            let sure = text_edits(view, file)?.into_iter().filter(|(_, why)| *why != Why::Possible);
            changes.insert(view.uri(&file.path)?, sure.map(|(edit, _)| edit).collect());
        }
        return Some(WorkspaceEdit { changes: Some(changes.into_iter().collect()), ..WorkspaceEdit::default() });
    }
    let mut operations = Vec::new();
    for file in &rename.files {
        let edits = text_edits(view, file)?.into_iter().filter(|(_, why)| client.annotated_edits || *why != Why::Possible);
        let edits: Vec<_> =
            edits.map(|(edit, why)| if client.annotated_edits { annotated(edit, id(why)) } else { OneOf::Left(edit) }).collect();
        if !edits.is_empty() {
            let version = view.document(&file.path).map(|document| document.version());
            operations.push(DocumentChangeOperation::Edit(document_edit(view.uri(&file.path)?, version, edits)));
        }
    }
    for file in &rename.created {
        let uri = view.uri(&file.path)?;
        let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
        let annotation_id = client.annotated_edits.then(|| MIGRATION.to_owned());
        operations.push(DocumentChangeOperation::Op(ResourceOp::Create(CreateFile {
            uri: uri.clone(),
            options: Some(options),
            annotation_id,
        })));
        let edit = TextEdit { range: Range::default(), new_text: file.text.clone() };
        let edit = if client.annotated_edits { annotated(edit, MIGRATION) } else { OneOf::Left(edit) };
        operations.push(DocumentChangeOperation::Edit(document_edit(uri, None, vec![edit])));
    }
    Some(WorkspaceEdit {
        document_changes: Some(DocumentChanges::Operations(operations)),
        change_annotations: client.annotated_edits.then(|| annotations(rename).into_iter().collect()),
        ..WorkspaceEdit::default()
    })
}

fn text_edits(view: &View<'_>, file: &FileChanges) -> Option<Vec<(TextEdit, Why)>> {
    let edit = |(edit, why): &(crate::ide::changes::TextEdit, Why)| {
        Some((TextEdit { range: view.range(&file.path, edit.span)?, new_text: edit.text.clone() }, *why))
    };
    file.changes.iter().map(edit).collect()
}

fn document_edit(uri: Uri, version: Option<i32>, edits: Vec<OneOf<TextEdit, AnnotatedTextEdit>>) -> TextDocumentEdit {
    TextDocumentEdit { text_document: OptionalVersionedTextDocumentIdentifier { uri, version }, edits }
}

fn annotated(text_edit: TextEdit, id: &str) -> OneOf<TextEdit, AnnotatedTextEdit> {
    OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: id.to_owned() })
}

const MIGRATION: &str = "migration";

fn id(why: Why) -> &'static str {
    match why {
        Why::Declaration => "declaration",
        Why::Certain => "certain",
        Why::Likely => "likely",
        Why::Shown => "shown",
        Why::Public => "public",
        Why::Possible => "possible",
    }
}

/// What the client shows of each kind of change; the ids are those that the edits bear.
fn annotations(rename: &Rename) -> BTreeMap<String, ChangeAnnotation> {
    let mut whys: Vec<Why> = rename.files.iter().flat_map(|it| &it.changes).map(|(_, why)| *why).collect();
    whys.sort_unstable();
    whys.dedup();
    let mut annotations: BTreeMap<String, ChangeAnnotation> = whys
        .into_iter()
        .map(|why| {
            let (label, description) = match why {
                Why::Declaration => ("Declaration", "the database keeps its name"),
                Why::Certain => ("References", "the model is known"),
                Why::Likely => ("Likely references", "what stands around them says so"),
                Why::Shown => ("Names of inputs", "of forms: their pages and scripts must follow"),
                Why::Public => ("Names of an interface", "who uses it must follow: look at each"),
                Why::Possible => ("Possible references", "the word alone: look at each"),
            };
            (id(why).to_owned(), annotation(label, description, matches!(why, Why::Public | Why::Possible)))
        })
        .collect();
    if !rename.created.is_empty() {
        annotations.insert(MIGRATION.to_owned(), annotation("Migration", "tells Django's state, and leaves the database as it is", false));
    }
    annotations
}

fn annotation(label: &str, description: &str, needs_confirmation: bool) -> ChangeAnnotation {
    ChangeAnnotation { label: label.to_owned(), needs_confirmation: Some(needs_confirmation), description: Some(description.to_owned()) }
}
