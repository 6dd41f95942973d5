//! Statements that read and write rows.

use super::cursor::Cursor;
use super::expression;
use crate::schema::change::{Arrival, SchemaChange};
use crate::schema::footprint::Work;
use crate::syntax::sql::{SqlToken, SqlTokenKind};

pub(super) fn insert(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    // `INSERT OR IGNORE` (SQLite), `INSERT IGNORE` (MySQL)
    if cursor.eat(&["OR"]) {
        cursor.advance()?;
    }
    cursor.eat(&["IGNORE"]);
    if !cursor.eat(&["INTO"]) {
        return None;
    }
    let table = cursor.relation()?;
    // A query may find nothing, and a row that is there already may keep one out.
    let may_be_none = |token: &SqlToken<'_>| token.is("SELECT") || token.is("TABLE") || token.is("CONFLICT");
    let arrival = if cursor.rest().iter().any(may_be_none) { Arrival::Possible } else { Arrival::Certain };
    Some(vec![SchemaChange::InsertRows { table, arrival }])
}

pub(super) fn update(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    cursor.eat(&["ONLY"]);
    let table = cursor.relation()?;
    cursor.until(&["SET"]);
    if !cursor.eat(&["SET"]) {
        return None;
    }
    let assignments = cursor.until(&["FROM", "WHERE", "RETURNING", "ORDER", "LIMIT"]);
    let (mut columns, mut nulled, mut sources) = (Vec::new(), Vec::new(), Vec::new());
    for mut assignment in assignments.split_list() {
        let assigned = if assignment.at_symbol("(") { assignment.names()? } else { vec![assignment.name()?] };
        if matches!(assignment.rest(), [equals, value] if equals.is_symbol("=") && value.is("NULL")) {
            nulled.extend(assigned.iter().cloned());
        }
        let words = expression::words(&assignment);
        sources.extend(assigned.iter().flat_map(|column| words.iter().map(move |word| (column.clone(), word.clone()))));
        columns.extend(assigned);
    }
    let is_filtered = cursor.at_word("FROM") || cursor.rest().iter().any(|token| token.is("WHERE") || token.is("LIMIT"));
    Some(vec![SchemaChange::UpdateRows { table, columns, nulled, sources, is_filtered }])
}

pub(super) fn delete(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    if !cursor.eat(&["FROM"]) {
        return None;
    }
    cursor.eat(&["ONLY"]);
    let table = cursor.relation()?;
    let is_filtered = cursor.rest().iter().any(|token| token.is("WHERE") || token.is("USING") || token.is("LIMIT"));
    Some(vec![if is_filtered { SchemaChange::DeleteRows { table } } else { SchemaChange::DeleteAllRows { table } }])
}

pub(super) fn truncate(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    cursor.eat(&["TABLE"]);
    let named = cursor.until(&["RESTART", "CONTINUE", "CASCADE", "RESTRICT"]);
    let table = |mut part: Cursor<'_, '_>| {
        part.eat(&["ONLY"]);
        part.relation()
    };
    let tables = named.split_list().into_iter().map(table).collect::<Option<Vec<_>>>()?;
    let cascade = cursor.rest().iter().any(|token| token.is("CASCADE"));
    Some(vec![SchemaChange::Truncate { tables, cascade }])
}

/// `SET CONSTRAINTS ALL DEFERRED`, `SET CONSTRAINTS a, shop.b IMMEDIATE`.
pub(super) fn set_constraints(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    let named = cursor.until(&["IMMEDIATE", "DEFERRED"]);
    let is_immediate = cursor.eat(&["IMMEDIATE"]);
    let constraints = match named.rest() {
        [only] if only.is("ALL") => None,
        _ => Some(named.split_list().into_iter().map(|mut part| part.relation()).collect::<Option<Vec<_>>>()?),
    };
    Some(vec![SchemaChange::SetConstraints { constraints, is_immediate }])
}

/// Functions that a `SELECT` may call without touching a table.
const HARMLESS: [&str; 43] = [
    "abs",
    "array",
    "array_agg",
    "avg",
    "bool_and",
    "bool_or",
    "cast",
    "coalesce",
    "concat",
    "count",
    "current_setting",
    "currval",
    "date_trunc",
    "exists",
    "format",
    "generate_series",
    "greatest",
    "in",
    "json_agg",
    "jsonb_build_object",
    "least",
    "length",
    "lower",
    "max",
    "min",
    "nextval",
    "now",
    "nullif",
    "pg_advisory_lock",
    "pg_advisory_unlock",
    "pg_advisory_xact_lock",
    "pg_get_serial_sequence",
    "pg_sleep",
    "regexp_replace",
    "replace",
    "row_number",
    "set_config",
    "setval",
    "string_agg",
    "substring",
    "sum",
    "trim",
    "upper",
];

/// `WITH a AS (…) UPDATE …`: what its parts do, one after the other.
pub(super) fn with(cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    cursor.eat(&["RECURSIVE"]);
    let mut changes = Vec::new();
    loop {
        cursor.name()?;
        if cursor.at_symbol("(") {
            cursor.parens()?;
        }
        if !cursor.eat(&["AS"]) {
            return None;
        }
        cursor.eat(&["NOT"]);
        cursor.eat(&["MATERIALIZED"]);
        let part = cursor.parens()?;
        changes.extend(super::read_statement(part.rest(), part.vendor, part.depth)?);
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    changes.extend(super::read_statement(cursor.rest(), cursor.vendor, cursor.depth + 1)?);
    Some(changes)
}

/// A query changes nothing, unless it calls a function that may do anything, or makes a table.
pub(super) fn select(cursor: &Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    let rest = cursor.rest();
    if rest.iter().any(|token| token.is("INTO")) {
        return None;
    }
    let calls_unknown = rest.iter().zip(rest.iter().skip(1)).any(|(token, next)| {
        let is_call = token.kind == SqlTokenKind::Word && next.is_symbol("(");
        is_call && !HARMLESS.contains(&token.text.to_lowercase().as_str()) && !is_clause(token.text.as_ref())
    });
    (!calls_unknown).then(|| advanced_identity(rest).into_iter().collect())
}

/// `SELECT setval(pg_get_serial_sequence('shop_book', 'id'), …)`.
fn advanced_identity(tokens: &[SqlToken<'_>]) -> Option<SchemaChange> {
    let at = tokens.iter().position(|token| token.is("setval"))?;
    let rest = tokens.get(at..)?;
    let sequence = rest.iter().position(|token| token.is("pg_get_serial_sequence"))?;
    let mut names = rest.get(sequence..)?.iter().filter(|token| token.kind == SqlTokenKind::Text);
    let table = names.next()?.text.trim_matches('"').to_owned();
    Some(SchemaChange::AdvanceIdentity { table: table.into(), column: names.next()?.text.as_ref().into() })
}

/// Keywords that stand in front of parentheses.
fn is_clause(word: &str) -> bool {
    const CLAUSES: [&str; 16] =
        ["ALL", "AND", "ANY", "AS", "BY", "FILTER", "FROM", "JOIN", "NOT", "ON", "OR", "OVER", "SELECT", "USING", "VALUES", "WHERE"];
    CLAUSES.iter().any(|clause| word.eq_ignore_ascii_case(clause))
}

/// `VACUUM`, `REINDEX`, `CLUSTER`: locks, and no other change.
pub(super) fn maintain(keyword: &str, cursor: &mut Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    let is_vacuum = keyword == "VACUUM";
    let mut is_full = cursor.eat(&["FULL"]);
    let mut is_concurrent = false;
    // `VACUUM (FULL, ANALYZE)`, `REINDEX (CONCURRENTLY, VERBOSE) TABLE t`
    if cursor.at_symbol("(") {
        let options = cursor.parens()?;
        is_full |= options.rest().iter().any(|token| token.is("FULL"));
        is_concurrent |= options.rest().iter().any(|token| token.is("CONCURRENTLY"));
    }
    while cursor.eat_any(&["FREEZE", "VERBOSE", "ANALYZE"]).is_some() {}
    let what = cursor.eat_any(&["DATABASE", "INDEX", "SCHEMA", "SYSTEM", "TABLE"]);
    is_concurrent |= cursor.eat(&["CONCURRENTLY"]);
    let mode = match keyword {
        "VACUUM" if !is_full => "SHARE UPDATE EXCLUSIVE",
        "REINDEX" if is_concurrent => "SHARE UPDATE EXCLUSIVE",
        "REINDEX" => "SHARE",
        _ => "ACCESS EXCLUSIVE",
    };
    let mut changes = Vec::new();
    if is_vacuum {
        changes.push(SchemaChange::OutsideTransaction { statement: "VACUUM" });
    } else if is_concurrent {
        changes.push(SchemaChange::OutsideTransaction { statement: "REINDEX CONCURRENTLY" });
    } else if matches!(what, Some("DATABASE" | "SCHEMA" | "SYSTEM")) {
        changes.push(SchemaChange::OutsideTransaction { statement: "REINDEX of a whole schema or database" });
    }
    if matches!(what, None | Some("TABLE" | "INDEX"))
        && let Some(name) = cursor.relation()
    {
        let work = match keyword {
            "VACUUM" if !is_full => None,
            "REINDEX" => Some(Work::BuildsIndex),
            _ => Some(Work::Rewrites),
        };
        changes.push(SchemaChange::Maintain { name, is_index: what == Some("INDEX"), mode, work });
    }
    Some(changes)
}
