//! Views that show what has another name by now to code that asks for the old one.

use crate::phases::chain::Sql;
use crate::schema::table::{Column, Table};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

/// Whether code can write through a view: PostgreSQL and MySQL see to it themselves; on SQLite triggers do, and whoever inserts a
/// row doesn't get its key back.
pub(super) fn is_writable(vendor: VendorKind) -> bool {
    matches!(vendor, VendorKind::PostgreSql | VendorKind::MySql | VendorKind::MariaDb)
}

/// The view `old` of a table, with its columns as they were called.
pub(super) fn show(old: &Name, table: &Table, vendor: VendorKind) -> Sql {
    let quote = Quote::of(vendor);
    let mut forwards = vec![create(old, table, quote)];
    if vendor == VendorKind::Sqlite {
        forwards.extend(write_through(old, table, quote));
    }
    // Its triggers go with it.
    Sql { forwards, backwards: vec![format!("DROP VIEW {}", quote.name(old))], state: Vec::new() }
}

/// Takes the view away.
pub(super) fn hide(sql: &Sql) -> Sql {
    Sql { forwards: sql.backwards.clone(), backwards: sql.forwards.clone(), state: Vec::new() }
}

#[derive(Clone, Copy)]
struct Quote(char);

impl Quote {
    fn of(vendor: VendorKind) -> Self {
        Self(if matches!(vendor, VendorKind::MySql | VendorKind::MariaDb) { '`' } else { '"' })
    }

    fn name(self, name: &str) -> String {
        format!("{0}{name}{0}", self.0)
    }
}

/// The name that the code before knows the column by.
fn known_as(column: &Column) -> &Name {
    column.origin.as_ref().unwrap_or(&column.name)
}

fn create(old: &Name, table: &Table, quote: Quote) -> String {
    let columns = if table.columns.iter().any(|column| *known_as(column) != column.name) {
        let columns = table.columns.iter().map(|column| {
            let known = known_as(column);
            if *known == column.name { quote.name(known) } else { format!("{} AS {}", quote.name(&column.name), quote.name(known)) }
        });
        columns.collect::<Vec<_>>().join(", ")
    } else {
        "*".to_owned()
    };
    format!("CREATE VIEW {} AS SELECT {columns} FROM {}", quote.name(old), quote.name(&table.name))
}

/// SQLite's triggers in place of what is written to the view.
fn write_through(old: &Name, table: &Table, quote: Quote) -> Vec<String> {
    let key: &[Name] = table.primary_key().unwrap_or_default();
    let pairs: Vec<(&Name, &Name)> = table.columns.iter().map(|column| (&column.name, known_as(column))).collect();
    let list = |text: &dyn Fn(&(&Name, &Name)) -> String, with: &str| pairs.iter().map(text).collect::<Vec<_>>().join(with);
    let of_row = |row: &str| -> String {
        let keys = pairs.iter().filter(|(name, _)| key.contains(name));
        keys.map(|(name, known)| format!("{} = {row}.{}", quote.name(name), quote.name(known))).collect::<Vec<_>>().join(" AND ")
    };
    let target = quote.name(&table.name);
    let bodies = [
        (
            "insert",
            "INSERT",
            format!(
                "INSERT INTO {target} ({}) VALUES ({})",
                list(&|(name, _)| quote.name(name), ", "),
                list(&|(_, known)| format!("NEW.{}", quote.name(known)), ", ")
            ),
        ),
        (
            "update",
            "UPDATE",
            format!(
                "UPDATE {target} SET {} WHERE {}",
                list(&|(name, known)| format!("{} = NEW.{}", quote.name(name), quote.name(known)), ", "),
                of_row("OLD")
            ),
        ),
        ("delete", "DELETE", format!("DELETE FROM {target} WHERE {}", of_row("OLD"))),
    ];
    let triggers = bodies.iter().map(|(what, event, body)| {
        let name = quote.name(&format!("{old}_{what}"));
        format!("CREATE TRIGGER {name} INSTEAD OF {event} ON {} BEGIN {body}; END", quote.name(old))
    });
    triggers.collect()
}
