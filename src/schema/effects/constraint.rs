//! Operations on constraints and indexes.

use super::build::{self, Built};
use super::editor::Editor;
use crate::django::field::ModelKey;
use crate::django::operation::RenamedIndex;
use crate::django::render::render_model;
use crate::django::state::{Constraint as DeclaredConstraint, Index as DeclaredIndex, ProjectState};
use crate::schema::change::SchemaChange;
use crate::schema::table::{Constraint, ConstraintKind};
use crate::syntax::ast::Name;

impl Editor<'_> {
    pub(super) fn alter_unique_together(&mut self, key: &ModelKey, before: &ProjectState, after: &ProjectState) {
        let Some(new) = self.migrated(after, key) else { return };
        let Some(old) = before.get(key).map(|model| render_model(key, model, before)) else { return };
        let meta: Vec<Name> = old.constraints.iter().map(|constraint| constraint.name.clone()).collect();
        for set in old.unique_together.iter().filter(|set| !new.unique_together.contains(set)) {
            let wanted = build::columns_of(&old, set);
            let of_columns = |kind: &ConstraintKind| matches!(kind, ConstraintKind::Unique { columns, .. } if *columns == wanted);
            self.drop_constraints(&new.table, of_columns, &meta);
        }
        for set in new.unique_together.iter().filter(|set| !old.unique_together.contains(set)) {
            let constraint = build::unique_together(&new, set, self.context.vendor);
            self.run(SchemaChange::AddConstraint { table: new.table.clone(), constraint, using_index: None });
        }
    }

    pub(super) fn alter_index_together(&mut self, key: &ModelKey, before: &ProjectState, after: &ProjectState) {
        let Some(new) = self.migrated(after, key) else { return };
        let sets = |state: &ProjectState| state.get(key).map(|it| it.options.index_together.clone()).unwrap_or_default();
        let (old_sets, new_sets) = (sets(before), sets(after));
        for set in old_sets.iter().filter(|set| !new_sets.contains(set)) {
            if let Some(index) = self.index_on(&new.table, &build::columns_of(&new, set)) {
                self.run(SchemaChange::DropIndex { index, table: None, concurrently: false });
            }
        }
        for set in new_sets.iter().filter(|set| !old_sets.contains(set)) {
            let index = build::index_together(&new, set, self.context.vendor);
            self.run(SchemaChange::CreateIndex { table: new.table.clone(), index, concurrently: false, keeps_existing: false });
        }
    }

    pub(super) fn add_index(&mut self, key: &ModelKey, declared: &DeclaredIndex, concurrently: bool, after: &ProjectState) {
        let Some(model) = self.migrated(after, key) else { return };
        if !declared.expressions.is_empty() && !build::indexes_expressions(self.context.vendor) {
            return;
        }
        let index = build::index(&model, declared, self.context.vendor);
        self.run(SchemaChange::CreateIndex { table: model.table, index, concurrently, keeps_existing: false });
    }

    pub(super) fn remove_index(&mut self, key: &ModelKey, name: &Name, concurrently: bool, before: &ProjectState) {
        if self.migrated(before, key).is_some() {
            self.run(SchemaChange::DropIndex { index: name.clone(), table: None, concurrently });
        }
    }

    pub(super) fn rename_index(&mut self, key: &ModelKey, new: &Name, old: &RenamedIndex, before: &ProjectState) {
        let Some(model) = self.migrated(before, key) else { return };
        let index = match old {
            RenamedIndex::Name(name) => Some(name.clone()),
            RenamedIndex::Fields(fields) => self.index_on(&model.table, &build::columns_of(&model, fields)),
        };
        if let Some(index) = index {
            self.run(SchemaChange::RenameIndex { index, to: new.clone() });
        }
    }

    fn index_on(&self, table: &str, columns: &[Name]) -> Option<Name> {
        self.schema.table(table)?.indexes.iter().find(|index| index.columns == columns && !index.is_unique).map(|index| index.name.clone())
    }

    pub(super) fn add_constraint(&mut self, key: &ModelKey, declared: &DeclaredConstraint, not_valid: bool, after: &ProjectState) {
        let Some(model) = self.migrated(after, key) else { return };
        if !build::is_made(declared, self.context.vendor) {
            return;
        }
        let table = model.table.clone();
        match build::constraint(&model, declared) {
            Built::Constraint(constraint) => {
                let constraint = Constraint { is_validated: !not_valid, ..constraint };
                self.run(SchemaChange::AddConstraint { table, constraint, using_index: None });
                self.remake(&model, after);
            }
            Built::Index(index) => self.run(SchemaChange::CreateIndex { table, index, concurrently: false, keeps_existing: false }),
            Built::Unknown => self.footprint.not_known(format!("the class of the constraint {} can't be known", declared.name)),
        }
    }

    pub(super) fn remove_constraint(&mut self, key: &ModelKey, name: &Name, before: &ProjectState) {
        let Some(model) = self.migrated(before, key) else { return };
        let Some(table) = self.schema.table(&model.table) else { return };
        if table.constraint(name).is_some() {
            self.remake(&model, before);
            self.run(SchemaChange::DropConstraint { table: model.table, constraint: name.clone() });
        } else if table.indexes.iter().any(|index| index.name == *name) {
            self.run(SchemaChange::DropIndex { index: name.clone(), table: None, concurrently: false });
        }
    }

    pub(super) fn validate_constraint(&mut self, key: &ModelKey, name: &Name, after: &ProjectState) {
        if let Some(model) = self.migrated(after, key) {
            self.run(SchemaChange::ValidateConstraint { table: model.table, constraint: name.clone() });
        }
    }

    pub(super) fn create_collation(&mut self, name: &Name, is_deterministic: bool) {
        self.run(SchemaChange::CreateCollation { name: name.clone(), is_deterministic });
    }
}
