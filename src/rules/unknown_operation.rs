//! PB506: an operation whose effect on the schema can't be known.

use super::Check;
use super::effect::on_database;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::django::operation::OperationKind;

rule! {
    /// ## What it does
    /// Finds operations of a class that could not be followed to one of Django's, or that overrides what the database is told.
    ///
    /// ## Why it matters
    /// Whether the change is safe can't be known, so the verdict is `unknown` and not `safe`.
    ///
    /// ## When it is fine
    /// When somebody knows what the operation does, and that the deployed code doesn't mind: ignore the finding with that reason.
    ///
    /// ## The safe way
    /// Let the class inherit from the operation of Django that it varies, or pair plain SQL with `state_operations`. Where the
    /// class comes from a package, a virtual environment beside the project lets it be read.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_mystery.py
    /// from elsewhere import DoSomething
    /// operations = [DoSomething("order")]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_place.py
    /// operations = [migrations.AddField("order", "place", models.CharField(max_length=20, null=True))]
    /// ```
    code: "PB506",
    name: "unknown-operation",
    severity: Warning,
    summary: "an operation whose effect on the schema can't be known",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in &migration.operations {
            let Some(why) = &run.footprint.unknown else { continue };
            let holds_sql = |kind: &OperationKind| matches!(kind, OperationKind::RunSql { .. } | OperationKind::RunPython(_));
            if !on_database(&run.operation).into_iter().any(|operation| holds_sql(&operation.kind)) {
                findings.push(
                    Finding::at_operation(&RULE, migration, run, format!("what {} does to the schema can't be known: {why}", run.at.class))
                        .label("not understood")
                        .help("read it yourself; `preboot explain PB506` says how it could be checked"),
                );
            }
        }
    }
}
