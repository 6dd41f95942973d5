//! `textDocument/codeAction` and `codeAction/resolve`

use super::edits::{Note, document_edits, rewrite};
use crate::ide::actions::{self, Fix};
use crate::rules::finding::Finding;
use crate::server::diagnostics;
use crate::server::view::{Here, View};
use crate::syntax::ast::Span;
use serde::{Deserialize, Serialize};
use serde_json::{from_value, to_value};
use tower_lsp::jsonrpc::{self, Error, ErrorCode};
use tower_lsp::ls_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, CodeActionResponse, Diagnostic, NumberOrString, Range, Uri,
    WorkspaceEdit,
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
) -> jsonrpc::Result<Option<CodeActionResponse>> {
    let is_wanted = |kind: &CodeActionKind| context.only.as_ref().is_none_or(|only| only.iter().any(|it| is_kind_of(kind, it)));
    let kinds = [CodeActionKind::QUICKFIX, CodeActionKind::new(SPLIT)];
    let Some(wanted) = here.document.span(range).filter(|_| kinds.iter().any(is_wanted)) else { return Ok(None) };
    let judged = view.judged();
    let findings: Vec<Finding> = diagnostics::of_path(judged.findings, here.path)
        .iter()
        .filter(|finding| finding.span.start <= wanted.end && wanted.start <= finding.span.end)
        .cloned()
        .collect();
    let all = findings.len();
    let findings = meant(findings, here, range, &context);
    // Those of one finding are alternatives to each other: the best one.
    let most = if findings.len() < all { 1 } else { usize::MAX };
    let actions = actions::actions(&judged, &findings);
    let client = &view.snapshot.abilities;
    let has_files = client.creates_files && client.deletes_files;
    let actions = actions.iter().filter(|action| is_wanted(&kind(action.fix)) && (has_files || !action.touches_files)).take(most);
    Ok(Some(actions.map(|action| CodeActionOrCommand::CodeAction(offered(view, here, action))).collect()))
}

/// A client that asks about more than the findings that it names means those alone: Kate names the one at the cursor, asks about the
/// whole document, and applies all that it gets.
fn meant(findings: Vec<Finding>, here: Here<'_>, range: Range, context: &CodeActionContext) -> Vec<Finding> {
    let named = &context.diagnostics;
    if named.is_empty() || !named.iter().all(|it| range.start < it.range.start && it.range.end < range.end) {
        return findings;
    }
    let is_named = |finding: &Finding| {
        let place = here.document.range(finding.span);
        let code = |it: &Diagnostic| matches!(&it.code, Some(NumberOrString::String(code)) if code == finding.rule.code);
        named.iter().any(|it| place == Some(it.range) && code(it))
    };
    let (meant, others): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(is_named);
    // The client may know them by older places.
    if meant.is_empty() { others } else { meant }
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
    let edit = if client.resolves_edits { None } else { edit(view, action.finding, action.fix, &action.title).ok() };
    CodeAction {
        title: action.title.clone(),
        kind: Some(kind(action.fix)),
        diagnostics: std::iter::once(&action.finding).chain(&action.others).map(|it| diagnostics::diagnostic(view, it)).collect(),
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

pub(in crate::server) fn resolve(
    view: &View<'_>,
    here: Here<'_>,
    (action, data): (CodeAction, Data),
) -> jsonrpc::Result<Option<CodeAction>> {
    if here.document.version() != data.version {
        return Err(Error::content_modified());
    }
    let span = Span { start: data.start, end: data.end };
    let findings = diagnostics::of_path(&view.verdict.findings, here.path);
    let found = findings.iter().find(|finding| finding.rule.code == data.code && finding.span == span);
    let Some(finding) = found else { return Err(Error::content_modified()) };
    match edit(view, finding, data.fix, &action.title) {
        Ok(edit) => Ok(Some(CodeAction { edit: Some(edit), ..action })),
        // `RequestFailed`: nothing is wrong with the request, and nothing was modified.
        Err(why) => Err(Error { code: ErrorCode::ServerError(-32803), message: format!("{}: {why}", action.title).into(), data: None }),
    }
}

/// Where it can't be done, why.
fn edit(view: &View<'_>, finding: &Finding, fix: Fix, title: &str) -> Result<WorkspaceEdit, String> {
    let changes = actions::changes(&view.judged(), finding, fix)?;
    let edit = if fix.is_rewrite() {
        rewrite(view, &changes, &Note::of_plan())
    } else if changes.created.is_empty() && changes.deleted.is_empty() {
        document_edits(view, &changes.files)
    } else {
        rewrite(view, &changes, &Note::of_action(title))
    };
    edit.ok_or_else(|| "the text is just being edited".to_owned())
}
