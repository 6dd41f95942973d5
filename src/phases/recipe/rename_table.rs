//! Tables under new names: views have the old ones until no code asks for them.

use super::view::{hide, is_writable, show};
use crate::django::operation::OperationKind;
use crate::phases::chain::{Accepted, Chain, Deploy, Planned, Sql, Step, state_only};
use crate::phases::wish::Wish;
use crate::schema::table::Table;
use crate::syntax::ast::Name;

/// Whatever the operation is: the tables that it renames stay to be seen under their old names, and the columns too.
pub(super) fn behind_views(wish: &Wish<'_>) -> Option<Chain> {
    let renamed = renamed(wish);
    let vendor = wish.setting.vendor.kind;
    let is_of_links = |table: &Table| {
        let models = crate::django::models::Models::render(&wish.after);
        models.by_key.values().any(|model| model.table == table.name && model.auto_created_by.is_some())
    };
    if renamed.is_empty() || !(is_writable(vendor) || renamed.iter().all(|(_, table)| is_of_links(table))) {
        return None;
    }
    let views: Vec<Sql> = renamed.iter().map(|(old, table)| show(old, table, vendor)).collect();
    let names = |of: &dyn Fn(&(&Name, &Table)) -> String| renamed.iter().map(of).collect::<Vec<_>>().join(", ");
    let (old, new) = (names(&|(old, _)| (*old).to_string()), names(&|(_, table)| table.name.to_string()));
    let rename = Planned::Kept { at: wish.at.clone(), operation: wish.written.clone()? };
    let operations = std::iter::once(rename).chain(views.iter().cloned().map(Planned::Sql)).collect();
    let step = Step { operations, ..Step::new(wish.app, "rename_tables", Vec::new()) };
    Some(seen(wish, &old, &new, step, &views))
}

/// The rename, and the end of the views that go with it.
pub(super) fn seen(wish: &Wish<'_>, old: &str, new: &str, rename: Step, views: &[Sql]) -> Chain {
    let first = Deploy::new(
        format!("Rename {old} to {new}, behind a view"),
        format!("{old} shows the code that is still running what is called {new} now, and takes its writes"),
        vec![rename],
    )
    .rollback(format!("the code before reads and writes through {old}"));
    // First of all: it would hold columns that are dropped.
    let mut hidden = Step::new(wish.app, format!("drop_view_{}", old.split(',').next().unwrap_or_default()), Vec::new()).restoring();
    hidden.operations = views.iter().map(|view| Planned::Sql(hide(view))).collect();
    let last = Deploy::new(format!("Drop the view {old}"), format!("no code that runs asks for {old} any more"), vec![hidden])
        .rollback("the code before doesn't miss it");
    Chain { deploys: vec![first, last], code: 0, accepts: Vec::new() }
}

/// Old names, and the tables that had them.
fn renamed<'w>(wish: &'w Wish<'_>) -> Vec<(&'w Name, &'w Table)> {
    let made = wish.schema_after.tables().filter(|table| table.view.is_none() && wish.schema_before.table(&table.name).is_none());
    let pairs = made.filter_map(|table| {
        let before = wish.schema_before.tables().find(|it| it.origin.is_some() && it.origin == table.origin && it.name != table.name)?;
        wish.schema_after.table(&before.name).is_none().then_some((&before.name, &**table))
    });
    pairs.collect()
}

/// The table keeps its name: for where no view can stand in for it.
pub(super) fn keep_name(wish: &Wish<'_>) -> Option<Chain> {
    let OperationKind::AlterModelTable { name, .. } = &wish.operation.kind else { return None };
    let (kept, wanted) = (wish.model(name)?.table(), wish.after.get(&wish.key(name))?.table());
    let mut accepts = vec![Accepted::Table { wanted: wanted.clone(), kept: kept.clone() }];
    for field in wish.model(name)?.fields.iter().filter(|field| field.is_many_to_many()) {
        if field.relation.as_ref().is_some_and(|it| it.through.is_none() && it.db_table.is_none()) {
            let links = |table: &Name| -> Name { format!("{table}_{}", field.name).into() };
            accepts.push(Accepted::Table { wanted: links(&wanted), kept: links(&kept) });
        }
    }
    let keep = state_only(vec![OperationKind::AlterModelTable { name: name.clone(), table: Some(kept.clone()) }]);
    let deploy = Deploy::new(
        format!("Leave the table {kept} its name"),
        format!(
            "the models say `db_table`: this database has no views that code can write through, so that nothing could stand in for {kept}"
        ),
        vec![Step::new(wish.app, format!("keep_table_{kept}"), vec![keep])],
    )
    .rollback("the schema is as it was");
    Some(Chain { deploys: vec![deploy], code: 0, accepts })
}
