//! PB404: an operation that writes an existing table anew.

use super::Check;
use super::finding::Finding;
use super::locked::locked;
use crate::analysis::Analysis;
use crate::schema::footprint::Work;
use crate::schema::vendor::VendorKind;

rule! {
    /// ## What it does
    /// Finds operations for which the database writes every row of an existing table anew.
    ///
    /// ## Why it matters
    /// The table is locked against reads and writes until all its rows and indexes are written: minutes for a large one, and
    /// twice its space on disk. On PostgreSQL most changes of a column's type do it, and new columns with a volatile default
    /// (`RandomUUID()`, `clock_timestamp()`), a stored generated column, an identity.
    ///
    /// MySQL and MariaDB copy the table for another type, and stop writes alone; for NULL and NOT NULL they write it anew beside the
    /// statements that use it. SQLite can alter little: Django makes the table anew for most changes, while nobody else can write.
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
    for it in locked(analysis).filter(|it| it.does(Work::Rewrites)) {
        let meanwhile = match (it.vendor, it.waiting_for(Work::Rewrites)) {
            (VendorKind::Sqlite, _) => ", and all writes to the database wait meanwhile".to_owned(),
            (_, Some(waiting)) => format!(", and {waiting} wait meanwhile"),
            (_, None) => ": others go on using it meanwhile, and replicas lag behind".to_owned(),
        };
        let message = format!("every row of {} is written anew{meanwhile}", it.table);
        findings.push(
            Finding::at_operation(&RULE, it.migration, it.run, message)
                .label("rewrites the table")
                .help("add a column beside the old one, fill it in batches, and switch over in a later PR")
                .locked_table(it.table),
        );
    }
}
