//! PB501: RunPython or RunSQL without a reverse.

use super::Check;
use super::effect::on_database;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::django::operation::{OperationKind, RunPython};

rule! {
    /// ## What it does
    /// Finds `RunPython` without `reverse_code` and `RunSQL` without `reverse_sql`.
    ///
    /// ## Why it matters
    /// `migrate` can't go back past it, neither in production nor on a developer's machine:
    /// `IrreversibleError: Operation <RunPython …> in shop.0002_fill is not reversible`
    ///
    /// ## When it is fine
    /// Where there really is no way back, and going back was never the plan: a rollback of the *code* doesn't reverse migrations.
    ///
    /// ## The safe way
    /// Give a reverse. Where nothing has to be undone: `migrations.RunPython.noop`, `migrations.RunSQL.noop`.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_fill.py
    /// def fill(apps, schema_editor):
    ///     apps.get_model("shop", "Order").objects.filter(note=None).update(note="")
    /// operations = [migrations.RunPython(fill)]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_fill.py
    /// def fill(apps, schema_editor):
    ///     apps.get_model("shop", "Order").objects.filter(note=None).update(note="")
    /// operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
    /// ```
    code: "PB501",
    name: "irreversible",
    severity: Info,
    summary: "RunPython or RunSQL without a reverse: a rollback stops here",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in &migration.operations {
            for operation in on_database(&run.operation) {
                let help = match &operation.kind {
                    OperationKind::RunPython(RunPython { reversible: false, .. }) => {
                        "give `reverse_code`; `migrations.RunPython.noop` where nothing has to be undone"
                    }
                    OperationKind::RunSql { reversible: false, .. } => {
                        "give `reverse_sql`; `migrations.RunSQL.noop` where nothing has to be undone"
                    }
                    _ => continue,
                };
                let message = format!("`migrate` can't go back past this {}", operation.class);
                let mut finding = Finding::at_operation(&RULE, migration, run, message).label("has no reverse").help(help);
                finding.span = operation.span;
                findings.push(finding);
            }
        }
    }
}
