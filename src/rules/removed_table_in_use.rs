//! PB102: a table that the deployed models still use is dropped.

use super::Check;
use super::broken::broken;
use super::effect::renames;
use super::finding::Finding;
use super::words::Who;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds operations that drop a table, that of a many-to-many field included, while the models of the deployed code
    /// still use it.
    ///
    /// ## Why it matters
    /// Every statement of the model fails in the code that still serves. So does the *delete of its parents*: Django's
    /// cascade looks into every model with a foreign key to the deleted row, used or not.
    /// - PostgreSQL: `ProgrammingError: relation "shop_voucher" does not exist`
    /// - MySQL, MariaDB: `ProgrammingError: (1146, "Table 'shop_voucher' doesn't exist")`
    /// - SQLite: `OperationalError: no such table: shop_voucher`
    ///
    /// ## When it is fine
    /// When the model has left the code in a deploy before this one. Then there is no finding.
    ///
    /// ## The safe way
    /// Two PRs, each deployed and live everywhere before the next.
    /// 1. Remove every use of the model and the model itself. In the migration drop the constraints of its foreign keys
    ///    (`AlterField(…, db_constraint=False)`), else deletes of the parents fail for good, and take the model out of the
    ///    state alone: `SeparateDatabaseAndState(state_operations=[DeleteModel(…)])`.
    /// 2. Put the model back into the state and delete it for real.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py without Voucher
    /// ```
    /// ```python
    /// # shop/migrations/0002_drop_voucher.py
    /// operations = [migrations.DeleteModel("Voucher")]
    /// ```
    /// Use instead:
    /// ```python
    /// # PR 1: shop/models.py without Voucher
    /// ```
    /// ```python
    /// # PR 1: shop/migrations/0002_forget_voucher.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Voucher")]),
    /// ]
    /// ```
    /// ```python
    /// # PR 2: shop/migrations/0003_drop_voucher.py
    /// operations = [
    ///     migrations.SeparateDatabaseAndState(
    ///         state_operations=[
    ///             migrations.CreateModel(
    ///                 "Voucher",
    ///                 [("id", models.BigAutoField(primary_key=True)), ("code", models.CharField(max_length=20))],
    ///             ),
    ///         ],
    ///     ),
    ///     migrations.DeleteModel("Voucher"),
    /// ]
    /// ```
    code: "PB102",
    name: "removed-table-in-use",
    severity: Error,
    summary: "a table that the deployed models still use is dropped",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    let sites = broken(analysis, |operation, who, it| who == Who::DeployedCode && it.cause == Cause::MissingTable && !renames(operation));
    for site in sites {
        // A field without a column of its own that takes a table with it is a many-to-many one.
        let help = if site.operation.at.field.is_some() {
            "remove it in 2 PRs: first drop the constraints of the link table (`db_constraint=False`) and take the field out of the models and the state (`SeparateDatabaseAndState(state_operations=[…])`); drop the table once no deployed code has the field"
        } else {
            "remove it in 2 PRs: first take the model out of the code and the state (`SeparateDatabaseAndState(state_operations=[…])`), with `db_constraint=False` on its foreign keys; drop the table once no deployed code has the model"
        };
        findings.push(site.finding(&RULE).label("dropped here").help(help));
    }
}
