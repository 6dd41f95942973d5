//! `CREATE …`, `DROP …` and `COMMENT ON …`.

use super::column::{self, is_table_constraint};
use super::cursor::Cursor;
use super::expression;
use super::routine;
use crate::schema::change::SchemaChange;
use crate::schema::names;
use crate::schema::table::{Index, IndexExpression, Maker, Table, Trigger, ViewColumn};
use crate::syntax::ast::Name;
use crate::syntax::sql::SqlTokenKind;

pub(super) fn create(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    cursor.eat(&["OR", "REPLACE"]);
    if cursor.eat_any(&["TEMP", "TEMPORARY"]).is_some() {
        // Nobody else sees it.
        return Some(Vec::new());
    }
    cursor.eat(&["UNLOGGED"]);
    if cursor.eat(&["TABLE"]) {
        return create_table(cursor).map(|change| vec![change]);
    }
    let is_unique = cursor.eat(&["UNIQUE"]);
    let method = special_method(cursor);
    if cursor.eat(&["INDEX"]) {
        return create_index(cursor, is_unique, method).map(|change| vec![change]);
    }
    cursor.eat_any(&["MATERIALIZED", "RECURSIVE", "CONSTRAINT"]);
    if cursor.eat(&["VIEW"]) {
        return create_view(cursor).map(|change| vec![change]);
    }
    if cursor.eat(&["TRIGGER"]) {
        return create_trigger(cursor);
    }
    if cursor.eat(&["FUNCTION"]) || cursor.eat(&["PROCEDURE"]) {
        let name = cursor.name()?;
        let routine = routine::of_function(cursor);
        return Some(vec![SchemaChange::CreateFunction { name, routine }]);
    }
    if cursor.eat(&["COLLATION"]) {
        cursor.eat_if_not_exists();
        let name = cursor.name()?;
        let text = cursor.text();
        let is_deterministic = !(text.contains("deterministic = false") || text.contains("deterministic=false"));
        return Some(vec![SchemaChange::CreateCollation { name, is_deterministic }]);
    }
    const HARMLESS: [&str; 15] = [
        "AGGREGATE",
        "CAST",
        "DOMAIN",
        "EXTENSION",
        "OPERATOR",
        "POLICY",
        "ROLE",
        "SCHEMA",
        "SEQUENCE",
        "STATISTICS",
        "TEXT",
        "TYPE",
        "USER",
        "DATABASE",
        "PUBLICATION",
    ];
    cursor.eat_any(&HARMLESS).map(|_| Vec::new())
}

fn create_table(cursor: &mut Cursor<'_, '_>) -> Option<SchemaChange> {
    let keeps_existing = cursor.eat_if_not_exists();
    let mut table = Table::new(cursor.relation()?, Maker::Sql);
    let is_written_out = cursor.at_symbol("(");
    match cursor.parens() {
        Some(items) => {
            for mut item in items.split_list() {
                if is_table_constraint(&item) {
                    table.constraints.push(column::table_constraint(&mut item, &table.name)?.constraint);
                } else if item.at_word("LIKE") {
                    table.is_open = true;
                } else if !item.is_at_column_named_key() && item.eat_any(&["INDEX", "KEY"]).is_some() {
                    let name = if item.at_symbol("(") { Name::default() } else { item.name()? };
                    table.indexes.push(index_on(&mut item, name)?);
                } else {
                    let declared = column::column(&mut item, &table.name)?;
                    table.columns.push(declared.column);
                    table.constraints.extend(declared.constraints);
                }
            }
        }
        None if is_written_out => return None,
        // `CREATE TABLE t AS SELECT …`, `PARTITION OF`
        None => table.is_open = true,
    }
    Some(SchemaChange::CreateTable { table: Box::new(table), keeps_existing })
}

/// MySQL's words in front of `INDEX`.
pub(super) fn special_method(cursor: &mut Cursor<'_, '_>) -> Option<Name> {
    cursor.eat_any(&["FULLTEXT", "SPATIAL"]).map(|word| word.to_lowercase().into())
}

fn create_index(cursor: &mut Cursor<'_, '_>, is_unique: bool, method: Option<Name>) -> Option<SchemaChange> {
    let concurrently = cursor.eat(&["CONCURRENTLY"]);
    let keeps_existing = cursor.eat_if_not_exists();
    let named = if cursor.at_word("ON") { None } else { Some(cursor.name()?) };
    if !cursor.eat(&["ON"]) {
        return None;
    }
    cursor.eat(&["ONLY"]);
    let table = cursor.relation()?;
    let index = index_on(cursor, Name::default())?;
    let method = method.unwrap_or_else(|| index.method.clone());
    let name = named.unwrap_or_else(|| names::implicit(&table, Some(&index.columns.join("_")), "idx"));
    Some(SchemaChange::CreateIndex { table, index: Index { name, is_unique, method, ..index }, concurrently, keeps_existing })
}

/// `[USING m] (a, lower(b) DESC) [INCLUDE (c)] [WHERE …]`, to the end of the cursor.
pub(super) fn index_on(cursor: &mut Cursor<'_, '_>, name: Name) -> Option<Index> {
    let mut method: Name = if cursor.eat(&["USING"]) { cursor.name()? } else { "btree".into() };
    let (mut columns, mut expressions, mut is_pattern) = (Vec::new(), Vec::new(), false);
    for mut part in cursor.parens()?.split_list() {
        let is_expression = part.at_symbol("(") || part.rest().get(1).is_some_and(|next| next.is_symbol("(") && !is_length(&part));
        if is_expression {
            expressions.push(IndexExpression { columns: expression::words(&part), text: part.text() });
        } else {
            columns.push(part.name()?);
            is_pattern |= part.rest().iter().any(|token| token.text.ends_with("_ops"));
        }
    }
    if cursor.eat(&["INCLUDE"]) {
        cursor.parens()?;
    }
    let nulls_distinct = !cursor.eat(&["NULLS", "NOT", "DISTINCT"]);
    cursor.eat(&["NULLS", "DISTINCT"]);
    if cursor.eat(&["WITH"]) {
        cursor.parens()?;
    }
    if cursor.eat(&["TABLESPACE"]) {
        cursor.name()?;
    }
    if cursor.eat(&["USING"]) {
        method = cursor.name()?;
    }
    let condition = if cursor.eat(&["WHERE"]) { Some(expression::condition(&cursor.until(&[]))) } else { None };
    // MySQL's hints.
    while cursor.eat_any(&["ALGORITHM", "LOCK", "COMMENT"]).is_some() {
        cursor.eat_symbol("=");
        cursor.advance()?;
    }
    cursor.is_end().then_some(Index { name, columns, expressions, is_unique: false, nulls_distinct, condition, method, is_pattern })
}

/// MySQL: `title(20)` is a prefix, no call.
fn is_length(part: &Cursor<'_, '_>) -> bool {
    part.rest().get(2).is_some_and(|token| token.kind == SqlTokenKind::Number)
}

fn create_view(cursor: &mut Cursor<'_, '_>) -> Option<SchemaChange> {
    cursor.eat_if_not_exists();
    let name = cursor.relation()?;
    let renamed = if cursor.at_symbol("(") { Some(cursor.names()?) } else { None };
    if cursor.eat(&["WITH"]) {
        cursor.parens()?;
    }
    if !cursor.eat(&["AS"]) {
        return None;
    }
    let mut query = cursor.clone();
    let simple = simple_query(&mut query);
    let (base, columns) = match simple {
        Some((base, columns)) => (Some(base), columns),
        None => (None, None),
    };
    let columns = match (renamed, columns) {
        (Some(names), Some(columns)) if names.len() == columns.len() => {
            Some(names.into_iter().zip(columns).map(|(name, column)| ViewColumn { name, ..column }).collect())
        }
        (Some(names), _) => Some(names.into_iter().map(|name| ViewColumn { name, source: None }).collect()),
        (None, columns) => columns,
    };
    Some(SchemaChange::CreateView { name, base, columns })
}

/// `SELECT * FROM t` and `SELECT a, b AS c FROM t WHERE …`: what PostgreSQL writes through. The columns are `None` for `*`.
fn simple_query(cursor: &mut Cursor<'_, '_>) -> Option<(Name, Option<Vec<ViewColumn>>)> {
    if !cursor.eat(&["SELECT"]) || cursor.at_word("DISTINCT") {
        return None;
    }
    let list = cursor.until(&["FROM"]);
    if !cursor.eat(&["FROM"]) {
        return None;
    }
    let base = cursor.relation()?;
    cursor.eat(&["AS"]);
    if !cursor.is_end() && !cursor.at_word("WHERE") {
        cursor.name()?;
    }
    let grouped = ["GROUP", "HAVING", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "JOIN"];
    let rest = cursor.rest();
    if !(rest.is_empty() || cursor.at_word("WHERE")) || rest.iter().any(|token| grouped.iter().any(|word| token.is(word))) {
        return None;
    }
    if let [star] = list.rest()
        && star.is_symbol("*")
    {
        return Some((base, None));
    }
    let mut columns = Vec::new();
    for mut item in list.split_list() {
        let source = item.name();
        let alias = if item.eat(&["AS"]) || (source.is_some() && !item.is_end()) { item.name() } else { source.clone() };
        // An expression is read, and not written.
        let plain = item.is_end() && source.is_some();
        columns.push(ViewColumn { name: alias?, source: if plain { source } else { None } });
    }
    Some((base, Some(columns)))
}

/// `CREATE TRIGGER name BEFORE INSERT OR UPDATE ON t … EXECUTE FUNCTION f()`, or with a body (MySQL, SQLite).
fn create_trigger(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    cursor.eat_if_not_exists();
    let name = cursor.name()?;
    let is_before = cursor.eat(&["BEFORE"]);
    if !is_before && !cursor.eat(&["AFTER"]) && !cursor.eat(&["INSTEAD", "OF"]) {
        return None;
    }
    let (mut on_insert, mut on_update, mut on_delete) = (false, false, false);
    loop {
        match cursor.eat_any(&["INSERT", "UPDATE", "DELETE", "TRUNCATE"])? {
            "INSERT" => on_insert = true,
            "UPDATE" => {
                on_update = true;
                if cursor.eat(&["OF"]) {
                    cursor.until(&["OR", "ON"]);
                }
            }
            "DELETE" => on_delete = true,
            _ => {}
        }
        if !cursor.eat(&["OR"]) {
            break;
        }
    }
    if !cursor.eat(&["ON"]) {
        return None;
    }
    let table = cursor.relation()?;
    let mut body = cursor.clone();
    body.until(&["EXECUTE"]);
    let function = if body.eat(&["EXECUTE", "FUNCTION"]) || body.eat(&["EXECUTE", "PROCEDURE"]) {
        body.name()?
    } else {
        // The body stands in the statement: a function of the trigger's name holds it.
        let mut body = cursor.clone();
        body.until(&["BEGIN", "SET", "INSERT", "UPDATE", "DELETE"]);
        let routine = routine::of_trigger(&body);
        let trigger = Trigger { function: name.clone(), name: name.clone(), is_before, on_insert, on_update, on_delete };
        return Some(vec![SchemaChange::CreateFunction { name, routine }, SchemaChange::CreateTrigger { table, trigger }]);
    };
    let trigger = Trigger { name, function, is_before, on_insert, on_update, on_delete };
    Some(vec![SchemaChange::CreateTrigger { table, trigger }])
}

pub(super) fn drop(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    const HARMLESS: [&str; 12] =
        ["AGGREGATE", "CAST", "DOMAIN", "FUNCTION", "OPERATOR", "POLICY", "PROCEDURE", "ROLE", "RULE", "SCHEMA", "STATISTICS", "USER"];
    if cursor.eat(&["TABLE"]) || cursor.eat(&["VIEW"]) || cursor.eat(&["MATERIALIZED", "VIEW"]) {
        cursor.eat_if_exists();
        return list(cursor, |table| SchemaChange::DropTable { table });
    }
    if cursor.eat(&["INDEX"]) {
        let concurrently = cursor.eat(&["CONCURRENTLY"]);
        cursor.eat_if_exists();
        // MySQL: `DROP INDEX name ON t`.
        let mut named = cursor.clone();
        let index = named.relation()?;
        if named.eat(&["ON"]) {
            let table = Some(named.relation()?);
            return Some(vec![SchemaChange::DropIndex { index, table, concurrently }]);
        }
        return list(cursor, |index| SchemaChange::DropIndex { index, table: None, concurrently });
    }
    if cursor.eat(&["TRIGGER"]) {
        cursor.eat_if_exists();
        let trigger = cursor.name()?;
        let table = if cursor.eat(&["ON"]) { Some(cursor.relation()?) } else { None };
        cursor.finish()?;
        return Some(vec![SchemaChange::DropTrigger { table, trigger }]);
    }
    // A schema or a sequence may take tables and defaults with it.
    if cursor.eat(&["SCHEMA"]) || (cursor.rest().iter().any(|token| token.is("CASCADE"))) {
        return None;
    }
    if cursor.eat(&["SEQUENCE"]) || cursor.eat(&["TYPE"]) || cursor.eat(&["EXTENSION"]) || cursor.eat(&["COLLATION"]) {
        return Some(Vec::new());
    }
    cursor.eat_any(&HARMLESS).map(|_| Vec::new())
}

fn list(cursor: &mut Cursor<'_, '_>, change: impl Fn(Name) -> SchemaChange) -> Option<Vec<SchemaChange>> {
    let names = cursor.until(&["CASCADE", "RESTRICT"]);
    cursor.finish()?;
    names
        .split_list()
        .into_iter()
        .map(|mut part| {
            let name = part.relation()?;
            part.is_end().then(|| change(name))
        })
        .collect()
}

pub(super) fn comment(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    if !cursor.eat(&["ON"]) {
        return None;
    }
    if cursor.eat(&["TABLE"]) {
        return Some(vec![SchemaChange::Comment { table: cursor.relation()? }]);
    }
    if cursor.eat(&["COLUMN"]) {
        // The column stands behind the table's name.
        let path = cursor.until(&["IS"]);
        let mut table = Cursor::new(path.rest().get(..path.rest().len().checked_sub(2)?)?, path.vendor);
        let table = table.relation()?;
        return Some(vec![SchemaChange::Comment { table }]);
    }
    Some(Vec::new())
}
