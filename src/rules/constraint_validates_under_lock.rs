//! PB403: a foreign key, check or NOT NULL that reads the whole table while it is locked.

use super::Check;
use super::finding::Finding;
use super::locked::locked;
use crate::analysis::Analysis;
use crate::schema::footprint::Work;
use crate::schema::vendor::VendorKind;

rule! {
    /// ## What it does
    /// Finds foreign keys, check constraints and NOT NULL that are checked against every row while the table is locked.
    ///
    /// ## Why it matters
    /// PostgreSQL reads the whole table (both tables, for a foreign key) and holds its lock meanwhile: ACCESS EXCLUSIVE for a
    /// check or NOT NULL, which stops reads too, SHARE ROW EXCLUSIVE on both sides for a foreign key.
    ///
    /// MySQL and MariaDB copy the table to add a foreign key or a check, and writes wait meanwhile. On SQLite Django makes the table
    /// anew, and all other writes to the database wait.
    ///
    /// ## When it is fine
    /// On small tables. `large-tables` in the configuration names those where it isn't.
    ///
    /// ## The safe way
    /// Two migrations. First add the constraint without looking at the rows: `AddConstraintNotValid`, or `… NOT VALID` by
    /// `RunSQL`. Then `ValidateConstraint`, which reads them under a lock that stops nobody. NOT NULL on PostgreSQL 12 and newer
    /// takes the proof from a valid `CHECK (column IS NOT NULL)`: add that first, then `AlterField(null=False)`, then drop it.
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
    /// # shop/migrations/0002_total_positive.py
    /// operations = [
    ///     AddConstraintNotValid("order", models.CheckConstraint(check=models.Q(total__gte=0), name="total_positive")),
    /// ]
    /// ```
    /// ```python
    /// # shop/migrations/0003_total_positive_validate.py
    /// operations = [ValidateConstraint("order", name="total_positive")]
    /// ```
    code: "PB403",
    name: "constraint-validates-under-lock",
    severity: Warning,
    summary: "FK, check or NOT NULL validated while the table is locked",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for it in locked(analysis) {
        let Some(waiting) = it.waiting_for(Work::Validates) else { continue };
        let help = match it.vendor {
            VendorKind::PostgreSql => "add it `NOT VALID` first, and validate it in a migration of its own",
            _ => "an online schema change tool (gh-ost, pt-online-schema-change) copies the table beside the statements that use it",
        };
        let how = if it.footprint.rewrite { "the table is copied, and every row checked" } else { "every row is checked" };
        let message = format!("{waiting} of {} wait while {how}", it.table);
        findings.push(
            Finding::at_operation(&RULE, it.migration, it.run, message).label("checked under a lock").help(help).locked_table(it.table),
        );
    }
}
