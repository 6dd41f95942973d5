//! PB109: a constraint that the deployed code may violate.

use super::Check;
use super::broken::broken;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds new unique, check, exclusion and foreign key constraints that the deployed code doesn't know, and unique ones that
    /// go although its upserts name them.
    ///
    /// ## Why it matters
    /// The code that still serves doesn't validate the new rule and gets an error from the database instead. `NOT VALID` spares
    /// only the rows that exist: new rows are checked at once. An upsert needs the unique constraint that it names.
    /// - PostgreSQL: `IntegrityError: duplicate key value violates unique constraint "order_total"`,
    ///   `IntegrityError: new row for relation "shop_order" violates check constraint "total_positive"`
    /// - MySQL, MariaDB: `IntegrityError: (1062, "Duplicate entry '1' for key 'order_total'")`
    /// - SQLite: `IntegrityError: UNIQUE constraint failed: shop_order.total`
    ///
    /// ## When it is fine
    /// When the deployed code already keeps to the rule; the database can't tell. Ignore the finding with that reason.
    ///
    /// ## The safe way
    /// Two PRs.
    /// 1. Let the code obey the rule, and mend the rows that don't.
    /// 2. Add the constraint. On PostgreSQL without a long lock: check and foreign key `NOT VALID` first and `VALIDATE` in a
    ///    migration of its own; unique through `CREATE UNIQUE INDEX CONCURRENTLY` and `ADD CONSTRAINT … USING INDEX`.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_total_positive.py
    /// operations = [
    ///     migrations.AddConstraint("order", models.CheckConstraint(check=models.Q(total__gte=0), name="total_positive")),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True)
    ///     total = models.IntegerField(validators=[MinValueValidator(0)])
    ///     paid = models.BooleanField(default=False)
    /// ```
    code: "PB109",
    name: "constraint-unknown-to-deployed-code",
    severity: Warning,
    summary: "unique, check, exclusion or foreign key that the deployed code may violate",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, _, it| it.cause == Cause::Constraint) {
        let help = "2 PRs: let the code obey the new rule and mend the rows that don't; change the constraint once all deployed code obeys";
        findings.push(site.finding(&RULE).label("constraint changes here").help(help));
    }
}
