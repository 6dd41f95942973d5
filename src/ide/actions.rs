//! What can be done about a finding, as edits of files: one file a fix.
//!
//! A fix is offered only where its edits can be made, and leave a text that parses.

mod db_default;
mod ignore;
mod keep_column;
mod new_name;
mod nullable;
mod reverse;
mod split;

use super::Judged;
use super::changes::{Changes, FileEdit, NewFile, TextEdit};
use crate::analysis::{MigrationRun, OperationRun};
use crate::compat::Cause;
use crate::django::field::{Field, ModelKey};
use crate::django::operation::{Operation, OperationKind};
use crate::phases::write::apply;
use crate::references::reference::CodeVersion;
use crate::rules::finding::{Finding, Severity};
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
    Reverse,
    Concurrent,
    Relax,
    Split,
    Ignore,
}

impl Fix {
    /// It rewrites the change, and not only what the finding is about.
    pub fn is_rewrite(self) -> bool {
        matches!(self, Self::Concurrent | Self::Relax | Self::Split)
    }
}

/// What leaves only the first PR of the plan in the working tree; `None` where there is no such plan.
pub fn split(judged: &Judged<'_>) -> Option<Changes> {
    split::changes(judged)
}

/// The best first.
const ALL: [Fix; 9] =
    [Fix::DbDefault, Fix::KeepColumn, Fix::NewName, Fix::Nullable, Fix::Reverse, Fix::Concurrent, Fix::Relax, Fix::Split, Fix::Ignore];

/// What can be done about these findings of one file, the best first.
pub fn actions<'a>(judged: &Judged<'a>, findings: &'a [Finding]) -> Vec<Action<'a>> {
    let mut actions = Vec::new();
    for fix in ALL {
        for finding in findings {
            // A plan is made when somebody wants it.
            if let Some(title) = title(judged, finding, fix)
                && (fix.is_rewrite() || changes(judged, finding, fix).is_some())
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
        (Fix::KeepColumn, "PB103") => Some("Keep the column, rename in Python only".to_owned()),
        (Fix::Reverse, "PB501") => Some("Add a reverse that does nothing".to_owned()),
        (Fix::Concurrent, "PB401") => Some("Make it concurrent (and non-atomic)".to_owned()),
        (Fix::Split, "PB302") if judged.analysis.migrations.is_empty() => Some("Generate the last phase".to_owned()),
        (Fix::Relax, "PB205") if finding.severity == Severity::Error => Some("Relax the column first".to_owned()),
        (Fix::Split, code) if finding.phases >= 2 && (code.starts_with("PB1") || code == "PB301") => {
            Some(format!("Split into {} PRs: keep only PR 1 here", finding.phases))
        }
        (Fix::NewName, "PB202" | "PB203") => new_name::new_name(judged, finding).map(|new| format!("Replace with `{new}`")),
        (Fix::Ignore, code) => Some(format!("Ignore {code} with a reason")),
        _ => None,
    }
}

/// What a fix changes; `None` where it can't be done.
pub fn changes(judged: &Judged<'_>, finding: &Finding, fix: Fix) -> Option<Changes> {
    let files = match fix {
        Fix::DbDefault => db_default::edits(judged, finding)?,
        Fix::Nullable => nullable::edits(judged, finding)?,
        Fix::KeepColumn => keep_column::edits(judged, finding)?,
        Fix::NewName => new_name::edits(judged, finding)?,
        Fix::Reverse => reverse::edits(judged, finding)?,
        Fix::Ignore => ignore::edits(judged, finding)?,
        Fix::Concurrent | Fix::Relax | Fix::Split => return split::changes(judged),
    };
    files.iter().all(|edit| leaves_python(judged, edit)).then(|| Changes { files, ..Changes::default() })
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
