//! Defaults that stay in the database.

use crate::django::field::{Field, FieldDefault, FieldKind};
use crate::facts::value::{Value, ValueKind};
use crate::schema::vendor::VendorKind;

/// One value that fits all rows, in Python and in SQL; `None` where it can't be written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseDefault {
    pub python: Option<String>,
    pub sql: Option<String>,
}

/// `None` where each row needs a value of its own.
pub fn database_default(field: &Field, vendor: VendorKind) -> Option<DatabaseDefault> {
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
        return Some(DatabaseDefault { python: Some("Now()".to_owned()), sql: Some(sql.to_owned()) });
    }
    let FieldDefault::Constant(value) = &field.default else { return None };
    Some(DatabaseDefault { python: python(value), sql: sql(value, vendor) })
}

/// The statement that gives a column a default, written as SQL.
pub fn set_default(table: &str, column: &str, vendor: VendorKind, value: &str) -> String {
    let (table, column) = (identifier(table, vendor), identifier(column, vendor));
    match vendor {
        VendorKind::Oracle => format!("ALTER TABLE {table} MODIFY {column} DEFAULT {value}"),
        _ => format!("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {value}"),
    }
}

/// The statement that takes it away again.
pub fn drop_default(table: &str, column: &str, vendor: VendorKind) -> String {
    let (table, column) = (identifier(table, vendor), identifier(column, vendor));
    match vendor {
        VendorKind::Oracle => format!("ALTER TABLE {table} MODIFY {column} DEFAULT NULL"),
        _ => format!("ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT"),
    }
}

fn python(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Bool(true) => Some("True".to_owned()),
        ValueKind::Bool(false) => Some("False".to_owned()),
        ValueKind::Int(number) => Some(number.to_string()),
        ValueKind::Float(text) => Some(text.to_string()),
        ValueKind::Str(text) if !text.contains(['\\', '\n', '\r']) => Some(format!("\"{}\"", text.replace('"', "\\\""))),
        _ => None,
    }
}

fn sql(value: &Value, vendor: VendorKind) -> Option<String> {
    match &value.kind {
        ValueKind::Bool(value) if vendor == VendorKind::PostgreSql => Some(value.to_string()),
        ValueKind::Bool(value) => Some(u8::from(*value).to_string()),
        ValueKind::Int(number) => Some(number.to_string()),
        ValueKind::Float(text) => Some(text.to_string()),
        // A backslash is one to PostgreSQL, and more than one to MySQL.
        ValueKind::Str(text) if !text.contains('\\') => Some(format!("'{}'", text.replace('\'', "''"))),
        _ => None,
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
