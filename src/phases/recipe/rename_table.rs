//! Tables under new names: views have the old ones until no code asks for them.

use crate::phases::chain::{Chain, Deploy, Planned, Sql, Step};
use crate::phases::wish::Wish;
use crate::schema::table::Table;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

/// Whatever the operation is: the tables that it renames stay to be seen under their old names, and the columns too.
pub(super) fn behind_views(wish: &Wish<'_>) -> Option<Chain> {
    let vendor = wish.setting.vendor.kind;
    // SQLite's views can't be written to.
    if !matches!(vendor, VendorKind::PostgreSql | VendorKind::MySql | VendorKind::MariaDb) {
        return None;
    }
    let quote = if vendor == VendorKind::PostgreSql { '"' } else { '`' };
    let renamed: Vec<(&Name, &Table)> = wish
        .schema_after
        .tables()
        .filter(|table| table.view.is_none() && wish.schema_before.table(&table.name).is_none())
        .filter_map(|table| {
            let before =
                wish.schema_before.tables().find(|it| it.origin.is_some() && it.origin == table.origin && it.name != table.name)?;
            wish.schema_after.table(&before.name).is_none().then_some((&before.name, &**table))
        })
        .collect();
    if renamed.is_empty() {
        return None;
    }
    let create: Vec<String> = renamed.iter().map(|(old, table)| view(old, table, quote)).collect();
    let drop: Vec<String> = renamed.iter().map(|(old, _)| format!("DROP VIEW {quote}{old}{quote}")).collect();
    let names = |of: &dyn Fn(&(&Name, &Table)) -> String| renamed.iter().map(of).collect::<Vec<_>>().join(", ");
    let (old, new) = (names(&|(old, _)| (*old).to_string()), names(&|(_, table)| table.name.to_string()));
    let sql = |forwards: &[String], backwards: &[String]| {
        Planned::Sql(Sql { forwards: forwards.to_vec(), backwards: backwards.to_vec(), state: Vec::new() })
    };
    let rename = Planned::Kept { at: wish.at.clone(), operation: wish.written.clone()? };
    let step = Step { operations: vec![rename, sql(&create, &drop)], ..Step::new(wish.app, "rename_tables", Vec::new()) };
    let first = Deploy::new(
        format!("Rename {old} to {new}, behind a view"),
        format!("{old} shows the code that is still running what is called {new} now, and takes its writes"),
        vec![step],
    )
    .rollback(format!("the code before reads and writes through {old}"));
    let last = Deploy::new(
        format!("Drop the view {old}"),
        format!("no code that runs asks for {old} any more"),
        vec![Step::of(wish.app, format!("drop_view_{}", renamed.first()?.0), sql(&drop, &create))],
    )
    .rollback("the code before doesn't miss it");
    Some(Chain { deploys: vec![first, last], code: 0, accepts: Vec::new() })
}

/// The table as it was called, with its columns as they were called.
fn view(old: &Name, table: &Table, quote: char) -> String {
    let is_renamed = |column: &crate::schema::table::Column| column.origin.as_ref().is_some_and(|it| *it != column.name);
    let columns = if table.columns.iter().any(is_renamed) {
        let columns = table.columns.iter().map(|column| match &column.origin {
            Some(origin) if *origin != column.name => format!("{quote}{}{quote} AS {quote}{origin}{quote}", column.name),
            _ => format!("{quote}{}{quote}", column.name),
        });
        columns.collect::<Vec<_>>().join(", ")
    } else {
        "*".to_owned()
    };
    format!("CREATE VIEW {quote}{old}{quote} AS SELECT {columns} FROM {quote}{}{quote}", table.name)
}
