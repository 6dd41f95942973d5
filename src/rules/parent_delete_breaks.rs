//! PB111: a relation unknown to one version makes its deletes of the parent fail.

use super::Check;
use super::broken::broken;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::compat::Cause;

rule! {
    /// ## What it does
    /// Finds foreign keys and many-to-many tables in the database that one version of the code doesn't know, so that it can no
    /// longer delete the rows they point at.
    ///
    /// ## Why it matters
    /// `on_delete=CASCADE` is Python's work: Django collects the children and deletes them first. The code that doesn't know the
    /// relation deletes the parent alone, and the database refuses.
    /// - PostgreSQL: `IntegrityError: update or delete on table "shop_customer" violates foreign key constraint …`, at COMMIT
    /// - MySQL, MariaDB: `IntegrityError: (1451, "Cannot delete or update a parent row: a foreign key constraint fails …")`
    /// - SQLite: `IntegrityError: FOREIGN KEY constraint failed`, at COMMIT
    ///
    /// With a *new* relation it is the deployed code that fails, once the new code has written rows. With a relation that left
    /// the models while its table or column stayed it is the new code, always, and not only during the deploy.
    ///
    /// ## When it is fine
    /// When the code in question never deletes such parents: ignore the finding with that reason.
    ///
    /// ## The safe way
    /// - New relation, two PRs: add it with `db_constraint=False`, or without code that writes it; add the constraint in the next.
    /// - Relation that leaves the models: drop the constraint in the same migration, before the state forgets the field:
    ///   `AlterField(…, db_constraint=False)`.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_invoice.py
    /// operations = [
    ///     migrations.CreateModel(
    ///         "Invoice",
    ///         [
    ///             ("id", models.BigAutoField(primary_key=True)),
    ///             ("order", models.ForeignKey("shop.order", on_delete=models.CASCADE)),
    ///         ],
    ///     ),
    /// ]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_invoice.py
    /// operations = [
    ///     migrations.CreateModel(
    ///         "Invoice",
    ///         [
    ///             ("id", models.BigAutoField(primary_key=True)),
    ///             ("order", models.ForeignKey("shop.order", on_delete=models.CASCADE, db_constraint=False)),
    ///         ],
    ///     ),
    /// ]
    /// ```
    code: "PB111",
    name: "parent-delete-breaks",
    severity: Error,
    summary: "a relation unknown to one version makes its deletes of the parent fail",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, _, it| it.cause == Cause::UnknownRelation) {
        let help = if site.new.is_empty() {
            "add it with `db_constraint=False`, and the constraint in a second PR, once no deployed code is without the relation"
        } else {
            "drop the constraint before the state forgets the field, in the same migration: `AlterField(…, db_constraint=False)`"
        };
        findings.push(site.finding(&RULE).label("the parent's rows are held from here on").help(help));
    }
}
