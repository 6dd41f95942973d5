//! PB605: a migration that can't run, or not on a table that has rows.

use super::Check;
use super::finding::Finding;
use crate::analysis::Analysis;
use crate::schema::footprint::Failure;

rule! {
    /// ## What it does
    /// Finds operations that the database refuses as soon as the table has rows, or as soon as they run at all.
    ///
    /// ## Why it matters
    /// It works on the developer's empty table, and stops the release.
    /// - a required column without a default: `IntegrityError: column "gift" of relation "shop_order" contains null values`
    /// - a unique column with one default for all rows: `IntegrityError: could not create unique index`
    /// - a type that the old values can't be cast to: `ProgrammingError: cannot cast type boolean to date` (PostgreSQL),
    ///   `OperationalError: (1292, "Incorrect datetime value: '1'")` (MariaDB)
    /// - rows inserted into a table with a foreign key, and the table altered in the same transaction (PostgreSQL):
    ///   `OperationalError: cannot ALTER TABLE "shop_order" because it has pending trigger events`
    /// - a data migration that uses an imported model before the model's newest column is there:
    ///   `ProgrammingError: column shop_order.gift does not exist`
    /// - `RenameModel` of a model that others inherit from, which Django's state can't follow on any database:
    ///   `FieldError: Auto-generated field 'order_ptr' … clashes with declared field of the same name`,
    ///   `InvalidBasesError: Cannot resolve bases for [<ModelState: 'shop.GiftOrder'>]` for a proxy
    ///
    /// PostgreSQL and SQLite take the migration back as a whole. MySQL, MariaDB and Oracle have committed each statement before the
    /// one that fails: what they did must be undone by hand before the next try. SQLite takes values of any type, so casts never fail.
    ///
    /// ## When it is fine
    /// Where the table is known to be empty everywhere: ignore the finding with that reason.
    ///
    /// ## The safe way
    /// Add the column nullable, fill it for the rows that exist, then make it required or unique. For a new type: a new column
    /// and a conversion. Rows are written in a migration of their own, through `apps.get_model`. A model that others inherit from
    /// keeps its name.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_voucher_key.py
    /// operations = [migrations.AddField("voucher", "key", models.CharField(max_length=20, default="", unique=True))]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_voucher_key.py
    /// operations = [migrations.AddField("voucher", "key", models.CharField(max_length=20, null=True))]
    /// ```
    code: "PB605",
    name: "migration-fails",
    severity: Error,
    summary: "it can't run, or not on a table that has rows",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for migration in &analysis.migrations {
        for run in &migration.operations {
            let Some(why) = &run.footprint.fails else { continue };
            // PB402 says so.
            if run.footprint.is_refused_in_transaction {
                continue;
            }
            findings.push(
                Finding::at_operation(&RULE, migration, run, format!("the migration fails: {why}"))
                    .label("fails when it runs")
                    .help(help(run.footprint.failure)),
            );
        }
    }
}

/// What to do instead, by what is refused.
fn help(failure: Failure) -> &'static str {
    match failure {
        Failure::PendingEvents => "write the rows in a migration of its own: the foreign keys look at them when it commits",
        Failure::ImportedModel => "use `apps.get_model`: the imported model is newer than the table",
        Failure::Bases => {
            "keep the model's name, or take the models that inherit from it out of the state first: Django doesn't rename it in their bases"
        }
        Failure::NameTaken => "choose another name, or take what is there out of the database first",
        Failure::Missing => "bring the database to what the state says first",
        Failure::Transaction => "set `atomic = False` in the migration",
        Failure::Type => "add a new field, convert the values into it, then drop the old one",
        Failure::References => "delete the rows instead, or truncate the tables that point at it in the same statement",
        Failure::Rows => "add it nullable, fill the rows, then tighten it",
    }
}
