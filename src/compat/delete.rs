//! Deletes: what Django's collector loads and looks into, and the foreign keys that refuse.

use super::{Cause, Certainty, Compat, Condition, Found, Misfit, Statement, missing_columns, no_column, no_table, null_value};
use crate::django::field::{ModelKey, OnDelete};
use crate::django::models::{Model, ModelField};
use crate::schema::Schema;
use crate::schema::table::{Constraint, ForeignKey, ForeignKeyAction, Table};
use crate::syntax::ast::Name;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

const DELETE: [Statement; 1] = [Statement::Delete];

/// What stands in the way of deletes on one schema, by the model whose rows are to go.
pub(super) struct Obstacles<'a> {
    by_model: FxHashMap<&'a ModelKey, Vec<Obstacle>>,
}

/// Something that goes wrong whenever rows of a model are deleted, directly or by a cascade.
struct Obstacle {
    condition: Option<Condition>,
    table: Name,
    column: Option<Name>,
    cause: Cause,
    why: String,
    /// It lies behind the link of a multi-table child: the delete of another child does not meet it.
    is_child: bool,
}

impl<'a> Obstacles<'a> {
    /// Looks at every foreign key once, from the models' side and from the schema's.
    pub(super) fn find(compat: &Compat<'a>, schema: &Schema) -> Self {
        let mut into: FxHashMap<&str, Vec<(&Table, &Constraint, &ForeignKey)>> = FxHashMap::default();
        for table in schema.tables() {
            for (constraint, key) in table.foreign_keys() {
                into.entry(key.table.as_str()).or_default().push((table, constraint, key));
            }
        }
        let mut by_model: FxHashMap<&'a ModelKey, Vec<Obstacle>> = FxHashMap::default();
        for (key, model) in &compat.models.by_key {
            let mut found = Vec::new();
            for (referrer, field) in compat.relations.referrers(key) {
                found.extend(collect(referrer, field, schema));
                found.extend(looks_at_rows(compat, referrer, field, schema));
            }
            // Rows that are deleted through a view are those of the table behind it.
            let behind = schema.table(&model.table).and_then(|table| table.view.as_ref()).and_then(|view| view.base.as_ref());
            for (table, constraint, key) in into.get(behind.unwrap_or(&model.table).as_str()).into_iter().flatten() {
                found.extend(unknown_relation(compat, model, (table, constraint, key), schema));
            }
            if !found.is_empty() {
                by_model.insert(key, found);
            }
        }
        Self { by_model }
    }
}

pub(super) fn judge<'a>(compat: &Compat<'a>, model: &'a Arc<Model>, obstacles: &Obstacles<'a>, schema: &Schema, found: &mut Found) {
    if !model.is_external {
        judge_loading(compat, model, schema, found);
    }
    if obstacles.by_model.is_empty() {
        return;
    }
    let mut visited: FxHashSet<&ModelKey> = FxHashSet::default();
    let mut queue = vec![model];
    while let Some(doomed) = queue.pop() {
        if !visited.insert(&doomed.key) {
            continue;
        }
        let parents = doomed.parents.iter().filter_map(|key| compat.models.get(key));
        for part in std::iter::once(doomed).chain(parents) {
            for obstacle in obstacles.by_model.get(&part.key).into_iter().flatten() {
                // A child's row does not look for itself, or for its siblings, through the links to its parent.
                if part.key == doomed.key || !obstacle.is_child {
                    obstacle.report(model, found);
                }
            }
            let cascades = |(_, field): &&(&'a Arc<Model>, &'a ModelField)| {
                on_delete(field) == Some(&OnDelete::Cascade) && (part.key == doomed.key || !is_parent_link(field))
            };
            let behind = compat.relations.referrers(&part.key).iter().filter(cascades);
            queue.extend(behind.map(|(referrer, _)| *referrer).filter(|referrer| !referrer.is_external));
        }
    }
}

impl Obstacle {
    fn report(&self, model: &Model, found: &mut Found) {
        let misfit = Misfit { table: &self.table, column: self.column.as_ref(), cause: self.cause, why: &self.why };
        let certainty = if self.condition.is_some() { Certainty::Conditional } else { Certainty::Always };
        found.push(model, &DELETE, certainty, self.condition, misfit);
    }
}

/// `QuerySet.delete()` loads the rows, all columns, unless nothing needs to be looked into (`Collector.can_fast_delete`);
/// the key is needed in any case.
fn judge_loading(compat: &Compat<'_>, model: &Arc<Model>, schema: &Schema, found: &mut Found) {
    let collected = |(_, field): &(&Arc<Model>, &ModelField)| on_delete(field).is_none_or(|it| *it != OnDelete::DoNothing);
    let loads = !model.parents.is_empty() || compat.relations.referrers(&model.key).iter().any(collected);
    for part in compat.with_parents(model) {
        // A missing table was reported with the other statements.
        for column in missing_columns(part, schema).unwrap_or_default() {
            let is_key = part.fields.iter().any(|field| field.column == *column && field.field.primary_key);
            if loads || is_key {
                let why = no_column(&part.table, column);
                let misfit = Misfit { table: &part.table, column: Some(column), cause: Cause::MissingColumn, why: &why };
                found.always(model, &DELETE, misfit);
            }
        }
    }
}

/// The collector follows one foreign key backwards.
fn collect(referrer: &Model, field: &ModelField, schema: &Schema) -> Option<Obstacle> {
    let action = on_delete(field)?;
    if referrer.is_external || is_left_to_database(action) {
        return None;
    }
    let is_child = is_parent_link(field);
    let Some(table) = schema.relation(&referrer.table) else {
        let why = no_table(&referrer.table);
        return schema.lacks(&referrer.key.app, &referrer.table).then_some(Obstacle {
            condition: None,
            table: referrer.table.clone(),
            column: None,
            cause: Cause::MissingTable,
            why,
            is_child,
        });
    };
    let obstacle = |condition: Option<Condition>, cause: Cause, why: String| {
        Some(Obstacle { condition, table: referrer.table.clone(), column: Some(field.column.clone()), cause, why, is_child })
    };
    match table.column(&field.column) {
        None if !table.lacks(&field.column) => None,
        None => obstacle(None, Cause::MissingColumn, no_column(&referrer.table, &field.column)),
        Some(column) if *action == OnDelete::SetNull && !column.null && field.field.null => {
            let waits = column.is_empty || table.is_empty();
            obstacle(waits.then_some(Condition::OtherCodeWroteRows), Cause::NotNull, null_value(&table, &column.name))
        }
        Some(_) => None,
    }
}

/// Rows that protect others are loaded before anything is deleted: all their columns, unless something refers to them, for then
/// only what it refers to is asked for (`Collector.collect`).
fn looks_at_rows<'a>(
    compat: &'a Compat<'_>,
    referrer: &'a Model,
    field: &'a ModelField,
    schema: &'a Schema,
) -> impl Iterator<Item = Obstacle> + 'a {
    let protects = matches!(on_delete(field), Some(OnDelete::Protect | OnDelete::Restrict));
    let loads_all = protects && !referrer.is_external && compat.relations.referrers(&referrer.key).is_empty();
    let parts = loads_all.then(|| compat.with_parents(referrer)).into_iter().flatten();
    parts.flat_map(|part| {
        // A missing table is told already, and so is the key itself.
        let missing = missing_columns(part, schema).unwrap_or_default().into_iter().filter(|column| **column != field.column);
        missing.map(|column| Obstacle {
            condition: None,
            table: part.table.clone(),
            column: Some(column.clone()),
            cause: Cause::MissingColumn,
            why: no_column(&part.table, column),
            is_child: false,
        })
    })
}

/// A foreign key into the model's table that no model deletes through: the rows behind it hold the delete up.
fn unknown_relation(
    compat: &Compat<'_>,
    model: &Model,
    (table, constraint, key): (&Table, &Constraint, &ForeignKey),
    schema: &Schema,
) -> Option<Obstacle> {
    // Of a self-relation, leaves are deleted.
    if table.name == model.table
        || key.on_delete != ForeignKeyAction::Refuse
        || is_collected(compat, table, key, model)
        || is_collected_behind_view(compat, table, key, model, schema)
    {
        return None;
    }
    let may_be_gone = |column: &Name| table.column(column).is_some_and(|column| column.may_be_gone);
    if key.columns.iter().any(may_be_gone) {
        return None;
    }
    let holds_nothing = |column: &Name| table.column(column).is_some_and(|column| column.is_empty);
    let waits = table.is_empty() || key.columns.iter().all(holds_nothing);
    Some(Obstacle {
        condition: waits.then_some(Condition::OtherCodeWroteRows),
        table: table.name.clone(),
        column: key.columns.first().cloned(),
        cause: Cause::UnknownRelation,
        why: format!(
            "update or delete on table \"{}\" violates foreign key constraint \"{}\" on table \"{}\"",
            model.table, constraint.name, table.name
        ),
        is_child: false,
    })
}

/// Whether some model's rows go, or are cleared, through the key.
fn is_collected(compat: &Compat<'_>, table: &Table, key: &ForeignKey, model: &Model) -> bool {
    let [column] = key.columns.as_slice() else { return false };
    let Some(column) = table.column(column) else { return false };
    // A table that has been renamed is known by the name it had: the collector fails there, but not for want of knowing.
    let names = std::iter::once(&table.name).chain(table.origin.as_ref().filter(|origin| **origin != table.name));
    names.flat_map(|name| compat.relations.on_table(name)).flat_map(|referrer| &referrer.fields).any(|field| {
        field.target.as_ref().is_some_and(|target| {
            !is_left_to_database(&target.on_delete)
                && table.is_known_as(column, &field.column)
                && compat.relations.get(&target.model).is_some_and(|target| target.table == model.table)
        })
    })
}

/// The same, where the model knows the table by a view.
fn is_collected_behind_view(compat: &Compat<'_>, table: &Table, key: &ForeignKey, model: &Model, schema: &Schema) -> bool {
    let [column] = key.columns.as_slice() else { return false };
    let views = schema.tables().filter_map(|it| Some((it, it.view.as_ref()?))).filter(|(_, view)| view.base.as_ref() == Some(&table.name));
    let shown = views.flat_map(|(it, view)| {
        let names = view.columns.iter().filter(|shown| shown.source.as_ref() == Some(column)).map(|shown| &shown.name);
        names.map(move |name| (&it.name, name))
    });
    shown.flat_map(|(view, name)| compat.relations.on_table(view).iter().map(move |it| (it, name))).any(|(referrer, name)| {
        referrer.fields.iter().filter(|field| field.column == *name).filter_map(|field| field.target.as_ref()).any(|target| {
            !is_left_to_database(&target.on_delete) && compat.relations.get(&target.model).is_some_and(|it| it.table == model.table)
        })
    })
}

fn is_left_to_database(action: &OnDelete) -> bool {
    matches!(action, OnDelete::DoNothing | OnDelete::DbCascade | OnDelete::DbSetNull | OnDelete::DbSetDefault)
}

/// The link of a multi-table child to its parent.
fn is_parent_link(field: &ModelField) -> bool {
    field.field.relation.as_ref().is_some_and(|relation| relation.parent_link)
}

fn on_delete(field: &ModelField) -> Option<&OnDelete> {
    field.target.as_ref().map(|target| &target.on_delete)
}
