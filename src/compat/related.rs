//! Statements that go through relations: reads across foreign keys, and everything of many-to-many fields.

use super::columns::required;
use super::{Cause, Compat, Found, Misfit, Statement, missing_columns, no_column, no_table, null_value};
use crate::django::field::Field;
use crate::django::models::{ManyToMany, Model};
use crate::schema::Schema;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;
use std::sync::Arc;

pub(super) fn judge(compat: &Compat<'_>, model: &Arc<Model>, schema: &Schema, found: &mut Found) {
    // Forwards: `select_related`, `prefetch_related`, `book.author`.
    for field in &model.fields {
        let Some(target) = field.target.as_ref().and_then(|target| compat.relations.get(&target.model)) else { continue };
        if target.key != model.key {
            through(compat, model, target, Statement::Relation, schema, found);
        }
    }
    // Backwards: `author.book_set`.
    for (referrer, field) in compat.relations.referrers(&model.key) {
        if referrer.key == model.key || referrer.auto_created_by.is_some() || is_hidden(&field.field) {
            continue;
        }
        match schema.relation(&referrer.table) {
            None if schema.lacks(&referrer.key.app, &referrer.table) => {
                missing_table(model, &referrer.table, Statement::Relation, found);
            }
            Some(table) if table.lacks(&field.column) => {
                missing_column(model, &referrer.table, &field.column, Statement::Relation, found);
            }
            None | Some(_) => {}
        }
    }
    let forwards = model.many_to_many.iter().map(|many| (many.target.as_ref().and_then(|key| compat.relations.get(key)), many));
    let backwards = compat.relations.many_to_many_of_target(&model.key).iter().filter(|(_, many)| !is_hidden(&many.field));
    let backwards = backwards.map(|(owner, many)| (Some(*owner), *many));
    for (other, many) in forwards.chain(backwards) {
        judge_links(compat, model, many, schema, found);
        if let Some(other) = other
            && other.key != model.key
        {
            through(compat, model, other, Statement::M2m, schema, found);
        }
    }
}

/// `related_name="+"`: there is no way back.
fn is_hidden(field: &Field) -> bool {
    let name = field.relation.as_ref().and_then(|relation| relation.related_name.as_ref());
    name.is_some_and(|name| name.ends_with('+'))
}

/// A read that loads the rows of `target` for `model`.
fn through(compat: &Compat<'_>, model: &Model, target: &Arc<Model>, statement: Statement, schema: &Schema, found: &mut Found) {
    if target.is_external {
        return;
    }
    for part in compat.with_parents(target) {
        match missing_columns(part, schema) {
            None => missing_table(model, &part.table, statement, found),
            Some(columns) => columns.into_iter().for_each(|column| missing_column(model, &part.table, column, statement, found)),
        }
    }
}

/// The table of a many-to-many field, as one side uses it.
fn judge_links(compat: &Compat<'_>, model: &Model, many: &ManyToMany, schema: &Schema, found: &mut Found) {
    let Some(table) = schema.relation(&many.table) else {
        // A declared through model that is not at hand is not judged.
        let known = many.is_automatic || compat.models.get(&many.through).is_some_and(|through| !through.is_external);
        if known && schema.lacks(&many.through.app, &many.table) {
            missing_table(model, &many.table, Statement::M2m, found);
        }
        return;
    };
    for column in [&many.columns.0, &many.columns.1] {
        if !column.is_empty() && table.lacks(column) {
            missing_column(model, &many.table, column, Statement::M2m, found);
        }
    }
    let takes = |statement| super::columns::view_takes(statement, &many.table, schema);
    if table.view.is_some() && schema.vendor.kind == VendorKind::Sqlite && !(takes(Statement::Insert) && takes(Statement::Delete)) {
        let why = format!("cannot modify {} because it is a view", many.table);
        found.always(model, &[Statement::M2m], Misfit::missing_table(&many.table, &why));
    }
    // `add()` writes the two columns alone. MySQL's INSERT IGNORE, which Django sends for it, makes up a value for the others:
    // one that a foreign key refuses.
    let makes_up = matches!(schema.vendor.kind, VendorKind::MySql | VendorKind::MariaDb);
    if many.is_automatic
        && let Some(through) = compat.models.get(&many.through)
    {
        for column in required(&table, through) {
            if makes_up && !table.foreign_keys().any(|(_, key)| key.columns.contains(column)) {
                continue;
            }
            let why = null_value(&table, column);
            let misfit = Misfit { table: &table.name, column: Some(column), cause: Cause::RequiredColumn, why: &why };
            found.always(model, &[Statement::M2m], misfit);
        }
    }
}

fn missing_table(model: &Model, table: &Name, statement: Statement, found: &mut Found) {
    let why = no_table(table);
    found.always(model, &[statement], Misfit::missing_table(table, &why));
}

fn missing_column(model: &Model, table: &Name, column: &Name, statement: Statement, found: &mut Found) {
    let why = no_column(table, column);
    found.always(model, &[statement], Misfit { table, column: Some(column), cause: Cause::MissingColumn, why: &why });
}
