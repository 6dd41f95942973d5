//! PB108: a column that the deployed code may write NULL to, and that no longer takes it.

use super::Check;
use super::broken::broken;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds operations that forbid NULL, by NOT NULL or by a check constraint, in a column that the deployed code may write
    /// NULL to.
    ///
    /// ## Why it matters
    /// The ORM sends every column in its INSERT, and NULL for a field without a value. A field that had neither a value nor a
    /// Python default breaks every ordinary insert. A *database* default doesn't help: it isn't used for an explicit NULL.
    /// - PostgreSQL: `IntegrityError: null value in column "note" of relation "shop_order" violates not-null constraint`
    /// - MySQL, MariaDB: `IntegrityError: (1048, "Column 'note' cannot be null")`
    /// - SQLite: `IntegrityError: NOT NULL constraint failed: shop_order.note`
    ///
    /// ## When it is fine
    /// When the deployed code never writes NULL there, which the database can't tell: ignore the finding with that reason.
    ///
    /// ## The safe way
    /// Two PRs.
    /// 1. Stop writing NULL: a default, required fields in forms and serializers, `bulk_create` and `update()` included. The
    ///    field keeps `null=True`.
    /// 2. Fill the NULLs that are left and make the column NOT NULL. On PostgreSQL without a long lock: a check constraint
    ///    `NOT VALID`, `VALIDATE` in a migration of its own, then `AlterField(null=False)`, which uses the check, then drop it.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_note_required.py
    /// operations = [migrations.AlterField("order", "note", models.CharField(max_length=200, default=""))]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True, default="")
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    /// ```python
    /// # PR 1: shop/migrations/0002_note_default.py
    /// operations = [migrations.AlterField("order", "note", models.CharField(max_length=200, null=True, default=""))]
    /// ```
    code: "PB108",
    name: "null-no-longer-allowed",
    severity: Error,
    summary: "the deployed code may still write NULL",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, _, it| it.cause == Cause::NotNull) {
        let help = "forbid it in 2 PRs: stop writing NULL in the code; fill the NULLs that are left and forbid them once no deployed code writes any";
        findings.push(site.finding(&RULE).label("NULL is refused from here on").help(help));
    }
}
