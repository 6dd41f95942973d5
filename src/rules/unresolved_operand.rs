//! PB604: an operation names a model or field that doesn't exist at that point of history.

use super::Check;
use super::finding::Finding;
use crate::analysis::Analysis;

rule! {
    /// ## What it does
    /// Finds operations on models, fields, indexes or constraints that the migrations before them don't leave behind.
    ///
    /// ## Why it matters
    /// The migration fails when its turn comes, and the release stops there: `KeyError: ('shop', 'ordr')`,
    /// `FieldDoesNotExist: Order has no field named 'nots'`. `RemoveField` and `RenameField` don't know a foreign key by its attribute
    /// (`author_id`) either; `AlterField` does, and gives its column another name.
    ///
    /// ## When it is fine
    /// Never on a fresh database.
    ///
    /// ## The safe way
    /// Check the name, and the dependencies: what it names may be made by a migration that runs later. A real drop behind a
    /// state-only removal needs the field in the state again: `SeparateDatabaseAndState(state_operations=[AddField(…)])` first.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_drop_note.py
    /// operations = [migrations.RemoveField("order", "nots")]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_place.py
    /// operations = [migrations.AddField("order", "place", models.IntegerField(null=True))]
    /// ```
    code: "PB604",
    name: "unresolved-operand",
    severity: Error,
    summary: "an operation names a model or field that doesn't exist at that point of history",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in &migration.operations {
            for unresolved in &run.unresolved {
                let message = format!("the {} doesn't exist when {} runs", unresolved.what, run.at.class);
                let mut finding = Finding::at_operation(&RULE, migration, run, message);
                finding.span = unresolved.span;
                findings.push(finding.label("names what isn't there").help("check the name and the dependencies"));
            }
        }
    }
}
