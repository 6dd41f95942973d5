//! PB403: a foreign key, check or NOT NULL that reads the whole table while it is locked.

use super::Check;
use super::effect::field_before;
use super::finding::Finding;
use super::locked::{Locked, locked};
use crate::analysis::Analysis;
use crate::django::operation::{Operation, OperationKind};
use crate::django::state::ConstraintKind;
use crate::schema::vendor::VendorKind;

rule! {
    /// ## What it does
    /// Finds foreign keys, check constraints and NOT NULL that are checked against every row while the table is locked.
    ///
    /// ## Why it matters
    /// PostgreSQL reads the whole table (both tables, for a foreign key) and holds its lock meanwhile: ACCESS EXCLUSIVE for a
    /// check or NOT NULL, which stops reads too, SHARE ROW EXCLUSIVE on both sides for a foreign key.
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
    if analysis.vendor.kind != VendorKind::PostgreSql {
        return;
    }
    for it in locked(analysis).filter(|it| it.footprint.scan && !it.footprint.rewrite && it.blocks_writes()) {
        if !it.is(|operation| validates(&it, operation)) {
            continue;
        }
        let message = format!("{} of {} wait while every row is checked", it.stops(), it.table);
        findings.push(
            Finding::at_operation(&RULE, it.migration, it.run, message)
                .label("checked under a lock")
                .help("add it `NOT VALID` first, and validate it in a migration of its own")
                .locked_table(it.table),
        );
    }
}

fn validates(it: &Locked<'_>, operation: &Operation) -> bool {
    match &operation.kind {
        OperationKind::AddConstraint { constraint, not_valid, .. } => !not_valid && matches!(constraint.kind, ConstraintKind::Check { .. }),
        OperationKind::AlterField { model, field, .. } => field_before(it.run, model, &field.name).is_some_and(|before| {
            let constrained =
                |field: &crate::django::field::Field| field.relation.as_ref().is_some_and(|it| it.db_constraint) && field.is_foreign_key();
            before.null && !field.null || constrained(field) && !constrained(&before)
        }),
        _ => false,
    }
}
