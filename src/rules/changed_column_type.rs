//! PB106: a column whose new type no longer fits what the code reads, writes or filters by.

use super::Check;
use super::broken::broken;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds operations that change a column's type so that the statements of one version no longer fit it.
    ///
    /// ## Why it matters
    /// The code that still serves sends values of the old type and expects them back.
    /// - PostgreSQL: `DataError: invalid input syntax for type integer: "x"`,
    ///   `ProgrammingError: operator does not exist: character varying = integer`
    /// - MySQL, MariaDB: `DataError: (1366, "Incorrect integer value: 'x' for column 'total'")`
    /// - SQLite takes nearly everything; the wrong type then comes back from it.
    ///
    /// An identity added to a column with rows starts at 1, and collides with the keys that are there.
    ///
    /// ## When it is fine
    /// A type that holds all that the old one did and compares with it (a wider `varchar`, `text`, a larger integer or numeric)
    /// is not reported. It may still rewrite the table: see PB404.
    ///
    /// ## The safe way
    /// Three PRs; the Python name can stay.
    /// 1. Add a column of the new type beside the old one, nullable. Keep both in step with a trigger that converts, or by code
    ///    that writes both; copy the old values.
    /// 2. Let the field use the new column (`db_column`), state only; the old column nullable. Without a trigger, copy once more.
    /// 3. Drop the trigger and the old column.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_total_text.py
    /// operations = [migrations.AlterField("order", "total", models.CharField(max_length=20))]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/migrations/0002_total_text.py
    /// operations = [migrations.AddField("order", "total_text", models.CharField(max_length=20, null=True))]
    /// ```
    code: "PB106",
    name: "changed-column-type",
    severity: Error,
    summary: "reads, writes or filters of the deployed code no longer fit the type",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, _, it| it.cause == Cause::Type) {
        let help = "change it in 3 PRs: add a column of the new type and keep both in step, switch the field to it, drop the old column";
        findings.push(site.finding(&RULE).label("type changed here").help(help));
    }
}
