//! Operations on whole models: created, deleted, renamed, their tables renamed.

use super::build;
use super::editor::Editor;
use crate::django::field::ModelKey;
use crate::django::models::Model;
use crate::django::render::{automatic_through, render_model};
use crate::django::state::ProjectState;
use crate::schema::change::SchemaChange;
use crate::schema::footprint::Failure;
use crate::schema::table::{ConstraintKind, Maker};
use crate::syntax::ast::Name;

impl Editor<'_> {
    /// `create_model`: the table, the foreign keys and indexes at the migration's end, the tables of its many-to-many fields.
    pub(super) fn create_model(&mut self, model: &Model, state: &ProjectState) {
        // Of what the table of an unmanaged model is like, nobody knows more than that model said.
        let exists = self.schema.table(&model.table).is_some_and(|table| table.maker != Maker::Outside);
        if exists && !self.schema.is_doubted(self.context.app) {
            self.footprint.fail_as(Failure::NameTaken, format!("relation \"{}\" already exists", model.table));
            return;
        }
        let mut table = build::table(model, state, self.maker(), self.context.vendor, self.context.django);
        let is_key = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey(_));
        let (keys, others) = table.constraints.into_iter().partition(|it| is_key(&it.kind));
        table.constraints = others;
        let name = table.name.clone();
        self.run(SchemaChange::CreateTable { table: Box::new(table), keeps_existing: false });
        for constraint in keys {
            self.run(SchemaChange::AddConstraint { table: name.clone(), constraint, using_index: None });
        }
        for many in model.many_to_many.iter().filter(|many| many.is_automatic) {
            let through = automatic_through(model, many, state);
            self.create_model(&through, state);
        }
    }

    /// `delete_model`: the tables of its many-to-many fields go first.
    pub(super) fn delete_model(&mut self, model: &Model) {
        for many in model.many_to_many.iter().filter(|many| many.is_automatic) {
            self.run(SchemaChange::DropTable { table: many.table.clone() });
        }
        self.run(SchemaChange::DropTable { table: model.table.clone() });
    }

    pub(super) fn alter_db_table(&mut self, from: &Name, to: &Name) {
        if from != to {
            self.run(SchemaChange::RenameTable { table: from.clone(), to: to.clone() });
        }
    }

    /// `AlterModelTable`: the tables of its many-to-many fields are named after it.
    pub(super) fn alter_model_table(&mut self, key: &ModelKey, before: &ProjectState, after: &ProjectState) {
        let Some(new) = self.migrated(after, key) else { return };
        let Some(old) = before.get(key).map(|model| render_model(key, model, before)) else { return };
        self.alter_db_table(&old.table, &new.table);
        for (from, to) in old.many_to_many.iter().zip(&new.many_to_many) {
            if to.is_automatic {
                self.alter_db_table(&from.table, &to.table);
            }
        }
    }

    pub(super) fn alter_table_comment(&mut self, key: &ModelKey, after: &ProjectState) {
        if let Some(model) = self.migrated(after, key) {
            self.run(SchemaChange::Comment { table: model.table });
        }
    }

    /// `RenameModel`: the table, the foreign keys that point at it (created anew where the table's name changes), and the
    /// tables and columns of many-to-many fields that are named after it.
    pub(super) fn rename_model(&mut self, old_key: &ModelKey, new_key: &ModelKey, before: &ProjectState, after: &ProjectState) {
        let Some(new) = self.migrated(after, new_key) else { return };
        let Some(old) = before.get(old_key).map(|model| render_model(old_key, model, before)) else { return };
        self.alter_db_table(&old.table, &new.table);
        for (old_model, new_model) in renamed_pairs(old_key, new_key, before, after) {
            for from in old_model.fields.iter().filter(|field| field.target.as_ref().is_some_and(|it| it.model == *old_key)) {
                // `related_objects` leaves hidden foreign keys out.
                let hidden = from.field.relation.as_ref().and_then(|it| it.related_name.as_ref()).is_some_and(|it| it.ends_with('+'));
                let Some(to) = new_model.fields.iter().find(|it| it.field.name == from.field.name) else { continue };
                if !hidden {
                    self.alter_field((&old_model, from, before), (&new_model, to, after), None);
                }
            }
            for from in old_model.many_to_many.iter().filter(|many| many.target.as_ref() == Some(old_key)) {
                let Some(to) = new_model.many_to_many.iter().find(|it| it.field.name == from.field.name) else { continue };
                self.alter_many_to_many((&old_model, from, before), (&new_model, to, after));
            }
        }
        for (from, to) in old.many_to_many.iter().zip(&new.many_to_many) {
            if to.is_automatic && to.target.as_ref() != Some(new_key) {
                self.alter_many_to_many((&old, from, before), (&new, to, after));
            }
        }
    }

    /// `AlterOrderWithRespectTo`: the column `_order` comes (filled with 0) or goes.
    pub(super) fn alter_order(&mut self, key: &ModelKey, before: &ProjectState, after: &ProjectState) {
        let Some(new) = self.migrated(after, key) else { return };
        let Some(old) = before.get(key).map(|model| render_model(key, model, before)) else { return };
        let order = |model: &Model| model.fields.iter().find(|it| it.column == "_order").cloned();
        match (order(&old), order(&new)) {
            (Some(field), None) => self.remove_column(&old, &field, before),
            (None, Some(field)) => self.add_column(&new, &field, true, after),
            _ => {}
        }
    }
}

/// The models that have relations to a renamed one, before and after; the renamed model itself is among them where it
/// points at itself.
fn renamed_pairs(old: &ModelKey, new: &ModelKey, before: &ProjectState, after: &ProjectState) -> Vec<(Model, Model)> {
    let mut pairs = Vec::new();
    for (key, state) in &before.models {
        if state.options.proxy || state.options.is_abstract || !state.fields.iter().any(|field| field.relation.is_some()) {
            continue;
        }
        let model = render_model(key, state, before);
        let points = model.fields.iter().any(|field| field.target.as_ref().is_some_and(|it| it.model == *old))
            || model.many_to_many.iter().any(|many| many.target.as_ref() == Some(old));
        if !points {
            continue;
        }
        let key_after = if key == old { new } else { key };
        if let Some(state) = after.get(key_after) {
            pairs.push((model, render_model(key_after, state, after)));
        }
    }
    pairs
}
