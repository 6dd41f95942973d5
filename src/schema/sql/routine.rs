//! Bodies of functions and triggers, as far as they write rows.

use super::cursor::Cursor;
use crate::schema::change::SchemaChange;
use crate::schema::routine::{Routine, RoutineInsert};
use crate::schema::vendor::VendorKind;
use crate::syntax::sql::{SqlStyle, SqlTokenKind, statements, tokens};

/// Words in a body that change a schema, or that may run anything.
const FORBIDDEN: [&str; 6] = ["ALTER", "CREATE", "DROP", "EXECUTE", "PERFORM", "TRUNCATE"];

/// `DO $$ … $$`: nothing where the body writes nothing, else unknown.
pub(super) fn anonymous(cursor: &Cursor<'_, '_>) -> Option<Vec<SchemaChange>> {
    let body = cursor.rest().iter().find(|token| matches!(token.kind, SqlTokenKind::Dollar | SqlTokenKind::Text))?;
    let writes = ["INSERT", "UPDATE", "DELETE"];
    let style = SqlStyle { is_mysql: false, has_params: false };
    let touches = tokens(&body.text, style).iter().any(|token| FORBIDDEN.iter().chain(&writes).any(|word| token.is(word)));
    (!touches).then(Vec::new)
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
