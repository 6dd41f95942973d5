//! What can be done about a finding, as edits of files: one file a fix.
//!
//! A fix is offered only where its edits can be made, and leave a text that parses.

mod concurrent;
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
use crate::schema::vendor::VendorKind;
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
    /// Others at the same place that the very same does away with.
    pub others: Vec<&'a Finding>,
    /// It makes or deletes files.
    pub touches_files: bool,
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
    AllNewNames,
    Reverse,
    Concurrent,
    NotValid,
    Relax,
    Split,
    Ignore,
}

impl Fix {
    /// It rewrites the change as the plan says, and not only what the finding is about.
    pub fn is_rewrite(self) -> bool {
        matches!(self, Self::NotValid | Self::Relax | Self::Split)
    }
}

/// What leaves only the first PR of the plan in the working tree; where there is no such plan, why.
pub fn split(judged: &Judged<'_>) -> Result<Changes, String> {
    split::changes(judged)
}

/// The best first.
const ALL: [Fix; 11] = [
    Fix::DbDefault,
    Fix::KeepColumn,
    Fix::NewName,
    Fix::AllNewNames,
    Fix::Nullable,
    Fix::Reverse,
    Fix::Concurrent,
    Fix::NotValid,
    Fix::Relax,
    Fix::Split,
    Fix::Ignore,
];

/// What can be done about these findings of one file, the best first.
pub fn actions<'a>(judged: &Judged<'a>, findings: &'a [Finding]) -> Vec<Action<'a>> {
    let mut actions: Vec<Action<'a>> = Vec::new();
    for fix in ALL {
        // A plan is made when somebody wants it: until then all that it does away with looks the same.
        let mut known: Vec<(usize, Option<Changes>)> = Vec::new();
        for finding in findings {
            let Some(title) = title(judged, finding, fix) else { continue };
            let changes = if fix.is_rewrite() { None } else { changes(judged, finding, fix).ok() };
            if !fix.is_rewrite() && changes.is_none() {
                continue;
            }
            let same =
                known.iter().find(|(at, it)| *it == changes && (fix.is_rewrite() || actions.get(*at).is_some_and(|it| it.title == title)));
            if let Some(action) = same.and_then(|(at, _)| actions.get_mut(*at)) {
                // The longest plan is that of them all.
                if finding.phases > action.finding.phases {
                    action.title = title;
                    action.others.push(std::mem::replace(&mut action.finding, finding));
                } else {
                    action.others.push(finding);
                }
                continue;
            }
            let touches_files = fix.is_rewrite() || changes.as_ref().is_some_and(|it| !it.created.is_empty() || !it.deleted.is_empty());
            known.push((actions.len(), changes));
            let is_preferred = matches!(fix, Fix::DbDefault | Fix::KeepColumn | Fix::NewName);
            actions.push(Action { fix, title, finding, others: Vec::new(), touches_files, is_preferred });
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
        (Fix::NotValid, "PB403") if judged.analysis.vendor.kind == VendorKind::PostgreSql => {
            Some("Add NOT VALID and validate separately".to_owned())
        }
        (Fix::Concurrent, "PB401") => Some("Make it concurrent (and non-atomic)".to_owned()),
        (Fix::Split, "PB302") if is_writable_end(judged, finding) => Some("Generate the last phase".to_owned()),
        (Fix::Relax, "PB205") if finding.severity == Severity::Error => Some("Relax the column first".to_owned()),
        (Fix::Split, code) if finding.phases >= 2 && (code.starts_with("PB1") || code == "PB301") => {
            Some(format!("Split into {} PRs: keep only PR 1 here", finding.phases))
        }
        (Fix::NewName, "PB202" | "PB203") => new_name::new_name(judged, finding).map(|new| format!("Replace with `{new}`")),
        (Fix::AllNewNames, "PB202" | "PB203") => new_name::title_of_all(judged, finding),
        (Fix::Ignore, code) => Some(format!("Ignore {code} with a reason")),
        _ => None,
    }
}

/// Whether what waits for its drop can be written now.
fn is_writable_end(judged: &Judged<'_>, finding: &Finding) -> bool {
    judged.analysis.migrations.is_empty() && judged.analysis.due.iter().any(|due| due.place.path == finding.path)
}

/// What a fix changes; where it can't be done, why.
pub fn changes(judged: &Judged<'_>, finding: &Finding, fix: Fix) -> Result<Changes, String> {
    let of_files = |files: Option<Vec<FileEdit>>| files.map(|files| Changes { files, ..Changes::default() });
    let changes = match fix {
        Fix::DbDefault => of_files(db_default::edits(judged, finding)),
        Fix::Nullable => of_files(nullable::edits(judged, finding)),
        Fix::KeepColumn => of_files(keep_column::edits(judged, finding)),
        Fix::NewName => of_files(new_name::edits(judged, finding)),
        Fix::AllNewNames => of_files(new_name::all_edits(judged, finding)),
        Fix::Reverse => of_files(reverse::edits(judged, finding)),
        Fix::Ignore => of_files(ignore::edits(judged, finding)),
        Fix::Concurrent => concurrent::changes(judged, finding),
        Fix::NotValid => split::without_locks(judged, finding),
        Fix::Relax | Fix::Split => return split::changes(judged),
    };
    let changes = changes.filter(|changes| changes.files.iter().all(|edit| leaves_python(judged, edit)));
    changes.ok_or_else(|| "it can't be done in this text".to_owned())
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
