//! Bodies of functions, triggers and anonymous blocks.

use super::cursor::Cursor;
use crate::schema::change::SchemaChange;
use crate::schema::routine::{Routine, RoutineInsert};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use crate::syntax::sql::{SqlStyle, SqlToken, SqlTokenKind, statements, tokens};

const STYLE: SqlStyle = SqlStyle { is_mysql: false, has_params: false };

/// `DO $$ … $$`: the statements of its body, as if every branch of it ran; `None` where one could not be read.
///
/// `IF NOT EXISTS (…) THEN ALTER TABLE … ; END IF;` and `… EXCEPTION WHEN duplicate_object THEN NULL;` are what it is for.
pub(super) fn anonymous(cursor: &Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    let body = cursor.rest().iter().find(|token| matches!(token.kind, SqlTokenKind::Dollar | SqlTokenKind::Text))?;
    if let Some(table) = table_without_foreign_keys(&body.text) {
        return Some(vec![SchemaChange::DropForeignKeys { table }]);
    }
    let mut changes = Vec::new();
    for statement in block(&statements(&body.text, STYLE)) {
        if !is_harmless(statement) {
            changes.extend(super::read_statement(statement, cursor.vendor, cursor.depth + 1)?);
        }
    }
    Some(changes)
}

/// The statements of PL/pgSQL blocks, without declarations and without the words that open a block: `BEGIN`, `IF … THEN`,
/// `EXCEPTION WHEN … THEN`, `ELSE`, `LOOP`.
fn block<'a, 't>(statements: &'a [Vec<SqlToken<'t>>]) -> Vec<&'a [SqlToken<'t>]> {
    const HEADS: [&str; 9] = ["BEGIN", "IF", "ELSIF", "ELSE", "EXCEPTION", "WHEN", "FOR", "WHILE", "LOOP"];
    const OPENING: [&str; 4] = ["BEGIN", "THEN", "ELSE", "LOOP"];
    let mut out = Vec::new();
    let mut declares = false;
    for statement in statements {
        let mut rest: &[SqlToken<'_>] = statement;
        declares |= rest.first().is_some_and(|first| first.is("DECLARE"));
        if declares {
            let Some(begin) = rest.iter().position(|token| token.is("BEGIN")) else { continue };
            declares = false;
            rest = &rest[begin..];
        }
        while rest.first().is_some_and(|first| HEADS.iter().any(|head| first.is(head))) {
            match rest.iter().position(|token| OPENING.iter().any(|word| token.is(word))) {
                Some(at) => rest = &rest[at + 1..],
                None => break,
            }
        }
        if !rest.is_empty() {
            out.push(rest);
        }
    }
    out
}

/// Statements of PL/pgSQL that change nothing and fail for nobody.
fn is_harmless(statement: &[SqlToken<'_>]) -> bool {
    const WORDS: [&str; 6] = ["END", "NULL", "RETURN", "EXIT", "CONTINUE", "GET"];
    const LEVELS: [&str; 5] = ["DEBUG", "LOG", "INFO", "NOTICE", "WARNING"];
    match statement {
        [raise, level, ..] if raise.is("RAISE") => LEVELS.iter().any(|word| level.is(word)),
        [perform, function, ..] if perform.is("PERFORM") => ["pg_notify", "set_config", "setval"].iter().any(|word| function.is(word)),
        // A variable's new value.
        [_, assign, ..] if assign.is_symbol(":=") => true,
        [first, ..] => WORDS.iter().any(|word| first.is(word)),
        [] => true,
    }
}

/// The loop over `pg_constraint` that drops a table's foreign keys, whose names Django does not tell: its table.
fn table_without_foreign_keys(body: &str) -> Option<Name> {
    let tokens = tokens(body, STYLE);
    let text = |word: &str| tokens.iter().find(|token| token.kind == SqlTokenKind::Text && token.text.contains(word));
    let is_loop = text("DROP CONSTRAINT").is_some() && tokens.iter().any(|token| token.is("pg_constraint"));
    let of_foreign_keys = tokens.windows(3).any(|it| it[0].is("contype") && it[1].is_symbol("=") && it[2].text == "f");
    let table = tokens.windows(3).find(|it| it[1].is_symbol("::") && it[2].is("regclass")).map(|it| &it[0]);
    table.filter(|_| is_loop && of_foreign_keys).map(|table| Name::from(table.text.strip_prefix("public.").unwrap_or(&table.text)))
}

/// What stands behind the name in `CREATE FUNCTION`: the body of a language that can be read.
pub(super) fn of_function(cursor: &Cursor<'_, '_>) -> Routine {
    let body = cursor.rest().iter().find(|token| matches!(token.kind, SqlTokenKind::Dollar | SqlTokenKind::Text));
    let language = cursor.rest().windows(2).find(|it| it[0].is("LANGUAGE")).map(|it| &it[1]);
    match body {
        Some(body) if language.is_some_and(|it| it.is("plpgsql") || it.is("sql")) => {
            read_body(&statements(&body.text, STYLE), cursor.vendor)
        }
        _ => Routine { is_opaque: true, ..Routine::default() },
    }
}

/// A body that stands in its `CREATE TRIGGER` (MySQL, SQLite).
pub(super) fn of_trigger(cursor: &Cursor<'_, '_>) -> Routine {
    let statements: Vec<Vec<SqlToken<'_>>> = cursor.rest().split(|token| token.is_symbol(";")).map(<[_]>::to_vec).collect();
    read_body(&statements, cursor.vendor)
}

fn read_body(statements: &[Vec<SqlToken<'_>>], vendor: VendorKind) -> Routine {
    let mut routine = Routine::default();
    for statement in block(statements) {
        read_statement(&mut Cursor::new(statement, vendor), &mut routine);
    }
    routine
}

fn read_statement(cursor: &mut Cursor<'_, '_>, routine: &mut Routine) {
    if is_harmless(cursor.rest()) {
        return;
    }
    if cursor.eat(&["INSERT", "INTO"]) {
        match read_insert(cursor) {
            Some(insert) => routine.inserts.push(insert),
            None => routine.is_opaque = true,
        }
        return;
    }
    // `NEW.total := …`, `SET NEW.total = …`
    let mut assignment = cursor.clone();
    assignment.eat(&["SET"]);
    if assignment.eat(&["NEW"]) && assignment.eat_symbol(".") {
        match assignment.name() {
            Some(column) if assignment.at_symbol(":=") || assignment.at_symbol("=") => routine.assigns.push(column),
            _ => routine.is_opaque = true,
        }
        return;
    }
    if let Some(update) = read_update(&mut cursor.clone()) {
        routine.updates.push(update);
        return;
    }
    // Rows of other tables, and queries into variables; `RAISE(…)` is SQLite's way to refuse.
    let touches_others = ["UPDATE", "DELETE", "SELECT"].iter().any(|word| cursor.at_word(word));
    if !touches_others || cursor.rest().iter().any(|token| token.is("RAISE")) {
        routine.is_opaque = true;
    }
}

/// `UPDATE t SET c = …`: the table, and the first of the columns.
fn read_update(cursor: &mut Cursor<'_, '_>) -> Option<(Name, Name)> {
    if !cursor.eat(&["UPDATE"]) {
        return None;
    }
    let table = cursor.relation()?;
    let column = if cursor.eat(&["SET"]) { cursor.name()? } else { return None };
    cursor.at_symbol("=").then_some((table, column))
}

fn read_insert(cursor: &mut Cursor<'_, '_>) -> Option<RoutineInsert> {
    let table = cursor.relation()?;
    let names = cursor.names()?;
    if !cursor.eat(&["VALUES"]) {
        return Some(RoutineInsert { table, columns: names.into_iter().map(|name| (name, None)).collect() });
    }
    let values = cursor.parens()?.split_list();
    let columns = names
        .into_iter()
        .zip(values)
        .map(|(name, mut value)| {
            let source = value.eat(&["NEW"]).then(|| value.eat_symbol(".").then(|| value.name()).flatten()).flatten();
            (name, source.filter(|_| value.is_end()))
        })
        .collect();
    Some(RoutineInsert { table, columns })
}
