//! PB401: an index is built without CONCURRENTLY on a table that exists.

use super::Check;
use super::finding::Finding;
use super::locked::locked;
use crate::analysis::Analysis;
use crate::django::operation::OperationKind;
use crate::schema::footprint::Work;
use crate::schema::vendor::VendorKind;

rule! {
    /// ## What it does
    /// Finds indexes that are built without `CONCURRENTLY` on a table with rows: `AddIndex`, `db_index=True`, a foreign key, SQL.
    ///
    /// ## Why it matters
    /// PostgreSQL holds a SHARE lock while it builds the index: every INSERT, UPDATE and DELETE of the table waits until it is
    /// done, which takes seconds for a million rows. Requests pile up behind it.
    ///
    /// MySQL and MariaDB build indexes beside the statements that use the table, FULLTEXT and SPATIAL ones aside; SQLite locks the
    /// whole database for every write in any case.
    ///
    /// ## When it is fine
    /// On small tables. `large-tables` in the configuration names those where it isn't.
    ///
    /// ## The safe way
    /// `AddIndexConcurrently` (of `django.contrib.postgres.operations`), alone in a migration with `atomic = False`. For a field
    /// leave `db_index` out (`db_index=False` for a foreign key) and declare the index in `Meta.indexes`. A build that was
    /// cancelled leaves an invalid index behind: drop it before the next try.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_order_total_index.py
    /// operations = [migrations.AddIndex("order", models.Index(fields=["total"], name="order_total"))]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_order_total_index.py
    /// atomic = False
    /// operations = [AddIndexConcurrently("order", models.Index(fields=["total"], name="order_total"))]
    /// ```
    code: "PB401",
    name: "index-blocks-writes",
    severity: Warning,
    summary: "an index is built without CONCURRENTLY on a table that exists",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for it in locked(analysis).filter(|it| has_online_builds(it.vendor)) {
        // What a constraint builds is another rule's matter.
        let unique = if it.is_sql() { it.waiting_for(Work::BuildsUniqueIndex) } else { None };
        let waiting = if it.does(Work::BuildsUniqueIndex) { unique } else { it.waiting_for(Work::BuildsIndex) };
        let Some(waiting) = waiting else { continue };
        let message = format!("{waiting} to {} wait until the index is built", it.table);
        let is_plain = it.is_sql() || it.is(|operation| matches!(operation.kind, OperationKind::AddIndex { .. }));
        let help = match (it.vendor, is_plain) {
            (VendorKind::PostgreSql, true) => "build it with `AddIndexConcurrently`, alone in a migration with `atomic = False`",
            (VendorKind::PostgreSql, false) => {
                "leave the index out here, and build it with `AddIndexConcurrently`, alone in a migration with `atomic = False`"
            }
            _ => "build it when few write to the table: the server has no other way to build this kind of index",
        };
        findings.push(
            Finding::at_operation(&RULE, it.migration, it.run, message).label("built under a lock").help(help).locked_table(it.table),
        );
    }
}

/// SQLite has no way to build an index that lets writes through: there is nothing to advise.
fn has_online_builds(vendor: VendorKind) -> bool {
    matches!(vendor, VendorKind::PostgreSql | VendorKind::MySql | VendorKind::MariaDb)
}
