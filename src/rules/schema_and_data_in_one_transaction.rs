//! PB406: rows are changed and the schema altered in one atomic migration.

use super::Check;
use super::data::changes_rows;
use super::finding::{Finding, Related};
use crate::analysis::{Analysis, OperationRun};
use crate::references::reference::CodeVersion;

rule! {
    /// ## What it does
    /// Finds atomic migrations that alter a table which exists and change rows (`RunPython`, or SQL with INSERT, UPDATE, DELETE).
    ///
    /// ## Why it matters
    /// The lock of the ALTER is held until the transaction ends, so until all rows are changed: reads and writes of the table
    /// wait. The other way round PostgreSQL may refuse:
    /// `OperationalError: cannot ALTER TABLE "shop_order" because it has pending trigger events`, whenever a deferred foreign key
    /// has yet to look at a row that was written. Where rows come or go in any case, the migration fails: see PB605. Where they
    /// may (under a condition, in a loop over what a query finds), this finding says so and the verdict is conditional.
    ///
    /// SQLite lets nobody else write until the end. MySQL, MariaDB and Oracle commit at each DDL statement: there a failure leaves
    /// the migration half done.
    ///
    /// ## When it is fine
    /// On small tables, where both take a moment.
    ///
    /// ## The safe way
    /// Three migrations: alter the schema, change the rows (in batches, with `atomic = False`), alter the schema again.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// def fill(apps, schema_editor):
    ///     apps.get_model("shop", "Order").objects.filter(place=None).update(place="home")
    /// operations = [
    ///     migrations.AddField("order", "place", models.CharField(max_length=20, null=True)),
    ///     migrations.RunPython(fill, migrations.RunPython.noop),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// operations = [migrations.AddField("order", "place", models.CharField(max_length=20, null=True))]
    /// ```
    /// ```python
    /// # shop/migrations/0003_fill_place.py
    /// def fill(apps, schema_editor):
    ///     apps.get_model("shop", "Order").objects.filter(place=None).update(place="home")
    /// operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
    /// ```
    code: "PB406",
    name: "schema-and-data-in-one-transaction",
    severity: Warning,
    summary: "rows are changed and the schema altered in one atomic migration",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    if !analysis.vendor.kind.has_transactional_ddl() {
        return;
    }
    for migration in analysis.migrations.iter().filter(|it| it.atomic) {
        let Some(changing) = migration.operations.iter().find(|run| changes_rows(run)) else { continue };
        let alters = |run: &&OperationRun| {
            run.at != changing.at
                && run.footprint.tables.iter().any(|it| it.origin.is_some())
                && !run.schema_before.difference(&run.schema_after).is_empty()
        };
        let Some(altering) = migration.operations.iter().find(alters) else { continue };
        let refused = migration.operations.iter().find_map(|run| run.footprint.may_fail.as_ref().filter(|_| changing.at != run.at));
        let message = match refused {
            Some(why) => {
                format!("rows are changed in the transaction that alters the schema, and where it changes any the migration fails: {why}")
            }
            None => "rows are changed in the transaction that alters the schema: its locks are held until both are done".to_owned(),
        };
        let mut finding = Finding::at_operation(&RULE, migration, changing, message);
        finding.related.push(Related {
            path: migration.path.clone(),
            span: altering.operation.span,
            label: "the schema is altered here".to_owned(),
            version: CodeVersion::Working,
        });
        findings.push(finding.label("rows are changed here").help("change the rows in a migration of their own"));
    }
}
