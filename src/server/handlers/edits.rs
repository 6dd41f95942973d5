//! Edits as the client applies them: of documents alone, or of files too that come and go.

use crate::ide::changes::{Changes, FileEdit};
use crate::server::view::View;
use tower_lsp::ls_types::{
    AnnotatedTextEdit, ChangeAnnotation, CreateFile, CreateFileOptions, DeleteFile, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Range, ResourceOp, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

/// What the editor says of changes that make or delete files.
pub(super) struct Note {
    label: String,
    description: Option<String>,
}

impl Note {
    /// Of what rewrites the whole change.
    pub(super) fn of_plan() -> Self {
        let description = "safe for the code that is still running".to_owned();
        Self { label: "The first PR of the plan".to_owned(), description: Some(description) }
    }

    pub(super) fn of_action(title: &str) -> Self {
        Self { label: title.to_owned(), description: None }
    }
}

/// The annotation of each edit.
const NOTE: &str = "note";

/// `None` where something is just being edited.
pub(super) fn document_edits(view: &View<'_>, files: &[FileEdit]) -> Option<WorkspaceEdit> {
    let files: Vec<_> = files.iter().map(|file| text_edits(view, file)).collect::<Option<_>>()?;
    Some(if view.snapshot.abilities.versioned_edits {
        let edits = files.into_iter().map(|(uri, version, edits)| document(uri, version, edits, None));
        WorkspaceEdit { document_changes: Some(DocumentChanges::Edits(edits.collect())), ..WorkspaceEdit::default() }
    } else {
        let changes = files.into_iter().map(|(uri, _, edits)| (uri, edits)).collect();
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    })
}

/// Edits that also make and delete files. `None` where something is just being edited, or where the client makes or
/// deletes no files.
pub(super) fn rewrite(view: &View<'_>, changes: &Changes, note: &Note) -> Option<WorkspaceEdit> {
    let client = &view.snapshot.abilities;
    if !(client.creates_files && client.deletes_files) {
        return None;
    }
    let annotation = client.annotated_edits.then(|| NOTE.to_owned());
    let files: Vec<_> = changes.files.iter().map(|file| text_edits(view, file)).collect::<Option<_>>()?;
    let edits = files.into_iter().map(|(uri, version, edits)| document(uri, version, edits, annotation.as_deref()));
    let mut operations: Vec<DocumentChangeOperation> = edits.map(DocumentChangeOperation::Edit).collect();
    for file in &changes.created {
        let uri = view.uri(&file.path)?;
        let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
        let create = CreateFile { uri: uri.clone(), options: Some(options), annotation_id: annotation.clone() };
        operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        let text = TextEdit { range: Range::default(), new_text: file.text.clone() };
        operations.push(DocumentChangeOperation::Edit(document(uri, None, vec![text], annotation.as_deref())));
    }
    for path in &changes.deleted {
        let delete = DeleteFile { uri: view.uri(path)?, options: None, annotation_id: annotation.clone() };
        operations.push(DocumentChangeOperation::Op(ResourceOp::Delete(delete)));
    }
    let said = ChangeAnnotation { label: note.label.clone(), needs_confirmation: Some(false), description: note.description.clone() };
    Some(WorkspaceEdit {
        document_changes: Some(DocumentChanges::Operations(operations)),
        change_annotations: annotation.map(|id| std::iter::once((id, said)).collect()),
        ..WorkspaceEdit::default()
    })
}

/// The edits of several folders as one.
pub(in crate::server) fn merged(edits: Vec<WorkspaceEdit>) -> Option<WorkspaceEdit> {
    edits.into_iter().reduce(|mut all, next| {
        all.changes = joined(all.changes, next.changes);
        all.change_annotations = joined(all.change_annotations, next.change_annotations);
        all.document_changes = match (all.document_changes, next.document_changes) {
            (Some(DocumentChanges::Edits(mut all)), Some(DocumentChanges::Edits(next))) => {
                all.extend(next);
                Some(DocumentChanges::Edits(all))
            }
            (Some(all), Some(next)) => Some(DocumentChanges::Operations(operations(all).chain(operations(next)).collect())),
            (all, next) => all.or(next),
        };
        all
    })
}

fn joined<T: IntoIterator + Extend<T::Item>>(all: Option<T>, next: Option<T>) -> Option<T> {
    match (all, next) {
        (Some(mut all), Some(next)) => {
            all.extend(next);
            Some(all)
        }
        (all, next) => all.or(next),
    }
}

fn operations(changes: DocumentChanges) -> impl Iterator<Item = DocumentChangeOperation> {
    match changes {
        DocumentChanges::Edits(edits) => edits.into_iter().map(DocumentChangeOperation::Edit).collect(),
        DocumentChanges::Operations(operations) => operations,
    }
    .into_iter()
}

fn document(uri: Uri, version: Option<i32>, edits: Vec<TextEdit>, annotation: Option<&str>) -> TextDocumentEdit {
    let annotated = |text_edit: TextEdit| match annotation {
        Some(id) => OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: id.to_owned() }),
        None => OneOf::Left(text_edit),
    };
    TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(annotated).collect(),
    }
}

/// `None` where something is just being edited.
fn text_edits(view: &View<'_>, file: &FileEdit) -> Option<(Uri, Option<i32>, Vec<TextEdit>)> {
    let edits = file.edits.iter().map(|edit| Some(TextEdit { range: view.range(&file.path, edit.span)?, new_text: edit.text.clone() }));
    let version = view.document(&file.path).map(|document| document.version());
    Some((view.uri(&file.path)?, version, edits.collect::<Option<_>>()?))
}
