//! Bodies of functions and triggers, as far as they write rows.

use super::cursor::Cursor;
use crate::schema::change::SchemaChange;
use crate::schema::routine::{Routine, RoutineInsert};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use crate::syntax::sql::{SqlStyle, SqlToken, SqlTokenKind, statements, tokens};

/// `DO $$ … $$`: the statements of its body, as if every branch of it ran; `None` where one could not be read.
///
/// `IF NOT EXISTS (…) THEN ALTER TABLE … ; END IF;` and `… EXCEPTION WHEN duplicate_object THEN NULL;` are what it is for.
pub(super) fn anonymous(cursor: &Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    let body = cursor.rest().iter().find(|token| matches!(token.kind, SqlTokenKind::Dollar | SqlTokenKind::Text))?;
    let style = SqlStyle { is_mysql: false, has_params: false };
    if let Some(table) = table_without_foreign_keys(&body.text, style) {
        return Some(vec![SchemaChange::DropForeignKeys { table }]);
    }
    let mut changes = Vec::new();
    for statement in statements(&body.text, style) {
        let inner = inside_of_block(&statement);
        if inner.first().is_some_and(|first| !BLOCK_WORDS.iter().any(|word| first.is(word))) {
            changes.extend(super::read_statement(inner, cursor.vendor)?);
        }
    }
    Some(changes)
}

/// Statements of PL/pgSQL that change no table.
const BLOCK_WORDS: [&str; 6] = ["END", "NULL", "RAISE", "RETURN", "EXIT", "CONTINUE"];

/// A statement without the words of the block that it opens: `BEGIN`, `IF … THEN`, `EXCEPTION WHEN … THEN`, `ELSE`, `LOOP`.
fn inside_of_block<'a, 't>(statement: &'a [SqlToken<'t>]) -> &'a [SqlToken<'t>] {
    const OPENING: [&str; 5] = ["BEGIN", "THEN", "ELSE", "LOOP", "DECLARE"];
    const HEADS: [&str; 10] = ["BEGIN", "DECLARE", "IF", "ELSIF", "ELSE", "EXCEPTION", "WHEN", "FOR", "WHILE", "LOOP"];
    let mut rest = statement;
    while rest.first().is_some_and(|first| HEADS.iter().any(|head| first.is(head))) {
        match rest.iter().position(|token| OPENING.iter().any(|word| token.is(word))) {
            // The variables that are declared, up to `BEGIN`, are a statement each.
            Some(at) if rest[at].is("DECLARE") => return &[],
            Some(at) => rest = &rest[at + 1..],
            None => return rest,
        }
    }
    rest
}

/// The loop over `pg_constraint` that drops a table's foreign keys, whose names Django does not tell: its table.
fn table_without_foreign_keys(body: &str, style: SqlStyle) -> Option<Name> {
    let tokens = tokens(body, style);
    let text = |word: &str| tokens.iter().find(|token| token.kind == SqlTokenKind::Text && token.text.contains(word));
    let is_loop = text("DROP CONSTRAINT").is_some() && tokens.iter().any(|token| token.is("pg_constraint"));
    let of_foreign_keys = tokens.windows(3).any(|it| it[0].is("contype") && it[1].is_symbol("=") && it[2].text == "f");
    let table = tokens.windows(3).find(|it| it[1].is_symbol("::") && it[2].is("regclass")).map(|it| &it[0]);
    table.filter(|_| is_loop && of_foreign_keys).map(|table| Name::from(table.text.rsplit('.').next().unwrap_or_default()))
}

pub(super) fn read(body: &str, vendor: VendorKind) -> Routine {
    let style = SqlStyle { is_mysql: matches!(vendor, VendorKind::MySql | VendorKind::MariaDb), has_params: false };
    let mut routine = Routine::default();
    for statement in statements(body, style) {
        read_statement(&Cursor::new(&statement, vendor), &mut routine);
    }
    routine
}

/// A body that stands in its `CREATE TRIGGER`.
pub(super) fn of_tokens(cursor: &Cursor<'_, '_>) -> Routine {
    let mut routine = Routine::default();
    for statement in cursor.rest().split(|token| token.is_symbol(";")) {
        read_statement(&Cursor::new(statement, cursor.vendor), &mut routine);
    }
    routine
}

fn read_statement(cursor: &Cursor<'_, '_>, routine: &mut Routine) {
    let mut insert = cursor.clone();
    insert.until(&["INSERT"]);
    if insert.eat(&["INSERT", "INTO"]) {
        routine.inserts.extend(read_insert(&mut insert));
    }
    // `NEW.total := …`, `SET NEW.total = …`
    let rest = cursor.rest();
    for window in rest.windows(4) {
        if window[0].is("NEW") && window[1].is_symbol(".") && (window[3].is_symbol(":=") || window[3].is_symbol("=")) {
            let mut name = Cursor::new(&window[2..3], cursor.vendor);
            routine.assigns.extend(name.name());
        }
    }
}

fn read_insert(cursor: &mut Cursor<'_, '_>) -> Option<RoutineInsert> {
    let table = cursor.name()?;
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
