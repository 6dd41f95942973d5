//! PB304: a rename that needs no schema change.

use super::Check;
use super::effect::{field_before, on_database};
use super::finding::Finding;
use crate::analysis::{Analysis, OperationRun};
use crate::django::field::ModelKey;
use crate::django::operation::{Operation, OperationKind};

rule! {
    /// ## What it does
    /// Finds `RenameField` and `RenameModel` that rename a column or a table in the database.
    ///
    /// ## Why it matters
    /// The name in Python and the name in the database needn't be the same. Kept apart, a rename is a change of code alone: it
    /// takes no lock, and the deployed code doesn't notice.
    ///
    /// ## When it is fine
    /// When the deployed code no longer uses it, and somebody reads the tables by their names.
    ///
    /// ## The safe way
    /// `db_column=` (or `Meta.db_table`) with the old name, by `AlterField` (or `AlterModelTable`) before the rename.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_rename_note.py
    /// operations = [migrations.RenameField("order", "note", "remark")]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_rename_note.py
    /// operations = [
    ///     migrations.AlterField("order", "note", models.CharField(max_length=200, null=True, db_column="note")),
    ///     migrations.RenameField("order", "note", "remark"),
    /// ]
    /// ```
    code: "PB304",
    name: "rename-could-keep-column",
    severity: Info,
    summary: "`db_column` / `db_table` would make the rename free of schema change",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in &migration.operations {
            for operation in on_database(&run.operation) {
                let Some((message, help)) = physical(run, operation) else { continue };
                let mut finding = Finding::at_operation(&RULE, migration, run, message);
                finding.span = operation.span;
                findings.push(finding.label("renamed in the database, too").help(help));
            }
        }
    }
}

fn physical(run: &OperationRun, operation: &Operation) -> Option<(String, String)> {
    match &operation.kind {
        OperationKind::RenameField { model, old, new } => {
            let field = field_before(run, model, old)?;
            let column = field.column().filter(|_| field.db_column.is_none())?;
            Some((
                format!("the rename of `{old}` to `{new}` need not touch the column {column}"),
                format!("`AlterField` with `db_column=\"{column}\"` first, then `RenameField`"),
            ))
        }
        OperationKind::RenameModel { old, new } => {
            let model = run.state_before.get(&ModelKey::new(&run.at.app, old))?;
            if model.options.proxy || model.options.db_table.is_some() || old.eq_ignore_ascii_case(new) {
                return None;
            }
            let table = model.table();
            Some((
                format!("the rename of `{old}` to `{new}` need not touch the table {table}"),
                format!("`AlterModelTable(\"{old}\", \"{table}\")` first, then `RenameModel`, and `db_table` in the model"),
            ))
        }
        _ => None,
    }
}
