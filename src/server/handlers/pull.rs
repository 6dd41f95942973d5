//! `textDocument/diagnostic` and `workspace/diagnostic`

use crate::server::publish::{found, paths};
use crate::server::view::{Here, View};
use rustc_hash::FxHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    Diagnostic, DocumentDiagnosticReport, FullDocumentDiagnosticReport, PreviousResultId, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Uri, WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport, WorkspaceUnchangedDocumentDiagnosticReport,
};

/// `previous` is the result that the client has.
#[expect(clippy::needless_pass_by_value, reason = "a handler takes its parameters as they came")]
pub(in crate::server) fn document_diagnostic(
    view: &View<'_>,
    here: Here<'_>,
    previous: Option<String>,
) -> Result<Option<DocumentDiagnosticReport>> {
    Ok(Some(report(found(here.path, view), previous.as_deref())))
}

pub(in crate::server) fn report(items: Vec<Diagnostic>, previous: Option<&str>) -> DocumentDiagnosticReport {
    let id = result_id(&items);
    if previous == Some(id.as_str()) {
        return DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
        });
    }
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id: Some(id), items },
    })
}

/// Of every file that has any, and of those that the client knows some of.
#[expect(clippy::ptr_arg, reason = "a handler takes its parameters as they came")]
pub(in crate::server) fn workspace_diagnostic(view: &View<'_>, previous: &Vec<PreviousResultId>) -> Vec<WorkspaceDocumentDiagnosticReport> {
    let mut known: BTreeMap<_, _> = previous.iter().map(|it| (&it.uri, it.value.as_str())).collect();
    let mut reports = Vec::new();
    for path in paths(view) {
        let Some(uri) = view.uri(&path) else { continue };
        let items = found(&path, view);
        let version = view.document(&path).map(|document| i64::from(document.version()));
        let id = result_id(&items);
        reports.push(if known.remove(&uri) == Some(id.as_str()) {
            WorkspaceDocumentDiagnosticReport::Unchanged(WorkspaceUnchangedDocumentDiagnosticReport {
                uri,
                version,
                unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
            })
        } else {
            full(uri, version, id, items)
        });
    }
    let is_here = |uri: &&Uri| {
        let path = crate::server::root::file_path(uri);
        path.is_some_and(|path| view.snapshot.root.relative(&path).is_some())
    };
    reports.extend(known.into_keys().filter(is_here).map(|uri| full(uri.clone(), None, result_id(&[]), Vec::new())));
    reports
}

/// Takes back what the client knows of files that no folder has told of: theirs was closed.
pub(in crate::server) fn forget(previous: &[PreviousResultId], reports: &mut Vec<WorkspaceDocumentDiagnosticReport>) {
    let told = |report: &WorkspaceDocumentDiagnosticReport| match report {
        WorkspaceDocumentDiagnosticReport::Full(it) => it.uri.clone(),
        WorkspaceDocumentDiagnosticReport::Unchanged(it) => it.uri.clone(),
    };
    let told: BTreeSet<Uri> = reports.iter().map(told).collect();
    let closed = previous.iter().filter(|it| !told.contains(&it.uri));
    reports.extend(closed.map(|it| full(it.uri.clone(), None, result_id(&[]), Vec::new())));
}

fn full(uri: Uri, version: Option<i64>, id: String, items: Vec<Diagnostic>) -> WorkspaceDocumentDiagnosticReport {
    let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: Some(id), items };
    WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport { uri, version, full_document_diagnostic_report })
}

/// The same for the same diagnostics.
fn result_id(items: &[Diagnostic]) -> String {
    let mut hasher = FxHasher::default();
    // What can't be written can't be sent either.
    hasher.write(&serde_json::to_vec(items).unwrap_or_default());
    format!("{:016x}", hasher.finish())
}
