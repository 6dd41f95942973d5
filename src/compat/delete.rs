//! Deletes: what Django's collector loads and looks into, and the foreign keys that refuse.

use super::{Cause, Compat, Condition, Found, Misfit, Statement, missing_columns, no_column, no_table, null_value};
use crate::django::field::{ModelKey, OnDelete};
use crate::django::models::{Model, ModelField};
use crate::schema::Schema;
use crate::schema::table::{ForeignKey, ForeignKeyAction, Table};
use crate::syntax::ast::Name;
use rustc_hash::FxHashSet;
use std::sync::Arc;

const DELETE: [Statement; 1] = [Statement::Delete];

pub(super) fn judge(compat: &Compat<'_>, model: &Arc<Model>, schema: &Schema, found: &mut Found) {
    let mut deletion = Deletion { compat, model, schema, visited: FxHashSet::default() };
    if !model.is_external {
        deletion.judge_loading(found);
    }
    deletion.cascade(model, found);
}

/// The delete of rows of one model.
struct Deletion<'a> {
    compat: &'a Compat<'a>,
    model: &'a Arc<Model>,
    schema: &'a Schema,
    visited: FxHashSet<&'a ModelKey>,
}

impl<'a> Deletion<'a> {
    /// `QuerySet.delete()` loads the rows, all columns, unless nothing needs to be looked into (`Collector.can_fast_delete`);
    /// the key is needed in any case.
    fn judge_loading(&self, found: &mut Found) {
        let loads = self.loads();
        for part in self.compat.with_parents(self.model) {
            // A missing table was reported with the other statements.
            for column in missing_columns(part, self.schema).unwrap_or_default() {
                let is_key = part.fields.iter().any(|field| field.column == *column && field.field.primary_key);
                if loads || is_key {
                    self.missing_column(&part.table, column, found);
                }
            }
        }
    }

    fn loads(&self) -> bool {
        let collected = |(_, field): &(&Arc<Model>, &ModelField)| on_delete(field).is_none_or(|it| *it != OnDelete::DoNothing);
        !self.model.parents.is_empty() || self.compat.relations.referrers(&self.model.key).iter().any(collected)
    }

    /// What goes with a row of `model`: its own referrers, and those of its multi-table parents.
    fn cascade(&mut self, model: &'a Arc<Model>, found: &mut Found) {
        if !self.visited.insert(&model.key) {
            return;
        }
        let compat = self.compat;
        let parents = model.parents.iter().filter_map(|key| compat.models.get(key));
        for part in std::iter::once(model).chain(parents) {
            for (referrer, field) in compat.relations.referrers(&part.key) {
                // A child's row does not look for itself through the link to its parent.
                let is_own_link = part.key != model.key && referrer.key == model.key && field.field.primary_key;
                if !is_own_link {
                    self.collect(referrer, field, found);
                }
            }
            self.judge_unknown_relations(part, found);
        }
    }

    /// The collector follows one foreign key backwards.
    fn collect(&mut self, referrer: &'a Arc<Model>, field: &ModelField, found: &mut Found) {
        let action = on_delete(field);
        let by_database = matches!(action, Some(OnDelete::DoNothing | OnDelete::DbCascade | OnDelete::DbSetNull | OnDelete::DbSetDefault));
        if by_database || referrer.is_external {
            return;
        }
        let Some(table) = self.schema.relation(&referrer.table) else {
            let why = no_table(&referrer.table);
            found.always(self.model, &DELETE, Misfit::missing_table(&referrer.table, &why));
            return;
        };
        let Some(column) = table.column(&field.column) else {
            if table.lacks(&field.column) {
                self.missing_column(&referrer.table, &field.column, found);
            }
            return;
        };
        match action {
            Some(OnDelete::SetNull) if !column.null && field.field.null => {
                let why = null_value(&table, &column.name);
                let misfit = Misfit { table: &table.name, column: Some(&column.name), cause: Cause::NotNull, why: &why };
                if column.is_empty || table.is_empty() {
                    found.conditional(self.model, &DELETE, Condition::OtherCodeWroteRows, misfit);
                } else {
                    found.always(self.model, &DELETE, misfit);
                }
            }
            Some(OnDelete::Cascade) => self.cascade(referrer, found),
            _ => {}
        }
    }

    /// Foreign keys into the table that the models do not delete through: the rows behind them hold the delete up.
    fn judge_unknown_relations(&self, part: &Model, found: &mut Found) {
        for table in self.schema.tables() {
            for (constraint, key) in table.foreign_keys().filter(|(_, key)| key.table == part.table) {
                // Of a self-relation, leaves are deleted.
                if table.name == part.table || key.on_delete != ForeignKeyAction::Refuse || self.is_collected(table, key, part) {
                    continue;
                }
                let why = format!(
                    "update or delete on table \"{}\" violates foreign key constraint \"{}\" on table \"{}\"",
                    part.table, constraint.name, table.name
                );
                let misfit = Misfit { table: &table.name, column: key.columns.first(), cause: Cause::UnknownRelation, why: &why };
                let is_empty = |column: &Name| table.column(column).is_some_and(|column| column.is_empty);
                if table.is_empty() || key.columns.iter().all(is_empty) {
                    found.conditional(self.model, &DELETE, Condition::OtherCodeWroteRows, misfit);
                } else {
                    found.always(self.model, &DELETE, misfit);
                }
            }
        }
    }

    /// Whether some model reads and clears what the key points with.
    fn is_collected(&self, table: &Table, key: &ForeignKey, part: &Model) -> bool {
        self.compat.relations.on_table(&table.name).iter().flat_map(|model| &model.fields).any(|field| {
            let Some(target) = &field.target else { return false };
            let clears =
                !matches!(target.on_delete, OnDelete::DoNothing | OnDelete::DbCascade | OnDelete::DbSetNull | OnDelete::DbSetDefault);
            let points = self.compat.relations.get(&target.model).is_some_and(|model| model.table == part.table);
            clears && points && key.columns == [field.column.clone()]
        })
    }

    fn missing_column(&self, table: &Name, column: &Name, found: &mut Found) {
        let why = no_column(table, column);
        found.always(self.model, &DELETE, Misfit { table, column: Some(column), cause: Cause::MissingColumn, why: &why });
    }
}

fn on_delete(field: &ModelField) -> Option<&OnDelete> {
    field.target.as_ref().map(|target| &target.on_delete)
}
