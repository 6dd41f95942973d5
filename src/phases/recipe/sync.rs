//! Two columns that hold the same, kept so by a trigger while one version of the code writes one and another the other.

mod convert;
mod postgresql;
mod sqlite;

use crate::phases::chain::Sql;
use crate::schema::column_type::ColumnType;
use crate::schema::table::Column;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use convert::{Conversion, conversion};

/// The columns of a table that are to hold the same.
pub(super) struct Pair<'a> {
    pub(super) table: &'a Name,
    /// The columns of its primary key.
    pub(super) key: &'a [Name],
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
}

#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) column: &'a Name,
    pub(super) column_type: &'a ColumnType,
    /// The database computes it: nobody writes it.
    pub(super) is_generated: bool,
}

impl<'a> Side<'a> {
    /// The column, under the name that it has beside the other.
    pub(super) fn of(column: &'a Column, name: &'a Name) -> Self {
        Self { column: name, column_type: &column.column_type, is_generated: column.generated.is_some() }
    }
}

/// The trigger, and what it can't do.
pub(super) struct Sync {
    pub(super) sql: Sql,
    /// A value of the old column may have no counterpart in the new one: NULL stands for it there.
    pub(super) loses_old: bool,
    /// The same the other way.
    pub(super) loses_new: bool,
}

/// `None` where the vendor's triggers are not known here, or one type has nothing to do with the other.
///
/// The new column must have no default: the trigger could not tell that nobody wrote it.
pub(super) fn sync(pair: &Pair<'_>, vendor: VendorKind) -> Option<Sync> {
    if !matches!(vendor, VendorKind::PostgreSql | VendorKind::Sqlite) {
        return None;
    }
    let to_new = conversion(pair.old.column_type, pair.new.column_type, vendor)?;
    let to_old = conversion(pair.new.column_type, pair.old.column_type, vendor)?;
    let (loses_old, loses_new) = (to_new.may_fail, to_old.may_fail);
    let name: String = format!("{}_{}_sync", pair.table, pair.old.column).chars().take(63).collect();
    let is_sqlite = vendor == VendorKind::Sqlite;
    let sql = match (pair.old.is_generated, pair.new.is_generated) {
        (true, true) => return None,
        (false, false) if is_sqlite => sqlite::both_ways(&name, pair, &to_new, &to_old),
        (false, false) => postgresql::both_ways(&name, pair, &to_new, &to_old),
        (true, false) if is_sqlite => sqlite::follows(&name, pair, pair.old, pair.new, &to_new),
        (true, false) => postgresql::follows(&name, pair, pair.old, pair.new, &to_new),
        (false, true) if is_sqlite => sqlite::follows(&name, pair, pair.new, pair.old, &to_old),
        (false, true) => postgresql::follows(&name, pair, pair.new, pair.old, &to_old),
    };
    Some(Sync { sql, loses_old, loses_new })
}

/// Takes the trigger away.
pub(super) fn drop(sql: &Sql) -> Sql {
    Sql { forwards: sql.backwards.clone(), backwards: sql.forwards.clone(), state: Vec::new() }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
