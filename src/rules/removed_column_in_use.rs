//! PB101: a column that the deployed models still name is dropped.

use super::Check;
use super::broken::broken;
use super::effect::{field_before, renames};
use super::finding::Finding;
use super::words::Who;
use crate::analysis::{Analysis, OperationRun};
use crate::compat::Cause;
use crate::django::field::Field;

rule! {
    /// ## What it does
    /// Finds operations that drop a column while the models of the deployed code still have its field.
    ///
    /// ## Why it matters
    /// The ORM names every column of a model in its SQL. Once the migration has run, each query of that model by the code
    /// which still serves fails, whether or not a view uses the field: for the minutes in which the old processes live
    /// on, and after every rollback, which brings the code back but not the column.
    /// - PostgreSQL: `ProgrammingError: column shop_order.note does not exist`
    /// - MySQL, MariaDB: `OperationalError: (1054, "Unknown column 'shop_order.note' in 'field list'")`
    /// - SQLite: `OperationalError: no such column: shop_order.note`
    ///
    /// Removing every use of the field one deploy earlier does not help: it is the model that names the column.
    ///
    /// ## When it is fine
    /// When the field has left the models in a deploy before this one. Then there is no finding.
    ///
    /// ## The safe way
    /// Two PRs, each deployed and live everywhere before the next.
    /// 1. Remove every use of the field and the field itself from the model. In the migration take it out of the state alone:
    ///    `SeparateDatabaseAndState(state_operations=[RemoveField(…)])`. If the column is NOT NULL and has no database default,
    ///    relax it first in the same migration (`AlterField(…, null=True)`, or `db_default=` from Django 5.0 on), else the
    ///    inserts of the new code fail. A foreign key also loses its constraint first (`db_constraint=False`).
    /// 2. Drop the column: put the field back into the state, and remove it for real. This is portable and can be reversed.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_drop_note.py
    /// operations = [migrations.RemoveField("order", "note")]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # PR 1: shop/migrations/0002_forget_note.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "note")]),
    /// ]
    /// ```
    /// ```python
    /// # PR 2: shop/migrations/0003_drop_note.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(
    ///         state_operations=[migrations.AddField("order", "note", models.CharField(max_length=200, null=True))],
    ///     ),
    ///     migrations.RemoveField("order", "note"),
    /// ]
    /// ```
    code: "PB101",
    name: "removed-column-in-use",
    severity: Error,
    summary: "a column that the deployed models still name is dropped",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    let sites = broken(analysis, |operation, who, it| who == Who::DeployedCode && it.cause == Cause::MissingColumn && !renames(operation));
    for site in sites {
        findings.push(site.finding(&RULE).label("dropped here").help(help(site.operation)));
    }
}

fn help(run: &OperationRun) -> String {
    let field = run.at.model.as_ref().zip(run.at.field.as_ref()).and_then(|(model, name)| field_before(run, model, name));
    let first = match &field {
        Some(field) if field.is_foreign_key() => {
            "make the column nullable and drop its constraint (`null=True, db_constraint=False`), and take the field out of the models and the state"
        }
        Some(field) if is_required(field) => "make the column nullable, and take the field out of the models and the state",
        _ => "take the field out of the models and the state",
    };
    format!(
        "remove it in 2 PRs: first {first} (`SeparateDatabaseAndState(state_operations=[…])`); drop the column once no deployed code has the field"
    )
}

fn is_required(field: &Field) -> bool {
    !field.null && field.db_default.is_none()
}
