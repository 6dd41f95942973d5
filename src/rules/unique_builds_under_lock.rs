//! PB405: a unique constraint that builds its index under an exclusive lock.

use super::Check;
use super::finding::Finding;
use super::locked::locked;
use crate::analysis::Analysis;
use crate::schema::footprint::Work;
use crate::schema::vendor::VendorKind;

rule! {
    /// ## What it does
    /// Finds unique and exclusion constraints that are added to a table with rows in one statement.
    ///
    /// ## Why it matters
    /// PostgreSQL builds the index of the constraint under ACCESS EXCLUSIVE: reads and writes of the table wait until it is done.
    /// A unique constraint with a condition or on expressions is an index, which is built under SHARE: writes wait.
    ///
    /// MySQL and MariaDB build it beside the statements that use the table. SQLite builds an index while all writes to the database
    /// wait; where Django declares the rule in the table itself (`unique=True`, `UniqueConstraint`), it makes the table anew.
    ///
    /// ## When it is fine
    /// On small tables. `large-tables` in the configuration names those where it isn't.
    ///
    /// ## The safe way
    /// Build the index first, in a migration with `atomic = False`: `CREATE UNIQUE INDEX CONCURRENTLY`. Then make it the
    /// constraint, which takes a moment: `ALTER TABLE … ADD CONSTRAINT … UNIQUE USING INDEX …`, with Django's operation as
    /// `state_operations`. An index that is conditional or on expressions can't become a constraint: leave it an index. There is
    /// no online way to an exclusion constraint.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_voucher_unique.py
    /// operations = [
    ///     migrations.AddConstraint("voucher", models.UniqueConstraint(fields=["code"], name="voucher_code")),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_voucher_index.py
    /// atomic = False
    /// operations = [
    ///     migrations.RunSQL(
    ///         "CREATE UNIQUE INDEX CONCURRENTLY voucher_code ON shop_voucher (code)",
    ///         "DROP INDEX CONCURRENTLY voucher_code",
    ///     ),
    /// ]
    /// ```
    code: "PB405",
    name: "unique-builds-under-lock",
    severity: Warning,
    summary: "a unique constraint builds its index under an exclusive lock",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for it in locked(analysis).filter(|it| it.vendor == VendorKind::PostgreSql) {
        let Some(waiting) = it.waiting_for(Work::BuildsUniqueIndex) else { continue };
        // A plain index of the migration's own SQL is no constraint.
        if it.is_sql() && waiting == "writes" {
            continue;
        }
        let message = format!("{waiting} of {} wait until the index of the constraint is built", it.table);
        findings.push(
            Finding::at_operation(&RULE, it.migration, it.run, message)
                .label("built under a lock")
                .help("build a unique index concurrently first, and make it the constraint with `ADD CONSTRAINT … USING INDEX`")
                .locked_table(it.table),
        );
    }
}
