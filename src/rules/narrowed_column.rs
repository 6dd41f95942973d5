//! PB107: a column that holds less than the deployed code may write.

use super::Check;
use super::broken::broken;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds operations that make a column shorter, less precise or of a smaller range than the field of the deployed code.
    ///
    /// ## Why it matters
    /// The code that still serves validates by the old limits and sends what no longer fits. The migration itself fails where
    /// such a row exists already.
    /// - PostgreSQL: `DataError: value too long for type character varying(50)`, `DataError: integer out of range`,
    ///   `DataError: numeric field overflow`
    /// - MySQL, MariaDB (strict mode): `DataError: (1406, "Data too long for column 'note' at row 1")`
    /// - SQLite doesn't check lengths.
    ///
    /// ## When it is fine
    /// When no code can write such a value: the forms and serializers of the deployed code have the new limit already, say.
    /// The database can't tell; ignore the finding with that reason.
    ///
    /// ## The safe way
    /// Two PRs.
    /// 1. Let the code obey the new limit (validators, forms, serializers), and mend the rows that don't.
    /// 2. Narrow the column.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_short_note.py
    /// operations = [migrations.AlterField("order", "note", models.CharField(max_length=50, null=True))]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/models.py
    /// class Order(models.Model):
    ///     customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    ///     note = models.CharField(max_length=200, null=True, validators=[MaxLengthValidator(50)])
    ///     total = models.IntegerField()
    ///     paid = models.BooleanField(default=False)
    /// ```
    code: "PB107",
    name: "narrowed-column",
    severity: Warning,
    summary: "length, precision or range got smaller than the deployed code may write",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, _, it| it.cause == Cause::Narrowed) {
        let help = "narrow it in 2 PRs: let the code obey the new limit and mend the rows that don't; narrow the column once no deployed code writes more";
        findings.push(site.finding(&RULE).label("narrowed here").help(help));
    }
}
