//! "Add a reverse": a rollback passes over what needs none.

use super::{FileEdit, Judged, operation_of};
use crate::django::operation::OperationKind;
use crate::ide::source;
use crate::rules::finding::Finding;
use crate::syntax::ast::ExprKind;
use std::sync::Arc;

pub(super) fn edits(judged: &Judged<'_>, finding: &Finding) -> Option<Vec<FileEdit>> {
    let (migration, run) = operation_of(judged, finding)?;
    let argument = match &run.operation.kind {
        OperationKind::RunPython(_) => "reverse_code",
        OperationKind::RunSql { .. } => "reverse_sql",
        _ => return None,
    };
    let source = source::read(judged, &migration.path)?;
    let call = source.call_at(run.operation.span)?;
    // What it is called with, `noop` hangs on: `migrations.RunPython.noop`.
    let ExprKind::Attribute { .. } = &call.func.kind else { return None };
    let class = source.text.get(call.func.span.range())?;
    let edit = source.set_argument(call, argument, &format!("{class}.noop"))?;
    Some(vec![FileEdit { path: Arc::clone(&source.path), edits: vec![edit] }])
}
