//! PB407: one transaction locks several busy tables exclusively.

use super::Check;
use super::finding::Finding;
use super::words::and;
use crate::analysis::Analysis;

rule! {
    /// ## What it does
    /// Finds atomic migrations that lock several existing tables against reads and writes.
    ///
    /// ## Why it matters
    /// All locks are held until the end. While the migration waits for the second table, everybody waits for the first; and a
    /// query that has the second and wants the first makes a deadlock: `DeadlockDetected: deadlock detected`.
    ///
    /// This is PostgreSQL's. MySQL, MariaDB and Oracle let go of a table after each DDL statement; SQLite has one lock for all.
    ///
    /// ## When it is fine
    /// Where the tables are little used.
    ///
    /// ## The safe way
    /// One migration for each table, and a `lock_timeout` so that a migration gives up instead of letting requests pile up.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_places.py
    /// operations = [
    ///     migrations.AddField("order", "place", models.CharField(max_length=20, null=True)),
    ///     migrations.AddField("customer", "place", models.CharField(max_length=20, null=True)),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_order_place.py
    /// operations = [migrations.AddField("order", "place", models.CharField(max_length=20, null=True))]
    /// ```
    /// ```python
    /// # shop/migrations/0003_customer_place.py
    /// operations = [migrations.AddField("customer", "place", models.CharField(max_length=20, null=True))]
    /// ```
    code: "PB407",
    name: "several-locks-in-one-transaction",
    severity: Info,
    summary: "one transaction locks several busy tables exclusively",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    if !analysis.vendor.kind.has_transactional_ddl() {
        return;
    }
    for migration in analysis.migrations.iter().filter(|it| it.atomic) {
        let tables: Vec<&str> =
            migration.report.locks.iter().filter(|lock| lock.mode == "ACCESS EXCLUSIVE").map(|lock| lock.table.as_str()).collect();
        if tables.len() < 2 {
            continue;
        }
        let message = format!("one transaction locks {} against reads and writes, all until its end", and(&tables));
        findings.push(
            Finding::new(&RULE, &migration.path, migration.span, message)
                .label("holds all these locks")
                .help("one migration for each table"),
        );
    }
}
