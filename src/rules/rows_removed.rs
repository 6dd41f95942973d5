//! PB114: rows are removed that the deployed code still reads.

use super::Check;
use super::broken::broken;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds SQL that removes all rows of a table which the deployed code uses: DELETE without WHERE, TRUNCATE.
    ///
    /// ## Why it matters
    /// Nothing fails in the schema, but the code that still serves looks for rows that are gone: `DoesNotExist`, empty pages, and
    /// updates that change nothing. A `save(update_fields=…)` or `save(force_update=True)` fails of an object whose row is gone:
    /// `DatabaseError: Save with update_fields did not affect any rows`.
    ///
    /// PostgreSQL and MySQL refuse to TRUNCATE a table that foreign keys point at (`cannot truncate a table referenced in a foreign key
    /// constraint`; MySQL: error 1701), and hold it exclusively meanwhile. MySQL and MariaDB commit a TRUNCATE at once. SQLite has no
    /// TRUNCATE: there a DELETE without WHERE drops the table's pages without looking at the rows.
    ///
    /// ## When it is fine
    /// Where the table is a cache, or a queue that is empty by then.
    ///
    /// ## The safe way
    /// Remove the rows once no deployed code reads them: in the PR after the one that stopped.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_no_vouchers.py
    /// operations = [migrations.RunSQL("DELETE FROM shop_voucher", migrations.RunSQL.noop)]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_no_old_vouchers.py
    /// operations = [migrations.RunSQL("DELETE FROM shop_voucher WHERE code LIKE 'old%'", migrations.RunSQL.noop)]
    /// ```
    code: "PB114",
    name: "rows-removed",
    severity: Warning,
    summary: "rows that the deployed code may still read are removed",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, _, it| it.cause == Cause::RowsGone) {
        let help = "remove the rows in a second PR, once no deployed code reads them";
        findings.push(site.finding(&RULE).label("removed here").help(help));
    }
}
