//! PB402: CONCURRENTLY inside an atomic migration.

use super::Check;
use super::finding::Finding;
use crate::analysis::Analysis;

rule! {
    /// ## What it does
    /// Finds `AddIndexConcurrently`, `RemoveIndexConcurrently` and SQL with `CONCURRENTLY` in a migration that runs in a
    /// transaction.
    ///
    /// ## Why it matters
    /// PostgreSQL refuses, and the release stops there.
    /// - SQL: `ActiveSqlTransaction: CREATE INDEX CONCURRENTLY cannot run inside a transaction block`
    /// - Django's operations: `NotSupportedError: The AddIndexConcurrently operation cannot be executed inside a transaction (set
    ///   atomic = False on the migration).`
    ///
    /// ## When it is fine
    /// Never on PostgreSQL. MySQL, MariaDB and SQLite know neither the word nor Django's operations for it.
    ///
    /// ## The safe way
    /// `atomic = False` on the class `Migration`, with nothing else in it: without a transaction a migration that stops halfway
    /// stays half done.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_order_total_index.py
    /// operations = [AddIndexConcurrently("order", models.Index(fields=["total"], name="order_total"))]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_order_total_index.py
    /// atomic = False
    /// operations = [AddIndexConcurrently("order", models.Index(fields=["total"], name="order_total"))]
    /// ```
    code: "PB402",
    name: "concurrently-in-transaction",
    severity: Error,
    summary: "CONCURRENTLY inside an atomic migration",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in migration.operations.iter().filter(|run| run.footprint.is_refused_in_transaction) {
            let message = format!("{} can't run inside the transaction of the migration", run.at.class);
            findings.push(
                Finding::at_operation(&RULE, migration, run, message)
                    .label("refused in a transaction")
                    .help("set `atomic = False` on the migration, and leave this operation alone in it"),
            );
        }
    }
}
