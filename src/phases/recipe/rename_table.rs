//! Rename a table: a view has the old name until no code asks for it.

use crate::django::operation::OperationKind;
use crate::phases::chain::{Chain, Deploy, Planned, Sql, Step};
use crate::phases::wish::Wish;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

pub(super) fn with_view(wish: &Wish<'_>, name: &Name) -> Option<Chain> {
    let vendor = wish.setting.vendor.kind;
    // SQLite's views can't be written to.
    if !matches!(vendor, VendorKind::PostgreSql | VendorKind::MySql | VendorKind::MariaDb) {
        return None;
    }
    let old = wish.model(name)?.table();
    let new = wish.after.get(&wish.key(name))?.table();
    let rename = OperationKind::AlterModelTable { name: name.clone(), table: wish.after.get(&wish.key(name))?.options.db_table.clone() };
    let quote = if vendor == VendorKind::PostgreSql { '"' } else { '`' };
    let create = format!("CREATE VIEW {quote}{old}{quote} AS SELECT * FROM {quote}{new}{quote}");
    let drop = format!("DROP VIEW {quote}{old}{quote}");
    let sql = |forwards: &str, backwards: &str| {
        Planned::Sql(Sql { forwards: vec![forwards.to_owned()], backwards: vec![backwards.to_owned()], state: Vec::new() })
    };
    let slug = name.to_lowercase();
    let mut step = Step::new(wish.app, format!("rename_table_of_{slug}"), vec![rename]);
    step.operations.push(sql(&create, &drop));
    let first = Deploy::new(
        format!("Rename the table {old} to {new}, behind a view"),
        format!("a view called {old} shows the table {new} to the code that is still running, and takes its writes"),
        vec![step],
    )
    .rollback(format!("the code before reads and writes through the view {old}"));
    let last = Deploy::new(
        format!("Drop the view {old}"),
        format!("no code that runs asks for {old} any more"),
        vec![Step::of(wish.app, format!("drop_view_of_{slug}"), sql(&drop, &create))],
    )
    .rollback("the code before doesn't miss the view");
    Some(Chain { deploys: vec![first, last], code: 0, accepts: Vec::new() })
}
