//! PB105: a NOT NULL column without a database default, which the deployed code doesn't write.

use super::Check;
use super::broken::{Broken, broken};
use super::effect::on_database;
use super::finding::Finding;
use super::words::Who;
use crate::analysis::Analysis;
use crate::compat::Cause;
use crate::django::field::{Field, FieldDefault, FieldKind};
use crate::django::operation::OperationKind;
use crate::facts::value::{Value, ValueKind};
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
        let (help, phases) = help(&site);
        findings.push(site.finding(&RULE).label("required from here on").help(help).phases(phases));
    }
}

fn help(site: &Broken<'_>) -> (String, u32) {
    let Some((table, column)) = site.old.iter().find_map(|it| it.column.as_ref().map(|column| (&it.table, column))) else {
        return ("give the column a database default, or make it nullable".to_owned(), 1);
    };
    let field = on_database(&site.operation.operation).into_iter().find_map(|operation| match &operation.kind {
        OperationKind::AddField { field, .. } | OperationKind::AlterField { field, .. } if field.column().as_ref() == Some(column) => {
            Some(field)
        }
        _ => None,
    });
    let Some(field) = field else {
        // SQL, or an operation that makes a column behind the scenes.
        return (format!("give {table}.{column} a default in the database, or make it nullable"), 1);
    };
    let vendor = site.analysis.vendor.kind;
    let Some(default) = database_default(field, vendor) else {
        let help = "2 PRs: add it with `null=True` and write it in the new code; fill the old rows and make it NOT NULL in the next";
        return (help.to_owned(), 2);
    };
    if site.analysis.django.major >= 5 {
        return (format!("give the database the default too, in the same PR: `db_default={}`", default.python), 1);
    }
    if vendor == VendorKind::Sqlite {
        return ("make it nullable (`null=True`): SQLite can't keep a default that is set afterwards".to_owned(), 1);
    }
    let (table, column, value) = (identifier(table, vendor), identifier(column, vendor), default.sql);
    let statement = if vendor == VendorKind::Oracle {
        format!("ALTER TABLE {table} MODIFY {column} DEFAULT {value}")
    } else {
        format!("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {value}")
    };
    let literal = format!("\"{}\"", statement.replace('\\', "\\\\").replace('"', "\\\""));
    (format!("keep a default in the database, in the same PR: after this operation `migrations.RunSQL({literal})`"), 1)
}

/// One value that fits all rows, in Python and in SQL.
struct DatabaseDefault {
    python: String,
    sql: String,
}

/// `None` where each row needs a value of its own.
fn database_default(field: &Field, vendor: VendorKind) -> Option<DatabaseDefault> {
    if field.is_unique() {
        return None;
    }
    if field.auto_now {
        let sql = match (vendor, field.kind) {
            (VendorKind::PostgreSql, FieldKind::DateTime) => "now()",
            (VendorKind::PostgreSql, FieldKind::Date) => "CURRENT_DATE",
            // As precise as Django's own columns.
            (VendorKind::MySql | VendorKind::MariaDb, FieldKind::DateTime) => "CURRENT_TIMESTAMP(6)",
            _ => return None,
        };
        return Some(DatabaseDefault { python: "Now()".to_owned(), sql: sql.to_owned() });
    }
    let FieldDefault::Constant(value) = &field.default else { return None };
    Some(DatabaseDefault { python: python(value), sql: sql(value, vendor) })
}

fn python(value: &Value) -> String {
    match &value.kind {
        ValueKind::Bool(true) => "True".to_owned(),
        ValueKind::Bool(false) => "False".to_owned(),
        ValueKind::Int(number) => number.to_string(),
        ValueKind::Float(text) => text.to_string(),
        ValueKind::Str(text) => quoted(text, '"', "\\\""),
        _ => "…".to_owned(),
    }
}

fn sql(value: &Value, vendor: VendorKind) -> String {
    match &value.kind {
        ValueKind::Bool(value) if vendor == VendorKind::PostgreSql => value.to_string(),
        ValueKind::Bool(value) => u8::from(*value).to_string(),
        ValueKind::Int(number) => number.to_string(),
        ValueKind::Float(text) => text.to_string(),
        ValueKind::Str(text) => quoted(text, '\'', "''"),
        _ => "…".to_owned(),
    }
}

/// Quoted where a plain name would be read as another.
fn identifier(name: &str, vendor: VendorKind) -> String {
    let is_plain =
        name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    match vendor {
        _ if is_plain => name.to_owned(),
        VendorKind::MySql | VendorKind::MariaDb => format!("`{name}`"),
        _ => format!("\"{name}\""),
    }
}

/// The text between quotes, where it is short and of one line; a help is no place for more.
fn quoted(text: &str, quote: char, escaped: &str) -> String {
    if text.len() > 40 || text.contains(['\n', '\\']) {
        return "…".to_owned();
    }
    format!("{quote}{}{quote}", text.replace(quote, escaped))
}
