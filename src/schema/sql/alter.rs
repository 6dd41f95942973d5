//! `ALTER …`, `RENAME TABLE` and `LOCK TABLE`.

use super::column::{self, Declared, is_table_constraint};
use super::create;
use super::cursor::Cursor;
use super::expression;
use crate::schema::change::{Fill, NewColumn, SchemaChange};
use crate::schema::table::{Column, ConstraintKind, Identity, Index};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

pub(super) fn alter(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    if cursor.eat(&["TABLE"]) {
        return alter_table(cursor);
    }
    if cursor.eat(&["INDEX"]) {
        cursor.eat_if_exists();
        let index = cursor.relation()?;
        return if cursor.eat(&["RENAME", "TO"]) {
            let to = cursor.name()?;
            cursor.finish()?;
            Some(vec![SchemaChange::RenameIndex { index, to }])
        } else {
            // Storage parameters and tablespaces.
            cursor.at_word("SET").then(Vec::new)
        };
    }
    if cursor.eat(&["VIEW"]) || cursor.eat(&["MATERIALIZED", "VIEW"]) {
        cursor.eat_if_exists();
        let table = cursor.relation()?;
        if !cursor.eat(&["RENAME", "TO"]) {
            return None;
        }
        let to = cursor.name()?;
        cursor.finish()?;
        return Some(vec![SchemaChange::RenameTable { table, to }]);
    }
    // Sequences (their type and position), functions' attributes, roles' and databases' settings, what future objects grant.
    const HARMLESS: [&str; 7] = ["SEQUENCE", "DATABASE", "ROLE", "USER", "DEFAULT", "EXTENSION", "STATISTICS"];
    if cursor.eat_any(&HARMLESS).is_some() {
        return Some(Vec::new());
    }
    // A new value of an enumeration disturbs nobody.
    if cursor.eat(&["TYPE"]) {
        cursor.name()?;
        return cursor.eat(&["ADD", "VALUE"]).then(Vec::new);
    }
    None
}

fn alter_table(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    cursor.eat_if_exists();
    cursor.eat(&["ONLY"]);
    let table = cursor.relation()?;
    cursor.eat_symbol("*");
    let mut changes = Vec::new();
    for mut action in cursor.split_list() {
        changes.extend(one_action(&mut action, &table)?);
        action.eat_any(&["CASCADE", "RESTRICT"]);
        if !action.is_end() {
            return None;
        }
    }
    Some(changes)
}

fn one_action(cursor: &mut Cursor<'_, '_>, table: &Name) -> Option<Vec<SchemaChange>> {
    let table = table.clone();
    if let Some(changes) = super::table_options::read(cursor, &table) {
        return Some(changes);
    }
    if cursor.eat(&["ADD"]) {
        return add(cursor, &table);
    }
    if cursor.eat(&["DROP"]) {
        return drop(cursor, table).map(|change| vec![change]);
    }
    if cursor.eat(&["ALTER"]) {
        cursor.eat(&["COLUMN"]);
        return alter_column(cursor, table);
    }
    if cursor.eat(&["RENAME"]) {
        return rename(cursor, table).map(|change| vec![change]);
    }
    if cursor.eat(&["MODIFY"]) {
        cursor.eat(&["COLUMN"]);
        let declared = column::column(cursor, &table)?;
        return Some(redefine(&table, None, declared));
    }
    if cursor.eat(&["CHANGE"]) {
        cursor.eat(&["COLUMN"]);
        let old = cursor.name()?;
        let declared = column::column(cursor, &table)?;
        return Some(redefine(&table, Some(old), declared));
    }
    if cursor.eat(&["VALIDATE", "CONSTRAINT"]) {
        return Some(vec![SchemaChange::ValidateConstraint { table, constraint: cursor.name()? }]);
    }
    // Out of the search path, it is gone for the ORM.
    if cursor.eat(&["SET", "SCHEMA"]) {
        let schema = cursor.name()?;
        let bare = table.rsplit('.').next().unwrap_or(&table);
        let to = if schema == "public" { bare.into() } else { format!("{schema}.{bare}").into() };
        return Some(vec![SchemaChange::RenameTable { table, to }]);
    }
    None
}

fn add(cursor: &mut Cursor<'_, '_>, table: &Name) -> Option<Vec<SchemaChange>> {
    if is_table_constraint(cursor) {
        let added = column::table_constraint(cursor, table)?;
        return Some(vec![SchemaChange::AddConstraint {
            table: table.clone(),
            constraint: added.constraint,
            using_index: added.using_index,
        }]);
    }
    // MySQL: `ADD INDEX name (…)`.
    let method = create::special_method(cursor);
    if !cursor.is_at_column_named_key() && (cursor.eat_any(&["INDEX", "KEY"]).is_some() || method.is_some()) {
        let keeps_existing = cursor.eat_if_not_exists();
        let name = if cursor.at_symbol("(") { Name::default() } else { cursor.name()? };
        let index = create::index_on(cursor, name)?;
        let index = Index { method: method.unwrap_or_else(|| index.method.clone()), ..index };
        return Some(vec![SchemaChange::CreateIndex { table: table.clone(), index, concurrently: false, keeps_existing }]);
    }
    cursor.eat(&["COLUMN"]);
    let keeps_existing = cursor.eat_if_not_exists();
    let new = added_column(column::column(cursor, table)?, table);
    Some(vec![SchemaChange::AddColumn(Box::new(NewColumn { keeps_existing, ..new }))])
}

fn added_column(declared: Declared, table: &Name) -> NewColumn {
    let mut column = declared.column;
    let fill = match (&column.generated, &column.default) {
        (Some(generated), _) if generated.stored => Fill::Each,
        (Some(_), _) => Fill::Constant,
        (None, _) if column.identity.is_some() => Fill::Each,
        (None, Some(default)) if default.is_volatile => Fill::Each,
        (None, Some(_)) => Fill::Constant,
        (None, None) => Fill::Null,
    };
    column.is_empty = fill == Fill::Null;
    NewColumn { table: table.clone(), column, constraints: declared.constraints, fill, keeps_existing: false }
}

fn drop(cursor: &mut Cursor<'_, '_>, table: Name) -> Option<SchemaChange> {
    if cursor.eat(&["PRIMARY", "KEY"]) {
        return Some(SchemaChange::DropPrimaryKey { table });
    }
    if cursor.eat(&["CONSTRAINT"]) || cursor.eat(&["FOREIGN", "KEY"]) || cursor.eat(&["CHECK"]) {
        cursor.eat_if_exists();
        return Some(SchemaChange::DropConstraint { table, constraint: cursor.name()? });
    }
    if cursor.is_mysql() && cursor.eat_any(&["INDEX", "KEY"]).is_some() {
        cursor.eat_if_exists();
        return Some(SchemaChange::DropIndex { index: cursor.name()?, table: Some(table), concurrently: false });
    }
    cursor.eat(&["COLUMN"]);
    cursor.eat_if_exists();
    Some(SchemaChange::DropColumn { table, column: cursor.name()? })
}

fn alter_column(cursor: &mut Cursor<'_, '_>, table: Name) -> Option<Vec<SchemaChange>> {
    let column = cursor.name()?;
    let change = if cursor.eat(&["SET", "NOT", "NULL"]) {
        SchemaChange::SetNotNull { table, column }
    } else if cursor.eat(&["DROP", "NOT", "NULL"]) {
        SchemaChange::DropNotNull { table, column }
    } else if cursor.eat(&["SET", "DEFAULT"]) {
        let default = expression::default(&cursor.until(&[]));
        SchemaChange::SetDefault { table, column, default }
    } else if cursor.eat(&["DROP", "DEFAULT"]) {
        SchemaChange::SetDefault { table, column, default: None }
    } else if cursor.eat(&["DROP", "IDENTITY"]) {
        cursor.eat_if_exists();
        SchemaChange::DropIdentity { table, column }
    } else if cursor.eat(&["ADD", "GENERATED"]) {
        if !cursor.eat(&["ALWAYS"]) && !cursor.eat(&["BY", "DEFAULT"]) {
            return None;
        }
        if !cursor.eat(&["AS", "IDENTITY"]) {
            return None;
        }
        // `(START WITH 1000)` says where it begins.
        let starts = cursor.parens().is_some_and(|it| it.rest().iter().any(|token| token.is("START")));
        SchemaChange::AddIdentity { table, column, identity: if starts { Identity::Follows } else { Identity::Restarts } }
    } else if cursor.eat(&["TYPE"]) || cursor.eat(&["SET", "DATA", "TYPE"]) {
        let (to, _) = column::column_type(cursor)?;
        let collation = if cursor.eat(&["COLLATE"]) { Some(cursor.name()?) } else { None };
        if cursor.eat(&["USING"]) {
            cursor.until(&[]);
        }
        SchemaChange::AlterType { table, column, to, collation }
    } else if cursor.eat_any(&["SET", "RESET"]).is_some() {
        // Statistics, storage, compression, options.
        while cursor.advance().is_some() {}
        SchemaChange::Lock { table, mode: "SHARE UPDATE EXCLUSIVE" }
    } else {
        return None;
    };
    Some(vec![change])
}

/// MySQL's `MODIFY` and `CHANGE` declare the whole column anew.
fn redefine(table: &Name, old: Option<Name>, declared: Declared) -> Vec<SchemaChange> {
    let Column { name: column, column_type, null, default, collation, .. } = declared.column;
    let mut changes = Vec::new();
    if let Some(old) = old.filter(|old| *old != column) {
        changes.push(SchemaChange::RenameColumn { table: table.clone(), column: old, to: column.clone() });
    }
    changes.push(SchemaChange::AlterType { table: table.clone(), column: column.clone(), to: column_type, collation });
    changes.push(match null {
        true => SchemaChange::DropNotNull { table: table.clone(), column: column.clone() },
        false => SchemaChange::SetNotNull { table: table.clone(), column: column.clone() },
    });
    changes.push(SchemaChange::SetDefault { table: table.clone(), column: column.clone(), default });
    changes.push(match declared.column.identity {
        Some(identity) => SchemaChange::AddIdentity { table: table.clone(), column, identity },
        None => SchemaChange::DropIdentity { table: table.clone(), column },
    });
    let unique = declared.constraints.into_iter().filter(|it| matches!(it.kind, ConstraintKind::Unique { .. }));
    changes.extend(unique.map(|constraint| SchemaChange::AddConstraint { table: table.clone(), constraint, using_index: None }));
    changes
}

fn rename(cursor: &mut Cursor<'_, '_>, table: Name) -> Option<SchemaChange> {
    if cursor.eat(&["TO"]) || (is_mysql(cursor.vendor) && cursor.eat(&["AS"])) {
        return Some(SchemaChange::RenameTable { to: beside(&table, &cursor.name()?), table });
    }
    if cursor.eat(&["CONSTRAINT"]) {
        let constraint = cursor.name()?;
        return cursor.eat(&["TO"]).then(|| cursor.name()).flatten().map(|to| SchemaChange::RenameConstraint { table, constraint, to });
    }
    if cursor.is_mysql() && cursor.eat_any(&["INDEX", "KEY"]).is_some() {
        let index = cursor.name()?;
        return cursor.eat(&["TO"]).then(|| cursor.name()).flatten().map(|to| SchemaChange::RenameIndex { index, to });
    }
    cursor.eat(&["COLUMN"]);
    let column = cursor.name()?;
    cursor.eat(&["TO"]).then(|| cursor.name()).flatten().map(|to| SchemaChange::RenameColumn { table, column, to })
}

/// The new name of a table, which stays in its schema.
fn beside(table: &Name, to: &Name) -> Name {
    table.rsplit_once('.').map_or_else(|| to.clone(), |(schema, _)| format!("{schema}.{to}").into())
}

fn is_mysql(vendor: VendorKind) -> bool {
    matches!(vendor, VendorKind::MySql | VendorKind::MariaDb)
}

/// MySQL: `RENAME TABLE a TO b, c TO d`.
pub(super) fn rename_tables(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    if !cursor.eat(&["TABLE"]) {
        return None;
    }
    let renames = cursor.split_list();
    renames
        .into_iter()
        .map(|mut part| {
            let table = part.name()?;
            let to = if part.eat(&["TO"]) { part.name()? } else { return None };
            part.is_end().then_some(SchemaChange::RenameTable { table, to })
        })
        .collect()
}

/// `LOCK TABLE a IN ACCESS EXCLUSIVE MODE`
pub(super) fn lock(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    cursor.eat_any(&["TABLE", "TABLES"]);
    let tables = cursor.until(&["IN", "NOWAIT"]);
    let mut mode = "ACCESS EXCLUSIVE";
    if cursor.eat(&["IN"]) {
        let words = cursor.until(&["MODE"]).text().to_uppercase();
        mode = ["SHARE UPDATE EXCLUSIVE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE"]
            .into_iter()
            .find(|known| *known == words)
            .unwrap_or("ROW SHARE");
    }
    tables.split_list().into_iter().map(|mut part| Some(SchemaChange::Lock { table: part.relation()?, mode })).collect()
}
