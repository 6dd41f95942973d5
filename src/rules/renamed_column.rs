//! PB103: a column that the deployed models name is renamed.

use super::Check;
use super::broken::broken;
use super::effect::renames;
use super::finding::Finding;
use super::words::Who;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds operations that rename a column which the models of the deployed code name: `RenameField`, a new `db_column`,
    /// `RenameModel` where it renames the columns of an automatic many-to-many table, and SQL.
    ///
    /// ## Why it matters
    /// The code that still serves asks for the old name: every query of the model fails until it is gone, and again after
    /// a rollback.
    /// - PostgreSQL: `ProgrammingError: column shop_order.note does not exist`
    /// - MySQL, MariaDB: `OperationalError: (1054, "Unknown column 'shop_order.note' in 'field list'")`
    /// - SQLite: `OperationalError: no such column: shop_order.note`
    ///
    /// ## When it is fine
    /// A rename that keeps the column changes nothing in the database, and is not reported.
    ///
    /// ## The safe way
    /// Best, in one PR: rename the Python name only. `AlterField` with `db_column="note"` first, then `RenameField`: no SQL is
    /// run. All references to the old name change in the same PR.
    ///
    /// If the column itself must change, three PRs:
    /// 1. Add the new column, nullable. Keep both in step with a trigger (PostgreSQL, MySQL, MariaDB, SQLite), or by code
    ///    that writes both; copy the old values.
    /// 2. Read and write only the new field; take the old one out of the models and the state, its column nullable.
    ///    Without a trigger, copy once more.
    /// 3. Drop the trigger and the old column.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     remark = models.CharField(max_length=200, null=True)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_rename_note.py
    /// operations = [migrations.RenameField("order", "note", "remark")]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     remark = models.CharField(max_length=200, null=True, db_column="note")
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_rename_note.py
    /// operations = [
    ///     migrations.AlterField("order", "note", models.CharField(max_length=200, null=True, db_column="note")),
    ///     migrations.RenameField("order", "note", "remark"),
    /// ]
    /// ```
    code: "PB103",
    name: "renamed-column",
    severity: Error,
    summary: "a column that the deployed models name is renamed",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    let sites = broken(analysis, |operation, who, it| who == Who::DeployedCode && it.cause == Cause::MissingColumn && renames(operation));
    for site in sites {
        let column = site.old.iter().find_map(|it| it.column.as_deref()).unwrap_or("the_old_name");
        let help = format!(
            "keep the column and rename in Python only, in 1 PR: `db_column=\"{column}\"`; or move to a new column in 3 PRs: add and keep both in step, switch, drop"
        );
        findings.push(site.finding(&RULE).label("renamed here").help(help));
    }
}
