//! PB105: a NOT NULL column without a database default, which the deployed code doesn't write.

use super::Check;
use super::broken::{Broken, broken};
use super::effect::on_database;
use super::finding::Finding;
use super::words::Who;
use crate::analysis::Analysis;
use crate::compat::Cause;
use crate::django::operation::OperationKind;
use crate::phases::database_default::{database_default, set_default};
use crate::schema::vendor::VendorKind;

rule! {
    /// ## What it does
    /// Finds new columns that are NOT NULL and have no *database* default, on a table that the deployed code inserts into.
    ///
    /// ## Why it matters
    /// `default=` is Python's: Django fills the existing rows with it and drops the default again at the end of the
    /// migration. The code that still serves doesn't know the column and leaves it out of its INSERT.
    /// - PostgreSQL: `IntegrityError: null value in column "gift" of relation "shop_order" violates not-null constraint`
    /// - MySQL, MariaDB: `OperationalError: (1364, "Field 'gift' doesn't have a default value")`
    /// - SQLite: `IntegrityError: NOT NULL constraint failed: shop_order.gift`
    ///
    /// `auto_now_add`, an empty string for a `CharField`, and the `_order` column of `order_with_respect_to` are the same.
    ///
    /// ## When it is fine
    /// With null, or with a default that stays in the database, there is no finding.
    ///
    /// ## The safe way
    /// - Django 5.0 and newer: `db_default=` beside `default=`. One PR; no table is rewritten for a constant.
    /// - Older Django, PostgreSQL, MySQL, MariaDB: one PR with the default set again behind `AddField`, by `RunSQL`.
    ///   SQLite can't alter a default: make the column nullable.
    /// - A value that Python computes for each row (`uuid4`): two PRs. Add the column nullable and write it from then on;
    ///   fill the old rows and make it NOT NULL in the next.
    ///
    /// ## Example
    /// ```python
    /// # shop/migrations/0002_order_gift.py
    /// operations = [migrations.AddField("order", "gift", models.BooleanField(default=False))]
    /// ```
    /// Use instead:
    /// ```python
    /// # shop/migrations/0002_order_gift.py
    /// operations = [migrations.AddField("order", "gift", models.BooleanField(default=False, db_default=False))]
    /// ```
    code: "PB105",
    name: "required-column-unknown-to-deployed-code",
    severity: Error,
    summary: "NOT NULL without a database default, and the deployed code doesn't write it",
    check: Check::Analysis(check),
}

fn check(analysis: &Analysis, findings: &mut Vec<Finding>) {
    for site in broken(analysis, |_, who, it| who == Who::DeployedCode && it.cause == Cause::RequiredColumn) {
        let help = help(&site);
        findings.push(site.finding(&RULE).label("required from here on").help(help));
    }
}

fn help(site: &Broken<'_>) -> String {
    let Some((table, column)) = site.old.iter().find_map(|it| it.column.as_ref().map(|column| (&it.table, column))) else {
        return "give the column a database default, or make it nullable".to_owned();
    };
    let field = on_database(&site.operation.operation).into_iter().find_map(|operation| match &operation.kind {
        OperationKind::AddField { field, .. } | OperationKind::AlterField { field, .. } if field.column().as_ref() == Some(column) => {
            Some(field)
        }
        _ => None,
    });
    let Some(field) = field else {
        // SQL, or an operation that makes a column behind the scenes.
        return format!("give {table}.{column} a default in the database, or make it nullable");
    };
    let vendor = site.analysis.vendor.kind;
    let Some(default) = database_default(field, vendor) else {
        let help = "2 PRs: add it with `null=True` and write it in the new code; fill the old rows and make it NOT NULL in the next";
        return help.to_owned();
    };
    if site.analysis.django.major >= 5 {
        return format!("give the database the default too, in the same PR: `db_default={}`", short(default.python));
    }
    if vendor == VendorKind::Sqlite {
        return "make it nullable (`null=True`): SQLite can't keep a default that is set afterwards".to_owned();
    }
    let statement = set_default(table, column, vendor, &short(default.sql));
    let literal = format!("\"{}\"", statement.replace('\\', "\\\\").replace('"', "\\\""));
    format!("keep a default in the database, in the same PR: after this operation `migrations.RunSQL({literal})`")
}

/// A help is no place for more than a few words.
fn short(value: Option<String>) -> String {
    value.filter(|text| text.len() <= 42 && !text.contains(['\n', '\\'])).unwrap_or_else(|| "…".to_owned())
}
