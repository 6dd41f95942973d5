//! `textDocument/codeAction` and `codeAction/resolve`

use crate::ide::actions::{self, Fix};
use crate::ide::changes::FileEdit;
use crate::rules::finding::Finding;
use crate::server::diagnostics;
use crate::server::view::{Here, View};
use crate::syntax::ast::Span;
use serde::{Deserialize, Serialize};
use serde_json::{from_value, to_value};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    AnnotatedTextEdit, ChangeAnnotation, CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, CodeActionResponse,
    CreateFile, CreateFileOptions, DeleteFile, DocumentChangeOperation, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    Range, ResourceOp, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

/// What an action says of itself to be found again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::server) struct Data {
    pub(in crate::server) uri: Uri,
    /// Of the document that the action was offered for.
    version: i32,
    fix: Fix,
    code: String,
    /// Of the finding, in the judged text.
    start: u32,
    end: u32,
}

pub(in crate::server) fn code_action(
    view: &View<'_>,
    here: Here<'_>,
    (range, context): (Range, CodeActionContext),
) -> Result<Option<CodeActionResponse>> {
    let is_wanted = |kind: &CodeActionKind| context.only.as_ref().is_none_or(|only| only.iter().any(|it| is_kind_of(kind, it)));
    let kinds = [CodeActionKind::QUICKFIX, CodeActionKind::new(SPLIT)];
    let Some(wanted) = here.document.span(range).filter(|_| kinds.iter().any(is_wanted)) else { return Ok(None) };
    let judged = view.judged();
    let findings: Vec<Finding> = diagnostics::of_path(judged.findings, here.path)
        .iter()
        .filter(|finding| finding.span.start <= wanted.end && wanted.start <= finding.span.end)
        .cloned()
        .collect();
    let actions = actions::actions(&judged, &findings);
    let is_possible = |fix: Fix| !fix.is_rewrite() || (view.snapshot.abilities.creates_files && view.snapshot.abilities.deletes_files);
    let actions = actions.iter().filter(|action| is_wanted(&kind(action.fix)) && is_possible(action.fix));
    Ok(Some(actions.map(|action| CodeActionOrCommand::CodeAction(offered(view, here, action))).collect()))
}

/// Of what rewrites the whole change. Never a part of `source.fixAll`: somebody has to mean it.
const SPLIT: &str = "refactor.rewrite.preboot.split";

fn kind(fix: Fix) -> CodeActionKind {
    if fix.is_rewrite() { CodeActionKind::new(SPLIT) } else { CodeActionKind::QUICKFIX }
}

/// `quickfix` is one of `quickfix`, and of the empty kind.
fn is_kind_of(kind: &CodeActionKind, wanted: &CodeActionKind) -> bool {
    kind.as_str().strip_prefix(wanted.as_str()).is_some_and(|rest| wanted.as_str().is_empty() || rest.is_empty() || rest.starts_with('.'))
}

fn offered(view: &View<'_>, here: Here<'_>, action: &actions::Action<'_>) -> CodeAction {
    let client = &view.snapshot.abilities;
    let Span { start, end } = action.finding.span;
    let code = action.finding.rule.code.to_owned();
    let data = Data { uri: here.document.uri.clone(), version: here.document.version(), fix: action.fix, code, start, end };
    let edit = if client.resolves_edits { None } else { edit(view, action.finding, action.fix) };
    CodeAction {
        title: action.title.clone(),
        kind: Some(kind(action.fix)),
        diagnostics: diagnostics::diagnostic(view, action.finding).map(|it| vec![it]),
        is_preferred: (client.preferred_actions && action.is_preferred).then_some(true),
        data: to_value(data).ok().filter(|_| client.resolves_edits),
        edit,
        ..CodeAction::default()
    }
}

/// Where an action that is to be resolved comes from.
pub(in crate::server) fn data(action: &CodeAction) -> Option<Data> {
    from_value(action.data.clone()?).ok()
}

pub(in crate::server) fn resolve(view: &View<'_>, here: Here<'_>, (action, data): (CodeAction, Data)) -> Result<Option<CodeAction>> {
    if here.document.version() != data.version {
        return Err(Error::content_modified());
    }
    let span = Span { start: data.start, end: data.end };
    let findings = diagnostics::of_path(&view.verdict.findings, here.path);
    let found = findings.iter().find(|finding| finding.rule.code == data.code && finding.span == span);
    match found.and_then(|finding| edit(view, finding, data.fix)) {
        Some(edit) => Ok(Some(CodeAction { edit: Some(edit), ..action })),
        None => Err(Error::content_modified()),
    }
}

fn edit(view: &View<'_>, finding: &Finding, fix: Fix) -> Option<WorkspaceEdit> {
    let changes = actions::changes(&view.judged(), finding, fix)?;
    let files: Vec<(Uri, Option<i32>, Vec<TextEdit>)> = changes.files.iter().map(|file| text_edits(view, file)).collect::<Option<_>>()?;
    let client = &view.snapshot.abilities;
    if !client.versioned_edits {
        let changes = files.into_iter().map(|(uri, _, edits)| (uri, edits)).collect();
        return Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() });
    }
    let annotation = (fix.is_rewrite() && client.annotated_edits).then(|| "plan".to_owned());
    let annotated = |text_edit: TextEdit| match &annotation {
        Some(id) => OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: id.clone() }),
        None => OneOf::Left(text_edit),
    };
    let document = |uri: Uri, version: Option<i32>, edits: Vec<TextEdit>| TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(annotated).collect(),
    };
    let edits = files.into_iter().map(|(uri, version, edits)| document(uri, version, edits));
    if !fix.is_rewrite() {
        return Some(WorkspaceEdit { document_changes: Some(DocumentChanges::Edits(edits.collect())), ..WorkspaceEdit::default() });
    }
    let mut operations: Vec<DocumentChangeOperation> = edits.map(DocumentChangeOperation::Edit).collect();
    for file in &changes.created {
        let uri = view.uri(&file.path)?;
        let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
        let create = CreateFile { uri: uri.clone(), options: Some(options), annotation_id: annotation.clone() };
        operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        let text = TextEdit { range: Range::default(), new_text: file.text.clone() };
        operations.push(DocumentChangeOperation::Edit(document(uri, None, vec![text])));
    }
    for path in &changes.deleted {
        let delete = DeleteFile { uri: view.uri(path)?, options: None, annotation_id: annotation.clone() };
        operations.push(DocumentChangeOperation::Op(ResourceOp::Delete(delete)));
    }
    let of_plan = ChangeAnnotation {
        label: "The first PR of the plan".to_owned(),
        needs_confirmation: Some(false),
        description: Some("safe for the code that is still running".to_owned()),
    };
    Some(WorkspaceEdit {
        document_changes: Some(DocumentChanges::Operations(operations)),
        change_annotations: annotation.map(|id| std::iter::once((id, of_plan)).collect()),
        ..WorkspaceEdit::default()
    })
}

/// `None` where something is just being edited.
fn text_edits(view: &View<'_>, file: &FileEdit) -> Option<(Uri, Option<i32>, Vec<TextEdit>)> {
    let edits = file.edits.iter().map(|edit| Some(TextEdit { range: view.range(&file.path, edit.span)?, new_text: edit.text.clone() }));
    let version = view.document(&file.path).map(|document| document.version());
    Some((view.uri(&file.path)?, version, edits.collect::<Option<_>>()?))
}
