//! PB205: a column that the schema keeps and the models no longer have.

use super::Check;
use super::broken::{Broken, broken};
use super::finding::Finding;
use super::words::Who;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds columns that left the models (by a state-only operation, say) and not the table, although they are NOT NULL and have
    /// no database default.
    ///
    /// ## Why it matters
    /// The new code doesn't know the column and leaves it out of its INSERT: every insert fails, and not only during the
    /// deploy.
    /// - PostgreSQL: `IntegrityError: null value in column "total" of relation "shop_order" violates not-null constraint`
    /// - MySQL, MariaDB: `OperationalError: (1364, "Field 'total' doesn't have a default value")`
    /// - SQLite: `IntegrityError: NOT NULL constraint failed: shop_order.total`
    ///
    /// ## When it is fine
    /// A nullable column, or one with a database default, can wait for its drop without harm.
    ///
    /// ## The safe way
    /// Relax the column in the same migration, before the state forgets the field: `AlterField(…, null=True)`, or
    /// `db_default=` from Django 5.0 on. A unique column must become nullable: a default would collide.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_forget_total.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "total")]),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # shop/migrations/0002_forget_total.py
    /// operations = [
    ///     migrations.AlterField("order", "total", models.IntegerField(null=True)),
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "total")]),
    /// ]
    /// ```
    code: "PB205",
    name: "column-without-field",
    severity: Error,
    summary: "the models no longer have a column that the schema keeps",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, who, it| who == Who::NewCode && it.cause == Cause::RequiredColumn) {
        let site = Broken { old: Vec::new(), ..site };
        let help = "relax the column in the same migration, before the state forgets the field: `AlterField(…, null=True)`";
        findings.push(site.finding(&RULE).label("the models forget it here, the table does not").help(help).phases(2));
    }
}
