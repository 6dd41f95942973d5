//! Rename a model and keep its table: nothing happens in the database, so one deploy is enough. Automatic tables of links have
//! columns that are called after the model: they get new names, behind views.

use super::rename_table::seen;
use super::view::show;
use crate::django::models::{Model, Models};
use crate::django::operation::OperationKind;
use crate::django::state::{Base, ModelState};
use crate::phases::chain::{Accepted, Chain, Deploy, Planned, Sql, Step};
use crate::phases::field::with_link_table;
use crate::phases::wish::Wish;
use crate::schema::table::{Column, Table};
use crate::syntax::ast::Name;
use std::sync::Arc;

pub(super) fn keep_table(wish: &Wish<'_>, old: &Name, new: &Name) -> Option<Chain> {
    let model = wish.model(old)?;
    let label = model.label();
    let kept = model.table();
    let wanted = wish.after.get(&wish.key(new))?.table();
    let deploy = Deploy::new(
        format!("Rename {label} to `{new}`, in Python only"),
        format!("the model is called `{new}` and keeps the table {kept}, so the code that is still running finds what it knows"),
        vec![Step::new(wish.app, slug(old, new), in_python(old, new, &kept))],
    )
    .todo(CONTENT_TYPES)
    .rollback("the schema is as it was");
    Some(Chain { deploys: vec![deploy], code: 0, accepts: vec![Accepted::Table { wanted, kept }] })
}

/// The same, where columns in tables of links are called after the model.
pub(super) fn keep_table_beside_links(wish: &Wish<'_>, old: &Name, new: &Name) -> Option<Chain> {
    let model = wish.model(old)?;
    let (label, kept) = (model.label(), model.table());
    let wanted = wish.after.get(&wish.key(new))?.table();
    let (before, after) = (Models::render(&wish.before), Models::render(&wish.after));
    let key = wish.key(old);
    let mut moves: Vec<OperationKind> = Vec::new();
    let mut views: Vec<Sql> = Vec::new();
    let mut accepts = vec![Accepted::Table { wanted, kept: kept.clone() }];
    let (mut olds, mut news) = (Vec::new(), Vec::new());
    for links in before.by_key.values() {
        let Some((owner, name)) = &links.auto_created_by else { continue };
        let sides = links.fields.iter().filter_map(|field| field.target.as_ref());
        if !sides.map(|target| &target.model).any(|target| *target == key) {
            continue;
        }
        // What another app's model declares is another app's migration.
        let owner_state = wish.before.get(owner).filter(|_| owner.app == *wish.app)?;
        let end_key = if *owner == key { wish.key(new) } else { owner.clone() };
        let after = after.by_key.values().find(|it| it.auto_created_by.as_ref().is_some_and(|it| it.0 == end_key && it.1 == *name))?;
        let table: Name = if after.table == links.table { format!("{}_new", links.table).into() } else { after.table.clone() };
        let field = with_link_table(owner_state.field(name)?, &table);
        moves.push(OperationKind::AlterField { model: owner_state.name.clone(), field: Arc::new(field), preserve_default: true });
        views.push(show(&links.table, &moved(wish.schema_before.table(&links.table)?, links, after, &table), wish.setting.vendor.kind));
        if table != after.table {
            accepts.push(Accepted::Table { wanted: after.table.clone(), kept: table.clone() });
        }
        olds.push(links.table.to_string());
        news.push(table.to_string());
    }
    if moves.is_empty() {
        return None;
    }
    moves.extend(in_python(old, new, &kept));
    let mut step = Step::new(wish.app, slug(old, new), moves);
    step.operations.extend(views.iter().cloned().map(Planned::Sql));
    let mut chain = seen(wish, &olds.join(", "), &news.join(", "), step, &views);
    let first = chain.deploys.first_mut()?;
    first.title = format!("Rename {label} to `{new}`, in Python only, and {} to {} behind a view", olds.join(", "), news.join(", "));
    first.todo.push(CONTENT_TYPES.to_owned());
    chain.accepts = accepts;
    Some(chain)
}

/// Whether a model has its rows' other half in this one.
pub(super) fn has_children(wish: &Wish<'_>, name: &Name) -> bool {
    let key = wish.key(name);
    let is_child =
        |model: &ModelState| !model.options.proxy && model.bases.iter().any(|base| matches!(base, Base::Model(it) if *it == key));
    wish.before.models.values().any(|model| is_child(model))
}

const CONTENT_TYPES: &str =
    "content types are renamed when the migration runs: code that is still running makes a row for the old name again if it asks for it";

fn slug(old: &Name, new: &Name) -> String {
    format!("rename_{}_{}", old.to_lowercase(), new.to_lowercase())
}

fn in_python(old: &Name, new: &Name, kept: &Name) -> Vec<OperationKind> {
    vec![
        OperationKind::AlterModelTable { name: old.clone(), table: Some(kept.clone()) },
        OperationKind::RenameModel { old: old.clone(), new: new.clone() },
    ]
}

/// The table of links as it is afterwards: each column with the name that the code before knows.
fn moved(table: &Table, before: &Model, after: &Model, name: &Name) -> Table {
    let mut moved = Table { name: name.clone(), ..table.clone() };
    for (old, new) in before.fields.iter().zip(&after.fields) {
        moved.rename_column(&old.column, &new.column);
    }
    let known = |column: &Column| {
        let field = after.fields.iter().position(|it| it.column == column.name);
        field.and_then(|at| before.fields.get(at)).map_or_else(|| column.name.clone(), |it| it.column.clone())
    };
    for column in &mut moved.columns {
        column.origin = Some(known(column));
    }
    moved
}
