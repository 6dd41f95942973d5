//! PB303: values are copied to a new column while the deployed code goes on writing the old one alone.

use super::Check;
use super::effect::on_database;
use super::finding::Finding;
use crate::analysis::{Analysis, OperationRun};
use crate::django::operation::OperationKind;
use crate::syntax::ast::Name;
use crate::workspace::config::DeployOrder;

rule! {
    /// ## What it does
    /// Finds data migrations that copy a column which the deployed code writes into one that it doesn't know.
    ///
    /// ## Why it matters
    /// The deployed code goes on after the copy, and writes the old column alone: what it inserts and updates until it is
    /// replaced (and after a rollback) is missing or out of date in the new column. Nothing fails; the values are wrong.
    ///
    /// ## When it is fine
    /// Where the old column is never written, or a trigger in the database keeps both in step.
    ///
    /// ## The safe way
    /// Copy last. First deploy the new column with code that writes both, or with a trigger; copy in the next PR, when no running
    /// code writes the old column alone; read the new column from then on.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     remark = models.CharField(max_length=200, null=True)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_remark.py
    /// operations = [migrations.AddField("order", "remark", models.CharField(max_length=200, null=True))]
    /// ```
    /// ```python
    /// # shop/migrations/0003_copy_note.py
    /// operations = [migrations.RunSQL("UPDATE shop_order SET remark = note", migrations.RunSQL.noop)]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     remark = models.CharField(max_length=200, null=True)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    ///
    ///     def save(self, *args, **kwargs):
    ///         self.remark = self.note
    ///         super().save(*args, **kwargs)
    /// ```
    /// ```python
    /// # PR 1: shop/migrations/0002_remark.py
    /// operations = [migrations.AddField("order", "remark", models.CharField(max_length=200, null=True))]
    /// ```
    /// ```python
    /// # PR 2: shop/migrations/0003_copy_note.py
    /// operations = [migrations.RunSQL("UPDATE shop_order SET remark = note", migrations.RunSQL.noop)]
    /// ```
    code: "PB303",
    name: "backfill-before-dual-write",
    severity: Warning,
    summary: "data is copied while the deployed code still writes only the old column",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    // Where the new code starts first, the deployed code has gone when the rows are copied.
    if analysis.deploy_order == DeployOrder::MigrateLast || analysis.change.is_none() {
        return;
    }
    for migration in &analysis.migrations {
        for run in migration.operations.iter().filter(|run| is_data_migration(run)) {
            let copies = run.footprint.rows.iter().flat_map(|rows| rows.copies.iter().map(|(to, from)| (&rows.table, to, from)));
            for (table, to, from) in copies.filter(|(table, to, from)| is_one_sided(analysis, run, table, to, from)) {
                let message = format!(
                    "{table}.{from} is copied to {to}, and the deployed code goes on writing {from} alone: what it writes after the copy \
                     is missing in {to}"
                );
                findings.push(
                    Finding::at_operation(&RULE, migration, run, message)
                        .label("copied too early")
                        .help("first deploy code that writes both columns, or a trigger; copy in the PR after it")
                        .phases(2),
                );
            }
        }
    }
}

fn is_data_migration(run: &OperationRun) -> bool {
    let is_data = |kind: &OperationKind| matches!(kind, OperationKind::RunSql { .. } | OperationKind::RunPython(_));
    on_database(&run.operation).iter().any(|operation| is_data(&operation.kind))
}

/// Whether the deployed code writes the one column and doesn't know the other, and no trigger fills that.
fn is_one_sided(analysis: &Analysis, run: &OperationRun, table: &Name, to: &Name, from: &Name) -> bool {
    let Some(before) = run.schema_before.table(table) else { return false };
    let origin = |column: &Name| before.column(column).and_then(|column| column.origin.clone());
    let name = before.origin.as_ref().unwrap_or(table);
    let Some(model) = analysis.deployed.by_key.values().find(|model| model.table == *name) else { return false };
    let knows = |column: Option<&Name>| column.is_some_and(|column| model.fields.iter().any(|field| field.column == *column));
    let is_filled = before.triggers.iter().filter(|trigger| trigger.on_insert).any(|trigger| {
        run.schema_before.function(&trigger.function).is_none_or(|routine| routine.is_opaque || routine.assigns.contains(to))
    });
    knows(origin(from).as_ref()) && !knows(origin(to).as_ref()) && !is_filled
}
