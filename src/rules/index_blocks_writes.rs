//! PB401: an index is built without CONCURRENTLY on a table that exists.

use super::Check;
use super::effect::field_before;
use super::finding::Finding;
use super::locked::{Locked, locked};
use crate::analysis::Analysis;
use crate::django::operation::{Operation, OperationKind};
use crate::schema::vendor::VendorKind;

rule! {
    /// ## What it does
    /// Finds indexes that are built without `CONCURRENTLY` on a table with rows: `AddIndex`, `db_index=True`, a foreign key, SQL.
    ///
    /// ## Why it matters
    /// PostgreSQL holds a SHARE lock while it builds the index: every INSERT, UPDATE and DELETE of the table waits until it is
    /// done, which takes seconds for a million rows. Requests pile up behind it.
    ///
    /// MySQL and MariaDB build most indexes online; SQLite locks the whole database for every write in any case.
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
    if analysis.vendor.kind != VendorKind::PostgreSql {
        return;
    }
    for it in locked(analysis).filter(|it| it.footprint.scan && !it.footprint.rewrite && it.blocks_writes()) {
        if !it.is(|operation| builds_index(&it, operation)) {
            continue;
        }
        let message = format!("{} to {} wait until the index is built", it.stops(), it.table);
        let help = if it.is(|operation| matches!(operation.kind, OperationKind::AddIndex { .. })) {
            "build it with `AddIndexConcurrently`, alone in a migration with `atomic = False`"
        } else {
            "leave the index out here, and build it with `AddIndexConcurrently`, alone in a migration with `atomic = False`"
        };
        findings.push(
            Finding::at_operation(&RULE, it.migration, it.run, message).label("built under a lock").help(help).locked_table(it.table),
        );
    }
}

fn builds_index(it: &Locked<'_>, operation: &Operation) -> bool {
    match &operation.kind {
        OperationKind::AddIndex { concurrently, .. } => !concurrently,
        OperationKind::AlterIndexTogether { sets, .. } => !sets.is_empty(),
        OperationKind::AddField { field, .. } => field.has_index() && !field.is_unique(),
        OperationKind::AlterField { model, field, .. } => {
            let had = field_before(it.run, model, &field.name).is_some_and(|before| before.has_index() || before.is_unique());
            field.has_index() && !field.is_unique() && !had
        }
        OperationKind::RunSql { sql, .. } => sql.iter().filter_map(|it| it.text.as_deref()).any(|text| {
            let words = super::effect::words(text);
            words.windows(2).any(|pair| pair == ["create", "index"]) && !words.contains(&"concurrently".to_owned())
        }),
        _ => false,
    }
}
