//! What can be done about a finding, as edits of files: one file a fix.
//!
//! A fix is offered only where its edits can be made, and leave a text that parses.

mod db_default;
mod ignore;
mod keep_column;
mod new_name;
mod nullable;
pub(super) mod source;

use super::Judged;
use crate::analysis::{MigrationRun, OperationRun};
use crate::compat::Cause;
use crate::django::field::{Field, ModelKey};
use crate::django::operation::{Operation, OperationKind};
use crate::phases::write::apply;
pub use crate::phases::write::{FileEdit, TextEdit};
use crate::references::reference::CodeVersion;
use crate::rules::finding::Finding;
use crate::syntax::ast::Name;
use crate::syntax::{Dialect, parse};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Something that can be done about a finding.
#[derive(Clone, Debug)]
pub struct Action<'a> {
    pub fix: Fix,
    pub title: String,
    pub finding: &'a Finding,
    /// The finding is gone for good, and nobody has to think about it.
    pub is_preferred: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fix {
    DbDefault,
    Nullable,
    KeepColumn,
    NewName,
    Ignore,
}

/// What can be done about these findings of one file, the best first.
pub fn actions<'a>(judged: &Judged<'a>, findings: &'a [Finding]) -> Vec<Action<'a>> {
    let mut actions = Vec::new();
    for fix in [Fix::DbDefault, Fix::KeepColumn, Fix::NewName, Fix::Nullable, Fix::Ignore] {
        for finding in findings {
            if let Some(title) = title(judged, finding, fix)
                && edits(judged, finding, fix).is_some()
            {
                actions.push(Action { fix, title, finding, is_preferred: matches!(fix, Fix::DbDefault | Fix::KeepColumn | Fix::NewName) });
            }
        }
    }
    actions
}

/// `None` where the fix is none of this finding's.
fn title(judged: &Judged<'_>, finding: &Finding, fix: Fix) -> Option<String> {
    match (fix, finding.rule.code) {
        (Fix::DbDefault, "PB105") => Some(db_default::title(judged).to_owned()),
        (Fix::Nullable, "PB105") => Some("Make it nullable".to_owned()),
        (Fix::Nullable, "PB108") => Some("Leave it nullable".to_owned()),
        (Fix::KeepColumn, "PB103") => Some("Rename in Python only: keep the column".to_owned()),
        (Fix::NewName, "PB202" | "PB203") => new_name::new_name(judged, finding).map(|new| format!("Replace with `{new}`")),
        (Fix::Ignore, code) => Some(format!("Ignore {code} with a reason")),
        _ => None,
    }
}

/// The edits of a fix; `None` where it can't be done.
pub fn edits(judged: &Judged<'_>, finding: &Finding, fix: Fix) -> Option<Vec<FileEdit>> {
    let edits = match fix {
        Fix::DbDefault => db_default::edits(judged, finding)?,
        Fix::Nullable => nullable::edits(judged, finding)?,
        Fix::KeepColumn => keep_column::edits(judged, finding)?,
        Fix::NewName => new_name::edits(judged, finding)?,
        Fix::Ignore => ignore::edits(judged, finding)?,
    };
    edits.iter().all(|edit| leaves_python(judged, edit)).then_some(edits)
}

fn leaves_python(judged: &Judged<'_>, edit: &FileEdit) -> bool {
    if !edit.path.ends_with(".py") {
        return true;
    }
    let Some(before) = judged.sources.text(CodeVersion::Working, &edit.path) else { return false };
    let Some(after) = apply(&before, &edit.edits) else { return false };
    let errors = |text: &str| parse(text, Dialect::Module).errors.len();
    errors(&after) <= errors(&before)
}

/// The operation that a finding is at.
fn operation_of<'a>(judged: &Judged<'a>, finding: &Finding) -> Option<(&'a MigrationRun, &'a OperationRun)> {
    let at = finding.operation.as_ref()?;
    let migration = judged.analysis.migrations.iter().find(|it| it.app == at.app && it.name == at.migration)?;
    Some((migration, migration.operations.get(at.index)?))
}

/// A field whose column an operation breaks, with where it is declared there.
struct BrokenField<'a> {
    migration: &'a MigrationRun,
    /// The operation itself, or one inside it.
    operation: &'a Operation,
    model: ModelKey,
    field: &'a Arc<Field>,
    table: &'a Name,
    column: &'a Name,
}

/// The field that an operation adds or alters, and whose column is the cause of the finding's breaks.
fn broken_field<'a>(judged: &Judged<'a>, finding: &Finding, cause: Cause) -> Option<BrokenField<'a>> {
    let (migration, run) = operation_of(judged, finding)?;
    let it = run.old_on_new.iter().find(|it| it.cause == cause)?;
    let column = it.column.as_ref()?;
    on_database(&run.operation).into_iter().find_map(|operation| match &operation.kind {
        OperationKind::AddField { model, field, .. } | OperationKind::AlterField { model, field, .. }
            if field.column().as_ref() == Some(column) =>
        {
            let model = ModelKey::new(&migration.app, model);
            Some(BrokenField { migration, operation, model, field, table: &it.table, column })
        }
        _ => None,
    })
}

/// The operations that reach the database: those inside `SeparateDatabaseAndState`, else the operation itself.
fn on_database(operation: &Operation) -> Vec<&Operation> {
    match &operation.kind {
        OperationKind::SeparateDatabaseAndState { database, .. } => database.iter().flat_map(on_database).collect(),
        _ => vec![operation],
    }
}
