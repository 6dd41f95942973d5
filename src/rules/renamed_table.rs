//! PB104: a table that the deployed models use is renamed.

use super::Check;
use super::broken::broken;
use super::effect::renames;
use super::finding::Finding;
use super::words::Who;
use crate::analysis::Analysis;
use crate::compat::Cause;
use crate::schema::vendor::VendorKind;

rule! {
    /// ## What it does
    /// Finds operations that rename a table which the models of the deployed code use: `RenameModel`, `AlterModelTable`, the
    /// rename of a many-to-many field, and SQL.
    ///
    /// ## Why it matters
    /// The code that still serves asks for the old name: every statement of the model fails, and so do the deletes of the
    /// rows that its foreign keys point at.
    /// - PostgreSQL: `ProgrammingError: relation "shop_voucher" does not exist`
    /// - MySQL, MariaDB: `ProgrammingError: (1146, "Table 'shop_voucher' doesn't exist")`
    /// - SQLite: `OperationalError: no such table: shop_voucher`
    ///
    /// ## When it is fine
    /// A rename that keeps the table changes nothing in the database, and is not reported.
    ///
    /// ## The safe way
    /// Best, in one PR: rename the class only. `AlterModelTable` with the table's present name first, then `RenameModel`, and
    /// `Meta.db_table` in the model: no SQL is run. A many-to-many field of the model still has its column renamed: declare
    /// its `through` model first.
    ///
    /// If the table itself must change (PostgreSQL, MySQL, MariaDB), two PRs: rename it and create a view with the old name in
    /// the same transaction; drop the view once no deployed code uses it.
    ///
    /// ## Example
    /// ```python
    /// # shop/models.py without Voucher
    /// class Coupon(models.Model):
    ///     code = models.CharField(max_length=20)
    /// ```
    /// ```python
    /// # shop/migrations/0002_rename_voucher.py
    /// operations = [migrations.RenameModel("Voucher", "Coupon")]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/models.py without Voucher
    /// class Coupon(models.Model):
    ///     code = models.CharField(max_length=20)
    ///     class Meta:
    ///         db_table = "shop_voucher"
    /// ```
    /// ```python
    /// # shop/migrations/0002_rename_voucher.py
    /// operations = [
    ///     migrations.AlterModelTable("Voucher", "shop_voucher"),
    ///     migrations.RenameModel("Voucher", "Coupon"),
    /// ]
    /// ```
    code: "PB104",
    name: "renamed-table",
    severity: Error,
    summary: "a table that the deployed models use is renamed (many-to-many tables included)",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    let sites = broken(analysis, |operation, who, it| who == Who::DeployedCode && it.cause == Cause::MissingTable && renames(operation));
    // SQLite's views can't be written.
    let has_writable_views = analysis.vendor.kind != VendorKind::Sqlite;
    for site in sites {
        let table = site.old.iter().map(|it| it.table.as_str()).next().unwrap_or("the_old_name");
        let mut help = format!("keep the table and rename in Python only, in 1 PR: `db_table = \"{table}\"`");
        if has_writable_views {
            help.push_str("; or rename it in 2 PRs: leave a view with the old name in the same transaction, and drop the view in the next");
        }
        findings.push(site.finding(&RULE).label("renamed here").help(help));
    }
}
