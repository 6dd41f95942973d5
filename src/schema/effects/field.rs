//! Operations on fields: added and removed.

use super::build;
use super::editor::Editor;
use crate::django::field::{FieldDefault, ModelKey};
use crate::django::models::{Model, ModelField};
use crate::django::render::{automatic_through, render_model};
use crate::django::state::ProjectState;
use crate::schema::change::{Fill, NewColumn, SchemaChange};
use crate::schema::footprint::Failure;
use crate::syntax::ast::Name;

impl Editor<'_> {
    /// `AddField`. `one_off` is the default that fills the rows and is not kept (`preserve_default=False`).
    pub(super) fn add_field(&mut self, key: &ModelKey, name: &Name, one_off: Option<&FieldDefault>, state: &ProjectState) {
        let Some(model) = self.migrated(state, key) else { return };
        if let Some(many) = model.many_to_many.iter().find(|many| many.field.name == *name) {
            if many.is_automatic {
                self.create_model(&automatic_through(&model, many, state), state);
            }
            return;
        }
        // A field without a column (`GenericForeignKey`, a composite key) does nothing.
        let Some(field) = model.fields.iter().find(|field| field.field.name == *name) else { return };
        let fills = build::has_effective_default(&field.field, one_off.unwrap_or(&field.field.default));
        self.add_column(&model, field, fills, state);
    }

    /// `add_field`: rows get the effective default (`fills`), which is dropped again at once, or the database's own.
    pub(super) fn add_column(&mut self, model: &Model, field: &ModelField, fills: bool, state: &ProjectState) {
        let vendor = self.context.vendor;
        let mut column = build::column(field, model, state, vendor, self.context.django);
        if column.is_uncertain {
            self.footprint.not_known(format!("the declaration of {}.{} could not be read entirely", model.label, field.field.name));
        }
        let fill = match (&column.generated, &column.default) {
            (Some(generated), _) if generated.stored => Fill::Each,
            (Some(_), _) => Fill::Constant,
            (None, _) if column.identity.is_some() => Fill::Each,
            (None, Some(default)) if default.is_volatile => Fill::Each,
            (None, Some(_)) => Fill::Constant,
            (None, None) if fills => Fill::Constant,
            (None, None) => Fill::Null,
        };
        column.is_empty = fill == Fill::Null;
        let mut constraints = build::inline_constraints(&model.table, field, vendor);
        let key = build::foreign_key(&model.table, field, state, vendor);
        let key_name = key.as_ref().map(|it| it.name.clone());
        constraints.extend(key);
        let table = model.table.clone();
        self.run(SchemaChange::AddColumn(Box::new(NewColumn { table: table.clone(), column, constraints, fill, keeps_existing: false })));
        key_name.into_iter().for_each(|name| self.set_immediate(name));
        if field.field.db_comment.is_some() {
            self.run(SchemaChange::Comment { table: table.clone() });
        }
        for index in build::field_indexes(&table, field, state, vendor) {
            self.run(SchemaChange::CreateIndex { table: table.clone(), index, concurrently: false, keeps_existing: false });
        }
        let declared = &field.field;
        let is_literal = declared.db_default.as_ref().is_none_or(|default| default.as_call().is_none());
        if declared.is_unique() || !declared.null || fills || !is_literal {
            self.remake(model, state);
        }
    }

    pub(super) fn remove_field(&mut self, key: &ModelKey, name: &Name, before: &ProjectState) {
        let Some(model) = self.migrated(before, key) else { return };
        if let Some(many) = model.many_to_many.iter().find(|many| many.field.name == *name) {
            if many.is_automatic {
                self.run(SchemaChange::DropTable { table: many.table.clone() });
            }
            return;
        }
        if let Some(field) = model.fields.iter().find(|field| field.field.name == *name) {
            self.remove_column(&model, field, before);
        }
    }

    /// `remove_field`: the foreign key first, then the column with all that stands on it.
    pub(super) fn remove_column(&mut self, model: &Model, field: &ModelField, before: &ProjectState) {
        if self.schema.table(&model.table).is_some_and(|table| table.lacks(&field.column)) {
            self.footprint.fail_as(Failure::Missing, format!("column \"{}\" of relation \"{}\" does not exist", field.column, model.table));
            return;
        }
        let has_constraint = field.target.as_ref().is_some_and(|target| target.db_constraint);
        if field.field.is_unique() || field.field.has_index() || has_constraint {
            self.remake(model, before);
        }
        let keys = self.schema.table(&model.table).into_iter().flat_map(|it| it.foreign_keys());
        let own = keys.filter(|(_, key)| key.columns.contains(&field.column));
        let own: Vec<Name> = own.map(|(constraint, _)| constraint.name.clone()).collect();
        own.into_iter().for_each(|constraint| self.set_immediate(constraint));
        self.run(SchemaChange::DropColumn { table: model.table.clone(), column: field.column.clone() });
    }

    /// `AlterField` and `RenameField`: from the field called `old` to the one called `new`.
    pub(super) fn alter_field_of(
        &mut self,
        key: &ModelKey,
        (old, new): (&Name, &Name),
        one_off: Option<&FieldDefault>,
        before: &ProjectState,
        after: &ProjectState,
    ) {
        let Some(new_model) = self.migrated(after, key) else { return };
        let Some(old_model) = before.get(key).map(|model| render_model(key, model, before)) else { return };
        let many = |model: &Model, name: &Name| model.many_to_many.iter().find(|many| many.field.name == *name).cloned();
        match (many(&old_model, old), many(&new_model, new)) {
            (Some(from), Some(to)) if from.is_automatic && to.is_automatic => {
                self.alter_many_to_many((&old_model, &from, before), (&new_model, &to, after));
            }
            (Some(from), Some(to)) if !from.is_automatic && !to.is_automatic => {}
            (None, None) => {
                let field = |model: &Model, name: &Name| model.fields.iter().find(|field| field.field.name == *name).cloned();
                let by_attname = || before.get(key)?.field_or_attname(old).and_then(|found| field(&old_model, &found.name));
                match (field(&old_model, old).or_else(by_attname), field(&new_model, new)) {
                    (Some(from), Some(to)) if from.field.name != *old => {
                        // The table has one of the two alone.
                        let mut one = new_model.clone();
                        one.fields.retain(|it| it.field.name != from.field.name);
                        self.alter_field((&old_model, &from, before), (&one, &to, after), one_off);
                    }
                    (Some(from), Some(to)) => self.alter_field((&old_model, &from, before), (&new_model, &to, after), one_off),
                    // Both without a column: nothing to do. One without: Django refuses, unless the operand does not exist.
                    (None, None) => {}
                    _ => self.refuse_alteration(&new_model, new),
                }
            }
            _ => self.refuse_alteration(&new_model, new),
        }
    }

    fn refuse_alteration(&mut self, model: &Model, field: &Name) {
        self.footprint.fail_as(
            Failure::Type,
            format!(
                "ValueError: Cannot alter field {}.{field}: fields can't change to or from many-to-many, or gain or lose `through`",
                model.label
            ),
        );
    }
}
