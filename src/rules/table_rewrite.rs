//! PB404: an operation that writes an existing table anew.

use super::Check;
use super::finding::Finding;
use super::locked::locked;
use crate::analysis::Analysis;

rule! {
    /// ## What it does
    /// Finds operations for which the database writes every row of an existing table anew.
    ///
    /// ## Why it matters
    /// The table is locked against reads and writes until all its rows and indexes are written: minutes for a large one, and
    /// twice its space on disk. On PostgreSQL most changes of a column's type do it, and new columns with a volatile default
    /// (`RandomUUID()`, `clock_timestamp()`), a stored generated column, an identity.
    ///
    /// ## When it is fine
    /// On small tables. `large-tables` in the configuration names those where it isn't.
    ///
    /// ## The safe way
    /// A new column beside the old one, nullable and without a default: no row is touched. Fill it in batches, keep both in step
    /// meanwhile, and switch the field over in a later PR.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_total_big.py
    /// operations = [migrations.AlterField("order", "total", models.BigIntegerField())]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_total_big.py
    /// operations = [migrations.AddField("order", "total_big", models.BigIntegerField(null=True))]
    /// ```
    code: "PB404",
    name: "table-rewrite",
    severity: Warning,
    summary: "the operation rewrites an existing table",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for it in locked(analysis).filter(|it| it.footprint.rewrite) {
        let message = format!("every row of {} is written anew, and reads and writes wait meanwhile", it.table);
        findings.push(
            Finding::at_operation(&RULE, it.migration, it.run, message)
                .label("rewrites the table")
                .help("add a column beside the old one, fill it in batches, and switch over in a later PR")
                .locked_table(it.table),
        );
    }
}
